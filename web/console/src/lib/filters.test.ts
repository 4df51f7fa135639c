import { describe, expect, it } from 'vitest'

import { filterTexts, parseFilters, stateOfUrl, urlOfState, type Filters, type ListState } from './filters.ts'

const filters: Filters = {
  sex: { of: 'in', values: ['1', '2'] },
  birth_date: { of: 'between', from: '1950-01-01', to: '' },
  name: { of: 'prefix', text: '王' },
  phone: { of: 'known', known: false },
  identity_number: { of: 'known', known: true },
}

describe('filters', () => {
  it('are written as the API reads them', () => {
    expect(filterTexts(filters)).toEqual([
      'sex:1,2',
      'birth_date:1950-01-01..',
      'name:王*',
      'phone:!',
      'identity_number:*',
    ])
  })
  it('come back from their text as they were', () => {
    expect(parseFilters(filterTexts(filters))).toEqual(filters)
  })
  it('that say nothing are left out', () => {
    expect(filterTexts({ sex: { of: 'in', values: [] }, name: { of: 'prefix', text: '  ' } })).toEqual([])
    expect(parseFilters(['sex:', ':1', 'nonsense', 'birth_date:..'])).toEqual({})
  })
})

describe('a list in the address bar', () => {
  const state: ListState = {
    area: '230102003001',
    q: '王',
    filters,
    sort: '-birth_date',
    ended: true,
    asOf: '2026-01-31',
    columns: ['name', 'sex'],
  }
  it('opens again as it was', () => {
    expect(stateOfUrl(urlOfState(state))).toEqual(state)
  })
  it('survives an address that somebody edited', () => {
    expect(stateOfUrl({ as_of: 'yesterday', filter: [null, 'sex:1'], q: undefined })).toMatchObject({
      asOf: '',
      q: '',
      filters: { sex: { of: 'in', values: ['1'] } },
    })
  })
})
