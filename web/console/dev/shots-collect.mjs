/** Collection's pages, in every state one should look at. Only on the mock, whose ids are known. */
export async function collectShots({ shot, go, page }) {
  const upload = (name) =>
    page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name, mimeType: 'application/x', buffer: Buffer.from('x') })
  const press = (name) => page.getByRole('button', { name }).first().click()

  await shot('forms', () => go('/forms'))
  await shot('form-new', async () => {
    await go('/forms/new')
    await upload('走访.xlsx')
  })
  await shot('form-new-bad', async () => {
    await go('/forms/new')
    await upload('错.xlsx')
  })
  for (const tab of ['questions', 'preview', 'versions', 'media', 'publish', 'phones', 'links'])
    await shot(`form-${tab}`, () => go(`/forms/form-1?tab=${tab}`))
  await shot('form-draft', () => go('/forms/form-3'))
  await shot('form-link', async () => {
    await go('/forms/form-1')
    await press(/对应数据项|^Link…/)
  })
  await shot('form-token', async () => {
    await go('/forms/form-1?tab=phones')
    await press(/生成我的|Make my/)
  })
  await shot('form-link-new', async () => {
    await go('/forms/form-1?tab=links')
    await press(/新建公开链接|New public/)
  })
  await shot('answers', () => go('/forms/form-1/answers'))
  await shot('answers-none', () => go('/forms/form-2/answers'))
  await shot('answers-summary', () => go('/forms/form-1/answers?tab=summary'))
  await shot('answer', async () => {
    await go('/forms/form-1/answers')
    await page.locator('tbody a').first().click()
  })
  await shot('answer-edit', async () => {
    await go('/forms/form-1/answers')
    await page.locator('tbody a').first().click()
    await press(/编辑|^Edit/)
  })
  await shot('tasks', () => go('/tasks'))
  await shot('task', () => go('/tasks/task-1'))
  await shot('task-draft', () => go('/tasks/task-4'))
  await shot('task-decide', async () => {
    await go('/tasks/task-3')
    await press(/^审批|^Decide/)
  })
  await shot('task-what', () => go('/tasks/new'))
  await shot('task-who', async () => {
    await go('/tasks/new?fill=fill-1')
    await press(/下一步|^Next/)
    await press(/改用|Filter a register/)
  })
  await shot('task-why', async () => {
    await go('/tasks/new?fill=fill-1')
    await press(/下一步|^Next/)
    await press(/下一步|^Next/)
    await press(/下一步|^Next/)
  })
  await shot('task-check', async () => {
    await go('/tasks/task-3/edit')
    for (let step = 0; step < 3; step += 1) await press(/下一步|^Next/)
  })
  await shot('conflicts', async () => {
    await go('/conflicts')
    await page.getByRole('radio').nth(1).click()
  })
  for (const tab of ['issuers', 'areas', 'complaints'])
    await shot(`burden-${tab}`, () => go(`/burden?tab=${tab}`))
  await shot('gaps', async () => {
    await go('/fills/fill-1')
    await page.evaluate(() => document.getElementById('main')?.scrollTo(0, 9999))
  })
}
