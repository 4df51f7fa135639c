// Work that moves: events, whistles and what departments see of them.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, overflowsSideways, phone, shot, shots } from '../lib/browser.mjs';
import { act, filedEvent, openCase, unitCalled } from '../lib/cases.mjs';
import { community, startServer } from '../lib/server.mjs';
import { api, signIn } from '../lib/steps.mjs';

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

async function enter(login) {
  const one = await openPage(browser, server.url);
  opened.push(one);
  await signIn(one.page, login);
  return one.page;
}

describe('cases', () => {
  test('an event is dispatched from its page to the unit one picks, and its history says so', async () => {
    const [worker, street] = [await enter('community'), await enter('street')];
    const one = await filedEvent(worker, '楼前店外经营，占了人行道');
    await street.goto(`${server.url}/cases/${one.id}`);
    await street.getByRole('heading', { name: one.title }).waitFor();
    await shots(street, 'case');
    await street.getByRole('button', { name: '派遣', exact: true }).click();
    const dialog = street.getByRole('dialog');
    await dialog.getByText('七政环卫所').click();
    await dialog.getByRole('button', { name: '派遣', exact: true }).click();
    await street.getByText('处置中', { exact: true }).first().waitFor();
    await street.getByText('现在由 七政环卫所 办理').waitFor();
  });

  test('who comes second is told what the first did, and keeps what was typed', async () => {
    const [worker, street, other] = [await enter('community'), await enter('street'), await enter('street')];
    const one = await filedEvent(worker, '路口违建搭棚');
    await street.goto(`${server.url}/cases/${one.id}`);
    await street.getByRole('button', { name: '派遣', exact: true }).click();
    const dialog = street.getByRole('dialog');
    await dialog.getByText('七政环卫所').click();
    await dialog.locator('#act-note').fill('先到现场看看');
    const unit = await unitCalled(other, '综合行政执法');
    await act(other, one.id, 'dispatch', { assign: [{ unit: unit.id }] });
    await dialog.getByRole('button', { name: '派遣', exact: true }).click();
    await dialog.getByText(/先办了/).waitFor();
    await shot(street, 'stale');
    assert.equal(await dialog.locator('#act-note').inputValue(), '先到现场看看');
  });

  test('the board shows where most is under way, and the list what is mine', async () => {
    const street = await enter('street');
    await street.goto(`${server.url}/cases/board`);
    await street.getByRole('heading', { name: '处置中' }).waitFor();
    await street.locator('.column article, .column li').first().waitFor();
    await shots(street, 'board');
    await street.goto(`${server.url}/cases`);
    await street.getByRole('tab', { name: '待我办' }).waitFor();
    await street.locator('tbody tr').first().waitFor();
    await shots(street, 'cases');
  });

  test('the event map draws the areas without any tile server and opens a case', async () => {
    const [worker, street] = [await enter('community'), await enter('street')];
    const one = await filedEvent(worker, '井盖缺失，夜里看不见');
    await street.goto(`${server.url}/map?case=${one.id}`);
    await street.locator('.map[data-ready=true]').waitFor();
    await street.getByRole('link', { name: one.title }).waitFor();
    await street.getByText('没有导入边界，按示意图显示').waitFor();
    await shots(street, 'map');
    await street.getByRole('button', { name: '打开' }).click();
    await street.waitForURL(`**/cases/${one.id}`);
  });

  test('without a flow in the address the page for a new case asks which', async () => {
    const street = await enter('street');
    await street.goto(`${server.url}/cases/new`);
    await street.getByRole('link', { name: /网格事件/ }).click();
    await street.getByRole('heading', { name: '登记：网格事件' }).waitFor();
    await street.locator('textarea').first().fill('暖气不热，老人冻感冒了');
    await street.getByText('像是：').waitFor();
    await shot(street, 'suggestion');
  });
});

describe('whistles', () => {
  test('a department is told at once, sees what it was called to, and reports within the clock', async () => {
    const [street, department] = [await enter('street'), await enter('department')];
    const unread = async () => Number((await department.locator('.bell').getAttribute('aria-label')).match(/\d+/)[0]);
    await department.locator('.bell').waitFor();
    const before = await unread();
    const what = '消防通道被铁皮房堵住';
    const whistle = await openCase(street, 'command/whistle', community, { kind: 'law', what, wanted: '联合拆除' });
    const unit = await unitCalled(street, '综合行政执法');
    await act(street, whistle.id, 'accept', { assign: [{ unit: unit.id }] });
    await department.waitForFunction(
      (was) => Number(document.querySelector('.bell')?.getAttribute('aria-label')?.match(/\d+/)?.[0]) > was,
      before,
    );
    await department.goto(`${server.url}/department`);
    await department.getByRole('link', { name: new RegExp(what) }).click();
    await department.getByRole('button', { name: '报到', exact: true }).click();
    const dialog = department.getByRole('dialog');
    await dialog.getByRole('button', { name: '报到', exact: true }).click();
    await department.getByText('部门已报到', { exact: true }).first().waitFor();
    await shots(department, 'whistle');

    await street.goto(`${server.url}/department?tab=league`);
    await street.getByRole('link', { name: unit.name }).first().waitFor();
    await shots(street, 'league');
    const { body } = await api(department, '/api/cases?box=all&limit=100');
    assert.ok(body.items.every((one) => ['command/whistle', 'grid/incident', 'duty/affair_request'].includes(one.flow.name)));
  });
});

describe('lists', () => {
  test('a certificate that is not needed is found with what serves instead', async () => {
    const street = await enter('street');
    await street.goto(`${server.url}/certificates`);
    await street.getByPlaceholder(/证明名称/).fill('亲属关系');
    await street.getByText('亲属关系证明', { exact: true }).waitFor();
    await street.getByText('不需要', { exact: true }).first().waitFor();
    await street.setViewportSize(phone);
    assert.equal(await overflowsSideways(street), false);
    await shot(street, 'phone-certificates');
  });

  test('what a department asks of a community is checked against the lists before anything else', async () => {
    const [department, street] = [await enter('department'), await enter('street')];
    const what = '居民用水习惯入户调查';
    const values = { kind: 'survey', what, issuer: '水务部门', basis: '演示文件', from_day: '2026-12-01', to_day: '2026-12-20' };
    const one = await openCase(department, 'duty/affair_request', community, values);
    await street.goto(`${server.url}/admissions`);
    await street.getByRole('link', { name: what }).first().waitFor();
    await street.goto(`${server.url}/cases/${one.id}`);
    await street.getByRole('button', { name: '清单核对', exact: true }).click();
    const dialog = street.getByRole('dialog');
    await dialog.getByText('否', { exact: true }).click();
    await dialog.getByRole('button', { name: '清单核对', exact: true }).click();
    await street.getByText('待审核', { exact: true }).first().waitFor();
  });
});
