// The form studio: from a workbook with a mistake to answers that were reviewed, counted and taken away; and the phones and
// links by which people answer.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, phone, shot, shots } from '../lib/browser.mjs';
import { SUGGESTION, visitForm } from '../lib/forms.mjs';
import { nextPage } from '../lib/phone.mjs';
import { startServer } from '../lib/server.mjs';
import { api, apiUpload, publishForm, signIn, told, until } from '../lib/steps.mjs';

let server;
let browser;
let opened = [];
let tests = 0;

before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  const trouble = opened.flatMap((one) => one.trouble);
  for (const { page } of opened) await shot(page, `last-${(tests += 1)}`);
  await Promise.all(opened.map((one) => one.context.close()));
  opened = [];
  assert.deepEqual(trouble, [], 'pages run without errors and without untranslated words');
});

async function enter(login, options, path = '') {
  const one = await openPage(browser, server.url + path, options);
  opened.push(one);
  if (login) await signIn(one.page, login);
  return one.page;
}
const upload = (page, selector, name, text) =>
  page.setInputFiles(selector, { name, mimeType: 'text/markdown', buffer: Buffer.from(text) });
const area = async (page) => (await api(page, '/api/session')).body.home_area.code;

/** An answer as ODK Collect would send it. */
async function answerBy(page, xml) {
  return page.evaluate(async (text) => {
    const form = new FormData();
    form.set('xml_submission_file', new File([text], 'xml_submission_file', { type: 'text/xml' }));
    const answer = await fetch('/api/collect/submissions', { method: 'POST', headers: { 'X-Linli': '1' }, body: form });
    return { status: answer.status, body: await answer.json() };
  }, xml);
}

