import type { Field, Value, Values } from '@linli/shared/api/types.ts'

export function isBlank(value: Value | undefined): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Blank, absent and empty are one thing; the order of several codes does not matter. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (isBlank(one) || isBlank(other)) return isBlank(one) && isBlank(other)
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && [...one].sort().join() === [...other].sort().join()
  }
  return one === other
}

/** Only what differs from `before`; a blanked field is `null`. */
export function changedValues(before: Values, now: Values): Values {
  const changed: Values = {}
  for (const [field, value] of Object.entries(now)) {
    if (!sameValue(before[field], value)) changed[field] = isBlank(value) ? null : value
  }
  return changed
}

/** Groups in page order, each with its fields; empty groups are left out. */
export function groupFields(
  groups: { id: string; label: { zh: string; en: string } }[],
  fields: Field[],
): { id: string; label: { zh: string; en: string }; fields: Field[] }[] {
  const first = groups[0]?.id ?? ''
  const held = groups.length ? groups : [{ id: '', label: { zh: '基本信息', en: 'Details' } }]
  return held
    .map((group) => ({
      ...group,
      fields: fields.filter((field) => (field.group ?? first) === group.id),
    }))
    .filter((group) => group.fields.length > 0)
}
