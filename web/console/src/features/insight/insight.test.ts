import { describe, expect, it } from 'vitest'

import type { Param, Reading } from '@linli/shared/api/insight.ts'

import { grouped } from './groups.ts'
import { changed, parametersOf, paramsOf, partsOf, withParam } from './query.ts'

const reading = (id: string, group: string, more: Partial<Reading> = {}): Reading =>
  ({ id, label: id, about: '', group, figures: [], value: 1, target: null, ...more }) as Reading
const all = { words: '', group: '', figures: false, trouble: false }
const base: Param = {
  name: 'base',
  label: '基期',
  kind: 'date',
  value: '2016-12-31',
  default: '2016-12-31',
  choices: [],
}

describe('the list of indicators', () => {
  const items = [
    reading('x/own', 'elsewhere'),
    reading('workforce/pay', 'workforce', { figures: [21], label: '月均工资' }),
    reading('workforce/heads', 'workforce', { figures: [10], value: null }),
    reading('network/communities', 'network', { figures: [8] }),
  ]
  it('stands in groups, each by the figure it answers, a group nobody knows last', () => {
    expect(grouped(items, all).map(({ group, items }) => [group, ...items.map((one) => one.id)])).toEqual([
      ['network', 'network/communities'],
      ['workforce', 'workforce/heads', 'workforce/pay'],
      ['elsewhere', 'x/own'],
    ])
  })
  it('is found by words, by the number of the figure, and by trouble', () => {
    const ids = (wanted: object): string[] =>
      grouped(items, { ...all, ...wanted }).flatMap((group) => group.items.map((one) => one.id))
    expect(ids({ words: '工资' })).toEqual(['workforce/pay'])
    expect(ids({ words: '21' })).toEqual(['workforce/pay'])
    expect(ids({ trouble: true })).toEqual(['workforce/heads'])
    expect(ids({ figures: true })).not.toContain('x/own')
  })
})
it('a definition is read from above the line down', () => {
  const part = (text: string) => ({ text, where: null, opens: true })
  const parts = { now_n: part('c'), denominator: part('b'), numerator: part('a') }
  expect(partsOf({ value: '', parts }).map((one) => one.part)).toEqual(['numerator', 'denominator', 'now_n'])
})
describe('a reader’s own parameters', () => {
  it('are guessed from their values where nobody says what they are', () => {
    const params = { base: '2016-12-31', three: 'true', min_area: '500', factor: '2.5' }
    expect(parametersOf({ params }).map((one) => one.kind)).toEqual(['date', 'bool', 'integer', 'decimal'])
    // An area that nobody has chosen is no number: it must not be shown as 0.
    expect(parametersOf({ params: { county: '' } })[0]?.kind).toBe('area')
    expect(parametersOf({ params, parameters: [base] })).toEqual([base])
  })
  it('are read from the address and nothing else is', () => {
    expect(paramsOf({ 'p.base': '2017-12-31', area: '1', 'p.empty': '' })).toEqual({ base: '2017-12-31' })
  })
  it('leave the address when they are back at their default', () => {
    expect(withParam({ area: '1' }, base, '2017-12-31')).toEqual({ area: '1', 'p.base': '2017-12-31' })
    expect(withParam({ area: '1', 'p.base': '2017-12-31' }, base, '2016-12-31')).toEqual({ area: '1' })
    expect(withParam({ 'p.base': '2017-12-31' }, base, null)).toEqual({})
  })
  it('are told apart from the pack’s', () => {
    expect(changed([base])).toBe(false)
    expect(changed([{ ...base, value: '2017-12-31' }])).toBe(true)
  })
})
