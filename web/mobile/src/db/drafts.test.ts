import 'fake-indexeddb/auto'

import { beforeEach, describe, expect, it } from 'vitest'

import {
  dropStale,
  forgetFetched,
  keep,
  kept,
  openStore,
  PREPARED_DAYS,
  unsent,
  type Db,
  type Draft,
} from './db.ts'
import { discardDraft, draftFor, filesOf, saveDraft, saveFiles } from './drafts.ts'

let db: Db
let names = 0
const draft = (id: string, assignment: string | null = null): Draft => ({
  id,
  form: { id: 'f', form_id: 'f', version: '1', title: 'F' },
  assignment,
  title: '',
  subtitle: '',
  xml: `<data>${id}</data>`,
  prefill: {},
  page: 3,
  answered: 1,
  questions: 2,
  at: 1,
})
const photo = (name: string): { name: string; blob: Blob } => ({ name, blob: new Blob([name]) })
const stored = async (id: string): Promise<string[]> =>
  (await filesOf(db, id)).map((file) => file.name).sort()

beforeEach(async () => {
  names += 1
  db = await openStore(`drafts-${names}`)
})

describe('a draft', () => {
  it('is found again by the assignment it answers, at its page', async () => {
    await saveDraft(db, draft('a', 'as-1'))
    await saveDraft(db, draft('b'))
    expect((await draftFor(db, 'as-1'))?.page).toBe(3)
    expect(await draftFor(db, 'as-2')).toBeNull()
  })
  it('saved again replaces itself', async () => {
    await saveDraft(db, draft('a'))
    await saveDraft(db, { ...draft('a'), xml: '<data>later</data>' })
    expect((await db.getAll('drafts')).map((one) => one.xml)).toEqual(['<data>later</data>'])
  })
  it('keeps exactly the photos its answers refer to, and nobody else’s', async () => {
    await saveFiles(db, 'a', [photo('1.jpg'), photo('2.jpg')])
    await saveFiles(db, 'b', [photo('1.jpg')])
    await saveFiles(db, 'a', [photo('2.jpg'), photo('3.jpg')])
    expect(await stored('a')).toEqual(['2.jpg', '3.jpg'])
    expect(await stored('b')).toEqual(['1.jpg'])
  })
  it('thrown away takes its photos along', async () => {
    await saveDraft(db, draft('a'))
    await saveFiles(db, 'a', [photo('1.jpg')])
    await saveFiles(db, 'b', [photo('1.jpg')])
    await discardDraft(db, 'a')
    expect(await db.count('drafts')).toBe(0)
    expect(await stored('a')).toEqual([])
    expect(await stored('b')).toEqual(['1.jpg'])
  })
})

describe('what was fetched', () => {
  const day = 86_400_000
  const prepared = (assignment: string, at: number) =>
    db.put('prepared', { assignment, task: 't', at, visit: null, prefill: {}, instance: null })

  it('is dropped when it is too old, the list with it', async () => {
    const now = 100 * day
    await prepared('old', now - PREPARED_DAYS * day - 1)
    await prepared('new', now - PREPARED_DAYS * day + 1)
    await keep(db, 'today', {}, 0)
    await dropStale(db, now)
    expect(await db.getAllKeys('prepared')).toEqual(['new'])
    expect(await kept(db, 'today')).toBeNull()
  })
  it('is gone after signing out; what was written is not', async () => {
    await prepared('p', 1)
    await keep(db, 'catalogue', { residents: 1 }, 1)
    await saveDraft(db, draft('a'))
    await saveFiles(db, 'a', [photo('1.jpg')])
    await forgetFetched(db)
    expect([await db.count('prepared'), await db.count('kept')]).toEqual([0, 0])
    expect(await unsent(db)).toEqual({ drafts: 1, waiting: 0 })
    expect(await stored('a')).toEqual(['1.jpg'])
  })
})
