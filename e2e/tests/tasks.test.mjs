// Asking the grid: only with a basis, a purpose and a date, approved by somebody else, and told what it costs.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, shot, shots } from '../lib/browser.mjs';
import { openPhone } from '../lib/phone.mjs';
import { startServer } from '../lib/server.mjs';
import { api, chooseArea, signIn, told, until } from '../lib/steps.mjs';

let server;
let browser;
let opened = [];
let tests = 0;

before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  const trouble = opened.flatMap((one) => one.trouble);
  for (const { page } of opened) await shot(page, `last-${(tests += 1)}`);
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
const option = (page, name) => page.locator('.el-popper:visible').getByRole('option', { name }).first();
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('a request', () => {
  test('is written in four steps, approved by another, worked on the phone, and its burden is shown', async () => {
    const page = await enter('community');
    const burden = async () => (await api(page, '/api/burden')).body.totals;
    const before = await burden();
    await page.goto(`${server.url}/tasks/new`);
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText('请写任务名称').waitFor();
    await shots(page, 'task-what');
    await page.fill('#task-title', '低保户冬季取暖核实');
    await page.locator('.form-item', { has: page.locator('#task-fields') }).locator('.el-select').click();
    await option(page, /^紧急联系人姓名|^联系人姓名|紧急联系人/).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '下一步' }).click();

    await chooseArea(page, page.locator('#task-area'), '焊接', '焊接社区');
    await page.getByRole('button', { name: /筛选/ }).click();
    await shots(page, 'task-who');
    const filters = page.locator('.el-popper:visible');
    await filters.locator('.form-item', { hasText: '关爱类别' }).locator('.el-select').click();
    await option(page, '最低生活保障对象').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '下一步' }).click();

    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText('没有依据：请选择责任清单里的一项').waitFor();
    await page.locator('.form-item', { has: page.locator('#task-basis') }).locator('.el-select').click();
    await page.locator('.el-popper:visible').getByRole('option').first().click();
    await page.fill('#task-purpose', '核实取暖费补贴是否到户。');
    await page.fill('#task-deadline', inDays(14));
    await page.keyboard.press('Enter');
    await page.fill('#task-expires', inDays(60));
    await page.keyboard.press('Enter');
    await shots(page, 'task-why');
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText('预计共占用').waitFor();
    await shots(page, 'task-check');
    await page.getByRole('button', { name: '送审' }).click();
    await told(page, '已送审');
    await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
    const id = page.url().split('/').at(-1);
    assert.equal(await page.getByRole('button', { name: '审批' }).count(), 0, 'nobody approves what they wrote');

    const street = await enter('street');
    await street.goto(`${server.url}/tasks?tab=approve`);
    await street.getByText('低保户冬季取暖核实').click();
    await street.getByRole('button', { name: '审批' }).click();
    await shots(street, 'task-approve');
    await street.getByRole('dialog').getByRole('button', { name: '批准', exact: true }).click();
    await told(street, '已批准');
    // The page follows by itself until the work is given out.
    await street.getByRole('heading', { name: '逐户进展' }).waitFor();
    await street.locator('tbody tr').first().waitFor();
    await shots(street, 'task-open');

    const grid = await openPhone(browser, server, 'grid');
    opened.push(grid);
    const one = (await api(grid.page, '/api/collect/today')).body.assignments.find((each) => each.task.id === id);
    await grid.page.locator('.chips .card', { hasText: '低保户冬季取暖核实' }).waitFor();
    await grid.page.locator('.chips li', { hasText: '低保户冬季取暖核实' }).locator('.why').click();
    await grid.page.locator('.sheet', { hasText: '核实取暖费补贴是否到户' }).waitFor();
    await shot(grid.page, 'phone-why');
    await grid.page.goto(`${server.url}/m/visit/${one.id}`);
    await grid.page.getByRole('button', { name: '都没变' }).click();
    await until(async () => (await api(street, `/api/tasks/${id}`)).body.counts.done === 1);
    await street.reload();
    await street.getByRole('heading', { name: '分区域进度' }).waitFor();
    await shots(street, 'task-progress');

    const after = await burden();
    assert.equal(after.requests, before.requests + 1);
    assert.ok(after.answers > before.answers, JSON.stringify(after));
    await street.goto(`${server.url}/burden?tab=tasks`);
    await street.getByText('低保户冬季取暖核实').waitFor();
    await shots(street, 'burden');
  });

  test('without a licence is complained about from the phone, and whoever answers sees no name', async () => {
    const grid = await openPhone(browser, server, 'grid');
    opened.push(grid);
    const open = (await api(grid.page, '/api/collect/today')).body.assignments;
    const one = open.find((each) => each.task.kind === 'visit' && each.state === 'open');
    await grid.page.goto(`${server.url}/m/visit/${one.id}`);
    await grid.page.getByRole('button', { name: '其他情况' }).click();
    await grid.page.getByText('此项任务无依据').click();
    await grid.page.locator('.sheet textarea').fill('上周刚报过同样的名单');
    await shot(grid.page, 'phone-licence');
    await grid.page.locator('.sheet footer .primary').click();
    const street = await enter('street');
    await until(async () =>
      (await api(street, '/api/complaints?state=open')).body.items.find((each) => each.note === '上周刚报过同样的名单'),
    );
    const worker = (await api(grid.page, '/api/session')).body.account.name;
    await street.goto(`${server.url}/burden?tab=complaints`);
    await street.getByText('上周刚报过同样的名单').waitFor();
    assert.equal(await street.getByText(worker).count(), 0);
    await shots(street, 'complaints');
    await grid.page.goto(`${server.url}/m/`);
    await grid.page.getByRole('button', { name: '只看未完成' }).or(grid.page.locator('.find .btn')).first().click();
    await grid.page.getByText('已反映无依据').first().waitFor();
  });
});
