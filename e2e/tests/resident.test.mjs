// Residents without an account: the community's page, a report, an application with help, an appointment, a meeting's code.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { desktop, openBrowser, openPage, overflowsSideways, phone, shot } from '../lib/browser.mjs';
import { identityNumber } from '../lib/people.mjs';
import { addPhoto, photoOf } from '../lib/phone.mjs';
import { community, startServer } from '../lib/server.mjs';
import { api, signIn, until } from '../lib/steps.mjs';

let server;
let browser;
let opened = [];
/** The community's desk, and the street's. */
let desk;
let street;

before(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  [desk, street] = await Promise.all(['community', 'street'].map(deskOf));
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

async function deskOf(login) {
  const { page } = await openPage(browser, server.url);
  await signIn(page, login);
  return page;
}

/** A resident's phone at an address of these pages. */
async function resident(address = `/r/${community}`, more = { viewport: phone, touch: true }) {
  const one = await openPage(browser, server.url + address, more);
  opened.push(one);
  return one.page;
}

async function take(page, id, action, values = {}, note = '已办') {
  const { version } = (await api(page, `/api/cases/${id}`)).body;
  const client_id = crypto.randomUUID();
  const done = await api(page, `/api/cases/${id}/actions/${action}`, { version, values, note, client_id });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done.body;
}

const numberOf = async (page) => {
  await page.waitForURL(/follow\?number=/);
  return new URL(page.url()).searchParams.get('number');
};

describe('the community’s page', () => {
  test('says where the office is in both languages, on a phone and on a desk', async () => {
    for (const [name, more] of [['phone', { viewport: phone, touch: true }], ['desk', { viewport: desktop }]]) {
      const page = await resident(`/r/${community}`, more);
      await page.getByText('便民服务站').first().waitFor();
      await page.locator('a[href^="tel:"]').waitFor();
      await shot(page, `resident-home-${name}`);
      assert.equal(await overflowsSideways(page), false);
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByText('Report a problem').waitFor();
      await shot(page, `resident-home-${name}-en`);
    }
  });

  test('of a grid names its worker, and no phone but the office’s', async () => {
    const page = await resident('/r/2301030130100001001');
    await page.getByText(/网格员\(焊接第1网格\)/).waitFor();
    assert.equal(await page.locator('a[href^="tel:"]').count(), 1);
  });

  test('tells which certificates nobody needs', async () => {
    const page = await resident();
    await page.getByRole('button', { name: /这个证明要不要开/ }).click();
    await page.getByRole('searchbox').fill('亲属关系');
    await page.locator('li', { hasText: '亲属关系' }).first().getByText('不用开').waitFor();
    await shot(page, 'resident-certificates');
    await page.getByRole('searchbox').fill('没有这种证明');
    await page.getByText('清单里没有这个证明').waitFor();
  });
});

describe('a report', () => {
  test('is followed by number and code, and a bad rating says why and is called back', async () => {
    const page = await resident();
    await page.getByRole('button', { name: /反映问题/ }).click();
    await page.locator('textarea').fill('小区路灯不亮,晚上看不见路');
    await addPhoto(page);
    await page.getByLabel('位置').fill('5 号楼前');
    await page.getByLabel('电话').fill('13812345678');
    await shot(page, 'resident-report');
    assert.equal(await overflowsSideways(page), false);
    await page.getByRole('button', { name: '上报', exact: true }).click();
    const number = await numberOf(page);
    await page.getByText(number).waitFor();
    await shot(page, 'resident-followed');

    const { body: found } = await api(desk, `/api/cases/number/${number}`);
    assert.deepEqual([found.files.length, found.values.address], [1, '5 号楼前']);
    const values = { kind: '0109', result: '已换灯泡' };
    await take(desk, found.id, 'handle_on_site', values);
    await take(desk, found.id, 'close');

    const again = await resident(new URL(page.url()).pathname + new URL(page.url()).search);
    await again.getByText('已换灯泡').waitFor();
    await again.getByRole('radio', { name: '不满意', exact: true }).click();
    const send = again.getByRole('button', { name: '提交评价' });
    assert.equal(await send.isDisabled(), true, 'a bad grade says why');
    await again.getByPlaceholder('哪里没办好').fill('三天才来');
    await shot(again, 'resident-rate');
    await send.click();
    await again.getByText('您的评价:').waitFor();
    await until(async () => (await api(street, '/api/cases?flow=service/call_back&box=all')).body.items?.length > 0);
  });

  test('that nobody can find is told so, and guessing is no help', async () => {
    const page = await resident(`/r/${community}/follow`);
    await page.getByLabel('编号').fill('SJ-2026-999999');
    await page.getByLabel('查询码').fill('AAAAAAAA');
    await page.getByRole('button', { name: '查询', exact: true }).click();
    await page.getByRole('alert').waitFor();
  });
});

describe('an application', () => {
  test('asks the item’s own questions, is brought by a helper, and says what is still lacking', async () => {
    const page = await resident(`/r/${community}/items`);
    await page.locator('.line', { hasText: '高龄津贴' }).waitFor();
    await shot(page, 'resident-items');
    await page.locator('.line', { hasText: '高龄津贴' }).click();
    await page.getByText('无需证明').first().waitFor();
    await shot(page, 'resident-item');
    await page.getByRole('button', { name: '提交申请' }).click();
    await page.getByText('还有没填好的地方').waitFor();
    await page.getByLabel('姓名', { exact: true }).fill('韩玉兰');
    await page.getByLabel('身份证号').fill(identityNumber('19400105', 137));
    await page.getByLabel('电话', { exact: true }).fill('13812345678');
    await page.getByLabel('收款账号').fill('6217000012345678');
    await page.getByText('我替别人办').click();
    await page.getByLabel('代办人姓名').fill('韩小雨');
    await page.getByLabel('代办人电话').fill('13912345678');
    await page.getByRole('radio', { name: '家庭成员' }).click();
    await page.locator('li', { hasText: '银行卡' }).locator('input[type=file]').setInputFiles(await photoOf(page));
    await page.getByText('已拍').waitFor();
    await page.locator('form').scrollIntoViewIfNeeded();
    await shot(page, 'resident-apply');
    assert.equal(await overflowsSideways(page), false);
    await page.getByRole('button', { name: '提交申请' }).click();
    const number = await numberOf(page);
    await page.getByText('高龄津贴申领', { exact: true }).waitFor();
    await page.getByText(number).waitFor();

    const { body: found } = await api(desk, `/api/cases/number/${number}`);
    assert.deepEqual([found.files.length, found.values.proxy_name], [1, '韩小雨']);
    assert.match(found.values.details, /收款账号:/);
    await take(desk, found.id, 'ask_supplement', { supplement_list: '银行卡背面照片' });
    await page.reload();
    await page.getByText('银行卡背面照片').waitFor();
    await addPhoto(page);
    await shot(page, 'resident-supply');
    await page.getByRole('button', { name: '已补正,提交' }).click();
    await page.getByText('已受理').first().waitFor();
    assert.equal((await api(desk, `/api/cases/${found.id}`)).body.files.length, 2);
    await page.getByRole('button', { name: '撤回' }).click();
    await page.locator('.van-dialog__confirm').click();
    await page.getByText('已撤回').first().waitFor();
  });

  test('is also made at the desk, at a time one chooses and may call off', async () => {
    const page = await resident(`/r/${community}/book?item=MZ-03`);
    await page.getByRole('heading', { name: '高龄津贴申领' }).waitFor();
    await page.locator('.slots button:enabled').first().click();
    await page.getByLabel('姓名', { exact: true }).fill('韩玉兰');
    await page.getByLabel('电话', { exact: true }).fill('13812345678');
    await shot(page, 'resident-book');
    await page.getByRole('button', { name: '预约', exact: true }).click();
    await page.getByText('取消码').waitFor();
    await shot(page, 'resident-booked');
    await page.getByRole('button', { name: '取消预约' }).click();
    await page.getByText('取消码').waitFor({ state: 'detached' });
  });
});

describe('a joint meeting', () => {
  test('is signed in to by the code on its wall, once for each unit, without an account', async () => {
    const client_id = crypto.randomUUID();
    const values = { held_on: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10), venue: '二楼会议室' };
    const made = await api(desk, '/api/cases', { flow: 'party/joint_meeting', area: community, values, client_id });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { body: code } = await api(desk, `/api/meetings/${made.body.id}/qr`);
    const { pathname, search } = new URL(code.url);
    const sign = async (name) => {
      const page = await resident(pathname + search);
      await page.getByText('二楼会议室').waitFor();
      await page.getByRole('radio', { name: /便民超市/ }).first().click();
      await page.getByLabel('姓名').fill(name);
      await shot(page, `meeting-${name}`);
      await page.getByRole('button', { name: '签到', exact: true }).click();
      await page.getByRole('status').waitFor();
      return page;
    };
    const first = await sign('周代表');
    await first.getByText('已签到', { exact: true }).waitFor();
    await shot(first, 'meeting-signed');
    const second = await sign('吴代表');
    await second.getByText('贵单位此前已签到').waitFor();
    const { body: held } = await api(desk, `/api/meetings/${made.body.id}`);
    assert.deepEqual(held.attendance.map((one) => one.name), ['周代表']);

    const stranger = await resident(`${pathname}?token=${'0'.repeat(32)}`);
    await stranger.getByText('签到码不对或已过期').waitFor();
  });
});
