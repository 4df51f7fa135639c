import { describe, expect, it } from 'vitest'

import { mergeStale, resolveStale } from './stale.ts'

const base = { name: '王秀英', phone: '1', address: 'A', tags: ['x', 'y'] }

describe('two people change one record', () => {
  it('what only one of them changed needs no choice', () => {
    const merge = mergeStale(base, { phone: '2' }, { ...base, address: 'B' })
    expect(merge.clashes).toEqual([])
    expect(merge.mine.map((entry) => entry.field)).toEqual(['phone'])
    expect(merge.theirs.map((entry) => entry.field)).toEqual(['address'])
    expect(resolveStale(merge, {})).toEqual({ phone: '2' })
  })
  it('what both changed differently must be chosen', () => {
    const merge = mergeStale(base, { phone: '2' }, { ...base, phone: '3' })
    expect(merge.clashes).toEqual([{ field: 'phone', base: '1', mine: '2', theirs: '3' }])
    expect(resolveStale(merge, { phone: 'mine' })).toEqual({ phone: '2' })
    expect(resolveStale(merge, { phone: 'theirs' })).toEqual({})
  })
  it('what both changed alike is no clash, whatever the order of codes', () => {
    const merge = mergeStale(base, { tags: ['z', 'x'] }, { ...base, tags: ['x', 'z'] })
    expect(merge.clashes).toEqual([])
    expect(merge.mine).toEqual([])
  })
  it('blanking a field clashes with changing it', () => {
    const merge = mergeStale(base, { phone: null }, { ...base, phone: '3' })
    expect(merge.clashes[0]).toMatchObject({ mine: null, theirs: '3' })
    expect(resolveStale(merge, { phone: 'mine' })).toEqual({ phone: null })
  })
})
