// Indicators: from the list to a definition, one's own thresholds, areas, time, rows and files.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, shot } from '../lib/browser.mjs';
import { startServer } from '../lib/server.mjs';
import { api, signIn } from '../lib/steps.mjs';

let server;
let browser;
let one;
let page;
before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  one = await openPage(browser, server.url);
  page = one.page;
  await signIn(page, 'district');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(() => assert.deepEqual(one.trouble.splice(0), [], 'pages run without errors and without untranslated words'));

const open = (address) => page.goto(server.url + address);
const section = (title) => page.locator('section.card').filter({ has: page.getByRole('heading', { level: 2, name: title, exact: true }) });

describe('an indicator', () => {
  test('says how it is made, and its parts open to as many rows as they count', async () => {
    await open('/insight/party/org_coverage');
    await page.getByRole('heading', { level: 1, name: '组织覆盖率' }).waitFor();
    const { body } = await api(page, '/api/indicators/party/org_coverage');
    await section('定义').getByText('should_have && has(coverage)').waitFor();
    await section('明细').getByText(`${body.numerator}`, { exact: false }).first().waitFor();
    await section('明细').locator('.el-radio-button', { hasText: '分母' }).click();
    await section('明细').getByText(body.denominator.toLocaleString('en-US'), { exact: false }).first().waitFor();
    await shot(page, 'insight-indicator');
  });

  test('a reader’s own base date changes this view alone, and goes back', async () => {
    await open('/insight/party/org_coverage?p.base=2020-12-31');
    await page.getByText('比2020年').first().waitFor();
    await page.locator('.tag.warn', { hasText: '按您设的参数' }).first().waitFor();
    await section('参数（只影响您看到的，不改定义）').getByRole('button').last().waitFor();
    await open('/insight/party/org_coverage');
    await page.getByText('比2016年').first().waitFor();
  });

  test('goes over areas of a chosen level, and over time', async () => {
    await open('/insight/party/org_coverage');
    const areas = section('按区域');
    await areas.getByRole('table').locator('tbody tr').first().waitFor({ state: 'attached' });
    const streets = await areas.getByRole('table').locator('tbody tr').count();
    await areas.locator('.el-radio-button', { hasText: '社区' }).first().click();
    await page.waitForFunction(
      (least) => document.querySelectorAll('section.card figure tbody tr').length > least * 3,
      streets,
    );
  });

  for (const [id, path] of [
    ['workforce/mean_pay', /^\/registers\/workforce\/worker\//],
    ['grid/on_time', /^\/cases\//],
    ['survey/meeting_held', /^\/answers\//],
    ['network/communities', /^\/areas\//],
  ])
    test(`rows of ${id} open their own pages`, async () => {
      await open(`/insight/${id}`);
      const link = section('明细').locator('td.head a').first();
      await link.waitFor();
      assert.match(await link.getAttribute('href'), path);
      await link.click();
      await page.waitForURL((url) => path.test(decodeURIComponent(url.pathname)));
      await page.waitForLoadState('networkidle');
      await page.locator('h1').first().waitFor();
      assert.equal(await page.locator('.el-result, .error-state').count(), 0);
    });
});

describe('many indicators', () => {
  test('ticked ones become a table by area and a workbook', async () => {
    await open('/insight');
    const boxes = page.locator('table .el-checkbox');
    await boxes.first().waitFor();
    await boxes.nth(0).click();
    await boxes.nth(1).click();
    await page.getByRole('button', { name: '按区域成表' }).click();
    await page.waitForURL(/\/insight\/table\?ids=/);
    await page.locator('.table tbody tr').nth(5).waitFor();
    assert.equal(await page.locator('.table thead th').count(), 3);
    const button = page.getByRole('button', { name: '导出 Excel' });
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), 'PK');
    await shot(page, 'insight-table');
  });

  test('a table of none says what to do', async () => {
    await open('/insight/table');
    await page.getByText('还没有选指标').waitFor();
  });
});
