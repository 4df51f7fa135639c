// The cloud survey: who is asked, told and drawn; an answer on a phone; calls, visits, suggestions; what the answers say.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, overflowsSideways, phone, shot, shots } from '../lib/browser.mjs';
import { openCase } from '../lib/cases.mjs';
import { openPhone, takePhoto } from '../lib/phone.mjs';
import { community, startServer } from '../lib/server.mjs';
import { api, signIn, told, until } from '../lib/steps.mjs';

const STREET = '230103013000';
let server;
let browser;
let opened = [];
/** Id of the campaign of this file, which is open. */
let id;

const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
async function enter(login, options) {
  const one = await openPage(browser, server.url, options);
  opened.push(one);
  await signIn(one.page, login);
  return one.page;
}
/** Sends a resident's answer that took so many seconds, as a phone would. */
async function answerBy(page, key, seconds, { clean = '4' } = {}) {
  const start = Date.parse('2026-11-01T02:00:00Z');
  const at = (moment) => new Date(moment).toISOString();
  const marks = ['place', 'hours', 'attitude', 'speed', 'clean', 'overall'];
  const xml = `<data id="resident" version="1"><start>${at(start)}</start><end>${at(start + seconds * 1000)}</end>
    <sex>${key % 2 ? '1' : '2'}</sex><age_band>${['18_34', '35_59', '60_over'][key % 3]}</age_band>
    <years_here>${['under_1', '1_5', 'over_5'][key % 3]}</years_here>
    <satisfaction>${marks.map((name, place) => `<sat_${name}>${(key + place) % 5 + 1}</sat_${name}>`).join('')}</satisfaction>
    <suggestion>${clean}号楼门前第 ${key} 盏路灯不亮</suggestion>
    <meta><instanceID>uuid:${crypto.randomUUID()}</instanceID></meta></data>`;
  return page.evaluate(async (text) => {
    const form = new FormData();
    form.set('xml_submission_file', new File([text], 'xml_submission_file', { type: 'text/xml' }));
    const sent = await fetch('/api/collect/submissions', { method: 'POST', headers: { 'X-Linli': '1' }, body: form });
    return { status: sent.status, body: await sent.json() };
  }, xml);
}
/** Draws by the dialog, in the words of the page. */
async function draw(page, level, { size, how } = {}) {
  await page.goto(`${server.url}/surveys/${id}`);
  const card = page.locator('section.card', { has: page.getByRole('heading', { name: level, exact: true }) });
  await card.getByRole('button', { name: '抽样计划' }).click();
  const dialog = page.getByRole('dialog');
  if (size) await dialog.locator('#plan-size input, input#plan-size').first().fill(String(size));
  if (how) await dialog.getByText(how, { exact: true }).click();
  await dialog.getByRole('button', { name: '测算配额' }).click();
  await dialog.locator('tbody tr').first().waitFor();
  await dialog.getByRole('button', { name: '按此抽样' }).click();
}

before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const { page, context } = await openPage(browser, server.url);
  await signIn(page, 'street');
  const made = await api(page, '/api/records/survey/campaign', {
    area: STREET,
    values: {
      name: '冬季满意度调研',
      purpose: '了解供暖和服务的评价',
      opens_on: day(-1),
      closes_on: day(20),
      frame: 'register',
      seed: 7,
      resident_target: 40,
      community_form: 'survey/community',
      resident_form: 'survey/resident',
    },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  id = made.body.id;
  await context.close();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  const trouble = opened.flatMap((one) => one.trouble);
  await Promise.all(opened.map((one) => one.context.close()));
  opened = [];
  assert.deepEqual(trouble, [], 'pages run without errors and without untranslated words');
});

