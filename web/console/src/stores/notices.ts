import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { notices as api, todo } from '@linli/shared/api/flow-client.ts'
import type { Notice, TodoCounts } from '@linli/shared/api/flow.ts'
import { stream } from '@linli/shared/api/request.ts'

import { live } from '@/lib/live.ts'

/** What the bell knows: the newest notices, how many are unread, and how much is to do. */
export const useNotices = defineStore('notices', () => {
  const items = shallowRef<Notice[]>([])
  const unread = ref(0)
  const counts = shallowRef<TodoCounts | null>(null)
  /** Grows with everything that was told: lists that show work listen to it. */
  const told = ref(0)
  let end: (() => void) | null = null

  async function ask(): Promise<void> {
    // The bell is a courtesy: when it cannot be filled, no page is disturbed.
    const [page, work] = await Promise.all([
      api.list({ limit: 20 }).catch(() => null),
      todo.list({ limit: 1 }).catch(() => null),
    ])
    if (page) {
      items.value = page.items
      unread.value = page.unread
    }
    if (work) counts.value = work.counts
  }

  function take(notice: Notice): void {
    if (!notice?.id || items.value.some((held) => held.id === notice.id)) return
    items.value = [notice, ...items.value].slice(0, 20)
    if (!notice.read) unread.value += 1
    told.value += 1
    // A notice mostly means work: count again.
    todo.list({ limit: 1 }).then(
      (page) => (counts.value = page.counts),
      () => {},
    )
  }

  function start(): void {
    end ??= live({
      open: (up) =>
        stream('/notices/stream', {
          on: {
            notice: (data) => take(data as Notice),
            unread: (data) => (unread.value = (data as { unread: number }).unread),
            todo: (data) => {
              counts.value = data as TodoCounts
              told.value += 1
            },
          },
          up,
        }),
      ask: () => void (document.hidden || ask()),
      every: (work, ms) => {
        const timer = setInterval(work, ms)
        return () => clearInterval(timer)
      },
    })
  }

  function stop(): void {
    end?.()
    end = null
    items.value = []
    unread.value = 0
    counts.value = null
  }

  async function read(ids: string[] | 'all'): Promise<void> {
    const here = (notice: Notice): boolean => ids === 'all' || ids.includes(notice.id)
    const fresh = items.value.filter((notice) => here(notice) && !notice.read).length
    items.value = items.value.map((notice) => (here(notice) ? { ...notice, read: true } : notice))
    unread.value = ids === 'all' ? 0 : Math.max(0, unread.value - fresh)
    await api.read(ids)
  }

  return { items, unread, counts, told, start, stop, read, ask }
})
