import { expect, it } from 'vitest'

import { clockWords } from './clock.ts'

const now = Date.parse('2026-11-23T10:00:00Z')
const clock = (due: string | null, state: 'running' | 'paused' | 'overdue' | 'none' = 'running') => ({
  due,
  state,
})
const words = (due: string | null, state?: Parameters<typeof clock>[1]): unknown[] =>
  Object.values(clockWords(clock(due, state), now))

it('a clock tells what is left in one unit, and warns before it is late', () => {
  expect(words('2026-11-28T11:00:00Z')).toEqual(['days', 5, 'ok'])
  expect(words('2026-11-24T09:00:00Z')).toEqual(['hours', 23, 'ok'])
  expect(words('2026-11-23T11:30:00Z')).toEqual(['minutes', 90, 'warn'])
})
it('what is late tells by how much; what stands still or has no limit says so', () => {
  expect(words('2026-11-20T09:00:00Z', 'overdue')).toEqual(['late_days', 3, 'bad'])
  expect(words('2026-11-23T10:00:00Z')).toEqual(['late_minutes', 0, 'bad'])
  expect(words('2026-11-28T11:00:00Z', 'paused')).toEqual(['paused', 0, 'info'])
  expect(words(null)).toEqual(['none', 0, ''])
  expect(clockWords(null, now).key).toBe('none')
})
