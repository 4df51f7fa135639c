// The one window: person, item, what is known, receipt; queue and appointments.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, shots } from '../lib/browser.mjs';
import { startServer } from '../lib/server.mjs';
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

describe('the one window', () => {
  test('what the register knows is filled in, what data verify needs no paper, and there is a receipt', async () => {
    const page = await enter('community');
    const { body } = await api(page, '/api/records/people/resident?limit=20&sort=birth_date');
    const person = body.items.find((one) => one.values.residence_kind === 'registered');
    await page.goto(`${server.url}/desk/apply`);
    await page.getByPlaceholder(/姓名、拼音首字母/).fill(person.title);
    const hit = page.locator('.hits button', { hasText: person.masked.identity_number ?? person.title }).first();
    await hit.click();
    const item = page.locator('.items button', { hasText: '高龄津贴申领' });
    // Choosing somebody leads on by itself; where it does not, the button does.
    await page.waitForFunction(() => document.querySelector('.items') ?? document.querySelector('[aria-pressed=true]'));
    if (!(await item.isVisible())) await page.getByRole('button', { name: '下一步' }).click();
    await item.getByText('符合', { exact: true }).waitFor();
    await item.click();
    await page.getByText(/^来自/).first().waitFor();
    await shots(page, 'desk-fill');
    await page.locator('input[id*=bank_account]').fill('6217000000000000001');
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByText(/无需证明/).first().waitFor();
    await shots(page, 'desk-check');
    await page.getByRole('button', { name: '提交并打印回执' }).click();
    await page.waitForURL('**/desk/receipt/**');
    await page.getByText(/BJ-\d{4}-\d{6}/).first().waitFor();
    await page.locator('img[alt], svg, .qr').first().waitFor();
    await shots(page, 'receipt');
  });

  test('a number is taken, called, and served', async () => {
    const page = await enter('community');
    await page.goto(`${server.url}/desk`);
    await page.getByRole('button', { name: '取号' }).click();
    await page.getByText(/号码 \d+/).waitFor();
    await page.getByRole('button', { name: '叫下一位' }).click();
    await page.getByText(/请 \d+ 号到窗口/).first().waitFor();
    await shots(page, 'desk');
    await page.getByRole('button', { name: '办完' }).click();
    await page.getByText(/\d+ 号已办完/).waitFor();
  });
});
