import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { ApiError } from '@linli/shared/api/problem.ts'

export interface Loading<T> {
  data: ShallowRef<T | null>
  error: ShallowRef<ApiError | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  console.error(error)
  return new ApiError({ status: 0, code: 'client.bug', title: '', detail: String(error) })
}

/** Loads something; a later call always wins over an earlier one that answers late. */
export function useLoad<T>(fetch: (signal: AbortSignal) => Promise<T>): Loading<T> {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const loading = ref(false)
  let running: AbortController | null = null

  async function reload(): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    loading.value = true
    error.value = null
    try {
      const got = await fetch(mine.signal)
      if (!mine.signal.aborted) data.value = got
    } catch (failure) {
      if (!mine.signal.aborted) error.value = asApiError(failure)
    } finally {
      if (running === mine) loading.value = false
    }
  }

  return { data, error, loading, reload }
}
