// Things people do, in the words of the page.
import assert from 'node:assert/strict';

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

/** Uploads a text file to the API as the page's own session does. */
export async function apiUpload(page, path, { name, text, fields = {} }, method = 'POST') {
  return page.evaluate(
    async ([where, how, file, words, more]) => {
      const form = new FormData();
      for (const [key, value] of Object.entries(more)) form.set(key, value);
      form.set('file', new File([words], file), file);
      const answer = await fetch(where, { method: how, headers: { 'X-Linli': '1' }, body: form });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
    [path, method, name, text, fields],
  );
}

/** A published form. */
export async function publishForm(page, text, area) {
  const made = await apiUpload(page, '/api/forms', { name: 'form.md', text, fields: { area } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const published = await api(page, `/api/forms/${made.body.id}/publish`, {});
  assert.equal(published.status, 200, JSON.stringify(published.body));
  return published.body;
}

/** A request under way: written by one, approved by another, its assignments made. */
export async function openTask(author, manager, body) {
  const bases = await api(author, `/api/tasks/bases?area=${body.area}`);
  const item = { entity: bases.body.items[0].entity, id: bases.body.items[0].id };
  const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const licence = { basis: { item, text: '' }, deadline: day(20), expires: day(90) };
  const made = await api(author, '/api/tasks', { ...licence, ...body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const sent = await api(author, `/api/tasks/${made.body.id}/submit`, {});
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  const approved = await api(manager, `/api/tasks/${made.body.id}/approve`, { note: '同意' });
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  return until(async () => {
    const { body: task } = await api(manager, `/api/tasks/${made.body.id}`);
    return task.counts.assigned > 0 && !task.assigning ? task : null;
  });
}

/** Asks again until there is an answer. */
export async function until(ask, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`nothing came within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
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
