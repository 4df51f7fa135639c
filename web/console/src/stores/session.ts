import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { session as api } from '@linli/shared/api/client.ts'
import { ApiError } from '@linli/shared/api/problem.ts'
import type { Session, Verb } from '@linli/shared/api/types.ts'

import { useArea } from './area.ts'
import { useCatalogue } from './catalogue.ts'
import { usePreferences } from './preferences.ts'

export const useSession = defineStore('session', () => {
  const current = shallowRef<Session | null>(null)
  const failure = shallowRef<ApiError | null>(null)
  const asked = ref(false)
  let asking: Promise<void> | null = null

  const permissions = computed(
    () =>
      new Map(
        (current.value?.permissions ?? []).map((entry) => [entry.subject, new Set<string>(entry.verbs)]),
      ),
  )

  /** A courtesy of the page: what it does not offer, the server refuses. */
  function may(subject: string, verb: Verb | string): boolean {
    const pack = `${subject.split('/')[0]}/*`
    return [subject, ...(subject.includes('/') ? [pack, '*'] : [])].some((on) =>
      permissions.value.get(on)?.has(verb),
    )
  }

  function adopt(session: Session): void {
    current.value = session
    failure.value = null
    asked.value = true
    usePreferences().adopt(session.preferences)
    useArea().adopt(session.account.id, session.home_area)
  }

  async function load(): Promise<void> {
    try {
      adopt(await api.get())
    } catch (error) {
      current.value = null
      failure.value = error instanceof ApiError && error.status !== 401 ? error : null
      asked.value = failure.value === null
    }
  }

  async function ensure(): Promise<void> {
    if (asked.value) return
    asking ??= load().finally(() => (asking = null))
    await asking
  }

  async function signIn(login: string, password: string, totp?: string): Promise<void> {
    adopt(await api.signIn(totp ? { login, password, totp } : { login, password }))
  }

  function forget(): void {
    current.value = null
    asked.value = true
    usePreferences().signedOut()
    useCatalogue().forget()
  }

  async function signOut(): Promise<void> {
    await api.signOut().catch((error: unknown) => {
      // Already signed out elsewhere: that is what was wanted.
      if (!(error instanceof ApiError && error.status === 401)) throw error
    })
    forget()
    // Sensitive drafts outlive a session that ran out, never one that was ended on purpose.
    sessionStorage.clear()
  }

  return { current, failure, may, ensure, load, signIn, signOut, forget }
})
