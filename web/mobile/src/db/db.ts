/**
 * What the phone remembers. One database an account: people share phones. Everything fetched carries when it was
 * fetched, is shown with its age, and is dropped when too old; what the worker wrote is never dropped.
 */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb'

import type { FormPackage, PackItem, Prefill } from '@m/api/types.ts'
import type { OutboxItem } from '@m/outbox/item.ts'

export interface Prepared extends PackItem {
  task: string
  at: number
}

export interface Draft {
  /** The instance id: the draft's name for good, also once it is sent. */
  id: string
  form: { id: string; form_id: string; version: string; title: string }
  /** The assignment it answers, or the token of a public questionnaire. */
  assignment: string | null
  title: string
  subtitle: string
  xml: string
  prefill: Prefill
  page: number
  answered: number
  questions: number
  at: number
}

export interface KeptForm extends FormPackage {
  key: string
  at: number
}

interface Schema extends DBSchema {
  /** Session, catalogue, today's list, preferences of this phone. */
  kept: { key: string; value: { value: unknown; at: number } }
  prepared: { key: string; value: Prepared; indexes: { task: string } }
  forms: { key: string; value: KeptForm }
  /** Media and lists of forms, by content hash: two versions share what did not change. */
  assets: { key: string; value: { hash: string; blob: Blob; type: string } }
  drafts: { key: string; value: Draft; indexes: { assignment: string } }
  /** Photos and recordings of drafts and of what waits, by `[instance id, name]`. */
  files: {
    key: [string, string]
    value: { owner: string; name: string; blob: Blob }
    indexes: { owner: string }
  }
  outbox: { key: string; value: OutboxItem; indexes: { seq: number } }
}

export type Db = IDBPDatabase<Schema>

const VERSION = 1

export function openStore(name: string): Promise<Db> {
  return openDB<Schema>(name, VERSION, {
    upgrade(db) {
      db.createObjectStore('kept')
      db.createObjectStore('prepared', { keyPath: 'assignment' }).createIndex('task', 'task')
      db.createObjectStore('forms', { keyPath: 'key' })
      db.createObjectStore('assets', { keyPath: 'hash' })
      db.createObjectStore('drafts', { keyPath: 'id' }).createIndex('assignment', 'assignment')
      db.createObjectStore('files', { keyPath: ['owner', 'name'] }).createIndex('owner', 'owner')
      db.createObjectStore('outbox', { keyPath: 'id' }).createIndex('seq', 'seq')
    },
  })
}

export const storeOf = (account: string): string => `linli-m-${account}`
export const formKey = (form: { id: string; version: string }): string => `${form.id}@${form.version}`

export async function keep(db: Db, key: string, value: unknown, at: number): Promise<void> {
  // Through JSON: what Vue made reactive cannot be cloned into IndexedDB.
  await db.put('kept', { value: JSON.parse(JSON.stringify(value)), at }, key)
}

export async function kept<T>(db: Db, key: string): Promise<{ value: T; at: number } | null> {
  return ((await db.get('kept', key)) as { value: T; at: number } | undefined) ?? null
}

/** Prepared households older than this are dropped: a register moves on, and a lost phone should hold little. */
export const PREPARED_DAYS = 14

export async function dropStale(db: Db, now: number): Promise<void> {
  const oldest = now - PREPARED_DAYS * 86_400_000
  for (const item of await db.getAll('prepared'))
    if (item.at < oldest) await db.delete('prepared', item.assignment)
  const today = await db.get('kept', 'today')
  if (today && today.at < oldest) await db.delete('kept', 'today')
}

/** Leaves nothing about residents behind, except what still has to be sent. */
export async function forgetFetched(db: Db): Promise<void> {
  await Promise.all((['prepared', 'forms', 'assets', 'kept'] as const).map((store) => db.clear(store)))
}

/** Whether signing out would leave work behind. */
export async function unsent(db: Db): Promise<{ drafts: number; waiting: number }> {
  const items = await db.getAll('outbox')
  return {
    drafts: await db.count('drafts'),
    waiting: items.filter((item) => item.state !== 'sent').length,
  }
}

export const removeStore = (name: string): Promise<void> => deleteDB(name)
