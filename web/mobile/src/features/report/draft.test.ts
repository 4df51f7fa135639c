import { expect, it } from 'vitest'

import type { Code } from '@linli/shared/api/types.ts'

import { caseOf, emptyDraft, isEmpty, leavesOf } from './draft.ts'

const known = { area: '230103013010001', id: 'c1', place: null, fallback: '见照片' }

it('a report carries only what was said, and words for a photo without any', () => {
  expect(caseOf({ ...emptyDraft(), text: ' 井盖坏了 ', kind: '0109' }, known)).toEqual({
    flow: 'grid/incident',
    area: '230103013010001',
    client_id: 'c1',
    values: { text: '井盖坏了', origin: 'worker', kind: '0109' },
  })
  const placed = caseOf(
    { ...emptyDraft(), address: '3号楼前' },
    { ...known, place: { lat: 45.7, lon: 126.6 } },
  )
  expect(placed.values.text).toBe('见照片')
  expect(placed.place).toEqual({ lat: 45.7, lon: 126.6, text: '3号楼前' })
})
it('only the finest classes are offered, and none that was retired', () => {
  const code = (name: string, parent: string | null, retired = false) =>
    ({ code: name, parent, retired }) as Code
  const all = [code('01', null), code('0101', '01'), code('0102', '01', true), code('05', null)]
  expect(leavesOf(all).map((one) => one.code)).toEqual(['0101', '05'])
})
it('a blank is nothing to report', () => {
  expect(isEmpty({ ...emptyDraft(), text: '  ' })).toBe(true)
  expect(isEmpty({ ...emptyDraft(), danger: true })).toBe(false)
})
