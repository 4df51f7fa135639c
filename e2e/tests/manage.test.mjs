// What those who run a community do now and then: merge two files, move an area, look after accounts, sign in in two steps.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openBrowser, openPage, shots } from '../lib/browser.mjs';
import { community, startServer } from '../lib/server.mjs';
import { api, chooseArea, signIn, told } from '../lib/steps.mjs';
import { totp } from '../lib/totp.mjs';

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
  if (login) await signIn(one.page, login);
  return one.page;
}

async function resident(page, values) {
  const made = await api(page, '/api/records/people/resident', { area: community, values, confirm_new: true });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

describe('files', () => {
  test('two files of one person become one, with the values that were chosen', async () => {
    const page = await enter('community');
    const kept = await resident(page, { name: '欧阳静怡', birth_date: '1968-04-12', occupation: '退休教师' });
    const other = await resident(page, { name: '欧阳静怡', birth_date: '1968-04-12', occupation: '小学教师', phone: '13904510088' });
    await page.goto(`${server.url}/registers/people/resident/${kept.id}`);
    await page.getByRole('heading', { name: '欧阳静怡' }).first().waitFor();
    await page.getByText('可能是同一条').waitFor();
    await shots(page, 'duplicates');
    await page.getByRole('link', { name: '对比并合并' }).or(page.getByRole('button', { name: '对比并合并' })).first().click();
    await page.getByText('小学教师').waitFor();
    await page.getByText('小学教师').click();
    await shots(page, 'merge');
    await page.getByRole('button', { name: /合并/ }).last().click();
    await told(page, /合并/);
    const { body } = await api(page, `/api/records/people/resident/${kept.id}`);
    assert.equal(body.values.occupation, '小学教师');
    assert.ok(body.masked.phone, 'what only the other had came along');
    const gone = await api(page, `/api/records/people/resident/${other.id}`);
    assert.equal(gone.body.ended.merged_into, kept.id);
  });

  test('a sensitive value that is wrong can be blanked, and only on purpose', async () => {
    const page = await enter('community');
    const made = await resident(page, { name: '司徒文', phone: '13904510099' });
    await page.goto(`${server.url}/registers/people/resident/${made.id}/edit`);
    const phone = page.locator('.form-item', { has: page.locator('#field-phone') });
    await phone.getByRole('button', { name: '清空这一项' }).click();
    await shots(page, 'blank-field', phone);
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.waitForURL(/resident\/[0-9a-f-]{36}$/);
    const { body } = await api(page, `/api/records/people/resident/${made.id}`);
    assert.equal(body.masked.phone, undefined);
    assert.equal(body.values.name, '司徒文');
  });
});

describe('areas', () => {
  test('a grid is moved below another community and says where it was before', async () => {
    const page = await enter('street');
    const grids = (await api(page, `/api/areas/search?q=${community}&kind=grid&limit=200`)).body.items;
    const grid = grids.at(-1);
    const street = (await api(page, `/api/areas/${community}`)).body.parent;
    const beside = (await api(page, `/api/areas?parent=${street}`)).body.items;
    const target = beside.find((area) => area.kind === 'community' && area.code !== community);
    const people = async () =>
      (await api(page, `/api/records/people/resident/count?area=${target.code}`)).body.count;
    const before = await people();
    await page.goto(`${server.url}/areas/${grid.code}`);
    await page.getByRole('heading', { name: grid.name }).waitFor();
    await page.getByRole('button', { name: '调整上级' }).click();
    const dialog = page.getByRole('dialog');
    await chooseArea(page, dialog.locator('#area-parent'), target.name, target.name);
    await shots(page, 'area-move');
    await dialog.getByRole('button', { name: '调整上级' }).click();
    await told(page, '已调整');
    const { body } = await api(page, `/api/areas/${grid.code}`);
    assert.equal(body.parent, target.code);
    assert.ok((await people()) > before, 'its people moved along');
    await page.getByRole('heading', { name: '曾属上级' }).waitFor();
    await shots(page, 'area-moved');
  });
});

describe('accounts', () => {
  test("a street changes an account's roles, locks it out and in again, and signs it out everywhere", async () => {
    const page = await enter('street');
    const worker = await enter('community');
    const id = (await api(page, '/api/accounts?q=community')).body.items[0].id;
    await page.goto(`${server.url}/accounts/${id}`);
    await page.getByRole('heading', { name: '角色与范围' }).waitFor();
    await page.waitForLoadState('networkidle');
    await shots(page, 'account');

    await page.getByRole('button', { name: '添加', exact: true }).click();
    const row = page.locator('.grant').last();
    await row.locator('.el-select').click();
    await page.getByRole('option', { name: /网格员/ }).click();
    assert.equal(await page.getByRole('option', { name: /系统管理员/ }).count(), 0, 'only roles that may be given');
    await chooseArea(page, row.locator('button.select'), '焊接', '焊接社区居委会');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await told(page, '已保存');
    const grants = (await api(page, `/api/accounts/${id}`)).body.grants.map((grant) => grant.role);
    assert.ok(grants.includes('network/grid') && grants.includes('network/community'), grants.join());

    await page.getByRole('button', { name: '退出所有设备' }).click();
    await shots(page, 'account-sign-out');
    await page.getByRole('dialog').getByRole('button', { name: '退出所有设备' }).click();
    await told(page, '已退出所有设备');
    assert.equal((await api(worker, '/api/session')).status, 401);

    await page.getByRole('button', { name: '停用', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '停用', exact: true }).click();
    await told(page, '已停用');
    await page.getByText('已停用', { exact: true }).first().waitFor();
    await shots(page, 'account-disabled');
    await page.reload();
    await page.getByRole('button', { name: '启用', exact: true }).click();
    await told(page, '已启用');

    // Wrong passwords lock it; the street unlocks it.
    for (let tries = 0; tries < 12; tries++)
      await api(worker, '/api/session', { login: 'community', password: `wrong-${tries}` });
    assert.equal((await api(worker, '/api/session', { login: 'community', password: 'linli-demo' })).status, 429);
    await page.reload();
    await page.getByText('已锁定', { exact: true }).waitFor();
    await shots(page, 'account-locked');
    await page.getByRole('button', { name: '解锁' }).click();
    await told(page, '已解锁');
    assert.equal((await api(worker, '/api/session', { login: 'community', password: 'linli-demo' })).status, 200);
  });

  test('two-step sign-in is set up with an app, asked for, and turned off for a lost phone', async () => {
    const page = await enter('grid');
    await page.goto(`${server.url}/settings`);
    await page.getByRole('button', { name: '开启两步登录' }).click();
    const secret = (await page.locator('.setup code').innerText()).trim();
    const drawn = await page.getByAltText('用验证器应用扫描的二维码').evaluate((image) => image.decode().then(() => image.naturalWidth));
    assert.ok(drawn >= 150, 'the code to scan is a picture');
    await shots(page, 'totp-setup', page.locator('.setup'));
    await page.getByLabel('动态验证码').fill(totp(secret));
    await page.locator('.setup').getByRole('button', { name: '确认' }).click();
    await told(page, '两步登录已开启');

    const again = await enter(null);
    await again.fill('#login', 'grid');
    await again.fill('#password', 'linli-demo');
    await again.getByRole('button', { name: '登录', exact: true }).click();
    await again.locator('#totp').waitFor();
    await shots(again, 'totp-sign-in');
    await again.locator('#totp').fill('000000');
    await again.getByRole('alert').waitFor();
    // The code of the set-up was used; the app shows the next one.
    await again.locator('#totp').fill(totp(secret, Date.now() + 30_000));
    await again.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

    const street = await enter('street');
    const id = (await api(street, '/api/accounts?q=grid')).body.items.find((one) => one.login === 'grid').id;
    await street.goto(`${server.url}/accounts/${id}`);
    await street.getByRole('button', { name: '关闭两步登录' }).click();
    await shots(street, 'account-totp');
    await street.getByRole('dialog').getByRole('button', { name: '关闭两步登录' }).click();
    await told(street, '两步登录已关闭');
    await enter('grid');
  });
});

describe('signing in elsewhere', () => {
  test('what the single sign-on refused is told in words, never in what an address says', async () => {
    const page = await enter(null);
    await page.goto(`${server.url}/sign-in?problem=auth.oidc_unknown`);
    await page.getByRole('alert').getByText('您的统一认证身份还没有对应的账号').waitFor();
    await shots(page, 'sign-in-problem');
    await page.goto(`${server.url}/sign-in?problem=${encodeURIComponent('call 12345 now')}`);
    await page.getByRole('alert').getByText('统一认证登录没有成功').waitFor();
    assert.equal(await page.getByText('12345').count(), 0);
  });
});
