// The report that writes itself: read, opened at its figures, compared with an earlier day, taken along, in two languages; and
// the regular one, which comes to somebody's to-do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, shots } from '../lib/browser.mjs';
import { openCase } from '../lib/cases.mjs';
import { startServer } from '../lib/server.mjs';
import { api, signIn } from '../lib/steps.mjs';

const DISTRICT = '230103000000';
let server;
let browser;
let opened = [];

async function enter(login, options) {
  const one = await openPage(browser, server.url, options);
  opened.push(one);
  await signIn(one.page, login);
  return one.page;
}
const sheet = (page) => page.locator('article.sheet');

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

describe('the survey report', () => {
  test('is read, and a figure leads to its definition and rows', async () => {
    const page = await enter('district');
    await page.goto(`${server.url}/reports`);
    await page.getByRole('link', { name: /社区治理调研报告/ }).click();
    await sheet(page).getByRole('heading', { name: /总体情况/ }).waitFor();
    await shots(page, 'insight-report');
    const figure = sheet(page).locator('a[href*="/insight/"]').first();
    assert.match(await figure.innerText(), /\d/, 'a figure that is known');
    const href = await figure.getAttribute('href');
    await figure.click();
    await page.waitForURL((url) => url.pathname.startsWith('/insight/'));
    await page.locator('h1').first().waitFor();
    assert.ok(href.includes(`area=${DISTRICT}`), href);
  });

  test('is taken along as Word', async () => {
    const page = await enter('street');
    await page.goto(`${server.url}/reports/survey/survey`);
    await sheet(page).locator('h1').waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: '下载 Word' }).click();
    const file = await saved;
    assert.match(file.suggestedFilename(), /\.docx$/);
    assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), 'PK');
  });

  test('tells what changed between two days', async () => {
    const page = await enter('community');
    await page.goto(`${server.url}/reports/survey/survey`);
    await sheet(page).locator('h1').waitFor();
    const field = page.locator('#report-against');
    await field.fill('2026-06-01');
    await field.press('Enter');
    await page.waitForURL(/against=2026-06-01/);
    await sheet(page).getByRole('heading', { name: /变差的指标|无法比较的指标/ }).first().waitFor();
    await page.getByText('含变化情况').waitFor();
    await shots(page, 'insight-changes');
  });

  test('is written in English for who reads English, with the same figures', async () => {
    const page = await enter('district');
    await page.goto(`${server.url}/reports/survey/survey`);
    await sheet(page).locator('h1').waitFor();
    const figures = () =>
      sheet(page)
        .locator('p a[href*="/insight/network"]')
        .evaluateAll((all) => all.map((one) => one.textContent).sort());
    const before = await figures();
    await page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('linli.preferences') ?? '{}');
      localStorage.setItem('linli.preferences', JSON.stringify({ ...kept, lang: 'en' }));
    });
    const answer = await page.evaluate(async (area) => {
      const found = await fetch(`/api/reports/survey/survey.md?area=${area}`, {
        headers: { 'X-Linli': '1', 'Accept-Language': 'en' },
      });
      return found.text();
    }, DISTRICT);
    assert.match(answer, /^# Survey report on community governance/);
    for (const figure of before.filter((one) => /^\d+$/.test(one))) assert.ok(answer.includes(`[${figure}]`), figure);
  });
});

describe('a regular report', () => {
  test('stands on the to-do of a district and opens as of its day', async () => {
    const page = await enter('district');
    const put = await api(page, `/api/schedules/survey/weekly_district/areas/${DISTRICT}`, {}, 'PUT');
    assert.equal(put.status, 204);
    await page.goto(`${server.url}/schedules/survey/weekly_district`);
    await page.getByText('周报（区县）').first().waitFor();
    // The case that the job opens on its day; the job itself is told in the server's own tests.
    const one = await openCase(await enter('district'), 'survey/regular_report_district', DISTRICT, {
      report: 'weekly',
      on: '2026-11-23',
    });
    await page.goto(`${server.url}/todo`);
    await page.locator(`a[href="/cases/${one.id}"]`).first().waitFor();
    await page.goto(`${server.url}/cases/${one.id}`);
    await shots(page, 'insight-regular');
    await page.getByRole('button', { name: '打开报告' }).click();
    await page.waitForURL(/\/reports\/survey\/weekly\?area=230103000000&as_of=2026-11-23/);
    await sheet(page).getByText('一周工作情况').first().waitFor();
  });
});

test('the command line writes the English report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linli-report-'));
  const out = join(folder, 'report.md');
  const place = ['--data', server.data, '--area', DISTRICT, '--as-of', '2026-11-20', '--out', out];
  execFileSync(process.env.LINLI_BIN, ['--lang', 'en', 'report', 'survey', ...place], { stdio: 'ignore' });
  assert.match(readFileSync(out, 'utf8'), /^# Survey report on community governance/);
  rmSync(folder, { recursive: true });
});
