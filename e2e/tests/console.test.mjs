// The staff console as its users meet it: a real browser against the real binary over the demo city.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, overflowsSideways, phone, shot } from '../lib/browser.mjs';
import { community, startServer } from '../lib/server.mjs';
import { api, signIn, uploadLedger } from '../lib/steps.mjs';

let server;
let browser;
let opened = [];

before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  const trouble = opened.flatMap((one) => one.trouble);
  await Promise.all(opened.map((one) => one.context.close()));
  opened = [];
  assert.deepEqual(trouble, [], 'pages run without errors and without untranslated words');
});

async function enter(login, options) {
  const one = await openPage(browser, server.url, options);
  opened.push(one);
  if (login) await signIn(one.page, login);
  return one.page;
}

describe('signing in', () => {
  test('the demo announces its accounts and that its people are synthetic', async () => {
    const page = await enter(null);
    await page.getByText('community', { exact: true }).waitFor();
    await shot(page, 'sign-in');
  });

  test('a wrong password is told without saying which part was wrong', async () => {
    const page = await enter(null);
    await page.fill('#login', 'community');
    await page.fill('#password', 'not-the-password');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.locator('[role=alert]').waitFor();
    assert.match(page.url(), /sign-in/);
  });
});

describe('registers', () => {
  test('a resident is found by pinyin initials and opens as one file with household and history', async () => {
    const page = await enter('community');
    await shot(page, 'home');
    const { body } = await api(page, `/api/records/people/resident?limit=1&sort=name`);
    const person = body.items[0];
    await page.goto(`${server.url}/registers/people/resident`);
    await page.getByText(person.title, { exact: true }).first().waitFor();
    await shot(page, 'residents');
    await page.goto(`${server.url}/registers/people/resident/${person.id}`);
    await page.getByRole('heading', { name: person.title }).waitFor();
    await shot(page, 'record');
  });

  test('a sensitive field is shown only for a purpose, and the audit log has it', async () => {
    const page = await enter('community');
    const { body } = await api(page, '/api/records/people/resident?limit=20');
    const person = body.items.find((item) => item.masked.identity_number);
    await page.goto(`${server.url}/registers/people/resident/${person.id}`);
    await page.getByText(person.masked.identity_number).first().waitFor();
    await page.getByRole('button', { name: /查看/ }).first().click();
    await page.fill('#purpose', '上门核实高龄津贴');
    await page.getByRole('dialog').getByRole('button', { name: '查看', exact: true }).click();
    await page.getByText(/^\d{17}[\dX]$|^\d{11}$/).first().waitFor();

    const street = await enter('street');
    const { body: audit } = await api(street, '/api/audit?limit=50');
    assert.ok(audit.items.some((entry) => JSON.stringify(entry).includes('上门核实高龄津贴')));
    await street.goto(`${server.url}/audit`);
    await street.waitForLoadState('networkidle');
    await shot(street, 'audit');
  });

  test('a grid worker sees the grid and nothing beside it', async () => {
    const worker = await enter('community');
    const all = (await api(worker, '/api/records/people/resident/count')).body.count;
    const grid = await enter('grid');
    const own = (await api(grid, '/api/records/people/resident/count')).body.count;
    assert.ok(own > 0 && own < all, `${own} of ${all}`);
    const { body } = await api(worker, '/api/records/people/resident?limit=200&sort=name');
    const answers = await Promise.all(
      body.items.slice(0, 40).map((item) => api(grid, `/api/records/people/resident/${item.id}`)),
    );
    assert.ok(answers.some((answer) => answer.status === 404));
    assert.equal((await api(grid, '/api/accounts')).status, 403);
  });
});

describe('sheets', () => {
  test("a community's ledger goes in, and comes out again by undoing", async () => {
    const page = await enter('community');
    const count = async () => (await api(page, '/api/records/people/resident/count')).body.count;
    const before = await count();
    await uploadLedger(page, server.url, server.sample('台账.xlsx'));
    await shot(page, 'import-match');
    await page.getByRole('button', { name: '试算' }).click();
    await page.getByRole('tablist').waitFor();
    await page.waitForLoadState('networkidle');
    await shot(page, 'import-check');
    await page.getByRole('button', { name: '确认导入' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: '确认导入' }).click();
    await page.getByText('导入完成').waitFor({ timeout: 60_000 });
    await shot(page, 'import-done');
    assert.ok((await count()) > before + 100);

    await page.getByRole('button', { name: '撤销这次导入' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '撤销这次导入' }).click();
    await page.getByText('已撤销').first().waitFor({ timeout: 60_000 });
    assert.equal(await count(), before);
  });

  test("a department's template comes out filled with its own layout", async () => {
    const page = await enter('community');
    await page.goto(`${server.url}/fills/new`);
    await page.setInputFiles('input[type=file]', server.sample('老年人花名册'));
    await page.getByRole('button', { name: '上传并识别' }).click();
    await page.waitForURL(/fills\/[0-9a-f-]{36}/);
    await page.waitForLoadState('networkidle');
    await shot(page, 'fill-match');
    await page.getByRole('button', { name: /预览|填写|下一步/ }).last().click();
    const link = page.getByRole('button', { name: /下载/ }).first();
    await link.waitFor();
    await shot(page, 'fill-preview');
    const waiting = page.waitForEvent('download');
    await link.click();
    const file = await (await waiting).path();
    const bytes = readFileSync(file);
    assert.equal(bytes.subarray(0, 2).toString(), 'PK');
    assert.ok(bytes.length > 8_000);
  });
});

describe('looks', () => {
  const pages = [
    ['home', ''],
    ['residents', 'registers/people/resident'],
    ['households', 'registers/people/household'],
    ['imports', 'imports'],
    ['new-import', 'imports/new'],
    ['fills', 'fills'],
    ['areas', `areas/${community}`],
    ['accounts', 'accounts'],
    ['settings', 'settings'],
    ['system', 'system'],
  ];

  test('no page has to be scrolled sideways on a phone', async () => {
    const page = await enter('street', { viewport: phone });
    for (const [name, path] of pages) {
      await page.goto(`${server.url}/${path}`);
      await page.waitForLoadState('networkidle');
      await shot(page, `phone-${name}`);
      assert.equal(await overflowsSideways(page), false, name);
    }
  });

  test('every page works in English and in the dark', async () => {
    const page = await enter('street');
    await api(page, '/api/session');
    await page.evaluate(() =>
      fetch('/api/session/preferences', {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', 'X-Linli': '1' },
        body: JSON.stringify({ lang: 'en', theme: 'dark' }),
      }),
    );
    for (const [name, path] of pages) {
      await page.goto(`${server.url}/${path}`);
      await page.waitForLoadState('networkidle');
      await shot(page, `en-dark-${name}`);
      assert.equal(await page.locator('html').getAttribute('lang'), 'en', name);
    }
  });
});
