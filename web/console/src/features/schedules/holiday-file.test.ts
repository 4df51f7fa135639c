import { describe, expect, it } from 'vitest'

import { csvRows, dayOf, daysOf } from './holiday-file.ts'

describe('a holiday table', () => {
  it('knows days as people and as Excel write them', () => {
    expect(dayOf('2026-10-01')).toBe('2026-10-01')
    expect(dayOf('2026/10/1')).toBe('2026-10-01')
    expect(dayOf('2026年10月1日')).toBe('2026-10-01')
    expect(dayOf('46296')).toBe('2026-10-01')
    expect(dayOf('2026-02-30')).toBe('')
    expect(dayOf('国庆节')).toBe('')
  })
  it('tells days that are worked from those that are not, whatever the order of columns', () => {
    const { days, wrong } = daysOf(
      csvRows('\uFEFF日期,类型,名称\r\n2026-10-01,放假,"国庆节, 中秋节"\r\n补班,2026/10/10,国庆节\n'),
    )
    expect(days).toEqual([
      { date: '2026-10-01', kind: 'holiday', name: '国庆节, 中秋节' },
      { date: '2026-10-10', kind: 'workday', name: '国庆节' },
    ])
    expect(wrong).toEqual([])
  })
  it('names rows that are no day or come twice instead of dropping them', () => {
    const { days, wrong } = daysOf(csvRows('2026-01-01,假,元旦\n十月一日,假,国庆\n2026-01-01,假,元旦\n\n'))
    expect(days).toHaveLength(1)
    expect(wrong).toEqual([
      { row: 2, text: '十月一日 假 国庆' },
      { row: 3, text: '2026-01-01 假 元旦' },
    ])
  })
})
