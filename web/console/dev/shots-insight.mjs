/** Cockpit, indicators, surveys and reports, in every state one should look at. Only on the mock, whose ids are known. */
export async function insightShots({ shot, go, page }) {
  const settle = () => page.waitForTimeout(1_500)
  const down = (selector, index = 0) =>
    page.evaluate(
      ([at, n]) => document.querySelectorAll(at)[n]?.scrollIntoView({ block: 'center' }),
      [selector, index],
    )
  await shot('cockpit', async () => {
    await go('/cockpit/230102000000')
    await settle()
  })
  await shot('cockpit-map', async () => {
    await go('/cockpit/230102000000')
    await settle()
    await down('.frame')
    await settle()
  })
  await shot('cockpit-end', async () => {
    await go('/cockpit/230102003000')
    await settle()
    await page.evaluate(() => document.getElementById('main')?.scrollTo(0, 99_999))
    await settle()
  })
  await shot('cockpit-trends', async () => {
    await go('/cockpit/230102003000')
    await settle()
    await down('h2', 4)
    await settle()
  })
  await shot('cockpit-grid', () => go('/cockpit/230102003001001'))
  await shot('cockpit-rows', async () => {
    await go('/cockpit/230102003000')
    await page.locator('article .value').first().click()
    await settle()
  })
  await shot('cockpit-table', async () => {
    await go('/cockpit/230102000000')
    await settle()
    await page.locator('.frame .menu').nth(1).click()
    await page.locator('.el-dropdown-menu__item:visible').first().click()
    await down('.frame', 1)
  })
  await shot('wall', async () => {
    await go('/wall/230102000000')
    await settle()
  })
  for (const [at, name] of [
    [2, 'wall-concerns'],
    [3, 'wall-map'],
    [7, 'wall-trends'],
  ])
    await shot(name, async () => {
      await go('/wall/230102000000')
      for (let n = 0; n < at; n += 1) await page.keyboard.press('ArrowRight')
      await settle()
    })
  await shot('insight', () => go('/insight'))
  await shot('insight-picked', async () => {
    await go('/insight?trouble=true')
    await page.locator('tbody .el-checkbox').nth(0).click()
    await page.locator('tbody .el-checkbox').nth(1).click()
  })
  await shot('insight-table', () =>
    go('/insight/table?ids=facility/coverage,workforce/mean_pay,society/per_community'),
  )
  await shot('indicator', async () => {
    await go('/insight/facility/coverage?area=230102003000&p.min_area=300')
    await settle()
  })
  await shot('indicator-end', async () => {
    await go('/insight/facility/coverage?area=230102003000')
    await settle()
    await page.evaluate(() => document.getElementById('main')?.scrollTo(0, 99_999))
    await settle()
  })
  await shot('surveys', () => go('/surveys'))
  await shot('survey-new', async () => {
    await go('/surveys')
    await page.getByRole('button', { name: /新建调研|New survey/ }).click()
  })
  await shot('survey', () => go('/surveys/survey-1'))
  await shot('survey-plan', async () => {
    await go('/surveys/survey-1')
    await page
      .getByRole('button', { name: /抽样计划|Sampling plan/ })
      .last()
      .click()
    await page.getByRole('button', { name: /测算配额|Compute quotas/ }).click()
  })
  for (const tab of ['calls', 'visits', 'suggestions'])
    await shot(`survey-${tab}`, () => go(`/surveys/survey-1?tab=${tab}`))
  await shot('interview', async () => {
    await go('/surveys/survey-1/interview')
    await page.getByRole('button', { name: /取下一个号码|Next number/ }).click()
    await page.waitForTimeout(500)
    await page.keyboard.press('6')
  })
  await shot('interview-lacking', async () => {
    await go('/surveys/survey-1/interview')
    await page.getByRole('button', { name: /取下一个号码|Next number/ }).click()
    await page.waitForTimeout(500)
    await page.keyboard.press('1')
    await page.getByRole('button', { name: /提交并取下一个|Send and next/ }).click()
  })
  await shot('analysis', () => go('/surveys/survey-1/analysis?weights=sex,age_band'))
  for (const tab of ['cross', 'text', 'compare', 'flags'])
    await shot(`analysis-${tab}`, async () => {
      await go(`/surveys/survey-1/analysis?tab=${tab}`)
      await settle()
    })
  await shot('reports', () => go('/reports'))
  await shot('report', () => go('/reports/survey/survey?area=230102000000&against=2025-12-31'))
}
