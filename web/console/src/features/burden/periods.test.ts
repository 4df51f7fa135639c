import { expect, it } from 'vitest'

import { heldShare, periodOf } from './periods.ts'

it('a period begins on its first day and ends today', () => {
  expect(periodOf('month', '2026-11-23')).toEqual({ from: '2026-11-01', to: '2026-11-23' })
  expect(periodOf('quarter', '2026-11-23')).toEqual({ from: '2026-10-01', to: '2026-11-23' })
  expect(periodOf('quarter', '2026-03-31')).toEqual({ from: '2026-01-01', to: '2026-03-31' })
  expect(periodOf('year', '2026-11-23')).toEqual({ from: '2026-01-01', to: '2026-11-23' })
})
it('the last month is whole, across the year and in February', () => {
  expect(periodOf('last_month', '2026-01-05')).toEqual({ from: '2025-12-01', to: '2025-12-31' })
  expect(periodOf('last_month', '2028-03-31')).toEqual({ from: '2028-02-01', to: '2028-02-29' })
})
it('no question asked is nothing held', () => {
  expect(heldShare({ questions: 0, already_held: 0 })).toBe(0)
  expect(heldShare({ questions: 8, already_held: 2 })).toBe(0.25)
})
