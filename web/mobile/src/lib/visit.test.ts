import { expect, it } from 'vitest'

import type { LinliRecord, Values } from '@linli/shared/api/types.ts'

import type { Visit } from '@m/api/types.ts'

import { changeCount, changesOf } from './visit.ts'

const record = (id: string, values: Values, version = 3): LinliRecord =>
  ({ entity: 'people/resident', id, values, version }) as unknown as LinliRecord
const visit = {
  record: record('h', { head_name: '王建国' }, 7),
  members: [record('a', { phone: '138', care_tags: ['x', 'y'] }), record('b', { employer: null })],
} as unknown as Visit

it('nothing touched changes nothing', () => {
  expect(changesOf(visit, {})).toEqual([])
})
it('only what differs is sent, with the version it was read at', () => {
  expect(
    changesOf(visit, { h: { head_name: '王建国' }, a: { phone: '139', care_tags: ['y', 'x'] } }),
  ).toEqual([{ entity: 'people/resident', id: 'a', version: 3, values: { phone: '139' } }])
})
it('an emptied field is null, and an empty one that stays empty is no change', () => {
  const changes = changesOf(visit, { a: { phone: '' }, b: { employer: '' } })
  expect(changes).toEqual([{ entity: 'people/resident', id: 'a', version: 3, values: { phone: null } }])
  expect(changeCount(changes)).toBe(1)
})
