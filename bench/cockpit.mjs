// First meaningful paint of the cockpit on a slow machine: from asking for the page to the first figure that can be read
// on the screen, with the processor slowed four times and nothing in the browser's cache. Prints the median of five.
//
//   LINLI_BIN=target/release/linli node bench/cockpit.mjs
//
// A skeleton is not meaningful: the clock stops when a card's number has been painted. Needs e2e/node_modules and Chromium.
import { openBrowser, openPage } from '../e2e/lib/browser.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { signIn } from '../e2e/lib/steps.mjs';

const SLOWER = 4;
const ROUNDS = 5;
const GOAL_MS = 1_500;

/** Milliseconds from the navigation to the frame after the first figure is in the page. */
const firstFigure = () =>
  new Promise((resolve) => {
    const look = () => {
      const figure = document.querySelector('article .value');
      if (figure?.getBoundingClientRect().height > 0) requestAnimationFrame(() => resolve(performance.now()));
      else requestAnimationFrame(look);
    };
    look();
  });
/** What the time went into, as the browser noted it. */
const parts = () => {
  const asked = performance.getEntriesByType('resource').find((entry) => entry.name.includes('/api/cockpit'));
  const script = performance.getEntriesByType('resource').filter((entry) => /assets/.test(entry.name));
  return {
    files: Math.round(Math.max(...script.filter((one) => one.startTime < asked.startTime).map((one) => one.responseEnd))),
    asked: Math.round(asked.startTime),
    answered: Math.round(asked.responseEnd),
  };
};

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

async function round(browser, url, state, slower) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', storageState: state });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower });
  await page.addInitScript(`window.firstFigure = (${firstFigure})()`);
  await page.goto(`${url}/cockpit`, { waitUntil: 'commit' });
  const painted = Math.round(await page.evaluate(() => window.firstFigure));
  const times = await page.evaluate(parts);
  await context.close();
  return { painted, ...times };
}

const server = process.env.LINLI_URL ? { url: process.env.LINLI_URL, stop: () => {} } : await startServer();
const browser = await openBrowser();
try {
  const signedIn = await openPage(browser, server.url);
  await signIn(signedIn.page, 'district');
  const state = await signedIn.context.storageState();
  await signedIn.context.close();
  for (const slower of [1, SLOWER]) {
    const rounds = [];
    for (let at = 0; at < ROUNDS; at += 1) rounds.push(await round(browser, server.url, state, slower));
    const of = (name) => median(rounds.map((one) => one[name]));
    console.log(
      `cockpit, processor ${slower}x slower: first figure ${of('painted')} ms (median of ${ROUNDS}; ` +
        `shell ready and asked ${of('asked')} ms, answered ${of('answered')} ms)` +
        (slower === SLOWER ? `; goal ${GOAL_MS} ms: ${of('painted') <= GOAL_MS ? 'held' : 'MISSED'}` : ''),
    );
  }
} finally {
  await browser.close();
  await server.stop();
}
