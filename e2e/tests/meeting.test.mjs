// Joint meetings, recurring duties, holiday tables, and who acts for a unit.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, shots } from '../lib/browser.mjs';
import { act, openCase, unitCalled } from '../lib/cases.mjs';
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

describe('a joint meeting', () => {
  test('shows its code for signing in, what it resolved becomes a case, and its members evaluate each other', async () => {
    const page = await enter('community');
    const held = await openCase(page, 'party/joint_meeting', community, { held_on: '2026-12-10', agenda: '除雪分工\n反诈宣讲' });
    await act(page, held.id, 'convene', { values: { agenda: '除雪分工\n反诈宣讲' } });
    await page.goto(`${server.url}/meetings/${held.id}`);
    await page.getByRole('button', { name: '扫码签到' }).click();
    await page.getByRole('dialog').locator('img').first().waitFor();
    await shots(page, 'meeting-code');
    await page.keyboard.press('Escape');
    await act(page, held.id, 'write_minutes', { values: { minutes: '逐项讨论。' } });
    await act(page, held.id, 'resolve', { values: { resolutions: '除雪分片包干\n下周进小区宣讲' } });

    await page.goto(`${server.url}/meetings/${held.id}`);
    await page.getByRole('link', { name: '立项' }).first().click();
    await page.getByRole('heading', { name: '登记：议定事项' }).waitFor();
    await page.getByRole('button', { name: '登记', exact: true }).click();
    await page.getByRole('heading', { name: '除雪分片包干' }).waitFor();

    await page.goto(`${server.url}/meetings/${held.id}`);
    await page.getByRole('link', { name: '除雪分片包干' }).waitFor();
    await page.getByRole('button', { name: '评价' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.el-select').click();
    await page.locator('.el-select-dropdown__item:visible').first().click();
    await dialog.getByRole('radio', { name: '5 分' }).click();
    await dialog.getByRole('button', { name: '保存' }).click();
    await page.getByText('5 分', { exact: true }).waitFor();
    await shots(page, 'meeting');
  });
});

describe('recurring duties', () => {
  test('one is put in force, and an occurrence is skipped with a reason', async () => {
    const page = await enter('street');
    await page.goto(`${server.url}/schedules/party/inspection`);
    await page.getByRole('button', { name: '开始执行' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '开始执行' }).click();
    await page.getByRole('button', { name: '停止执行' }).waitFor();
    await page.getByRole('button', { name: '跳过' }).last().click();
    await page.locator('#skip-reason').fill('与年终检查合并');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.getByText('与年终检查合并').first().waitFor();
    await shots(page, 'schedule');
    await page.goto(`${server.url}/calendar`);
    await page.getByRole('heading', { name: '例行工作' }).waitFor();
    await shots(page, 'calendar');
  });

  test('a holiday table is read from a file, shown before it is kept, and then counted by', async () => {
    const page = await enter('street');
    await page.goto(`${server.url}/holidays?year=2027`);
    const text = '日期,类型,名称\n2027-01-01,放假,元旦\n2027/1/3,补班,元旦调休\n不是日期,放假,春节\n';
    const file = { name: '2027.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('读到 2 天，保存后替换 2027 年的表。').waitFor();
    await page.getByText(/第 4 行不是日期或重复/).waitFor();
    await page.getByRole('button', { name: '保存 2027 年的表' }).click();
    await page.getByText('2027 年 2 天已保存').waitFor();
    await shots(page, 'holidays');
    const { body } = await api(page, '/api/holidays/2027');
    assert.deepEqual(body.days.map((day) => day.kind), ['holiday', 'workday']);
  });
});

describe('units', () => {
  test('an account is added to those who act for a unit', async () => {
    const page = await enter('district');
    const unit = await unitCalled(page, '民政局');
    await page.goto(`${server.url}/units/${unit.id}/members`);
    await page.getByText('还没有人代表这个单位').waitFor();
    await page.getByRole('combobox').click();
    await page.locator('.el-select-dropdown__item:visible', { hasText: 'department' }).first().click();
    await page.getByRole('button', { name: '添加', exact: true }).click();
    await page.getByText('department', { exact: true }).waitFor();
    await shots(page, 'members');
  });
});