describe('a campaign', () => {
  test('of the demo city finds the forms of its pack and says what was answered', async () => {
    const page = await enter('district');
    await page.goto(`${server.url}/surveys`);
    await page.getByRole('link', { name: '城市社区治理云调研(演示)' }).click();
    const residents = page.locator('section.card', { has: page.getByRole('heading', { name: '居民问卷' }) });
    await residents.locator('dd').first().waitFor();
    assert.deepEqual((await residents.locator('dd').allInnerTexts()).slice(0, 2), ['420', '300']);
    await shots(page, 'survey-progress');
    await page.getByRole('button', { name: '分析' }).click();
    await page.getByText('您的性别').first().waitFor();
    await shots(page, 'survey-analysis');
    for (const [tab, words] of [
      ['交叉分析', /行|列/],
      ['开放题', '关键词'],
      ['答卷与登记册', /社区/],
      ['可疑答卷', '算答得过快'],
    ]) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel').getByText(words).first().waitFor();
      await shots(page, `survey-${tab}`);
    }
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: '导出 Excel' }).first().click();
    assert.match((await saved).suggestedFilename(), /\.xlsx$/);
  });

  test('tells a community of its own questionnaire, and its worker lands on it', async () => {
    const street = await enter('street');
    await draw(street, '社区问卷');
    await told(street, '一次性链接');
    await street.getByRole('button', { name: '通知工作人员' }).click();
    await told(street, '已通知');
    await street.getByText(/通知过/).waitFor();
    await shots(street, 'survey-invited');
    const worker = await enter('community');
    const notice = await until(async () => {
      const { body } = await api(worker, '/api/notices');
      return body.items.find((one) => one.kind === 'survey');
    });
    assert.match(notice.link, /^\/q\/[\w-]+$/);
    await worker.goto(server.url);
    await worker.locator('button.bell').click();
    await worker.getByText('请填写调研问卷').first().click();
    await worker.waitForURL(/\/q\//);
    await worker.getByRole('button', { name: '开始填写' }).waitFor();
  });

  test('draws residents, prints a sheet, and takes their messages once', async () => {
    const street = await enter('street');
    await draw(street, '居民问卷', { size: 6 });
    await told(street, '一次性链接');
    const sheet = street.waitForEvent('download');
    await street.locator('.links').first().getByRole('button').first().click();
    assert.match((await sheet).suggestedFilename(), /\.html$/);
    const { body } = await api(street, `/api/surveys/${id}/progress`);
    const drawn = body.draws.find((one) => one.level === 'resident');
    const printed = await street.evaluate(
      async (link) => (await fetch(`/api/links/${link}/sheet?format=html`)).text(),
      drawn.links[0].id,
    );
    const paper = await openPage(browser, server.url);
    opened.push(paper);
    await paper.page.setContent(printed);
    const cards = await paper.page.locator('figure svg').count();
    assert.equal(cards, drawn.links[0].count);
    // Three columns within the printable width of A4 (210 mm less twice 12 mm, at 96 dpi).
    await paper.page.setViewportSize({ width: 703, height: 1000 });
    await paper.page.emulateMedia({ media: 'print' });
    assert.equal(await overflowsSideways(paper.page), false);
    await shot(paper.page, 'survey-sheet');

    const messages = street.waitForEvent('download');
    await street.getByRole('button', { name: '导出短信' }).click();
    await street.locator('.el-popconfirm:visible').getByRole('button').last().click();
    assert.match((await messages).suggestedFilename(), /短信.*\.xlsx$/);
    await street.getByText('导出过短信').waitFor();
    const again = await api(street, `/api/surveys/${id}/draws/${drawn.id}/messages.xlsx`, {});
    assert.deepEqual([again.status, again.body.code], [409, 'survey.messages_taken']);
  });

  test('is answered on a phone, and an answer that took seconds is shown as too fast', async () => {
    const street = await enter('street');
    for (let key = 0; key < 12; key += 1) {
      const sent = await answerBy(street, key, 160 + key * 7);
      assert.equal(sent.status, 201, JSON.stringify(sent.body));
    }
    const { body } = await api(street, `/api/surveys/${id}/progress`);
    const link = body.draws.find((one) => one.level === 'resident').links[0];
    const printed = await street.evaluate(
      async (of) => (await fetch(`/api/links/${of}/sheet?format=html`)).text(),
      link.id,
    );
    const [, token] = printed.match(/\/q\/([\w-]{10,})/);
    const one = await openPage(browser, `${server.url}/q/${token}`, { viewport: phone, touch: true });
    opened.push(one);
    const { page } = one;
    await page.getByRole('button', { name: '开始填写' }).click();
    await shot(page, 'survey-phone-form');
    // Whatever is asked: the first choice of each question, to the end.
    for (let step = 0; step < 40; step += 1) {
      const first = page.locator('.question').first().locator('[role=radio], input[type=radio]').first();
      if (await first.count()) await first.click({ force: true });
      const button = page.locator('.foot .primary');
      const words = (await button.innerText()).trim();
      await button.click();
      if (words === '提交') break;
    }
    await page.getByText('提交成功').waitFor();
    await page.goto(`${server.url}/q/${token}`);
    await page.getByText('您已提交过').waitFor();

    const flags = await until(async () => {
      const found = await api(street, `/api/surveys/${id}/flags?level=resident`);
      return found.body.items.some((item) => item.kinds.includes('fast')) ? found.body : null;
    });
    const fast = flags.items.filter((item) => item.kinds.includes('fast'));
    assert.equal(fast.length, 1, JSON.stringify(flags));
    assert.ok(fast[0].seconds > 0 && fast[0].seconds < flags.fast_below, `${fast[0].seconds} of ${flags.fast_below}`);
    await street.goto(`${server.url}/surveys/${id}/analysis?tab=flags`);
    await street.getByRole('tabpanel').getByText('答得过快', { exact: true }).first().waitFor();
    await shots(street, 'survey-flags');
  });
});

