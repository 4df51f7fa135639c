// A grid worker's day on a phone: visits with one tap, forms that come filled, a stairwell without a network.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, overflowsSideways, shot } from '../lib/browser.mjs';
import { visitForm } from '../lib/forms.mjs';
import { dayIsKept, nextPage, openPhone, question, takePhoto } from '../lib/phone.mjs';
import { startServer } from '../lib/server.mjs';
import { api, openTask, publishForm, signIn, until } from '../lib/steps.mjs';

let server;
let browser;
let opened = [];
let tests = 0;
/** Desks that stay open: those who ask. */
let street;
let district;
let grid;
let form;

before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  [street, district, grid] = await Promise.all(['street', 'district', 'grid'].map(desk));
  form = await publishForm(street, visitForm('winter_visit', { saves: true }), (await api(street, '/api/session')).body.home_area.code);
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

async function desk(login) {
  const { page } = await openPage(browser, server.url);
  await signIn(page, login);
  return page;
}

async function phoneOf(login) {
  const one = await openPhone(browser, server, login);
  opened.push(one);
  return one;
}

/** The record of a resident as it is now. */
const resident = async (id) => (await api(street, `/api/records/people/resident/${id}`)).body;
const today = async (page = grid) => (await api(page, '/api/collect/today')).body;

describe('visits', () => {
  test('nothing changed is one tap; what changed is sent alone, and the register has it', async () => {
    const { page } = await phoneOf('grid');
    await page.locator('.door').first().waitFor();
    await dayIsKept(page);
    await shot(page, 'phone-today');
    assert.equal(await overflowsSideways(page), false);
    const open = (await today()).assignments.filter((one) => one.task.kind === 'visit' && one.state === 'open');
    const [same, other] = open;

    await page.goto(`${server.url}/m/visit/${same.id}`);
    await page.getByRole('button', { name: '都没变' }).waitFor();
    await shot(page, 'phone-visit');
    const before = await resident(same.record.id);
    await page.getByRole('button', { name: '都没变' }).click();
    await page.locator('.undo').waitFor();
    await shot(page, 'phone-visit-undo');
    await until(async () => (await today()).assignments.find((one) => one.id === same.id)?.outcome === 'no_change');
    assert.equal((await resident(same.record.id)).version, before.version, 'a visit without change writes no version');

    await page.goto(`${server.url}/m/visit/${other.id}`);
    await page.locator('.line', { hasText: '紧急联系人' }).first().click();
    await page.locator('.sheet .input').fill('郑雪梅');
    await shot(page, 'phone-visit-field');
    await page.locator('.sheet footer .primary').click();
    await page.getByRole('button', { name: '提交 1 处变更' }).click();
    await until(async () => (await resident(other.record.id)).values.contact_name === '郑雪梅');
    const now = await resident(other.record.id);
    assert.equal(now.source.kind, 'visit');
    assert.equal((await today()).assignments.find((one) => one.id === other.id).outcome, 'changed');
    await page.goto(`${server.url}/m/queue`);
    await page.locator('.item.sent').nth(1).waitFor();
    await shot(page, 'phone-queue');
  });

  test('two phones that changed one field leave a question for a person, and lose nothing', async () => {
    const one = (await today()).assignments.filter((each) => each.task.kind === 'visit' && each.state === 'open').at(-1);
    const first = await phoneOf('grid');
    const second = await phoneOf('community');
    for (const { page } of [first, second]) {
      await page.locator('.door').first().waitFor();
      await page.goto(`${server.url}/m/visit/${one.id}`);
      await page.locator('.line').first().waitFor();
    }
    const change = async ({ page }, name) => {
      await page.locator('.line', { hasText: '紧急联系人' }).first().click();
      await page.locator('.sheet .input').fill(name);
      await page.locator('.sheet footer .primary').click();
      await page.getByRole('button', { name: '提交 1 处变更' }).click();
    };
    await change(first, '白建国');
    await until(async () => (await resident(one.record.id)).values.contact_name === '白建国');
    await change(second, '白建军');
    await second.page.waitForTimeout(4_500);
    await second.page.goto(`${server.url}/m/queue`);
    await second.page.getByText('1 项与他人的修改不一致').waitFor();
    await second.page.getByText(/待处理:紧急联系人/).waitFor();
    await shot(second.page, 'phone-conflict');

    const { page } = await openPage(browser, server.url);
    await signIn(page, 'community');
    await page.goto(`${server.url}/conflicts`);
    await page.getByText('白建军').first().waitFor();
    await shot(page, 'conflicts');
    const [asked] = (await api(page, '/api/collect/conflicts?state=open')).body.items;
    assert.deepEqual(asked.fields.map((field) => [field.field, field.current, field.submitted]), [
      ['contact_name', '白建国', '白建军'],
    ]);
    await page.getByText('白建军').first().click();
    await page.getByRole('button', { name: '确定' }).first().click();
    await until(async () => (await resident(one.record.id)).values.contact_name === '白建军');
    await page.context().close();
  });
});

