// A walk through every page: what a person would call broken on it, found by a machine.
import { openPage } from './browser.mjs';
import { signIn } from './steps.mjs';

/** Console lines that say nothing about the page: a refused question before anybody has signed in is how one learns it. */
const EXPECTED = /401 \(Unauthorized\)/;

/** A page that writes down errors of scripts, of the console and of requests; `take()` hands them over once. */
export async function openWatched(browser, url, options) {
  const one = await openPage(browser, url, options);
  const asked = new Set();
  one.page.on('request', (request) => !/notices\/stream/.test(request.url()) && asked.add(request));
  one.page.on('requestfinished', (request) => asked.delete(request));
  one.page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) one.trouble.push(`console: ${message.text()}`);
  });
  one.page.on('response', (response) => {
    if (response.status() >= 400 && response.status() < 500 && response.status() !== 401)
      one.trouble.push(`${response.status()} ${response.url()}`);
  });
  one.page.on('requestfailed', (request) => {
    asked.delete(request);
    // Leaving a page ends what it still asked for.
    if (!/ERR_ABORTED/.test(request.failure()?.errorText ?? '')) one.trouble.push(`failed: ${request.url()}`);
  });
  return { ...one, asked, take: () => one.trouble.splice(0) };
}

/** Signs in and reads in `lang` from then on. */
export async function enter(one, login, lang) {
  await signIn(one.page, login);
  await one.page.evaluate(async (chosen) => {
    const preferences = { lang: chosen, theme: 'light', large_text: false };
    localStorage.setItem('linli.preferences', JSON.stringify(preferences));
    const headers = { 'X-Linli': '1', 'content-type': 'application/json' };
    await fetch('/api/session/preferences', {
      method: 'PATCH',
      headers,
      body: JSON.stringify(preferences),
    });
  }, lang);
}

/** Goes to an address as a click on a link does: without loading the whole program again. */
export async function goTo(page, address) {
  await page.evaluate((to) => {
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
  }, address);
}

/** The page is there: nothing was asked for in a while, and no skeleton stands for something to come. */
export async function settled({ page, asked }) {
  await page.locator('#app > :visible').first().waitFor();
  for (let [quiet, end] = [0, Date.now() + 20_000]; quiet < 4;) {
    if (Date.now() > end) throw new Error(`still asking: ${[...asked].map((request) => request.url())}`);
    await page.waitForTimeout(50);
    const waits =
      asked.size > 0 || (await page.evaluate(() => document.querySelector('.skeleton, .van-skeleton') !== null));
    quiet = waits ? 0 : quiet + 1;
  }
}

/** What is wrong with the page as it stands: too wide for its screen, or a message's name where its words should be. */
export async function defects(page) {
  return page.evaluate(() => {
    const found = [];
    const wide = (element) => element && element.scrollWidth > element.clientWidth + 1;
    if (document.documentElement.scrollWidth > innerWidth + 1 || wide(document.getElementById('main'))) {
      const room = document.getElementById('main')?.getBoundingClientRect().right ?? innerWidth;
      const guilty = [...document.querySelectorAll('#app *')]
        .filter((element) => element.getBoundingClientRect().right > room + 1)
        .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`);
      found.push(`has to be scrolled sideways: ${guilty.slice(0, 3).join(', ')}`);
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.data.trim();
      const literal = node.parentElement?.closest('code, pre, input, textarea, script, style');
      if (!literal && /^[a-z][a-z_]*(\.[a-z][a-z_]*)+$/.test(text)) found.push(`a message's name: ${text}`);
      if (!literal && /\bundefined\b|\bNaN\b|\[object Object\]/.test(text)) found.push(`no words for people: ${text}`);
    }
    return found;
  });
}
