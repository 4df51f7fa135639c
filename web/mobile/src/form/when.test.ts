import { expect, it } from 'vitest'

import { dateTime, offsetText, parts } from './when.ts'

it('an offset is written the way XForms reads it', () => {
  expect([480, 0, -210].map(offsetText)).toEqual(['+08:00', '+00:00', '-03:30'])
})
it('a moment is the wall clock with its offset, and is read back as that wall clock', () => {
  const written = dateTime('2026-11-23', '09:05')
  expect(written).toMatch(/^2026-11-23T09:05:00\.000[+-]\d\d:\d\d$/)
  expect(parts(written)).toEqual({ day: '2026-11-23', time: '09:05' })
  expect(parts('2026-11-23')).toEqual({ day: '2026-11-23', time: null })
  expect(parts('09:05:00.000+08:00')).toEqual({ day: null, time: '09:05' })
  expect(parts(null)).toEqual({ day: null, time: null })
})
