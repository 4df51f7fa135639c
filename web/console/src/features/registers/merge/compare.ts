import type { Field, LinliRecord } from '@linli/shared/api/types.ts'

import { isBlank, sameValue } from '@/lib/values.ts'

export type Side = 'this' | 'other'

export interface Row {
  field: Field
  differs: boolean
  /** The only side that knows the value; a person still may choose otherwise. */
  suggested: Side | null
}

/** Two records field by field; fields that neither knows are left out. Sensitive ones compare by their masked text. */
export function compareRecords(fields: Field[], one: LinliRecord, other: LinliRecord): Row[] {
  return fields.flatMap((field): Row[] => {
    const of = (record: LinliRecord) => record.values[field.name] ?? record.masked[field.name] ?? null
    const left = of(one)
    const right = of(other)
    if (isBlank(left) && isBlank(right)) return []
    const differs = !sameValue(left, right)
    const suggested = isBlank(right) ? 'this' : isBlank(left) ? 'other' : null
    return [{ field, differs, suggested: differs ? suggested : null }]
  })
}
