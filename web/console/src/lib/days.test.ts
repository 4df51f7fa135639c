import { expect, it } from 'vitest'

import { yearsBefore } from './days.ts'

it('a year before is the same day, and a leap day is the last of its February', () => {
  expect(yearsBefore('2026-11-23', 10)).toBe('2016-11-23')
  expect(yearsBefore('2024-02-29', 1)).toBe('2023-02-28')
  expect(yearsBefore('2024-02-29', 4)).toBe('2020-02-29')
})
