// Things people do, in the words of the page.
export async function signIn(page, login) {
  await page.fill('#login', login);
  await page.fill('#password', 'linli-demo');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.waitForLoadState('networkidle');
}

/** Asks the API as the page's own session does. */
export async function api(page, path) {
  return page.evaluate(async (where) => {
    const answer = await fetch(where, { headers: { 'X-Linli': '1' } });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }, path);
}

/** Uploads a ledger and stays on the page where its columns are confirmed. */
export async function uploadLedger(page, url, file) {
  await page.goto(`${url}/imports/new`);
  await page.setInputFiles('input[type=file]', file);
  await page.getByRole('button', { name: '上传并识别' }).click();
  await page.getByRole('heading', { name: '核对列的含义' }).waitFor();
}
