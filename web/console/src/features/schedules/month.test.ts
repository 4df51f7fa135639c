import { describe, expect, it } from 'vitest'

import { addDays, addMonths, rangeOf, weeksOf } from './month.ts'

describe('a month on the wall', () => {
  it('is whole weeks from Monday to Sunday', () => {
    for (let month = '2024-01'; month < '2028-01'; month = addMonths(month, 1)) {
      const weeks = weeksOf(month, [])
      expect(weeks.every((week) => week.length === 7)).toBe(true)
      expect(weeks.flat().filter((day) => day.inside)).toHaveLength(
        new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate(),
      )
      expect(new Date(`${weeks[0]![0]!.day}T00:00:00Z`).getUTCDay()).toBe(1)
    }
  })
  it('begins on the first when that is a Monday, and knows leap years', () => {
    expect(rangeOf('2026-06')).toEqual({ from: '2026-06-01', to: '2026-07-05' })
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addMonths('2026-01', -1)).toBe('2025-12')
  })
  it('holds things on their day; holidays are off, make-up workdays are not', () => {
    const days = weeksOf('2026-10', [
      { day: '2026-10-01', kind: 'holiday', title: '国庆节', link: null },
      { day: '2026-10-10', kind: 'workday', title: '国庆节补班', link: null },
      { day: '2026-10-12', kind: 'due', title: '到期', link: '/cases/1' },
    ]).flat()
    const of = (day: string) => days.find((one) => one.day === day)!
    expect(of('2026-10-01')).toMatchObject({ off: true, holiday: '国庆节', items: [] })
    expect(of('2026-10-10').off).toBe(false)
    expect(of('2026-10-11').off).toBe(true)
    expect(of('2026-10-12').items).toHaveLength(1)
  })
})
