/**
 * The queue to the server. Ordered; one sender at a time; nothing leaves the phone's memory before the server has
 * acknowledged it. An unanswered item is sent again after a pause that doubles; a refused one is kept, with the
 * server's words, and does not hold up those behind it.
 */
import { ApiError } from '@linli/shared/api/problem.ts'

import type { Db } from '@m/db/db.ts'
import { filesOf, type NamedBlob } from '@m/db/drafts.ts'

import type { NewItem, OutboxItem } from './item.ts'
import type { Lock } from './lock.ts'

export interface OutboxParts {
  db: Db
  lock: Lock
  now: () => number
  /** Sends one item; throws `ApiError`. */
  send: (item: OutboxItem, files: NamedBlob[]) => Promise<unknown>
  /** Something changed: redraw, tell the other tabs. */
  changed: () => void
}

const FIRST_PAUSE = 5_000
const LONGEST_PAUSE = 10 * 60_000

/** 5 s, 10 s, 20 s … 10 minutes; a server that names its own pause is obeyed. */
export function pauseAfter(attempts: number, retryAfterSeconds = 0): number {
  const own = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, attempts - 1))
  return Math.max(own, retryAfterSeconds * 1000)
}

/** Whether trying the same again later can succeed. */
export function passing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true
  return error.status === 0 || error.status >= 500 || [401, 408, 425, 429].includes(error.status)
}

const RANGE = 1_000_000

export class Outbox {
  constructor(private readonly parts: OutboxParts) {}

  /** Puts an item at the end and, in the same transaction, ends the draft it came from. */
  async add(item: NewItem): Promise<void> {
    const { db, now } = this.parts
    const tx = db.transaction(['outbox', 'drafts'], 'readwrite')
    const store = tx.objectStore('outbox')
    const last = await store.index('seq').openCursor(null, 'prev')
    const { hold = 0, body, ...rest } = item
    await store.put({
      ...rest,
      body,
      kind: body.kind,
      seq: (last?.value.seq ?? RANGE) + 1,
      created: now(),
      state: 'waiting',
      attempts: 0,
      notBefore: now() + hold,
      sentAt: null,
      problem: null,
      answer: null,
    })
    await tx.objectStore('drafts').delete(item.id)
    await tx.done
    this.parts.changed()
  }

  list(): Promise<OutboxItem[]> {
    return this.parts.db.getAllFromIndex('outbox', 'seq')
  }

  /**
   * Sends what is due, in order, and says when to come back: milliseconds until the next try, `null` when nothing
   * waits. `force` ignores pauses after failures (the person pressed "send now", or the network came back).
   */
  async run(force = false): Promise<number | null> {
    await this.parts.lock.run(async (renew) => {
      for (;;) {
        const item = await this.next(force)
        if (!item) return
        await renew()
        if (!(await this.sendOne(item))) return
      }
    })
    return this.wait()
  }

  /** The first item not yet answered. Those behind one that must wait, wait too. */
  private async next(force: boolean): Promise<OutboxItem | null> {
    const open = (await this.list()).filter((item) => item.state === 'waiting' || item.state === 'sending')
    const first = open[0]
    if (!first) return null
    const pausing = first.notBefore > this.parts.now() && !(force && first.attempts > 0)
    return pausing ? null : first
  }

  private async sendOne(item: OutboxItem): Promise<boolean> {
    const { db, now, send, changed } = this.parts
    // A crash from here on leaves `sending`, which is sent again: the id makes the second time harmless.
    item.state = 'sending'
    item.attempts += 1
    await db.put('outbox', item)
    changed()
    try {
      const answer = await send(item, await filesOf(db, item.id))
      await this.acknowledged(item, answer)
      return true
    } catch (error) {
      const problem = error instanceof ApiError ? error : null
      const again = passing(error)
      await db.put('outbox', {
        ...item,
        state: again ? 'waiting' : 'refused',
        notBefore: again ? now() + pauseAfter(item.attempts, problem?.problem.retry_after) : item.notBefore,
        problem: { code: problem?.code ?? 'client.failed', message: wordsOf(error) },
      })
      changed()
      return !again
    }
  }

  /** Only now the content may go: the receipt stays. */
  private async acknowledged(item: OutboxItem, answer: unknown): Promise<void> {
    const { db, now, changed } = this.parts
    const tx = db.transaction(['outbox', 'files'], 'readwrite')
    await tx
      .objectStore('outbox')
      .put({ ...item, state: 'sent', body: null, sentAt: now(), problem: null, answer: answer ?? null })
    for (const key of await tx.objectStore('files').index('owner').getAllKeys(item.id))
      await tx.objectStore('files').delete(key)
    await tx.done
    changed()
  }

  private async wait(): Promise<number | null> {
    const first = (await this.list()).find((item) => item.state === 'waiting' || item.state === 'sending')
    return first ? Math.max(500, first.notBefore - this.parts.now()) : null
  }

  /** Takes back an item nobody has begun to send. Says whether it could. */
  async takeBack(id: string): Promise<boolean> {
    const tx = this.parts.db.transaction('outbox', 'readwrite')
    const item = await tx.store.get(id)
    const free = item?.state === 'waiting' && item.attempts === 0
    if (free) await tx.store.delete(id)
    await tx.done
    this.parts.changed()
    return free
  }

  /** Tries a refused item again. */
  async retry(id: string): Promise<void> {
    const item = await this.parts.db.get('outbox', id)
    if (!item?.body) return
    await this.parts.db.put('outbox', { ...item, state: 'waiting', attempts: 0, notBefore: 0, problem: null })
    this.parts.changed()
  }

  /** Another answer has this instance id: the same content under a new id, the refused one goes in the same step. */
  async resendAsNew(id: string, newId: string): Promise<void> {
    const { db, now, changed } = this.parts
    const tx = db.transaction(['outbox', 'files'], 'readwrite')
    const item = await tx.objectStore('outbox').get(id)
    if (item?.body?.kind === 'submission') {
      const files = tx.objectStore('files')
      for (const file of await files.index('owner').getAll(id)) {
        await files.put({ ...file, owner: newId })
        await files.delete([id, file.name])
      }
      const body = { ...item.body, xml: item.body.xml.replaceAll(id, newId) }
      const fresh = { state: 'waiting' as const, attempts: 0, notBefore: 0, problem: null, created: now() }
      await tx.objectStore('outbox').put({ ...item, ...fresh, id: newId, body })
      await tx.objectStore('outbox').delete(id)
    }
    await tx.done
    changed()
  }

  /** Removes one for good: only on the person's word, never by itself. */
  async discard(id: string): Promise<void> {
    const tx = this.parts.db.transaction(['outbox', 'files'], 'readwrite')
    await tx.objectStore('outbox').delete(id)
    for (const key of await tx.objectStore('files').index('owner').getAllKeys(id))
      await tx.objectStore('files').delete(key)
    await tx.done
    this.parts.changed()
  }

  /** Receipts are kept for a week. */
  async prune(): Promise<void> {
    const oldest = this.parts.now() - 7 * 86_400_000
    for (const item of await this.list())
      if (item.state === 'sent' && (item.sentAt ?? 0) < oldest) await this.parts.db.delete('outbox', item.id)
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof ApiError) return error.problem.detail || error.problem.title || ''
  return error instanceof Error ? error.message : String(error)
}
