/** Start in order: language and theme (no flash), then the app, then what the phone remembers, then the network. */
import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'

import { configureRequests } from '@linli/shared/api/request.ts'

import { FIELD_WORDS } from '@m/components/field-words.ts'
import { installable } from '@m/lib/install.ts'
import { useCatalogue } from '@m/stores/catalogue.ts'
import { useOutbox } from '@m/stores/outbox.ts'
import { usePreferences } from '@m/stores/preferences.ts'
import { useSession } from '@m/stores/session.ts'
import { useToday } from '@m/stores/today.ts'
import { registerWorker } from '@m/sw/register.ts'

import App from './App.vue'
import { i18n, setLanguage } from './i18n.ts'
import { router } from './router.ts'

/** How often the list is refreshed while the app is looked at. */
const EVERY = 20 * 60_000

export async function bootstrap(): Promise<void> {
  const app = createApp(App)
  app.use(createPinia())
  app.use(i18n)
  app.provide(FIELD_WORDS, useCatalogue())
  const preferences = usePreferences()
  const session = useSession()
  configureRequests({
    lang: () => preferences.lang,
    // A worker at a door is not thrown out of a half-filled form: a banner asks to sign in again.
    onSignedOut: () => (session.expired = true),
  })
  preferences.apply()
  await setLanguage(preferences.lang)
  installable.listen()

  app.use(router)
  app.mount('#app')
  registerWorker()
  watch(
    () => session.worker?.id,
    (id) => {
      if (id) void work()
      else useToday().forget()
    },
    { immediate: true },
  )
}

async function work(): Promise<void> {
  const today = useToday()
  const outbox = useOutbox()
  await today.restore()
  void navigator.storage?.persist?.()
  outbox.start()
  await today.sync()
  if (timer) return
  outbox.whenSettled(() => void today.sync())
  timer = setInterval(() => refreshIfOld(today), EVERY)
  document.addEventListener('visibilitychange', () => refreshIfOld(today))
}

let timer: ReturnType<typeof setInterval> | null = null

function refreshIfOld(today: ReturnType<typeof useToday>): void {
  if (document.visibilityState === 'visible' && Date.now() - (today.at ?? 0) > EVERY - 1000) void today.sync()
}
