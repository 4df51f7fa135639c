import '@linli/shared/styles/tokens.css'
import './styles/base.css'
import './styles/vant.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { configureRequests } from '@linli/shared/api/request.ts'

import { i18n, setLanguage } from './app/i18n.ts'
import PublicApp from './features/public/PublicApp.vue'
import { usePreferences } from './stores/preferences.ts'

/** `/q/{token}`: a questionnaire for anybody, without an account. */
async function start(): Promise<void> {
  const app = createApp(PublicApp, { token: decodeURIComponent(location.pathname.split('/')[2] ?? '') })
  app.use(createPinia())
  app.use(i18n)
  const preferences = usePreferences()
  configureRequests({ lang: () => preferences.lang })
  preferences.apply()
  await setLanguage(preferences.lang)
  app.mount('#app')
}
void start()
