// Forms that ask in the place of fields: an action in the console, an item at the counter, an item on a resident's phone; and a
// number for the desk, taken on the way.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, phone, shot } from '../lib/browser.mjs';
import { grid, openCase } from '../lib/cases.mjs';
import { identityNumber } from '../lib/people.mjs';
import { photoOf } from '../lib/phone.mjs';
import { community, startServer } from '../lib/server.mjs';
import { api, signIn, until } from '../lib/steps.mjs';

let server;
let browser;
let opened = [];

before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
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

async function enter(login) {
  const one = await openPage(browser, server.url);
  opened.push(one);
  await signIn(one.page, login);
  return one.page;
}
async function resident(address) {
  const one = await openPage(browser, server.url + address, { viewport: phone, touch: true });
  opened.push(one);
  return one.page;
}
const ask = (at, words) => at.locator('.question', { hasText: words });

describe('a form in the place of fields', () => {
  test('is filled in beside the case, checked, and read on its timeline', async () => {
    const page = await enter('community');
    const made = await openCase(page, 'grid/incident', grid, { text: '井盖没了', kind: '0101', address: '门前' });
    await page.goto(`${server.url}/cases/${made.id}`);
    await page.getByRole('button', { name: '现场勘查' }).first().click();
    const form = page.frameLocator('.asked iframe');
    await ask(form, '现场有没有危险').waitFor();
    const where = ask(form, '位置描述').locator('input, textarea');
    assert.equal(await where.inputValue(), '门前', 'what the case says is not asked again');
    await page.locator('.el-dialog__footer button', { hasText: '现场勘查' }).click();
    await page.getByText('请先填好表单').waitFor();
    await ask(form, '现场有没有危险').getByText('影响通行或生活').click();
    await ask(form, '影响多少人').locator('input').fill('12');
    await ask(form, '现场照片').locator('input[type=file]').first().setInputFiles(await photoOf(page));
    await ask(form, '现场照片').locator('img').waitFor();
    await ask(form, '现场情况').locator('textarea').fill('井盖缺失,已摆路锥');
    await shot(page, 'case-form-fill');
    await form.getByRole('button', { name: '填好了' }).click();
    await page.getByText('表单已填好').waitFor();
    await page.locator('.el-dialog__footer button', { hasText: '现场勘查' }).click();
    const shown = page.locator('section.form');
    await shown.getByText('影响通行或生活').waitFor();
    await shown.getByText('12', { exact: true }).waitFor();
    await page.getByText('井盖缺失,已摆路锥').first().waitFor();
    await shot(page, 'case-form-timeline');
    const { body } = await api(page, `/api/cases/${made.id}`);
    const event = body.history.find((one) => one.form);
    assert.deepEqual(event.form.flags, []);
    assert.equal(event.files.length, 1, 'the photo is a file of the case');
  });

  test('of an item is asked at the counter, filled with what the register holds', async () => {
    const page = await enter('community');
    const { body } = await api(page, '/api/records/people/resident?limit=50');
    const person = body.items.find((one) => one.values.contact_name) ?? body.items[0];
    await page.goto(`${server.url}/desk/apply`);
    await page.getByPlaceholder(/姓名、拼音首字母/).fill(person.title);
    await page.locator('.hits button', { hasText: person.masked.identity_number ?? person.title }).first().click();
    const item = page.locator('.items button', { hasText: '临时救助申请' });
    await page.waitForFunction(() => document.querySelector('.items') ?? document.querySelector('[aria-pressed=true]'));
    if (!(await item.isVisible())) await page.getByRole('button', { name: '下一步' }).click();
    await item.click();
    const form = page.frameLocator('.asked iframe');
    await ask(form, '是什么困难').waitFor();
    assert.equal(await page.locator('input[id*=amount_needed], textarea[id*=cause]').count(), 0, 'nothing is asked twice');
    if (person.values.contact_name) {
      const contact = ask(form, '联系不上您时找谁').locator('input, textarea');
      assert.equal(await contact.inputValue(), person.values.contact_name);
    }
    await shot(page, 'desk-form');
  });

  test('of an item is filled in on a resident’s phone and reaches the desk', async () => {
    const page = await resident(`/r/${community}`);
    await page.locator('.way', { hasText: '在线申请' }).click();
    await page.getByText('临时救助申请').first().click();
    await page.getByRole('button', { name: '填写《临时救助情况说明》' }).click();
    const next = page.locator('.over .foot .primary');
    await ask(page, '是什么困难').getByText('突发重病').click();
    const seen = page.locator('.over');
    for (let turn = 0; turn < 20; turn += 1) {
      if (await next.getByText('填好了').isVisible().catch(() => false)) break;
      const date = seen.locator('.question', { hasText: '什么时候发生的' });
      if (await date.isVisible().catch(() => false)) {
        await date.locator('button', { hasText: '选择日期' }).click().catch(() => {});
        await page.locator('.van-picker__confirm').or(page.getByRole('button', { name: /^(确定|确认|好)$/ })).first().click().catch(() => {});
        await page.waitForTimeout(400);
      }
      const kind = seen.locator('.question', { hasText: '支出种类' }).getByText('医疗', { exact: true });
      if (await kind.isVisible().catch(() => false)) await kind.click();
      const sum = seen.locator('.question', { hasText: '自己负担的金额' }).locator('input').first();
      if (await sum.isVisible().catch(() => false)) await sum.fill('21000');
      const say = seen.locator('.question', { hasText: '请说明情况' }).locator('textarea');
      if (await say.isVisible().catch(() => false)) await say.fill('突发脑梗住院');
      const urgent = seen.locator('.question', { hasText: '揭不开锅' }).getByText('否', { exact: true });
      if (await urgent.isVisible().catch(() => false)) await urgent.click();
      await shot(page, `resident-form-${turn}`);
      await next.click();
      await page.waitForTimeout(350);
    }
    await next.click();
    await page.getByText('表格已填好').waitFor();
    await shot(page, 'resident-form-done');
    const inputs = page.locator('form input[type=text], form input[type=tel], form input:not([type])');
    await inputs.nth(0).fill('赵不在');
    await inputs.nth(1).fill(identityNumber('19600105', 15));
    await inputs.nth(2).fill('13987654321');
    await page.getByRole('button', { name: '提交申请' }).click();
    await page.waitForURL(/follow\?number=/);
    const number = new URL(page.url()).searchParams.get('number');
    const desk = await enter('community');
    const { body } = await api(desk, `/api/cases/number/${number}`);
    assert.ok(body.history[0].form.lines.some((one) => one.shown === '突发重病'), JSON.stringify(body.history[0]));
  });
});

describe('a number for the desk', () => {
  test('is taken on the way, counts down, and is called at the counter', async () => {
    const desk = await enter('community');
    const first = await api(desk, '/api/service/queue', { area: community });
    assert.equal(first.status, 201, JSON.stringify(first.body));
    const page = await resident(`/r/${community}`);
    await page.locator('.way', { hasText: '预约' }).first().click();
    await page.getByRole('button', { name: '取号' }).click();
    const ticket = page.locator('.ticket');
    await ticket.getByText(/前面还有 \d+ 人|下一个就是您/).waitFor();
    const mine = Number(await ticket.locator('.number').textContent());
    await shot(page, 'resident-ticket');
    await page.reload();
    await page.locator('.ticket .number').waitFor();
    const { body } = await api(desk, `/api/service/desk?area=${community}`);
    const one = body.queue.find((waiting) => waiting.number === mine);
    const called = await api(desk, `/api/service/queue/${one.id}/call`, {});
    assert.equal(called.status, 200);
    await until(() => page.getByText('正在叫您的号').isVisible());
    await shot(page, 'resident-called');
  });
});
