/** Start in order: language and theme (no flash), then the app, then whoever is signed in. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import type { RouteLocationResolved } from 'vue-router'

import { configureRequests } from '@linli/shared/api/request.ts'

import App from './App.vue'
import { i18n, setLanguage } from './i18n.ts'
import { router } from './router.ts'
import { drafts } from '@/lib/drafts.ts'
import { usePreferences } from '@/stores/preferences.ts'
import { useSession } from '@/stores/session.ts'

export async function bootstrap(): Promise<void> {
  drafts.prune()
  const app = createApp(App)
  app.use(createPinia())
  app.use(i18n)

  const preferences = usePreferences()
  const session = useSession()
  configureRequests({
    lang: () => preferences.lang,
    onSignedOut: () => {
      session.forget()
      const at = router.currentRoute.value
      if (at.name !== 'sign-in') void router.push({ name: 'sign-in', query: { to: at.fullPath } })
    },
  })
  preferences.apply()
  await setLanguage(preferences.lang)

  // The page's own files come while the session is being asked for, not after it.
  void firstFiles(router.resolve(location.pathname + location.search))
  app.use(router)
  app.mount('#app')
}

/** Fetches the components of an address; what fails here fails, and is told, where the router needs it. */
export async function firstFiles(to: RouteLocationResolved): Promise<void> {
  const lazy = to.matched.flatMap((record) => Object.values(record.components ?? {}))
  await Promise.allSettled(
    lazy.map((load) => (typeof load === 'function' ? (load as () => unknown)() : undefined)),
  )
}