describe('a form', () => {
  test('is refused with every mistake beside its row, then published with a reason for what is asked twice', async () => {
    const page = await enter('street');
    await page.goto(`${server.url}/forms/new`);
    const wrong = visitForm('winter_visit').replace('select_one heat |', 'select_one hot |').replace('| image | photo |', '| picture | photo |');
    await upload(page, 'input[type=file]', 'winter.md', wrong);
    await page.getByText('请按下面的提示改好后重新上传').waitFor();
    const findings = page.locator('section', { has: page.getByRole('heading', { name: '检查结果' }) });
    assert.match(await findings.innerText(), /第 \d+ 行/);
    assert.ok((await findings.locator('li.error').count()) >= 2, await findings.innerText());
    await shots(page, 'studio-findings');
    await upload(page, 'input[type=file]', 'winter.md', visitForm('winter_visit', { reason: '' }).replace('people/resident/contact_name', 'people/resident/name'));
    await page.getByText('检查通过').waitFor();
    await page.getByRole('button', { name: '建立草稿' }).click();
    await page.waitForURL(/\/forms\/[0-9a-f-]{36}/);
    await page.getByRole('heading', { name: '冬季走访' }).waitFor();
    await page.waitForLoadState('networkidle');
    await shots(page, 'studio-questions');

    // A question is linked to what the register holds, by the offer beside it or by choosing.
    await page.locator('.question', { hasText: '暖气热不热' }).getByRole('button', { name: '对应数据项' }).click();
    await page.getByRole('dialog').waitFor();
    await shots(page, 'studio-link');
    await page.keyboard.press('Escape');

    await page.getByRole('tab', { name: /发布/ }).click();
    await page.getByText('还不能发布').waitFor();
    const reasons = page.locator('.asked');
    await reasons.first().waitFor();
    const asked = await reasons.count();
    for (let at = 0; at < asked; at += 1) {
      await reasons.nth(at).getByRole('textbox').fill('冬季走访须当面核对');
      await reasons.nth(at).getByRole('textbox').press('Enter');
      await told(page, '理由已保存');
    }
    await page.getByText('可以发布', { exact: true }).waitFor();
    assert.match(await reasons.first().innerText(), /姓名/, 'the data element is named whole');
    await shots(page, 'studio-publish');
    await page.getByRole('button', { name: '发布', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '发布', exact: true }).click();
    await told(page, '已发布');
    await page.getByText('正在使用 1').waitFor();
  });

  test('is tried out in a phone frame with its checks, and nothing is sent', async () => {
    const page = await enter('street');
    const form = await publishForm(page, visitForm('preview_visit'), await area(page));
    await page.goto(`${server.url}/forms/${form.id}?tab=preview`);
    const frame = page.frameLocator('.phone iframe');
    await frame.locator('.question').waitFor();
    await page.locator('.phone').scrollIntoViewIfNeeded();
    await frame.locator('.foot .primary').click();
    await frame.locator('.question input').fill('12');
    await frame.locator('.foot .primary').click();
    await frame.getByText('请填写 11 位手机号').waitFor();
    await shots(page, 'studio-preview', page.locator('.phone'));
    await page.locator('.phone').scrollIntoViewIfNeeded();
    await frame.locator('.question input').fill('');
    await frame.locator('.foot .primary').click();
    await frame.getByRole('radio', { name: '热', exact: true }).click();
    for (let turn = 0; turn < 8 && !(await frame.getByRole('button', { name: '提交' }).isVisible()); turn += 1)
      await frame.locator('.foot .primary').click();
    await frame.getByRole('button', { name: '提交' }).click();
    await frame.getByText('这是预览,不会提交').waitFor();
    assert.equal((await api(page, `/api/forms/${form.id}`)).body.responses, 0);
  });

  test('gets a new version, tells what differs, and is answered, returned, corrected, accepted, counted and exported', async () => {
    const page = await enter('street');
    const form = await publishForm(page, visitForm('review_visit'), await area(page));
    const more = '| | heat | none | 没有暖气 | None |\n';
    const next = visitForm('review_visit', { version: 2, heat: '家里暖气热不热', more });
    await page.goto(`${server.url}/forms/${form.id}`);
    await upload(page, 'input[type=file]', 'winter-2.md', next);
    await told(page, '草稿已更新');
    await page.getByRole('tab', { name: '版本' }).click();
    await page.getByText('两个版本的差别').waitFor();
    await page.getByText('家里暖气热不热').first().waitFor();
    await shots(page, 'studio-versions');
    const published = await api(page, `/api/forms/${form.id}/publish`, {});
    assert.equal(published.status, 200, JSON.stringify(published.body));

    const grid = await enter('grid');
    const xml = (n, heat) =>
      `<data id="review_visit" version="2"><contact_name>李阿姨</contact_name><contact_phone>13904510011</contact_phone>` +
      `<heating>${heat}</heating><photo/><visitor><visitor_name>儿子</visitor_name></visitor>` +
      `<meta><instanceID>uuid:0000-${n}</instanceID></meta></data>`;
    for (const [n, heat] of [[1, 'cold'], [2, 'warm'], [3, 'tepid']]) {
      const sent = await answerBy(grid, xml(n, heat));
      assert.equal(sent.status, 201, JSON.stringify(sent.body));
    }
    await page.goto(`${server.url}/forms/${form.id}/answers`);
    await page.locator('tbody tr').nth(2).waitFor();
    await shots(page, 'answers');
    await page.goto(`${server.url}/answers/uuid:0000-3`);
    await page.locator('.answer.flagged').waitFor();
    await shots(page, 'answer');
    await page.getByLabel('意见').fill('请核对暖气一题');
    await page.getByRole('button', { name: '退回' }).click();
    await told(page, '已退回');

    // Corrected with the question's own choices, not by typing a code.
    await page.getByRole('button', { name: '编辑' }).or(page.getByRole('button', { name: '修改' })).first().click();
    await page.locator('.answer', { hasText: '家里暖气热不热' }).locator('.el-select').click();
    await shot(page, 'answer-edit');
    await page.getByRole('option', { name: '没有暖气' }).click();
    await page.getByLabel(/为什么修改/).fill('电话核实过');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await told(page, '已保存为新的一版');
    await page.waitForURL((url) => !url.pathname.endsWith('uuid:0000-3'));
    await page.getByText('没有暖气').first().waitFor();
    await page.getByRole('button', { name: '通过' }).click();
    await told(page, '已通过');
    await page.locator('ol li').nth(2).waitFor();
    const history = await page.locator('ol').last().innerText();
    for (const words of ['收到', '退回', '修改', '通过', '请核对暖气一题', '电话核实过']) assert.ok(history.includes(words), history);
    await shots(page, 'answer-reviewed');

    await page.goto(`${server.url}/forms/${form.id}/answers?tab=summary`);
    await page.getByText('以下统计 3 份答卷').waitFor();
    await page.getByText('没有暖气').first().waitFor();
    await shots(page, 'answers-summary');
    // As CSV a form with a repeat is two tables, which come together.
    for (const [name, ending] of [['Excel 工作簿', 'xlsx'], ['CSV', 'zip'], [/ZIP/, 'zip']]) {
      await page.getByRole('button', { name: '导出' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name }).click(),
      ]);
      assert.ok(download.suggestedFilename().endsWith(ending), download.suggestedFilename());
      const bytes = readFileSync(await download.path());
      assert.ok(bytes.length > 20, `${ending}: ${bytes.length} bytes`);
      assert.equal(bytes.subarray(0, 2).toString(), 'PK');
    }
  });
});

