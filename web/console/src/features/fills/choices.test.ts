import { expect, it } from 'vitest'

import type { Entity, Fill } from '@linli/shared/api/types.ts'

import { choicesOf, chosenTables, holdsSensitive, type TableChoice } from './choices.ts'

const choice = (more: Partial<TableChoice>): TableChoice => ({
  sheet: 'S',
  table: { table: 0, title: '', shape: 'list', entity: 'p/r', filter: null, columns: [], row_count: 0 },
  on: true,
  entity: 'p/r',
  filter: ' ',
  mapping: { '0': 'p/r/name' },
  clear: false,
  ...more,
})

it('only tables that are on, know their register and have a matched column are filled', () => {
  const sent = chosenTables(
    [choice({}), choice({ on: false }), choice({ entity: '' }), choice({ mapping: { '0': null } })],
    '',
  )
  expect(sent).toEqual([{ sheet: 'S', table: 0, entity: 'p/r', filter: null, mapping: { '0': 'p/r/name' } }])
})
it('a purpose goes along only with sensitive fields in clear', () => {
  expect(chosenTables([choice({ clear: true }), choice({})], '核实').map((table) => table.purpose)).toEqual([
    '核实',
    undefined,
  ])
})
it('a mapping that names a sensitive element is noticed', () => {
  const entity = { name: 'p/r', fields: [{ name: 'phone', sensitivity: 'sensitive' }] } as unknown as Entity
  expect(holdsSensitive(choice({ mapping: { '0': 'p/r/phone' } }), [entity])).toBe(true)
  expect(holdsSensitive(choice({}), [entity])).toBe(false)
})

it('what was confirmed before is what the page begins with, not the proposal', () => {
  const columns = [
    { column: 0, label: '姓名', match: { element: 'p/r/name' } },
    { column: 1, label: '电话', match: null },
  ]
  const table = { ...choice({}).table, columns, filter: 'age >= 80' }
  const sheets = [{ name: 'S', tables: [table, { ...table, table: 1 }] }]
  const chosen = [{ sheet: 'S', table: 0, entity: 'p/r', filter: null, mapping: { '1': 'p/r/phone' } }]
  const [first, second] = choicesOf({ sheets, chosen } as unknown as Fill)
  expect(first).toMatchObject({ on: true, filter: '', mapping: { '0': 'p/r/name', '1': 'p/r/phone' } })
  expect(second?.on).toBe(false)
  expect(choicesOf({ sheets, chosen: [] } as unknown as Fill)[0]).toMatchObject({
    on: true,
    filter: 'age >= 80',
  })
})
