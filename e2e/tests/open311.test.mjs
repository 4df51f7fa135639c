// A civic client that knows nothing but Open311 GeoReport v2: finds the interface, reports, follows, is refused with reasons.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { community, startServer } from '../lib/server.mjs';

const KEY = '0123456789abcdef-client';
let server;
let base;

before(async () => {
  const keys = `keys = [{ key = "${KEY}", name = "市民客户端" }]`;
  server = await startServer({ config: `[open311]\njurisdiction = "qizheng.example"\narea = "${community}"\n${keys}\n` });
  const found = await (await fetch(`${server.url}/open311/v2/discovery.json`)).json();
  // The client goes where the discovery document sends it.
  base = found.endpoints.find((one) => one.specification === 'http://wiki.open311.org/GeoReport_v2').url;
});
after(async () => {
  await server?.stop();
});

const ask = async (path) => {
  const answer = await fetch(`${base}${path}`);
  return { status: answer.status, kind: answer.headers.get('content-type'), text: await answer.text() };
};
const json = async (path) => JSON.parse((await ask(path)).text);
const post = async (path, form) => {
  const answer = await fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: answer.status, text: await answer.text() };
};
const report = { api_key: KEY, service_code: '0109', lat: '45.7567', long: '126.6424', description: '井盖<破损> & 松动' };

test('what can be reported is the same in JSON and XML, with what each class asks', async () => {
  const services = await json('/services.json');
  const xml = await ask('/services.xml');
  assert.match(xml.kind, /^text\/xml/);
  assert.equal((xml.text.match(/<service>/g) ?? []).length, services.length);
  const cover = services.find((one) => one.service_code === '0109');
  assert.equal(cover.metadata, true);
  const definition = await json('/services/0109.json');
  assert.ok(definition.attributes.every((one) => one.code && one.datatype && one.description));
  assert.match((await ask('/services/0109.xml')).text, /<service_definition>/);
});

test('a report becomes a case that is found by id, by token and by filter, in both forms', async () => {
  const made = await post('/requests.json', report);
  assert.equal(made.status, 201, made.text);
  const [{ service_request_id: id, token }] = JSON.parse(made.text);
  const key = id ?? (await json(`/tokens/${token}.json`))[0].service_request_id;
  const [one] = await json(`/requests/${key}.json`);
  assert.deepEqual([one.status, one.service_code], ['open', '0109']);
  const xml = await ask(`/requests/${key}.xml?api_key=${KEY}`);
  assert.match(xml.text, /井盖&lt;破损&gt; &amp; 松动/);
  const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString();
  const window = new URLSearchParams({ service_code: '0109', status: 'open', start_date: day(-1), end_date: day(1) });
  const found = await json(`/requests.json?${window}`);
  assert.ok(found.some((each) => each.service_request_id === key));
  const closed = await json(`/requests.json?service_code=0109&status=closed`);
  assert.ok(!closed.some((each) => each.service_request_id === key));
});

test('what is wrong or hostile is refused in the form that was asked for, and opens nothing', async () => {
  const all = async () => (await json('/requests.json?service_code=0109&status=open')).length;
  const before = await all();
  for (const [change, status] of [
    [{ api_key: 'guessed-guessed-guessed' }, 403],
    [{ service_code: '9999' }, 404],
    [{ lat: '91' }, 400],
    [{ lat: "45' OR 1=1 --" }, 400],
    [{ description: '' }, 400],
    [{ description: '长'.repeat(4_001) }, 400],
    [{ media_url: 'file:///etc/passwd' }, 400],
    [{ jurisdiction_id: '../other' }, 404],
  ]) {
    const refused = await post('/requests.json', { ...report, ...change });
    assert.equal(refused.status, status, `${JSON.stringify(change).slice(0, 60)}: ${refused.text}`);
    const [error] = JSON.parse(refused.text);
    assert.ok(error.code && error.description, refused.text);
  }
  const xml = await post('/requests.xml', { ...report, api_key: '' });
  assert.match(xml.text, /<errors><error><code>403<\/code><description>/);
  for (const path of ['/requests/..%2f..%2fetc.json', '/requests/SJ-2026-999999.json', '/services/<script>.json'])
    assert.equal((await ask(path)).status, 404, path);
  assert.equal(await all(), before);
});
