// Headless Chromium, with every page watched: a script error, a failed request or a word without translation fails the test.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

export async function openBrowser() {
  return chromium.launch({ executablePath, headless: true, args });
}

/** A page of its own session; `trouble` collects what a user would call broken. */
export async function openPage(browser, url, { viewport = desktop, locale = 'zh-CN', touch = false } = {}) {
  const context = await browser.newContext({
    viewport,
    locale,
    acceptDownloads: true,
    timezoneId: 'Asia/Shanghai',
    isMobile: touch,
    hasTouch: touch,
    geolocation: { latitude: 45.7567, longitude: 126.6424, accuracy: 4 },
    permissions: ['geolocation'],
  });
  const page = await context.newPage();
  const trouble = [];
  page.on('pageerror', (error) => trouble.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (/intlify|Not found .* key/i.test(message.text())) trouble.push(`untranslated: ${message.text()}`);
    if (/Content Security Policy/.test(message.text())) trouble.push(`policy: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) trouble.push(`${response.status()} ${response.url()}`);
  });
  page.setDefaultTimeout(20_000);
  await page.goto(url);
  return { context, page, trouble };
}

/** Keeps a screenshot when E2E_SHOTS names a folder. */
export async function shot(page, name) {
  const folder = process.env.E2E_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** A screenshot at both widths, of `at` when it is given; on the phone's the page must not be scrolled sideways. */
export async function shots(page, name, at) {
  await at?.scrollIntoViewIfNeeded();
  await shot(page, name);
  await page.setViewportSize(phone);
  await page.waitForTimeout(300);
  await at?.scrollIntoViewIfNeeded();
  const wide = await overflowsSideways(page);
  await shot(page, `phone-${name}`);
  await page.setViewportSize(desktop);
  // What is clicked next must stand where it will stay.
  await page.waitForTimeout(300);
  if (wide) throw new Error(`${name}: the page has to be scrolled sideways on a phone`);
}

/** Whether the page can be scrolled sideways: on a phone it must not. */
export async function overflowsSideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
}
