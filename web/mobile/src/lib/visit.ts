/** What a visit changed: only that is sent. */
import type { LinliRecord, Value, Values } from '@linli/shared/api/types.ts'

import type { Visit, VisitChange } from '@m/api/types.ts'

/** New values by record id. */
export type Edits = Record<string, Values>

export function isBlank(value: Value | undefined): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Blank, absent and empty are one thing; the order of several codes does not matter. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (isBlank(one) || isBlank(other)) return isBlank(one) && isBlank(other)
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && [...one].sort().join('\n') === [...other].sort().join('\n')
  return one === other
}

export const recordsOf = (visit: Visit): LinliRecord[] => [visit.record, ...visit.members]

/** A record whose edits all came back to what they were is not changed. */
export function changesOf(visit: Visit, edits: Edits): VisitChange[] {
  return recordsOf(visit).flatMap((record) => {
    const changed = Object.entries(edits[record.id] ?? {}).filter(
      ([field, value]) => !sameValue(record.values[field], value),
    )
    if (changed.length === 0) return []
    const values = Object.fromEntries(changed.map(([field, value]) => [field, isBlank(value) ? null : value]))
    return [{ entity: record.entity, id: record.id, version: record.version, values }]
  })
}

export const changeCount = (changes: VisitChange[]): number =>
  changes.reduce((count, change) => count + Object.keys(change.values).length, 0)
