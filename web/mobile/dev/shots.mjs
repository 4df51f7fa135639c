/** Screenshots of every page: `npm run shots:mobile -- OUT [only]` with a preview or real server at URL_BASE (default :4174). */
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [out = '/tmp/shots-mobile', only = ''] = process.argv.slice(2)
const base = process.env.URL_BASE ?? 'http://localhost:4174'
mkdirSync(out, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
})

async function set(name, { width, height, theme = 'light', lang = 'zh-CN', large = false }) {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    deviceScaleFactor: 2,
    isMobile: width < 800,
    hasTouch: width < 800,
    geolocation: { latitude: 45.7567, longitude: 126.6424, accuracy: 4 },
    permissions: ['geolocation'],
  })
  const page = await context.newPage()
  page.on(
    'console',
    (message) =>
      ['error', 'warning'].includes(message.type()) &&
      !/status of 4(01|04|10)/.test(message.text()) &&
      console.log(name, page.url(), message.text().slice(0, 300)),
  )
  page.on('pageerror', (error) => console.log(name, page.url(), 'ERROR', error.message))
  await page.addInitScript(
    (kept) => localStorage.getItem('linli.preferences') ?? localStorage.setItem('linli.preferences', kept),
    JSON.stringify({ theme, lang, large_text: large }),
  )
  const shot = async (id, act) => {
    if (only && !`${name}-${id}`.match(only)) return
    try {
      await act()
      await page.waitForTimeout(550)
      await page.screenshot({ path: `${out}/${name}-${id}.png` })
    } catch (error) {
      console.log(`${name}-${id}`, String(error).split('\n')[0])
    }
  }
  const go = (to) => page.goto(base + to, { waitUntil: 'networkidle' })
  await shot('sign-in', () => go('/m/sign-in'))
  const session = await context.request.post(`${base}/api/session`, {
    data: { login: 'grid', password: 'linli-demo' },
    headers: { 'X-Linli': '1' },
  })
  if (!session.ok()) throw new Error(`cannot sign in: ${session.status()}`)
  await context.request.patch(`${base}/api/session/preferences`, {
    data: { theme, lang, large_text: large },
    headers: { 'X-Linli': '1' },
  })
  await go('/m/')
  await page.locator('.door').first().waitFor()
  await page.waitForTimeout(1500)
  await shot('today', () => go('/m/'))
  await shot('today-scrolled', () => page.mouse.wheel(0, 500))
  await shot('why', async () => {
    await go('/m/')
    await page.locator('.why').nth(1).click()
  })
  await shot('visit', () => go('/m/visit/task-1-a1'))
  await shot('visit-scrolled', () => page.mouse.wheel(0, 600))
  await shot('visit-field', async () => {
    await go('/m/visit/task-1-a1')
    await page.locator('.line').nth(6).click()
  })
  await shot('visit-changed', async () => {
    await go('/m/visit/task-1-a2')
    await page.locator('.line').nth(1).click()
    await page.getByRole('radio').nth(1).click()
    await page.locator('.sheet footer .primary').click()
  })
  await shot('visit-other', async () => {
    await go('/m/visit/task-1-a3')
    await page.locator('.foot .side').click()
  })
  await shot('visit-licence', () => page.locator('.kind').nth(3).click())
  await shot('forms', () => go('/m/forms'))
  const fill = async () => {
    await go('/m/fill/form-elder/2026112001?for=task-2-a0')
    await page.locator('.question').first().waitFor()
  }
  const next = () => page.locator('.foot .primary').click()
  await shot('fill-prefilled', fill)
  await shot('fill-date', next)
  await shot('fill-error', async () => {
    await next()
    await page.locator('.question input').fill('123')
    await next()
  })
  await shot('fill-choice', async () => {
    await page.locator('.question input').fill('13912345678')
    await next()
    await page.getByRole('radio').nth(0).click()
  })
  await shot('fill-likert', async () => {
    await next()
    await page.getByRole('radio').nth(1).click()
  })
  await shot('fill-columns', async () => {
    await next()
    await page.getByRole('checkbox').nth(0).click()
    await page.getByRole('checkbox').nth(3).click()
  })
  await shot('fill-photo', next)
  await shot('fill-field-list', next)
  await shot('fill-repeat', async () => {
    await page.locator('.question input').first().fill('李秀兰')
    await next()
  })
  await shot('fill-entry', async () => {
    await page.locator('.question input').fill('王建国')
    await next()
    await page.locator('.question input').fill('4')
    await next()
  })
  await shot('fill-jump', () => page.getByRole('button', { name: /题目列表|All questions/ }).click())
  await shot('all-whole', async () => {
    await page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('linli.preferences'))
      localStorage.setItem('linli.preferences', JSON.stringify({ ...kept, whole_form: true }))
    })
    await go('/m/fill/form-all/1')
    await page.locator('.question').first().waitFor()
    await page.setViewportSize({ width, height: 3400 })
  })
  await shot('all-whole-2', () => page.mouse.wheel(0, 3200))
  await page.setViewportSize({ width, height })
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('linli.preferences'))
    localStorage.setItem('linli.preferences', JSON.stringify({ ...kept, whole_form: false }))
  })
  await shot('forms-drafts', () => go('/m/forms'))
  await shot('queue', async () => {
    await go('/m/visit/task-1-a5')
    await page.locator('.foot .primary').click()
    await page.waitForTimeout(5200)
    await go('/m/visit/task-1-a6')
    await page.route('**/api/visits', (route) => route.abort())
    await page.locator('.foot .primary').click()
    await page.waitForTimeout(400)
    await page.locator('.tabs a').nth(2).click()
  })
  await page.unroute('**/api/visits')
  await shot('me', () => go('/m/me'))
  await shot('q-cover', () => go(`/q/${name}-1`))
  await shot('q-form', async () => {
    await page.locator('.btn.primary').click()
    await page.locator('.question').first().waitFor()
  })
  await shot('q-later', async () => {
    await page.getByRole('button', { name: /稍后|Later/ }).click()
    await page.waitForTimeout(400)
  })
  for (const state of ['used', 'full', 'waiting', 'nothing'])
    await shot(`q-${state}`, () => go(`/q/${state}`))
  await context.close()
}

const phone = { width: 390, height: 844 }
const sets = {
  phone,
  dark: { ...phone, theme: 'dark' },
  en: { ...phone, lang: 'en' },
  large: { ...phone, large: true },
  wide: { width: 1024, height: 768 },
}
for (const [name, options] of Object.entries(sets))
  if (!only || only.split('-')[0] === name || !Object.keys(sets).some((key) => only.startsWith(key)))
    await set(name, options)
await browser.close()
