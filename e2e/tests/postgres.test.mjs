// The same program on PostgreSQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, openPage } from '../lib/browser.mjs';
import { startServer } from '../lib/server.mjs';
import { api, signIn } from '../lib/steps.mjs';

const database = process.env.LINLI_TEST_POSTGRES;

test('the demo city is served from PostgreSQL', { skip: database ? false : 'LINLI_TEST_POSTGRES names no server' }, async () => {
  const [server, browser] = await Promise.all([startServer({ database }), openBrowser()]);
  try {
    const { page, trouble } = await openPage(browser, server.url);
    await signIn(page, 'community');
    const { body } = await api(page, '/api/records/people/resident?limit=1&sort=name');
    await page.goto(`${server.url}/registers/people/resident/${body.items[0].id}`);
    await page.getByRole('heading', { name: body.items[0].title }).waitFor();
    assert.deepEqual(trouble, []);
  } finally {
    await browser.close();
    await server.stop();
  }
});
