// An event in the street, on a grid worker's phone: reported in a stairwell, handled, closed, rated.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, overflowsSideways, shot } from '../lib/browser.mjs';
import { addPhoto, dayIsKept, nextPage, openPhone } from '../lib/phone.mjs';
import { startServer } from '../lib/server.mjs';
import { api, signIn, until } from '../lib/steps.mjs';

let server;
let browser;
let opened = [];
/** The grid worker's desk, which asks. */
let grid;

/** A city's own way to verify: an XLSForm asks instead of the flow's fields. */
const NOTE = `
| survey |
| | type | name | label | required |
| | text | kind | 类别代码 | yes |
| | text | site_note | 现场情况 | yes |
| settings |
| | form_title | form_id | version |
| | 现场核实单 | site_note | 1 |
`;
function askByForm(data) {
  const flow = join(data, 'packs/grid/flows/incident.toml');
  const changed = readFileSync(flow, 'utf8')
    .replace(/^version = "\d+"/m, 'version = "city"')
    .replace(/(\[\[actions\]\]\nname = "verify"\n)/, '$1form = "grid/site_note"\n');
  assert.match(changed, /form = "grid\/site_note"/);
  writeFileSync(flow, changed);
  mkdirSync(join(data, 'packs/grid/forms'), { recursive: true });
  writeFileSync(join(data, 'packs/grid/forms/site_note.md'), NOTE);
}

before(async () => {
  [server, browser] = await Promise.all([startServer({ change: askByForm }), openBrowser()]);
  const { page } = await openPage(browser, server.url);
  await signIn(page, 'grid');
  grid = page;
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

async function phoneOf(login) {
  const one = await openPhone(browser, server, login);
  opened.push(one);
  return one;
}
const mine = async () => (await api(grid, '/api/cases?box=opened&sort=-opened&limit=100')).body.items;
const caseOf = async (id) => (await api(grid, `/api/cases/${id}`)).body;
/** The button of an action at the foot of a case or behind "more": what the phone kept is drawn first, the news after it. */
async function act(page, words) {
  const near = page.locator('.acts, .sheet').getByRole('button', { name: words, exact: true });
  const more = page.locator('.acts').getByRole('button', { name: '更多' });
  const behind = page.locator('.van-overlay').filter({ visible: true });
  await until(async () => {
    const pressed = await near.last().click({ timeout: 700 }).then(() => true, () => false);
    if (pressed) return true;
    // Opened on what was kept, the list of "more" does not have it: the news put it at the foot.
    if (await behind.count()) await behind.first().click({ position: { x: 5, y: 5 }, timeout: 500 }).catch(() => {});
    else await more.click({ timeout: 500 }).catch(() => {});
    return false;
  });
}
const sendAct = (page) => page.locator('.sheet footer .primary').click();

describe('an event in the street', () => {
  let id;

  test('is reported without a network, with a photo, and arrives once', async () => {
    const before = (await mine()).length;
    const { page, context } = await phoneOf('grid');
    await page.locator('.door').first().waitFor();
    await dayIsKept(page);
    await page.goto(`${server.url}/m/cases`);
    await page.getByRole('tab').first().waitFor();
    await shot(page, 'report-todo');
    await page.goto(`${server.url}/m/report`);
    await page.locator('textarea').first().waitFor();
    await context.setOffline(true);
    await page.locator('textarea').first().fill('三单元门口井盖破损');
    await addPhoto(page);
    await page.getByRole('button', { name: '选择类别' }).click();
    await page.locator('.sheet input[type=search]').fill('井盖');
    await page.locator('.sheet').getByRole('radio', { name: /井盖/ }).first().click();
    await page.getByLabel('位置').fill('3 号楼 3 单元');
    await shot(page, 'report-filled');
    assert.equal(await overflowsSideways(page), false);
    await page.getByRole('button', { name: '上报', exact: true }).click();
    await page.getByText('已记录,将自动上报').waitFor();
    await page.goto(`${server.url}/m/queue`);
    await page.locator('.item', { hasText: '井盖' }).waitFor();
    await shot(page, 'report-queue');
    assert.equal((await mine()).length, before, 'nothing has left the phone');

    await context.setOffline(false);
    await page.locator('.item.sent', { hasText: 'SJ-' }).waitFor({ timeout: 40_000 });
    await page.reload();
    await page.locator('.item.sent').first().waitFor();
    const now = await mine();
    assert.equal(now.length, before + 1, 'sent once, though the page was opened again');
    id = now[0].id;
    const found = await caseOf(id);
    assert.deepEqual([found.values.text, found.files.length, found.state.name], ['三单元门口井盖破损', 1, 'reported']);
    assert.ok(found.place, 'it says where');
  });

  test('is handled on the spot, closed by the community, and rated by whoever reported it', async () => {
    const { page } = await phoneOf('grid');
    await page.locator('.tabs').waitFor();
    await page.goto(`${server.url}/m/cases/${id}`);
    await page.locator('.acts button').first().waitFor();
    await shot(page, 'case');
    await act(page, '当场处置');
    await page.locator('.sheet textarea').first().fill('已更换井盖');
    await shot(page, 'case-act');
    await sendAct(page);
    await until(async () => (await caseOf(id)).state.name === 'checked');
    assert.equal((await caseOf(id)).values.result, '已更换井盖');

    const community = (await phoneOf('community')).page;
    await community.locator('.tabs').waitFor();
    await community.goto(`${server.url}/m/cases`);
    await community.locator('.line', { hasText: '井盖' }).first().waitFor();
    await community.goto(`${server.url}/m/cases/${id}`);
    await act(community, '结案');
    await sendAct(community);
    await until(async () => (await caseOf(id)).state.name === 'closed');

    await page.goto(`${server.url}/m/cases`);
    await page.getByRole('tab').nth(1).click();
    await page.locator('.line', { hasText: '井盖' }).first().click();
    await act(page, '评价');
    await page.getByRole('radio', { name: '不满意', exact: true }).click();
    assert.equal(await page.locator('.sheet footer .primary').isDisabled(), true, 'a bad grade says why');
    await page.locator('.sheet textarea').fill('等了太久');
    await shot(page, 'case-rate');
    await sendAct(page);
    await until(async () => !(await caseOf(id)).actions.some((action) => action.name === 'rate' && !action.blocked));
  });

  test('is verified by the form that a city made for it, begun in one moment and sent in another', async () => {
    const area = (await api(grid, '/api/session')).body.home_area.code;
    const values = { text: '路面塌陷', kind: '0108', origin: 'worker' };
    const client_id = crypto.randomUUID();
    const made = await api(grid, '/api/cases', { flow: 'grid/incident', area, values, client_id });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { page, context } = await phoneOf('grid');
    await page.locator('.door').first().waitFor();
    await dayIsKept(page);
    await page.goto(`${server.url}/m/cases/${made.body.id}`);
    await act(page, '核实属实');
    await page.locator('.question input').waitFor();
    assert.equal(await page.locator('.question input').inputValue(), '0108', 'what the case says is not asked again');
    await context.setOffline(true);
    await nextPage(page);
    await page.locator('.question', { hasText: '现场情况' }).locator('input').fill('约两米见方');
    await page.getByText('已保存在手机').first().waitFor();
    await shot(page, 'case-form');
    await nextPage(page);
    await page.getByRole('button', { name: '提交' }).click();
    await page.getByText('已保存,将自动发送').waitFor();
    await context.setOffline(false);
    await until(async () => (await caseOf(made.body.id)).state.name === 'verified', 40);
    assert.equal((await caseOf(made.body.id)).values.site_note, '约两米见方');
  });
});
