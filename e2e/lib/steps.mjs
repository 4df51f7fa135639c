// Things people do, in the words of the page.
export async function signIn(page, login) {
  await page.fill('#login', login);
  await page.fill('#password', 'linli-demo');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.waitForLoadState('networkidle');
}

/** Asks the API as the page's own session does; with a body it is a POST unless a method is given. */
export async function api(page, path, body, method = body ? 'POST' : 'GET') {
  return page.evaluate(
    async ([where, how, what]) => {
      const headers = { 'X-Linli': '1', ...(what ? { 'content-type': 'application/json' } : {}) };
      const answer = await fetch(where, { method: how, headers, body: what ? JSON.stringify(what) : undefined });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
    [path, method, body],
  );
}

/** Waits for the green line that says it was done, and for the page to have it. */
export async function told(page, words) {
  await page.locator('.el-message--success').filter({ hasText: words }).first().waitFor();
  await page.waitForLoadState('networkidle');
}

/** Chooses an area by searching for it. */
export async function chooseArea(page, field, words, name) {
  await field.click();
  const browser = page.locator('.el-popper:visible .browser');
  await browser.getByRole('textbox').fill(words);
  await browser.locator('.hit').filter({ hasText: name }).first().click();
}

/** Uploads a ledger and stays on the page where its columns are confirmed. */
export async function uploadLedger(page, url, file) {
  await page.goto(`${url}/imports/new`);
  await page.setInputFiles('input[type=file]', file);
  await page.getByRole('button', { name: '上传并识别' }).click();
  await page.getByRole('heading', { name: '核对列的含义' }).waitFor();
}
