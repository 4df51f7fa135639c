import { expect, it } from 'vitest'

import type { Entity } from '@linli/shared/api/types.ts'

import { partsOf } from './elements.ts'

const entity = (name: string, refs: string[]): Entity =>
  ({ name, fields: refs.map((to) => ({ name: to, kind: { kind: 'ref', entity: to } })) }) as unknown as Entity

it('a row tells of its own record and of all that references lead to, each once', () => {
  const all = [
    entity('resident', ['household']),
    entity('household', ['dwelling', 'resident']),
    entity('dwelling', []),
  ]
  const map = new Map(all.map((one) => [one.name, one]))
  expect(partsOf(map, all[0]).map((one) => one.name)).toEqual(['resident', 'household', 'dwelling'])
  expect(partsOf(map, undefined)).toEqual([])
})
