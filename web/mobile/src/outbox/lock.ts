/**
 * One sender a phone, however many tabs are open. Web Locks where the page is secure (https, localhost); on plain http
 * of an office network a lease in IndexedDB, which a crashed tab loses after a minute and a half.
 */
import type { Db } from '@m/db/db.ts'

export interface Lock {
  /** Runs `work` if nobody else is at it. `renew` says "still alive" during long work. */
  run(work: (renew: () => Promise<void>) => Promise<void>): Promise<boolean>
}

export function webLock(name: string): Lock {
  return {
    async run(work) {
      let ran = false
      await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
        if (!lock) return
        ran = true
        await work(async () => {})
      })
      return ran
    },
  }
}

const LEASE = 'sender'
const LEASE_MS = 150_000

interface Lease {
  owner: string
  until: number
}

export function leaseLock(db: Db, owner: string, now: () => number): Lock {
  const take = async (): Promise<boolean> => {
    const tx = db.transaction('kept', 'readwrite')
    const held = (await tx.store.get(LEASE))?.value as Lease | undefined
    const free = !held || held.owner === owner || held.until < now()
    if (free) await tx.store.put({ value: { owner, until: now() + LEASE_MS }, at: now() }, LEASE)
    await tx.done
    return free
  }
  let busy = false
  return {
    async run(work) {
      if (busy || !(await take())) return false
      busy = true
      try {
        await work(async () => void (await take()))
      } finally {
        busy = false
        await db.delete('kept', LEASE)
      }
      return true
    },
  }
}
