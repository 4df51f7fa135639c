/** Fetches everything the day's work needs, so that the stairwell needs nothing. */
import { collect, forms } from '@m/api/collect.ts'
import type { Today } from '@m/api/types.ts'
import { formKey, type Db } from '@m/db/db.ts'
import { Assets } from '@m/form/assets.ts'
import { loadEngine } from '@m/form/engine.ts'

export interface Progress {
  step: 'households' | 'forms'
  done: number
  total: number
}

interface How {
  /** Also photos and videos of forms: not by itself on a metered line. */
  media: boolean
  tell: (progress: Progress) => void
}

/** Answers what could not be fetched; everything else is on the phone. */
export async function prepare(db: Db, today: Today, how: How): Promise<Error[]> {
  const problems: Error[] = []
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) =>
      problems.push(error instanceof Error ? error : new Error(String(error))),
    )
  }
  await households(db, today, how, attempt)
  await formPackages(db, today, how, attempt)
  return problems
}

type Attempt = (work: () => Promise<void>) => Promise<void>

async function households(db: Db, today: Today, how: How, attempt: Attempt): Promise<void> {
  const open = today.assignments.filter((one) => one.state === 'open')
  const wanted = new Set(open.map((one) => one.id))
  for (const key of await db.getAllKeys('prepared')) if (!wanted.has(key)) await db.delete('prepared', key)
  let done = 0
  for (const task of new Set(open.map((one) => one.task.id))) {
    await attempt(async () => {
      let after: string | undefined
      do {
        const page = await collect.pack(task, after)
        const tx = db.transaction('prepared', 'readwrite')
        for (const item of page.items)
          if (wanted.has(item.assignment)) void tx.store.put({ ...item, task, at: Date.now() })
        await tx.done
        done += page.items.length
        how.tell({ step: 'households', done, total: Math.max(done, open.length) })
        after = page.next ?? undefined
      } while (after)
    })
  }
}

async function formPackages(db: Db, today: Today, how: How, attempt: Attempt): Promise<void> {
  const drafted = new Set((await db.getAll('drafts')).map((draft) => formKey(draft.form)))
  const wanted = new Set(today.forms.map(formKey))
  for (const [at, brief] of today.forms.entries()) {
    how.tell({ step: 'forms', done: at, total: today.forms.length })
    await attempt(async () => {
      const key = formKey(brief)
      const held = await db.get('forms', key)
      const form = held?.hash === brief.hash ? held : await forms.package(brief.id, brief.version)
      await db.put('forms', { ...form, key, at: Date.now() })
      const assets = new Assets(db, form)
      for (const attachment of await assets.missing())
        if (how.media || attachment.kind !== 'file')
          await attempt(async () => void (await assets.fetchOne(attachment)))
    })
  }
  if (today.forms.length > 0) await loadEngine().catch(() => {})
  for (const key of await db.getAllKeys('forms'))
    if (!wanted.has(key) && !drafted.has(key)) await db.delete('forms', key)
  await dropAssets(db)
}

/** Media no kept form names any more. */
async function dropAssets(db: Db): Promise<void> {
  const used = new Set(
    (await db.getAll('forms')).flatMap((form) => form.attachments.map((one) => one.hash || one.url)),
  )
  for (const key of await db.getAllKeys('assets')) if (!used.has(key)) await db.delete('assets', key)
}
