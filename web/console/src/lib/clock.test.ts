import { describe, expect, it } from 'vitest'

import type { Case } from '@linli/shared/api/flow.ts'

import { byClock, clockUnits, clockWords, partsOf } from './clock.ts'

const NOW = Date.parse('2026-11-23T02:00:00Z')
const due = (hours: number): string => new Date(NOW + hours * 3_600_000).toISOString()

describe('a clock in words', () => {
  it('counts a working day as eight hours, a calendar day as twenty-four', () => {
    expect(partsOf(20 * 3600, true)).toEqual({ days: 2, hours: 4, minutes: 0 })
    expect(partsOf(20 * 3600, false)).toEqual({ days: 0, hours: 20, minutes: 0 })
  })
  it('says working days where the clock counts working time, whatever the calendar says', () => {
    const words = clockWords({ due: due(96), state: 'running', left_seconds: 17 * 3600 }, NOW)
    expect(words).toMatchObject({ state: 'left', days: 2, hours: 1, working: true, tone: 'ok' })
    expect(clockUnits(words)).toEqual({ key: 'wdh', values: { d: 2, h: 1 } })
  })
  it('runs on between two answers of the server', () => {
    const clock = { due: due(3), state: 'running' as const, left_seconds: 3 * 3600 }
    expect(clockWords(clock, NOW + 3_600_000, NOW)).toMatchObject({ hours: 2, tone: 'warn' })
  })
  it('is late the moment it is due, even before the server says so', () => {
    const clock = { due: due(-26), state: 'running' as const, left_seconds: 0 }
    expect(clockWords(clock, NOW)).toMatchObject({ state: 'late', days: 1, hours: 2, tone: 'bad' })
  })
  it('that is paused keeps what is left and does not run', () => {
    const clock = { due: due(-5), state: 'paused' as const, left_seconds: 3600 }
    expect(clockWords(clock, NOW)).toMatchObject({ state: 'paused', hours: 1, tone: 'info' })
  })
  it('that is absent says nothing', () => {
    expect(clockWords(null, NOW).state).toBe('none')
    expect(clockWords({ due: null, state: 'none', left_seconds: null }, NOW).state).toBe('none')
  })
  it('under a minute is now, never "0 minutes"', () => {
    const words = clockWords({ due: due(0.005), state: 'running', left_seconds: 18 }, NOW)
    expect(clockUnits(words).key).toBe('now')
  })
})

describe('the order of work', () => {
  const of = (id: string, overdue: boolean, at: string | null): Case =>
    ({ id, overdue, due: at, opened: '2026-11-01T00:00:00Z' }) as Case
  it('is overdue first, then soonest due, then what has no clock', () => {
    const all = [
      of('none', false, null),
      of('soon', false, due(1)),
      of('late', true, due(-1)),
      of('far', false, due(9)),
    ]
    expect(all.sort(byClock).map((one) => one.id)).toEqual(['late', 'soon', 'far', 'none'])
  })
})
