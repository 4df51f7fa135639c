/** One conflict's choices: complete only when every field has one. */
import type { ConflictField } from '@linli/shared/api/collect.ts'

export type Side = 'current' | 'submitted'
export type Choices = Record<string, Side>

export const complete = (fields: ConflictField[], choices: Choices): boolean =>
  fields.length > 0 && fields.every((field) => choices[field.field] !== undefined)

export const allOf = (fields: ConflictField[], side: Side): Choices =>
  Object.fromEntries(fields.map((field) => [field.field, side]))

/** Sent as it is asked: the conflict's own fields and nothing else. */
export function settled(fields: ConflictField[], choices: Choices): Choices {
  const sent: Choices = {}
  for (const { field } of fields) if (choices[field]) sent[field] = choices[field]
  return sent
}
