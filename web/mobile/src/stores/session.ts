import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { session as api } from '@linli/shared/api/client.ts'
import { ApiError } from '@linli/shared/api/problem.ts'
import type { AreaRef, Session } from '@linli/shared/api/types.ts'

import { forgetFetched, openStore, storeOf, type Db } from '@m/db/db.ts'

import { useNetwork } from './network.ts'
import { usePreferences } from './preferences.ts'

const KEY = 'linli.mobile.session'

/** What is remembered of who works here, so that the app opens in a stairwell. */
export interface Worker {
  id: string
  login: string
  name: string
  area: AreaRef | null
}

function remembered(): Worker | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Worker | null
  } catch {
    return null
  }
}

export const useSession = defineStore('session', () => {
  const worker = shallowRef<Worker | null>(remembered())
  /** The server said the session is over: what is kept stays readable, sending waits for a new sign-in. */
  const expired = ref(false)
  const demo = ref(false)
  let db: Promise<Db> | null = null
  let confirmed: Promise<void> | null = null

  const known = computed(() => worker.value !== null)

  function store(): Promise<Db> {
    if (!worker.value) throw new Error('nobody is signed in')
    db ??= openStore(storeOf(worker.value.id))
    return db
  }

  function adopt(session: Session): void {
    if (worker.value?.id !== session.account.id) db = null
    const { id, login, name } = session.account
    worker.value = { id, login, name, area: session.home_area ?? session.roles[0]?.area ?? null }
    localStorage.setItem(KEY, JSON.stringify(worker.value))
    expired.value = false
    demo.value = session.demo
    usePreferences().adopt(session.preferences)
  }

  async function ask(): Promise<void> {
    try {
      adopt(await api.get())
      useNetwork().heard(true)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.offline) useNetwork().heard(false)
      if (error.status === 401) expired.value = true
    }
  }

  /** Asks the server once who is there. A remembered worker does not wait for the answer. */
  async function ensure(): Promise<void> {
    confirmed ??= ask()
    if (!worker.value) await confirmed
  }

  async function signIn(login: string, password: string, totp?: string): Promise<void> {
    adopt(await api.signIn(totp ? { login, password, totp } : { login, password }))
    confirmed = Promise.resolve()
  }

  /** Forgets what was fetched about residents; what still has to be sent stays for this account's next sign-in. */
  async function signOut(): Promise<void> {
    await api.signOut().catch((error: unknown) => {
      if (!(error instanceof ApiError && (error.status === 401 || error.offline))) throw error
    })
    const held = await store()
    await forgetFetched(held)
    held.close()
    db = null
    localStorage.removeItem(KEY)
    usePreferences().signedOut()
    worker.value = null
  }

  return { worker, expired, demo, known, store, ensure, ask, signIn, signOut }
})