describe('phones with ODK Collect', () => {
  test('a worker scans a code of settings, and the address in it lists the forms', async () => {
    const page = await enter('street');
    const form = await publishForm(page, visitForm('collect_visit'), await area(page));
    await page.goto(`${server.url}/forms/${form.id}?tab=phones`);
    await page.getByRole('button', { name: '生成我的二维码' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('img').first().waitFor();
    const drawn = await dialog.locator('img').first().evaluate((image) => image.decode().then(() => image.naturalWidth));
    assert.ok(drawn >= 150);
    await shots(page, 'studio-collect');
    const [token] = (await api(page, '/api/collect/tokens')).body.items;
    const list = await fetch(`${token.url.replace(/^https?:\/\/[^/]+/, server.url)}/formList`, {
      headers: { 'X-OpenRosa-Version': '1.0' },
    });
    assert.equal(list.status, 200);
    assert.match(await list.text(), /collect_visit/);
  });
});

describe('public questionnaires', () => {
  test('a link is made, changed, answered after a pause, stopped and opened again', async () => {
    const page = await enter('street');
    const form = await publishForm(page, SUGGESTION, await area(page));
    await page.goto(`${server.url}/forms/${form.id}?tab=links`);
    await page.getByRole('button', { name: '新建公开链接' }).click();
    await shots(page, 'link-new');
    await page.getByRole('dialog').getByRole('button', { name: '生成', exact: true }).click();
    await told(page, '链接已生成');
    await page.getByRole('button', { name: '修改', exact: true }).click();
    await page.getByLabel('最多收多少份').fill('200');
    await page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click();
    await told(page, '已修改');
    await page.getByText('最多 200 份').waitFor();
    await shots(page, 'links');
    const [link] = (await api(page, `/api/forms/${form.id}/links`)).body.items;
    const path = new URL(link.url).pathname;

    const person = await enter(null, { viewport: phone, touch: true }, path);
    await person.getByRole('button', { name: '开始填写' }).waitFor();
    await shot(person, 'q-cover');
    await person.getByRole('button', { name: '开始填写' }).click();
    await person.getByRole('radio', { name: '院内' }).click();
    await shot(person, 'q-form');
    await person.getByRole('button', { name: '稍后再填' }).click();
    await person.locator('.sheet .link').waitFor();
    const resume = new URL(await person.locator('.sheet .link').innerText());
    await shot(person, 'q-saved');
    await person.getByRole('button', { name: '继续填写' }).click();
    await person.getByRole('button', { name: '稍后再填' }).click();
    await person.locator('.sheet .link').waitFor();
    assert.equal(await person.locator('.sheet .link').innerText(), resume.href, 'saved again, the code stays the same');

    const later = await enter(null, { viewport: phone, touch: true }, resume.pathname + resume.search);
    await later.getByRole('button', { name: '继续填写' }).click();
    await later.getByRole('radio', { name: '院内' }).waitFor();
    assert.equal(await later.getByRole('radio', { name: '院内' }).getAttribute('aria-checked'), 'true');
    await nextPage(later);
    await later.locator('.question textarea, .question input').first().fill('院里想添一张长椅');
    await nextPage(later);
    await later.getByRole('button', { name: '提交' }).click();
    await later.getByText('提交成功').waitFor();
    await shot(later, 'q-thanks');
    const rows = (await api(page, `/api/forms/${form.id}/responses?limit=10`)).body.items;
    assert.deepEqual(rows.map((row) => row.values['/data/idea']), ['院里想添一张长椅']);
    const begun = await api(page, `/api/public/${path.split('/')[2]}?resume=${resume.searchParams.get('resume')}`);
    assert.equal(begun.body.draft, null, 'what was begun is forgotten once it was sent');

    await page.getByRole('button', { name: '停止收集' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '停止收集' }).click();
    await told(page, '已停止');
    const late = await enter(null, { viewport: phone, touch: true }, path);
    await late.getByRole('heading', { name: '问卷已结束' }).waitFor();
    await shot(late, 'q-closed');
    await page.getByRole('button', { name: '重新开放' }).click();
    await told(page, '已重新开放');
    await late.reload();
    await late.getByRole('button', { name: '开始填写' }).waitFor();
  });

  test('a one-time link takes one answer, and tells the second who comes', async () => {
    const page = await enter('street');
    const form = await publishForm(page, SUGGESTION.replace('suggestion_box', 'one_time_box'), await area(page));
    const made = await api(page, `/api/forms/${form.id}/links`, { kind: 'one_time', title: '入户发放', count: 2 });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const sheet = await page.evaluate((url) => fetch(url).then((answer) => answer.text()), `/api/links/${made.body.id}/sheet?format=html`);
    const path = sheet.match(/\/q\/[A-Za-z0-9_-]+/)[0];
    const person = await enter(null, { viewport: phone, touch: true }, path);
    await person.getByRole('button', { name: '开始填写' }).click();
    await person.getByRole('radio', { name: '街边' }).click();
    await nextPage(person);
    await person.locator('.question textarea, .question input').first().fill('路灯暗');
    await nextPage(person);
    await person.getByRole('button', { name: '提交' }).click();
    await person.getByText('提交成功').waitFor();
    const second = await enter(null, { viewport: phone, touch: true }, path);
    await second.getByText('您已提交过').waitFor();
    await shot(second, 'q-used');
    await page.goto(`${server.url}/forms/${form.id}?tab=links`);
    await page.getByText('已用 1 / 2').waitFor();
  });

  test('a form with a picture is shown to somebody without an account', async () => {
    const page = await enter('street');
    const text = SUGGESTION.replace('suggestion_box', 'picture_box')
      .replace('| | type | name | label | required |', '| | type | name | label | required | media::image |')
      .replace('说的是哪里 | yes |', '说的是哪里 | yes | yard.svg |');
    const made = await apiUpload(page, '/api/forms', { name: 'form.md', text, fields: { area: await area(page) } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60" fill="teal"/></svg>';
    const media = await apiUpload(page, `/api/forms/${made.body.id}/draft/media`, { name: 'yard.svg', text: drawing });
    assert.equal(media.status, 200, JSON.stringify(media.body));
    assert.equal((await api(page, `/api/forms/${made.body.id}/publish`, {})).status, 200);
    await api(page, `/api/forms/${made.body.id}/links`, { kind: 'open', title: '看图说话' });
    const [link] = (await api(page, `/api/forms/${made.body.id}/links`)).body.items;
    const person = await enter(null, { viewport: phone, touch: true }, new URL(link.url).pathname);
    await person.getByRole('button', { name: '开始填写' }).click();
    const picture = person.locator('.question img').first();
    await picture.waitFor();
    assert.ok(await until(() => picture.evaluate((image) => image.naturalWidth)));
  });
});
