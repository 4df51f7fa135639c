import { describe, expect, it } from 'vitest'

import { effectOf, intervalText, pText, verdictOf } from './words.ts'

describe('a cross table in words', () => {
  it('says no more than the test bears', () => {
    const test = (p: number) => ({ p, chi_square: 9, df: 1, cramers_v: 0.2, least_expected: 7 })
    const warning = (code: string) => [{ code, text: '' }]
    expect(verdictOf({ test: null, warnings: [] })).toBe('untested')
    expect(verdictOf({ test: test(0.001), warnings: warning('small_expected') })).toBe('doubtful')
    expect(verdictOf({ test: test(0.001), warnings: warning('weighted') })).toBe('link')
    expect(verdictOf({ test: test(0.05), warnings: [] })).toBe('no_link')
    expect(verdictOf({ test: test(0.049), warnings: [] })).toBe('link')
  })
  it('marks the strength by the size of the table', () => {
    expect(effectOf(0.25, 2, 2)).toBe('small')
    expect(effectOf(0.25, 3, 5)).toBe('medium')
    expect(effectOf(0.05, 2, 2)).toBe('none')
    expect(effectOf(0.6, 2, 4)).toBe('large')
  })
  it('writes a p value as far as it goes', () => {
    expect([pText(0.0312), pText(0.0000004)]).toEqual(['= 0.031', '< 0.001'])
    expect(intervalText(0.4119, 0.4951)).toBe('41.2%–49.5%')
    expect(intervalText(null, 0.4)).toBe('')
  })
})
