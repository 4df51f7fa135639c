// A leader's page: where an area stands, what each mark opens, level by level, on a desk, a wall and a phone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, overflowsSideways, phone, shot } from '../lib/browser.mjs';
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

async function as(login, address, viewport) {
  const one = await openPage(browser, server.url, { viewport });
  opened.push(one);
  await signIn(one.page, login);
  await one.page.goto(server.url + address);
  return one.page;
}
const drawer = (page) => page.locator('.el-drawer:visible');
/** The map of the areas below, and the ranking beside it. */
const areaMap = (page) => page.locator('figure').filter({ has: page.locator('g.area') });

/** Opens the menu of a figure and saves what `entry` names. */
async function saved(page, figure, entry) {
  await figure.locator('.menu').click();
  const item = page.locator('.el-dropdown-menu__item:visible').filter({ hasText: entry });
  const [download] = await Promise.all([page.waitForEvent('download'), item.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

describe('the cockpit', () => {
  test('a card opens its rows, and a row opens the record itself', async () => {
    const page = await as('district', '/cockpit');
    const card = page.locator('article').filter({ hasText: '月平均薪酬' });
    await card.locator('button.value').click();
    const row = drawer(page).locator('td.head a').first();
    await row.waitFor();
    const title = (await row.textContent()).trim();
    assert.match(await row.getAttribute('href'), /^\/registers\/workforce\/worker\//);
    await shot(page, 'cockpit-rows');
    await row.click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
  });

  test('the number on a card is the one that the API answers', async () => {
    const page = await as('district', '/cockpit');
    const { body } = await api(page, '/api/indicators/workforce/mean_pay');
    const shown = await page.locator('article').filter({ hasText: '月平均薪酬' }).locator('button.value').textContent();
    assert.equal(Number(shown.replace(/[^\d.]/g, '')), Math.round(body.value));
  });

  test('an area on the map opens by mouse and by keyboard, and leads a level down', async () => {
    const page = await as('district', '/cockpit');
    const area = areaMap(page).locator('g.area').filter({ hasText: '七政街道' });
    await area.focus();
    await page.keyboard.press('Enter');
    await drawer(page).locator('.tag', { hasText: '七政街道' }).waitFor();
    await drawer(page).getByRole('link', { name: /七政街道/ }).click();
    await page.waitForURL(/\/cockpit\/230103\d+/);
    await page.getByRole('heading', { level: 1, name: '七政街道' }).waitFor();
    await page.locator('nav.trail').getByRole('link', { name: '南岗区' }).click();
    await page.getByRole('heading', { level: 1, name: '南岗区' }).waitFor();
  });

  test('areas without data are no bars: they are counted beside the ranking and named in its table', async () => {
    const page = await as('city', '/cockpit');
    const ranking = page.locator('figure').filter({ hasText: '各区县排序' });
    await ranking.getByText('另有 17 个数据不足，未画。').waitFor();
    await ranking.locator('.menu').click();
    await page.locator('.el-dropdown-menu__item:visible', { hasText: '看表' }).click();
    assert.equal(await ranking.locator('tbody tr').count(), 18);
  });

  test('a chart is saved as picture and drawing, its data as a workbook', async () => {
    const page = await as('district', '/cockpit');
    const figure = areaMap(page);
    await figure.locator('g.area').first().waitFor();
    const svg = await saved(page, figure, 'SVG');
    assert.match(svg.name, /\.svg$/);
    assert.match(svg.bytes.toString(), /^<svg[^>]*xmlns=[\s\S]*七政街道/);
    const png = await saved(page, figure, 'PNG');
    assert.deepEqual([...png.bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    const book = await saved(page, figure, 'Excel');
    assert.match(book.name, /\.xlsx$/);
    assert.equal(book.bytes.subarray(0, 2).toString(), 'PK');
    assert.ok(book.bytes.length > 1_000);
  });

  test('what got worse since last week stands there with both values, and opens', async () => {
    const page = await as('district', '/cockpit');
    const worse = page.locator('.two .card').first();
    await worse.locator('button.line').first().waitFor();
    const { body } = await api(page, '/api/cockpit');
    assert.equal(await worse.locator('button.line').count(), body.worse.length);
    assert.ok(body.worse.every((one) => Math.abs(one.reading.change_week) >= 10 ** -one.reading.decimals / 2));
    await worse.locator('button.line').first().click();
    await page.getByRole('dialog').first().waitFor();
  });

  test('without a snapshot a week old nothing is said to have got no worse', async () => {
    const page = await as('district', '/cockpit');
    await page.route(/\/api\/cockpit/, async (route) => {
      const answer = await route.fetch();
      const held = await answer.json();
      const standing = held.standing.map((one) => ({ ...one, reading: { ...one.reading, change_week: null } }));
      await route.fulfill({ response: answer, json: { ...held, standing, worse: [] } });
    });
    await page.reload();
    await page.getByText('还不能与一周前相比').waitFor();
    assert.equal(await page.getByText('本周没有变差的指标').count(), 0);
  });
});

describe('the wall', () => {
  test('fills a large screen without scrolling, moves by keys and leads back', async () => {
    const page = await as('street', '/wall', { width: 1920, height: 1080 });
    await page.locator('.wall article').first().waitFor();
    const count = await page.locator('.wall footer i').count();
    assert.ok(count > 3);
    for (let at = 0; at < count; at += 1) {
      await page.waitForFunction((n) => document.querySelectorAll('.wall footer i')[n].classList.contains('on'), at);
      const room = await page.evaluate(() => {
        const panel = document.querySelector('.wall .panel');
        return [panel.scrollHeight - panel.clientHeight, document.documentElement.scrollWidth - innerWidth];
      });
      assert.ok(room[0] <= 4 && room[1] <= 0, `screen ${at} is too large: ${room}`);
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/cockpit/);
  });
});

describe('on a phone', () => {
  test('every level fits the width', async () => {
    for (const login of ['city', 'community', 'grid']) {
      const page = await as(login, '/cockpit', phone);
      await page.locator('article').first().waitFor();
      await page.waitForLoadState('networkidle');
      assert.ok(!(await overflowsSideways(page)), login);
      await shot(page, `phone-cockpit-${login}`);
    }
  });
});
