/** The one door to the form engine: fetched when a form is first needed, kept by the service worker from then on. */
import type * as Engine from '@getodk/xforms-engine'

import { newId } from '@m/lib/ids.ts'

let loading: Promise<typeof Engine> | null = null

/** The engine names its nodes by `crypto.randomUUID`, which plain http of an office network does not have. */
function givePlainHttpIds(): void {
  if (typeof crypto.randomUUID !== 'function')
    crypto.randomUUID = () => newId() as ReturnType<Crypto['randomUUID']>
}

export function loadEngine(): Promise<typeof Engine> {
  givePlainHttpIds()
  loading ??= import('@getodk/xforms-engine').catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}
