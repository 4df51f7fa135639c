import { expect, it } from 'vitest'

import type { Field, LinliRecord } from '@linli/shared/api/types.ts'

import { compareRecords } from './compare.ts'

const fields = ['name', 'phone', 'remark', 'work'].map((name) => ({ name })) as Field[]
const record = (values: LinliRecord['values'], masked = {}): LinliRecord =>
  ({ values, masked }) as LinliRecord

it('two records are compared field by field; the only known side is suggested, a difference is left to a person', () => {
  const rows = compareRecords(
    fields,
    record({ name: '王', work: 'A' }, { phone: '138****1' }),
    record({ name: '王', work: 'B' }),
  )
  expect(rows.map((row) => [row.field.name, row.differs, row.suggested])).toEqual([
    ['name', false, null],
    ['phone', true, 'this'],
    ['work', true, null],
  ])
})
