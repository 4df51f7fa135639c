import { expect, it } from 'vitest'

import type { AreaLevel } from '@linli/shared/api/types.ts'

import { levelsBelow } from './levels.ts'

const levels = ['city', 'district', 'street', 'community', 'grid'].map(
  (kind, rank) => ({ kind, rank, label: { zh: kind, en: kind } }) as AreaLevel,
)

it('a figure is parted by the levels below, nearest first, where it makes sense', () => {
  expect(levelsBelow(levels, 'district').map((level) => level.kind)).toEqual(['street', 'community', 'grid'])
  expect(levelsBelow(levels, 'district', ['community', 'city']).map((level) => level.kind)).toEqual([
    'community',
  ])
  expect(levelsBelow(levels, 'grid')).toEqual([])
})
