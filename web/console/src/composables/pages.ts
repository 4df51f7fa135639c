import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import type { ApiError } from '@linli/shared/api/problem.ts'
import type { Paged } from '@linli/shared/api/types.ts'

import { asApiError } from './load.ts'

export interface Pages<T> {
  items: ShallowRef<T[]>
  error: ShallowRef<ApiError | null>
  loading: Ref<boolean>
  started: Ref<boolean>
  more: ComputedRef<boolean>
  restart: () => Promise<void>
  /** Fetches the first page again behind what is shown. */
  refresh: () => Promise<void>
  loadMore: () => Promise<void>
}

/** A list that grows page by page along the server's cursor. */
export function usePages<T>(
  fetch: (after: string | undefined, signal: AbortSignal) => Promise<Paged<T>>,
): Pages<T> {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const loading = ref(false)
  const started = ref(false)
  let running: AbortController | null = null

  async function load(after: string | undefined): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    loading.value = true
    error.value = null
    try {
      const page = await fetch(after, mine.signal)
      if (mine.signal.aborted) return
      items.value = after ? [...items.value, ...page.items] : page.items
      next.value = page.next ?? null
      started.value = true
    } catch (failure) {
      if (!mine.signal.aborted) error.value = asApiError(failure)
    } finally {
      if (running === mine) loading.value = false
    }
  }

  return {
    items,
    error,
    loading,
    started,
    more: computed(() => next.value !== null),
    restart: () => {
      started.value = false
      return load(undefined)
    },
    refresh: () => load(undefined),
    loadMore: async () => {
      if (next.value !== null && !loading.value) await load(next.value)
    },
  }
}
