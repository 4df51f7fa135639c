// The grid worker's phone: a browser of a phone's size, signed in under /m.
import { openPage, phone } from './browser.mjs';

/** A phone in Harbin with a camera roll and a place. */
export async function openPhone(browser, server, login) {
  const one = await openPage(browser, `${server.url}/m/`, { viewport: phone, touch: true });
  if (login) await signInOnPhone(one.page, login);
  return one;
}

export async function signInOnPhone(page, login) {
  await page.locator('input[autocomplete=username]').fill(login);
  await page.locator('input[type=password]').fill('linli-demo');
  await page.getByRole('button', { name: '登录' }).click();
  await page.locator('.tabs').waitFor();
}

/** Waits until the day is on the phone: list, households, forms and the form engine. */
export async function dayIsKept(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.locator('.state', { hasText: '离线可用' }).waitFor({ timeout: 40_000 });
}

/** To the next page of an open form. */
export const nextPage = (page) => page.locator('.foot .primary').click();

/** The question on the screen. */
export const question = (page, words) => page.locator('.question', { hasText: words });

/** A photo as a phone takes one: large, and named as phones name them. */
export async function photoOf(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 2400, height: 1800 });
    const pen = canvas.getContext('2d');
    for (let at = 0; at < 200; at += 1) {
      pen.fillStyle = `hsl(${at * 2} 70% 50%)`;
      pen.fillRect((at * 97) % 2400, (at * 53) % 1800, 160, 160);
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  return { name: 'IMG_20261123.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(bytes) };
}

/** A photo as the answer of the question on the screen. */
export async function takePhoto(page) {
  await page.locator('.question input[type=file]').first().setInputFiles(await photoOf(page));
  await page.locator('.question figure img').waitFor();
}

/** A photo in a strip beside a text: of a report, an action, a case that is followed. */
export async function addPhoto(page) {
  await page.locator('.strip input[type=file]').first().setInputFiles(await photoOf(page));
  await page.locator('.strip li img').waitFor();
}
