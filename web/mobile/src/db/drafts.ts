/** Drafts: what was typed is in IndexedDB before the next key is pressed, photos apart from the answers. */
import type { Db, Draft } from './db.ts'

export interface NamedBlob {
  name: string
  blob: Blob
}

export async function saveDraft(db: Db, draft: Draft): Promise<void> {
  await db.put('drafts', draft)
}

/** Makes the kept files exactly those of `files`: photos taken are written once, photos removed are removed. */
export async function saveFiles(db: Db, owner: string, files: NamedBlob[]): Promise<void> {
  const tx = db.transaction('files', 'readwrite')
  const held = new Set((await tx.store.index('owner').getAllKeys(owner)).map(([, name]) => name))
  const wanted = new Set(files.map((file) => file.name))
  await Promise.all([
    ...files.filter((file) => !held.has(file.name)).map((file) => tx.store.put({ owner, ...file })),
    ...[...held].filter((name) => !wanted.has(name)).map((name) => tx.store.delete([owner, name])),
    tx.done,
  ])
}

export async function filesOf(db: Db, owner: string): Promise<NamedBlob[]> {
  return (await db.getAllFromIndex('files', 'owner', owner)).map(({ name, blob }) => ({ name, blob }))
}

export async function draftFor(db: Db, assignment: string): Promise<Draft | null> {
  return (await db.getFromIndex('drafts', 'assignment', assignment)) ?? null
}

export async function discardDraft(db: Db, id: string): Promise<void> {
  const tx = db.transaction(['drafts', 'files'], 'readwrite')
  await tx.objectStore('drafts').delete(id)
  for (const key of await tx.objectStore('files').index('owner').getAllKeys(id))
    await tx.objectStore('files').delete(key)
  await tx.done
}
