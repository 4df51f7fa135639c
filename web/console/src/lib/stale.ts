/** Two people changed one record: what each of them did, field by field, seen from the version both began with. */
import type { Value, Values } from '@linli/shared/api/types.ts'

import { sameValue } from './values.ts'

export interface Clash {
  field: string
  base: Value
  mine: Value
  theirs: Value
}

export interface StaleMerge {
  /** Changed by both, differently: a person must choose. */
  clashes: Clash[]
  /** Changed only by the other person: taken as they are. */
  theirs: Clash[]
  /** Changed only by me: kept and sent again. */
  mine: Clash[]
}

/** `mine` holds only the fields I changed. */
export function mergeStale(base: Values, mine: Values, theirs: Values): StaleMerge {
  const merge: StaleMerge = { clashes: [], theirs: [], mine: [] }
  const fields = new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)])
  for (const field of fields) {
    const before = base[field] ?? null
    const now = theirs[field] ?? null
    const iChanged = field in mine && !sameValue(mine[field], before)
    const theyChanged = !sameValue(now, before)
    if (!iChanged && !theyChanged) continue
    const clash = { field, base: before, mine: iChanged ? (mine[field] ?? null) : before, theirs: now }
    if (iChanged && theyChanged) {
      if (!sameValue(clash.mine, now)) merge.clashes.push(clash)
    } else if (iChanged) merge.mine.push(clash)
    else merge.theirs.push(clash)
  }
  return merge
}

/** What to send on top of their version once every clash has been chosen. */
export function resolveStale(merge: StaleMerge, choice: Record<string, 'mine' | 'theirs'>): Values {
  const values: Values = {}
  for (const { field, mine } of merge.mine) values[field] = mine
  for (const { field, mine } of merge.clashes) if (choice[field] === 'mine') values[field] = mine
  return values
}
