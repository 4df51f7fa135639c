/** Pages of work that moves, in every state one should look at. Only on the mock, whose ids are known. */
export async function flowShots({ shot, go, page, url }) {
  const press = (name) => page.getByRole('button', { name }).first().click()
  const pick = async (name) => {
    const board = await page.request.get(`${url}/api/cases?flow=grid/incident&state=${name}&limit=100`)
    // The first made one holds something of everything.
    return (await board.json()).items.sort((one, other) => one.number.localeCompare(other.number))[0].id
  }

  await shot('todo', () => go('/todo'))
  await shot('bell', async () => {
    await go('/todo')
    await page.locator('.bell').click()
  })
  await shot('cases', () => go('/cases'))
  await shot('cases-all', () => go('/cases?tab=all&flow=grid/incident'))
  await shot('board', () => go('/cases/board?flow=grid/incident'))
  await shot('board-move', async () => {
    await go('/cases/board?flow=grid/incident')
    await page.locator('article .go').nth(1).click()
  })
  await shot('case', async () => go(`/cases/${await pick('handled')}`))
  await shot('case-end', async () => {
    await go(`/cases/${await pick('handled')}`)
    await page.evaluate(() => document.getElementById('main')?.scrollTo(0, 9999))
  })
  await shot('case-where', async () => {
    await go(`/cases/${await pick('handled')}`)
    await press(/走到哪了|Where it stands/)
  })
  await shot('case-assign', async () => {
    await go(`/cases/${await pick('filed')}`)
    await press(/^派遣$|^Dispatch$/)
  })
  await shot('case-stale', async () => {
    await go(`/cases/${await pick('dispatched')}`)
    await press(/^处置反馈$|^Feedback$/)
    await page.locator('#act-note').fill('冲突')
    await page.locator('.el-dialog__footer .el-button--primary').click()
  })
  await shot('case-new', async () => {
    await go('/cases/new?flow=grid/incident')
    await page.locator('#field-text').fill('楼道口有垃圾，好几天了')
    await page.waitForTimeout(900)
  })
  await shot('flows', () => go('/flows'))
  await shot('flow', () => go('/flows/grid/incident'))
  await shot('flow-service', () => go('/flows/service/application'))
  await shot('desk', () => go('/desk'))
  await shot('desk-book', async () => {
    await go('/desk')
    await press(/^预约|^Appointment/)
  })
  const person = async () => {
    await go('/desk/apply')
    await page.locator('input').last().press('Escape')
    await page.getByPlaceholder(/姓名、拼音|Name, pinyin/).fill('王')
    await page.waitForTimeout(700)
  }
  await shot('apply-who', person)
  await shot('apply-what', async () => {
    await person()
    await page.locator('.hits button').first().click()
  })
  const fill = async () => {
    await person()
    await page.locator('.hits button').first().click()
    await page.waitForTimeout(500)
    await page.locator('.items button').first().click()
    await page.waitForTimeout(500)
  }
  await shot('apply-fill', fill)
  await shot('apply-check', async () => {
    await fill()
    await page.locator('#field-bank').fill('6222000000000000')
    await press(/下一步|^Next/)
  })
  await shot('receipt', async () => {
    await fill()
    await page.locator('#field-bank').fill('6222000000000000')
    await press(/下一步|^Next/)
    await page.waitForTimeout(300)
    await press(/提交并打印|Submit and print/)
    await page.waitForURL(/receipt/)
  })
  await shot('receipt-paper', async () => {
    await page.emulateMedia({ media: 'print' })
  })
  await page.emulateMedia({ media: 'screen' })
  await shot('map', async () => {
    await go('/map')
    await page.waitForTimeout(2500)
  })
  await shot('map-one', async () => {
    await go('/map')
    await page.waitForTimeout(2500)
    await page.locator('.side li button').first().click()
    await page.waitForTimeout(1500)
  })
  await shot('department', () => go('/department'))
  await shot('league', () => go('/department?tab=league'))
  await shot('lists', () => go('/lists'))
  await shot('plaques', () => go('/lists?tab=plaques'))
  await shot('admissions', () => go('/admissions?tab=all'))
  await shot('certificates', () => go('/certificates'))
  await shot('meetings', () => go('/meetings'))
  await shot('meeting', async () => {
    await go('/meetings')
    await page.locator('a.line').nth(1).click()
  })
  await shot('meeting-qr', async () => {
    await go('/meetings')
    await page.locator('a.line').nth(1).click()
    await press(/扫码签到|Sign in by QR/)
  })
  await shot('calendar', () => go('/calendar'))
  await shot('schedule', () => go('/schedules/party/joint_meeting'))
  await shot('schedule-swap', async () => {
    await go('/schedules/party/joint_meeting')
    await press(/^调换|^Swap/)
  })
  await shot('channels', () => go('/channels'))
  await shot('channel-new', async () => {
    await go('/channels')
    await press(/新建渠道|New channel/)
  })
  await shot('settings-notices', () => go('/settings'))
}
