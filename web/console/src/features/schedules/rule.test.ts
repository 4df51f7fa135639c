import { expect, it } from 'vitest'

import { readRule, ruleOf } from './rule.ts'

it('a rule that people chose is read as they chose it', () => {
  for (const rule of [
    'FREQ=WEEKLY;BYDAY=FR',
    'FREQ=MONTHLY;BYMONTHDAY=15',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
    'FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=28',
  ])
    expect(ruleOf(readRule(rule))).toBe(rule)
})

it('a day that not every month has becomes the last one', () => {
  expect(ruleOf(readRule('FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31'))).toBe(
    'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1',
  )
})

it('what cannot be chosen stands at the first choice', () => {
  expect(readRule('FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH')).toEqual({
    every: 'month',
    weekday: 'TH',
    day: 1,
    month: 1,
  })
  expect(readRule('')).toEqual({ every: 'month', weekday: 'MO', day: 1, month: 1 })
})