describe('forms', () => {
  test('a form comes filled, is answered without a network with a photo and a repeat, and is sent once', async () => {
    const area = (await api(grid, '/api/session')).body.home_area.code;
    const task = await openTask(street, district, {
      kind: 'form',
      title: '冬季走访',
      form: form.id,
      purpose: '入冬前看看暖气热不热。',
      area: (await api(street, '/api/session')).body.home_area.code,
      population: { entity: 'people/resident', area, filters: ['care_tags:elderly_alone'], fill: null },
    });
    const { page, context } = await phoneOf('grid');
    await page.locator('.door').first().waitFor();
    await dayIsKept(page);
    const mine = (await today()).assignments.filter((one) => one.task.id === task.id);
    const [one, other] = mine;
    await page.locator('.chips .card', { hasText: '冬季走访' }).click();
    await shot(page, 'phone-today-filtered');

    await context.setOffline(true);
    await page.goto(`${server.url}/m/fill/${form.id}/${form.version}?for=${one.id}`);
    const record = await resident(one.record.id);
    await question(page, '走访对象').getByText(one.record.title).waitFor();
    await nextPage(page);
    await question(page, '紧急联系人').waitFor();
    assert.equal(await page.locator('.question input').inputValue(), record.values.contact_name ?? '');
    if (record.values.contact_name) await page.locator('.question .known', { hasText: '来自' }).waitFor();
    await shot(page, 'phone-fill');
    await nextPage(page);
    await page.locator('.question input').fill('123');
    await nextPage(page);
    await page.getByText('请填写 11 位手机号').waitFor();
    await shot(page, 'phone-fill-constraint');
    await page.locator('.question input').fill('13904510077');
    await nextPage(page);
    await nextPage(page);
    await page.getByText('此题必填').waitFor();
    await page.getByRole('radio', { name: '不热' }).click();
    await nextPage(page);
    await takePhoto(page);
    await shot(page, 'phone-fill-photo');
    await nextPage(page);
    await page.locator('.question input').fill('女儿');
    await nextPage(page);
    await page.getByRole('button', { name: /添加/ }).click();
    await page.locator('.question input').fill('邻居老周');
    await shot(page, 'phone-fill-repeat');
    await nextPage(page);
    await nextPage(page);
    await page.getByText('填写完成').waitFor();
    await shot(page, 'phone-fill-end');
    await page.getByRole('button', { name: '提交' }).click();
    await page.getByText('已保存,将自动发送').waitFor();

    await page.goto(`${server.url}/m/fill/${form.id}/${form.version}?for=${other.id}`);
    await question(page, '走访对象').waitFor();
    await page.getByRole('button', { name: '题目列表' }).click();
    await page.locator('.sheet li button', { hasText: '暖气' }).click();
    await page.getByRole('radio', { name: '热', exact: true }).click();
    // The battery dies; what was typed does not.
    await page.waitForTimeout(600);
    await page.reload();
    await page.getByRole('radio', { name: '热', exact: true }).waitFor();
    assert.equal(await page.getByRole('radio', { name: '热', exact: true }).getAttribute('aria-checked'), 'true');
    for (let turn = 0; turn < 6 && !(await page.getByRole('button', { name: '提交' }).isVisible()); turn += 1) await nextPage(page);
    await page.getByRole('button', { name: '提交' }).click();
    await page.getByText('已保存,将自动发送').waitFor();
    await page.goto(`${server.url}/m/queue`);
    await page.locator('.item').nth(1).waitFor();
    assert.equal(await page.locator('.item').count(), 2);
    await page.locator('.banners .off', { hasText: '2 项' }).waitFor();
    await shot(page, 'phone-offline-queue');
    const received = async () => (await api(street, `/api/forms/${form.id}/responses?limit=50`)).body.items;
    assert.equal((await received()).length, 0);

    await context.setOffline(false);
    await page.locator('.item.sent').nth(1).waitFor({ timeout: 30_000 });
    await page.reload();
    await page.waitForTimeout(1_000);
    const rows = await received();
    assert.equal(rows.length, 2, 'sent once, though the page was opened again');
    const done = (await today()).assignments.filter((each) => each.task.id === task.id && each.state === 'done');
    assert.deepEqual(done.map((each) => each.id).sort(), [one.id, other.id].sort());
    const answer = (await api(street, `/api/responses/${done.find((each) => each.id === one.id).instance_id}`)).body;
    assert.equal(answer.files.length, 1);
    assert.ok(answer.files[0].present && answer.files[0].size < 700_000, JSON.stringify(answer.files));
    assert.equal(answer.answers.filter((node) => node.kind === 'repeat').length, 2);

    await street.goto(`${server.url}/answers/${answer.instance_id}`);
    await street.getByText('邻居老周').waitFor();
    await street.locator('figure img').waitFor();
    await shot(street, 'answer-from-phone');
  });
});
