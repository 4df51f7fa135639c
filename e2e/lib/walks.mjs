// Every page of every account, walked once in one size and one language: nothing too wide, no error, no refused request,
// no message's name where words should be. Two files walk, so that each stays within a file's time.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser, phone, shot } from './browser.mjs';
import { community, startServer } from './server.mjs';
import { api } from './steps.mjs';
import { defects, enter, goTo, openWatched, settled } from './walk.mjs';

const first = async (page, path) => (await api(page, path)).body?.items?.[0];
const firstId = async (page, path) => (await first(page, path))?.id;

/** Addresses of one sort of page; those of things the demo city has none of are left out. */
async function about(page, list, ...pages) {
  const id = await firstId(page, list);
  return id ? pages.map((address) => address.replace(':id', id)) : [];
}

/** What each account walks: pages that are theirs, things by the first of their lists. */
const walks = {
  city: async (page) => [
    ...['/', '/todo', '/cockpit', '/insight', '/insight?trouble=true', '/insight/table', '/insight/party/org_coverage'],
    ...['/insight/workforce/mean_pay', '/insight/survey/meeting_held', '/reports', '/reports/survey/survey', '/areas'],
    ...['/accounts', '/accounts/new', '/audit', '/channels', '/system', '/holidays', '/flows', '/lists', '/settings'],
    ...(await about(page, '/api/accounts', '/accounts/:id')),
    ...['/surveys', '/no-such-page', '/403?on=accounts&verb=read'],
  ],
  district: async (page) => [
    ...['/cockpit', '/wall', '/forms', '/forms/new', '/tasks', '/burden', '/cases', '/map', '/calendar', '/admissions'],
    ...(await about(page, '/api/forms', '/forms/:id', '/forms/:id/answers')),
    ...(await about(page, '/api/surveys', '/surveys/:id', '/surveys/:id/analysis')),
    ...(await about(page, '/api/tasks', '/tasks/:id')),
    ...(await about(page, '/api/schedules', '/schedules/:id')),
    ...(await about(page, '/api/records/network/unit', '/registers/network/unit/:id', '/units/:id/members')),
  ],
  street: async (page) => [
    ...['/', '/cases/board', '/cases/new', '/meetings', '/conflicts', '/tasks/new', '/desk', '/certificates', '/cockpit'],
    ...(await about(page, '/api/cases', '/cases/:id')),
    ...(await about(page, '/api/meetings', '/meetings/:id')),
    ...(await about(page, '/api/responses', '/answers/:id')),
    ...(await about(page, '/api/flows', '/flows/:id')),
    ...(await about(page, '/api/surveys', '/surveys/:id/interview')),
  ],
  community: async (page) => [
    ...['/', '/imports', '/imports/new', '/fills', '/fills/new', '/desk/apply', '/cockpit', '/registers/people/household'],
    ...['/registers/people/resident/new', '/registers/people/dwelling', '/registers/workforce/worker'],
    ...(await about(page, '/api/records/people/resident', '/registers/people/resident/:id', '/registers/people/resident/:id/edit')),
    ...['/registers/people/resident'],
  ],
  grid: async () => ['/', '/todo', '/cases', '/cockpit', '/registers/people/resident'],
  department: async () => ['/', '/todo', '/department', '/cases', '/cockpit', '/burden'],
};

/** Walks the addresses one after the other; answers what was wrong where. */
async function walk(server, one, addresses, name, inApp = true) {
  const wrong = [];
  for (const [at, address] of addresses.entries()) {
    one.take();
    if (at === 0 || !inApp) await one.page.goto(server.url + address);
    else await goTo(one.page, address);
    await settled(one).catch((error) => one.trouble.push(`does not come to rest: ${error.message.split('\n')[0]}`));
    const found = [...one.take(), ...(await defects(one.page))];
    await shot(one.page, `${name}${address.replace(/[^a-z0-9]+/gi, '-')}`);
    wrong.push(...found.map((line) => `${address}: ${line}`));
  }
  return [...new Set(wrong)];
}

/** Declares the tests of one walk. */
export function walkAllPages(name, viewport, lang) {
  describe(`all pages, ${name}`, () => {
    let server;
    let browser;
    before(async () => {
      [server, browser] = await Promise.all([startServer(), openBrowser()]);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
    });

    for (const [login, addressesOf] of Object.entries(walks)) {
      test(`${login} meets nothing broken`, async () => {
        const one = await openWatched(browser, server.url, { viewport });
        await enter(one, login, lang);
        const addresses = await addressesOf(one.page);
        assert.ok(addresses.length > 4);
        assert.deepEqual(await walk(server, one, addresses, `${name}-${login}`), []);
        await one.context.close();
      });
    }

    test('a grid worker on the phone meets nothing broken', async () => {
      const one = await openWatched(browser, `${server.url}/m/`, { viewport, touch: viewport === phone });
      await one.page.locator('input[autocomplete=username]').fill('grid');
      await one.page.locator('input[type=password]').fill('linli-demo');
      await one.page.locator('form button[type=submit], form .van-button').first().click();
      await one.page.locator('.tabs').waitFor();
      await one.page.evaluate((chosen) => {
        localStorage.setItem('linli.preferences', JSON.stringify({ lang: chosen, theme: 'light', large_text: false }));
      }, lang);
      const addresses = ['/m/', '/m/forms', '/m/queue', '/m/cases', '/m/report', '/m/me'];
      assert.deepEqual(await walk(server, one, addresses, name, false), []);
      await one.context.close();
    });

    test('a resident without an account meets nothing broken', async () => {
      const one = await openWatched(browser, `${server.url}/r/${community}`, { viewport, touch: viewport === phone });
      await one.page.evaluate((chosen) => {
        localStorage.setItem('linli.preferences', JSON.stringify({ lang: chosen, theme: 'light', large_text: false }));
      }, lang);
      const pages = ['', '/report', '/items', '/follow', '/certificates', '/book'];
      assert.deepEqual(await walk(server, one, pages.map((page) => `/r/${community}${page}`), name, false), []);
      await one.context.close();
    });
  });
}
