/**
 * What a grid worker's day does to the phone, in a real browser against the mock's preview (`URL_BASE`, default :4174):
 * offline opening, filling and sending, a reload with a queue, two tabs, a refused answer, a public questionnaire.
 * Prints a line a claim; exits 1 at the first that does not hold.
 */
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const base = process.env.URL_BASE ?? 'http://localhost:4174'
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
})
const context = await browser.newContext({
  viewport: { width: 390, height: 844 },
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  geolocation: { latitude: 45.7567, longitude: 126.6424, accuracy: 4 },
  permissions: ['geolocation'],
})
const errors = []
async function open() {
  const page = await context.newPage()
  page.on('pageerror', (error) => errors.push(error.message))
  page.on(
    'console',
    (message) => /Content Security Policy/.test(message.text()) && errors.push(message.text()),
  )
  page.setDefaultTimeout(12_000)
  return page
}
const received = async () => (await context.request.get(`${base}/api/mock/received`)).json()
const claim = async (words, check) => {
  try {
    await check()
    console.log(`ok    ${words}`)
  } catch (error) {
    console.log(`FAIL  ${words}\n${error.stack}`)
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT })
    await browser.close()
    process.exit(1)
  }
}
const next = () => page.locator('.foot .primary').click()
let page = await open()

await claim('a worker signs in and the day is on the phone', async () => {
  await page.goto(`${base}/m/`)
  await page.locator('input[autocomplete=username]').fill('grid')
  await page.locator('input[type=password]').fill('linli-demo')
  await page.getByRole('button', { name: '登录' }).click()
  await page.locator('.door').first().waitFor()
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.locator('.state', { hasText: '离线可用' }).waitFor()
  // The engine is kept for the stairwell without a form having been opened.
  await page.waitForFunction(async () => {
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys())
        if (/assets\/dist-|xforms|index\.js|engine/.test(request.url)) return true
    return false
  })
})
await claim('without a network the app opens from the phone, with the list and a plain sign', async () => {
  await context.setOffline(true)
  await page.reload()
  await page.locator('.door').first().waitFor()
  await page.locator('.banners .off').waitFor()
})
let id = ''
await claim('offline, a form opens with what is known, its source and date', async () => {
  await page.goto(`${base}/m/fill/form-elder/2026112001?for=task-2-a0`)
  await page.locator('.question .known', { hasText: '2026-03 台账导入' }).waitFor()
  assert.notEqual(await page.locator('.question input').inputValue(), '')
})
await claim('a wrong answer is told at its question, and the page does not turn', async () => {
  await next()
  await next()
  await page.locator('.question input').fill('123')
  await next()
  await page.getByText('请填写 11 位手机号').waitFor()
  await page.locator('.question input').fill('')
  await next()
})
await claim('what was typed survives a reload of the page, at its place', async () => {
  await page.getByRole('radio', { name: '独居' }).click()
  await page.locator('.muted', { hasText: '已保存在手机' }).waitFor()
  await page.waitForTimeout(500)
  await page.reload()
  await page.locator('.question').waitFor()
  assert.equal(await page.getByRole('radio', { name: '独居' }).getAttribute('aria-checked'), 'true')
})
await claim('a photo is shrunk, kept, and there after a reload', async () => {
  await next()
  await page.getByRole('radio', { name: '部分自理' }).click()
  await next()
  await page.getByRole('checkbox', { name: '助餐' }).click()
  await next()
  const large = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 3000, height: 2000 })
    const pen = canvas.getContext('2d')
    for (let at = 0; at < 400; at += 1) {
      pen.fillStyle = `hsl(${at} 70% 50%)`
      pen.fillRect((at * 97) % 3000, (at * 53) % 2000, 160, 160)
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
    return [...new Uint8Array(await blob.arrayBuffer())]
  })
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'IMG_1.png', mimeType: 'image/png', buffer: Buffer.from(large) })
  await page.locator('figure img').waitFor()
  await page.waitForTimeout(700)
  await page.reload()
  const image = page.locator('figure img')
  await image.waitFor()
  assert.deepEqual(
    await image.evaluate(async (node) => (await node.decode(), [node.naturalWidth, node.naturalHeight])),
    [1600, 1067],
  )
})
await claim('an entry of a repeat is added, and sending with gaps leads to the gap', async () => {
  await next()
  await page.locator('.question input').first().fill('李秀兰')
  await next()
  await page.locator('.question input').fill('王建国')
  await next()
  await page.locator('.question input').fill('4')
  await next()
  await page.getByRole('button', { name: /添加/ }).click()
  await page.locator('.question input').fill('王秀英')
  await next()
  await next()
  await next()
  // The acknowledgement is required.
  await next()
  await page.getByText('此题必填').waitFor()
  await page.getByRole('checkbox').click()
  await next()
  await page.getByText('填写完成').waitFor()
})
await claim('sent offline, it waits in the queue, in words', async () => {
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('已保存,将自动发送').waitFor()
  await page.goto(`${base}/m/queue`)
  await page.locator('.item').first().waitFor()
  await page.locator('.banners .off', { hasText: '1 项' }).waitFor()
  assert.equal((await received()).length, 0)
})
await claim('a visit with one tap waits behind it', async () => {
  await page.goto(`${base}/m/visit/task-1-a1`)
  await page.getByRole('button', { name: '都没变' }).click()
  await page.waitForTimeout(4500)
  await page.goto(`${base}/m/queue`)
  assert.equal(await page.locator('.item').count(), 2)
})
await claim(
  'the queue survives the browser being closed, and goes out by itself, once, in order',
  async () => {
    await page.close()
    page = await open()
    const other = await open()
    await page.goto(`${base}/m/queue`)
    await other.goto(`${base}/m/`)
    assert.equal(await page.locator('.item').count(), 2)
    await context.setOffline(false)
    await page.locator('.item.sent').nth(1).waitFor({ timeout: 30_000 })
    const all = await received()
    assert.deepEqual(
      all.map((one) => [one.kind, one.times]),
      [
        ['submission', 1],
        ['visit', 1],
      ],
    )
    const [form] = all
    id = form.id
    assert.match(form.xml, /<living>alone<\/living>/)
    assert.match(form.xml, /<household>[^<]+<\/household>/)
    assert.equal(form.xml.match(/<who>/g).length, 2)
    assert.equal(form.files.length, 1)
    const [, size] = form.files[0].match(/\.jpg:(\d+)$/)
    assert.ok(Number(size) < 700_000, `photo of ${size} bytes`)
    assert.match(form.xml, new RegExp(`<photo[^>]*>${form.files[0].split(':')[0]}</photo>`))
    await other.close()
  },
)
await claim('what the server wants checked is told after sending', async () => {
  await page.getByText('3 项待核对').waitFor()
})
await claim('a visit sends only what changed, and a wrong tap is taken back', async () => {
  await page.goto(`${base}/m/visit/task-1-a2`)
  await page.getByRole('button', { name: '都没变' }).click()
  await page.locator('.undo button').click()
  await page.waitForTimeout(4500)
  assert.equal((await received()).length, 2)
  await page.goto(`${base}/m/visit/task-1-a2`)
  await page.locator('.line', { hasText: '工作单位' }).first().click()
  await page.locator('.sheet .input').fill('松花江早市')
  await page.locator('.sheet footer .primary').click()
  await page.getByRole('button', { name: '提交 1 处变更' }).click()
  await page.waitForTimeout(5500)
  const visit = (await received()).at(-1)
  assert.equal(visit.body.outcome, 'changed')
  assert.equal(visit.body.changes.length, 1)
  assert.deepEqual(visit.body.changes[0].values, { employer: '松花江早市' })
})
await claim('a refused answer is kept, with the server’s words, until the person decides', async () => {
  await page.goto(`${base}/m/fill/form-elder/2026112001?for=task-2-a1`)
  await page.locator('.question input').fill('冲突')
  await page.getByRole('button', { name: '题目列表' }).click()
  await page.locator('.sheet li button').last().click()
  await page.getByRole('checkbox').click()
  await next()
  await page.getByText(/还有 \d 处需要填写/).waitFor()
  await page.locator('.end li button').first().click()
  await page.getByRole('radio').first().click()
  await next()
  await page.getByRole('radio', { name: '完全自理' }).click()
  await next()
  await page.waitForTimeout(200)
  for (let turn = 0; turn < 8 && !(await page.getByRole('button', { name: '提交' }).isVisible()); turn += 1) {
    const empty = page.locator('.question input:not([type=file])')
    if ((await empty.count()) && !(await empty.first().inputValue())) await empty.first().fill('1')
    await next()
  }
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('已保存,将自动发送').waitFor()
  await page.goto(`${base}/m/queue`)
  await page.getByText('服务器上已有同一编号、内容不同的答卷。').waitFor()
  await page.getByRole('button', { name: '作为新答卷发送' }).waitFor()
})
await claim('a public questionnaire is answered without an account, and gives a reference', async () => {
  await page.goto(`${base}/q/flow-${Date.now()}`)
  await page.getByRole('button', { name: '开始填写' }).click()
  await page.getByRole('radio', { name: '5–10 年' }).click()
  await next()
  await page.getByRole('radio', { name: '满意', exact: true }).click()
  await next()
  await next()
  await next()
  await page.getByRole('button', { name: '提交' }).click()
  await page.getByText('AX-2026-0412').waitFor()
  await page.reload()
  await page.getByText('您已提交过').waitFor()
})
await claim('nothing failed behind the page, and nothing broke the security policy', () =>
  assert.deepEqual(errors, []),
)
console.log(`all hold (${id})`)
await browser.close()
