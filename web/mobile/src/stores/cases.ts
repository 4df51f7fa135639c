import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import type { Case, Todo } from '@linli/shared/api/flow.ts'
import { ApiError } from '@linli/shared/api/problem.ts'

import { cases as api } from '@m/api/cases.ts'
import { keep, kept } from '@m/db/db.ts'

import { useNetwork } from './network.ts'
import { useSession } from './session.ts'

interface Held {
  todo: Todo[]
  opened: Case[]
}

/** What I have to do and what I reported, as of the last time there was a network. */
export const useCases = defineStore('cases', () => {
  const held = shallowRef<Held | null>(null)
  const at = ref<number | null>(null)
  const failure = shallowRef<unknown>(null)
  const loading = ref(false)

  async function load(): Promise<void> {
    const db = await useSession().store()
    const before = held.value ? null : await kept<Held>(db, 'cases')
    if (before) [held.value, at.value] = [before.value, before.at]
    loading.value = true
    try {
      const [todo, opened] = await Promise.all([api.todo(), api.opened()])
      held.value = { todo: todo.items.filter((item) => item.kind === 'case'), opened: opened.items }
      at.value = Date.now()
      failure.value = null
      await keep(db, 'cases', held.value, at.value)
    } catch (error) {
      failure.value = error
      if (error instanceof ApiError && error.offline) useNetwork().heard(false)
    } finally {
      loading.value = false
    }
  }

  return { held, at, failure, loading, load }
})
