import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { ApiError } from '@linli/shared/api/problem.ts'

import { collect } from '@m/api/collect.ts'
import type { Assignment, Today } from '@m/api/types.ts'
import { dropStale, keep, kept, type Draft } from '@m/db/db.ts'
import { prepare, type Progress } from '@m/lib/prepare.ts'

import { useCatalogue } from './catalogue.ts'
import { useNetwork } from './network.ts'
import { useOutbox } from './outbox.ts'
import { useSession } from './session.ts'

/** The worker's list, as of the last synchronisation, with what is on this phone laid over it. */
export const useToday = defineStore('today', () => {
  const held = shallowRef<Today | null>(null)
  const at = ref<number | null>(null)
  const drafts = shallowRef<Draft[]>([])
  const progress = shallowRef<Progress | null>(null)
  const failure = shallowRef<ApiError | Error | null>(null)
  let running: Promise<void> | null = null

  const assignments = computed(() => held.value?.assignments ?? [])
  const byId = computed(() => new Map(assignments.value.map((one) => [one.id, one])))
  const tasks = computed(() => new Map((held.value?.tasks ?? []).map((task) => [task.id, task])))
  const draftOf = computed(
    () => new Map(drafts.value.flatMap((draft) => (draft.assignment ? [[draft.assignment, draft]] : []))),
  )

  /** What the list shows: the server's state, or what this phone has done since. */
  function stateOf(
    one: Assignment,
  ): 'open' | 'draft' | 'waiting' | 'refused' | 'done' | 'unreachable' | 'complaint' {
    const mine = useOutbox().byAssignment.get(one.id)
    if (mine?.state === 'refused') return 'refused'
    if (mine && mine.state !== 'sent') return 'waiting'
    if (mine && one.state === 'open')
      return mine.kind === 'unreachable' ? 'unreachable' : mine.kind === 'no-licence' ? 'complaint' : 'done'
    if (one.state === 'open' && draftOf.value.has(one.id)) return 'draft'
    return one.state
  }

  async function readDrafts(): Promise<void> {
    drafts.value = (await (await useSession().store()).getAll('drafts')).sort(
      (one, other) => other.at - one.at,
    )
  }

  async function restore(): Promise<void> {
    const db = await useSession().store()
    await dropStale(db, Date.now())
    await Promise.all([useCatalogue().restore(), useOutbox().read(), readDrafts()])
    const before = await kept<Today>(db, 'today')
    if (before && !held.value) {
      held.value = before.value
      at.value = before.at
    }
  }

  async function fetchAll(): Promise<void> {
    const db = await useSession().store()
    const network = useNetwork()
    try {
      const fresh = await collect.today()
      network.heard(true)
      // Not "works offline" before it does.
      progress.value = { step: 'households', done: 0, total: fresh.assignments.length }
      held.value = fresh
      at.value = Date.now()
      await keep(db, 'today', fresh, at.value)
      // One part that fails does not keep the others from the phone.
      const catalogue = useCatalogue()
        .refresh()
        .then(
          () => null,
          (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
        )
      const problems = await prepare(db, fresh, {
        media: !network.metered(),
        tell: (now) => (progress.value = now),
      })
      failure.value = problems[0] ?? (await catalogue)
    } catch (error) {
      failure.value = error instanceof Error ? error : new Error(String(error))
      if (error instanceof ApiError && error.offline) network.heard(false)
    } finally {
      progress.value = null
    }
  }

  /** Fetches the list and everything needed to work without a network. Runs once at a time. */
  function sync(): Promise<void> {
    running ??= fetchAll().finally(() => (running = null))
    return running
  }

  function forget(): void {
    held.value = null
    at.value = null
    drafts.value = []
  }

  return {
    held,
    at,
    drafts,
    progress,
    failure,
    assignments,
    byId,
    tasks,
    draftOf,
    stateOf,
    readDrafts,
    restore,
    sync,
    forget,
  }
})