describe('suggestions', () => {
  test('are listed by campaign, classified as proposed, and merged when they say the same', async () => {
    const street = await enter('street');
    const text = '三号楼前的垃圾桶太少，清运不及时，建议增加清运频次';
    for (const more of ['', '，谢谢'])
      await openCase(street, 'survey/suggestion', community, {
        text: text + more,
        came_by: 'questionnaire',
        campaign: id,
      });
    await street.goto(`${server.url}/surveys/${id}?tab=suggestions`);
    const rows = street.locator('table tbody tr');
    await rows.nth(1).waitFor();
    assert.equal(await rows.count(), 2, 'only those of this campaign');
    const proposed = rows.first().getByRole('button', { name: /^归入/ });
    const [words] = (await proposed.first().innerText()).split(' ');
    await shots(street, 'survey-suggestions');
    await proposed.first().click();
    await told(street, words);
    await rows.first().getByText('已归类').waitFor();
    await street.locator('.groups').getByRole('button', { name: /^并入/ }).click();
    await street.locator('.el-popconfirm:visible').getByRole('button').last().click();
    await told(street, '已并入');
    await street.locator('.groups').getByText('没有意思相近的').waitFor();
  });
});

describe('in the field', () => {
  test('an interviewer takes a number alone and notes what became of the call', async () => {
    const street = await enter('street');
    await draw(street, '居民问卷', { size: 3, how: '电话访谈' });
    await told(street, '电话名单');
    await street.goto(`${server.url}/surveys/${id}/interview`);
    await street.getByRole('button', { name: '取下一个号码' }).click();
    await street.getByText('号码保留').waitFor();
    await shots(street, 'survey-interview');
    await street.getByRole('radio', { name: /拒访/ }).first().click();
    await street.getByRole('button', { name: /^提交/ }).first().click();
    await until(async () => {
      const { body } = await api(street, `/api/surveys/${id}/calls`);
      return body.done === 1 && body.outcomes.refused === 1;
    });
    await street.goto(`${server.url}/surveys/${id}?tab=calls`);
    await street.getByText('拒访').first().waitFor();
    await shots(street, 'survey-calls');
  });

  test('a visit is written down on the phone with a photo and stands in the campaign', async () => {
    const street = await enter('street');
    await street.goto(`${server.url}/surveys/${id}?tab=visits`);
    const form = await street.getByRole('link', { name: '手机记录（可拍照）' }).getAttribute('href');
    const one = await openPhone(browser, server, 'street');
    opened.push(one);
    const { page } = one;
    await page.goto(`${server.url}${form}`);
    const question = page.locator('.question');
    await question.first().waitFor();
    for (let step = 0; step < 20; step += 1) {
      // At the end there is no question.
      const words = (await question.count()) ? await question.first().innerText() : '';
      if (/属于哪次调研/.test(words)) {
        await question.first().locator('[role=radio], input[type=radio], select, button').first().waitFor();
        const choice = question.first().getByText('冬季满意度调研');
        if (!(await choice.count())) await question.first().locator('button').first().click();
        await page.getByText('冬季满意度调研').last().click();
      } else if (/到了哪里/.test(words)) await question.locator('input, textarea').first().fill('焊接社区活动室');
      else if (/哪一天/.test(words)) {
        await question.locator('button.when').click();
        await page.locator('.van-picker__confirm:visible').click();
      }
      else if (/发现的问题/.test(words)) await question.locator('textarea, input').first().fill('活动室暖气不热');
      else if (/现场照片$/m.test(words)) await takePhoto(page);
      const button = page.locator('.foot .primary');
      const name = (await button.innerText()).trim();
      await button.click();
      if (name === '提交') break;
    }
    const found = await until(async () => {
      const { body } = await api(street, `/api/records/survey/field_visit?filter=campaign:${id}`);
      return body.items[0];
    });
    assert.equal(found.title, '焊接社区活动室');
    await street.goto(`${server.url}/surveys/${id}?tab=visits`);
    await street.getByRole('link', { name: '焊接社区活动室' }).waitFor();
    await street.locator('td img').first().waitFor();
    await shots(street, 'survey-visits');
  });
});
