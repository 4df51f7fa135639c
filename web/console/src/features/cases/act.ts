/** What is typed for an action, before it is sent. */
import type { Act, Assignee, CaseAction, Place } from '@linli/shared/api/flow.ts'
import type { Value, Values } from '@linli/shared/api/types.ts'

import { sameValue } from '@/lib/values.ts'

export interface ActDraft {
  values: Values
  note: string
  assign: string[]
  place: Place | null
  files: string[]
}

/** Names in a kept draft that are no fields. */
const NOTE = '@note'
const ASSIGN = '@assign'

export const emptyAct = (): ActDraft => ({ values: {}, note: '', assign: [], place: null, files: [] })

const blank = (value: Value | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

export type Lack = 'note' | 'assign' | 'place' | 'files' | `field:${string}`

/** What is still missing. The server checks again. */
export function lacks(action: CaseAction, draft: ActDraft): Lack[] {
  const missing: Lack[] = action.fields
    .filter(
      (field) => (field.required || action.required.includes(field.name)) && blank(draft.values[field.name]),
    )
    .map((field): Lack => `field:${field.name}`)
  if (action.assign && draft.assign.length === 0) missing.push('assign')
  if ((action.reason || action.kind === 'comment') && !draft.note.trim()) missing.push('note')
  if (action.place === 'required' && !draft.place) missing.push('place')
  if (action.files === 'required' && draft.files.length === 0) missing.push('files')
  return missing
}

/** `u:…`, `a:…`, `r:role@area` → who is named. */
export function assignee(key: string): Assignee {
  const rest = key.slice(2)
  if (key.startsWith('u:')) return { unit: rest }
  if (key.startsWith('a:')) return { account: rest }
  const at = rest.lastIndexOf('@')
  return { role: rest.slice(0, at), area: rest.slice(at + 1) }
}

/** What is sent: only what the action asks for, and of that only what says something new or has to be said. */
export function bodyOf(
  action: CaseAction,
  draft: ActDraft,
  before: Values,
  version: number,
  client_id: string,
): Act {
  const values: Values = {}
  for (const { name, required } of action.fields) {
    const value = draft.values[name] ?? null
    const needed = required || action.required.includes(name)
    if (needed || !sameValue(value, before[name] ?? null)) values[name] = value
  }
  return {
    version,
    client_id,
    ...(Object.keys(values).length > 0 && { values }),
    ...(draft.note.trim() && { note: draft.note.trim() }),
    ...(action.assign && { assign: draft.assign.map(assignee) }),
    ...(action.place !== 'no' && draft.place && { place: draft.place }),
    ...(action.files !== 'no' && draft.files.length > 0 && { files: draft.files }),
  }
}

/** A draft as it is kept on the device; files are already with the case, a place is asked for again. */
export const keptValues = (draft: ActDraft): Values => ({
  ...draft.values,
  [NOTE]: draft.note,
  [ASSIGN]: draft.assign,
})
export function restoredAct(values: Values): ActDraft {
  const { [NOTE]: note, [ASSIGN]: assign, ...rest } = values
  return {
    ...emptyAct(),
    values: rest,
    note: typeof note === 'string' ? note : '',
    assign: Array.isArray(assign) ? assign : [],
  }
}
/** Words about a case may name people: like sensitive fields they are kept only until the browser is closed. */
export const secretNames = (action: CaseAction): Set<string> =>
  new Set([NOTE, ...action.fields.filter((field) => field.sensitivity !== 'open').map((field) => field.name)])

/** Actions that do something to the case first; talk, supervision and the like behind "more". */
export function sorted(actions: CaseAction[]): { main: CaseAction[]; more: CaseAction[] } {
  const aside = new Set<CaseAction['kind']>([
    'comment',
    'supervise',
    'merge',
    'cancel',
    'reopen',
    'pause',
    'transfer',
  ])
  const main = actions
    .filter((action) => !aside.has(action.kind) && !action.blocked)
    // What leads back is never the button that one presses first.
    .sort((one, other) => Number(one.kind === 'return') - Number(other.kind === 'return'))
  const more = actions.filter((action) => action.kind !== 'comment' && !main.includes(action))
  return { main, more }
}
