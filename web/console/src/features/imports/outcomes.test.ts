import { expect, it } from 'vitest'

import type { Import, SheetColumn, SheetTable } from '@linli/shared/api/types.ts'

import { bestTable, proposed, stepOf } from './outcomes.ts'

const column = (at: number, element: string | null): SheetColumn => ({
  column: at,
  label: '',
  samples: [],
  match: element ? { element, confidence: 1, reasons: [], alternatives: [] } : null,
})
const table = (at: number, rows: number, elements: (string | null)[]): SheetTable => ({
  table: at,
  title: '',
  rows,
  columns: elements.map((element, index) => column(index, element)),
})

it('the table whose columns are best known is the ledger, not the longest one', () => {
  const sheets: Import['sheets'] = [
    { name: '说明', tables: [table(0, 900, [null, null])] },
    { name: '人口', tables: [table(0, 12, ['a/b/x']), table(1, 80, ['a/b/x', 'a/b/y'])] },
  ]
  expect(bestTable(sheets)).toEqual({ sheet: '人口', table: 1 })
  expect(bestTable([])).toBeNull()
})
it('a column without a match is proposed as not imported', () => {
  expect(proposed(table(0, 1, ['a/b/x', null]))).toEqual({ '0': 'a/b/x', '1': null })
})
it('the wizard stands where the import stands', () => {
  expect((['matching', 'checked', 'applying', 'applied', 'undone', 'failed'] as const).map(stepOf)).toEqual([
    1, 2, 3, 3, 3, 2,
  ])
})
