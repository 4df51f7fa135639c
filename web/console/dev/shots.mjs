/** Screenshots of every page: `npm run shots -- OUT [only]` with a preview or a real server at URL (default :4173). */
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

import { collectShots } from './shots-collect.mjs'
import { flowShots } from './shots-flow.mjs'
import { insightShots } from './shots-insight.mjs'

const [out = '/tmp/shots', only = ''] = process.argv.slice(2)
const url = process.env.URL_BASE ?? 'http://localhost:4173'
const login = process.env.LOGIN ?? 'community'
mkdirSync(out, { recursive: true })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--enable-unsafe-swiftshader',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})

async function pages(name, { width, height, theme = 'light', lang = 'zh-CN', large = false }) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN' })
  const page = await context.newPage()
  page.on(
    'console',
    (message) =>
      ['error', 'warning'].includes(message.type()) &&
      console.log(name, page.url(), message.text().slice(0, 300)),
  )
  page.on('pageerror', (error) => console.log(name, page.url(), 'ERROR', error.message))
  await page.addInitScript(
    (kept) => localStorage.setItem('linli.preferences', kept),
    JSON.stringify({ theme, lang, large_text: large }),
  )
  const shot = async (id, act) => {
    if (only && !`${name}-${id}`.match(only)) return
    await act()
    await page.waitForTimeout(700)
    await page.screenshot({ path: `${out}/${name}-${id}.png` })
  }
  const go = (to) => page.goto(url + to, { waitUntil: 'networkidle' })
  await shot('sign-in', () => go('/sign-in'))
  const session = await context.request.post(`${url}/api/session`, {
    data: { login, password: 'linli-demo' },
    headers: { 'X-Linli': '1' },
  })
  await context.request.patch(`${url}/api/session/preferences`, {
    data: { theme, lang, large_text: large },
    headers: { 'X-Linli': '1' },
  })
  const area = (await session.json()).home_area.code
  const list = await (
    await context.request.get(`${url}/api/records/people/resident?limit=6&area=${area}`)
  ).json()
  const someone = list.items[4].id
  await shot('home', () => go('/'))
  await shot('list', () => go('/registers/people/resident'))
  await shot('filter', async () => {
    await go('/registers/people/resident')
    await page.getByRole('button', { name: /筛选|Filter/ }).click()
  })
  await shot('record', () => go(`/registers/people/resident/${someone}`))
  await shot('reveal', async () => {
    await go(`/registers/people/resident/${someone}`)
    await page.locator('.reveal').first().click()
  })
  await shot('household', async () => {
    await go('/registers/people/household')
    await page.locator('tbody a').first().click()
  })
  await shot('edit', () => go(`/registers/people/resident/${someone}/edit`))
  await shot('new', () => go('/registers/people/resident/new'))
  await shot('import-list', () => go('/imports'))
  await shot('import-new', () => go('/imports/new'))
  await shot('fill-new', () => go('/fills/new'))
  await shot('fill-list', () => go('/fills'))
  if (!process.env.URL_BASE) {
    await shot('merge', () => go(`/registers/people/resident/${someone}/merge/${list.items[5].id}`))
    await shot('import-check', () => go('/imports/imp-3'))
    await shot('import-duplicates', async () => {
      await go('/imports/imp-3')
      await page.getByRole('tab').nth(3).click()
    })
    await shot('import-done', () => go('/imports/imp-1'))
    await shot('import-match', async () => {
      await go('/imports/new')
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: '台账.xlsx', mimeType: 'application/x', buffer: Buffer.from('x') })
      await page.getByRole('button', { name: /上传并识别|Upload and read/ }).click()
      await page.waitForURL(/imports\/imp/)
    })
    await shot('fill-match', async () => {
      await go('/fills/new')
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: '模板.xlsx', mimeType: 'application/x', buffer: Buffer.from('x') })
      await page.getByRole('button', { name: /上传并识别|Upload and read/ }).click()
      await page.waitForURL(/fills\/fill/)
    })
    await shot('fill-preview', () => go('/fills/fill-1'))
    await shot('stale', async () => {
      await go(`/registers/people/resident/${list.items[2].id}/edit`)
      await page.locator('#field-remark').fill('冲突')
      await page.locator('#field-employer').fill('自己的店')
      await page.getByRole('button', { name: /保存|Save/ }).click()
    })
  }
  if (!process.env.URL_BASE || process.env.MOCK) {
    await collectShots({ shot, go, page })
    await flowShots({ shot, go, page, url })
    await insightShots({ shot, go, page })
  }
  await shot('areas', () => go('/areas'))
  await shot('area-switch', async () => {
    await go('/')
    await page.locator('.switch').first().click()
  })
  await shot('search', async () => {
    await go('/')
    await page.keyboard.press('/')
    await page.waitForTimeout(300)
    await page.keyboard.type(list.items[4].title.slice(0, 1))
  })
  await shot('accounts', () => go('/accounts'))
  await shot('account', () => go('/accounts/new'))
  await shot('audit', () => go('/audit'))
  await shot('settings', () => go('/settings'))
  await shot('system', () => go('/system'))
  await shot('404', () => go('/nowhere'))
  await shot('403', () => go('/403?on=accounts&verb=manage'))
  if (width < 800) {
    await shot('nav', async () => {
      await go('/')
      await page.locator('.bar .icon').first().click()
    })
  }
  await context.close()
}

const wide = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }
const sets = {
  wide,
  dark: { ...wide, theme: 'dark' },
  en: { ...wide, lang: 'en' },
  phone,
  large: { ...wide, large: true },
}
for (const [name, set] of Object.entries(sets))
  if (!only || [...Object.keys(sets)].every((key) => !only.startsWith(key)) || only.startsWith(name))
    await pages(name, set)
await browser.close()
