import '@linli/shared/styles/tokens.css'
import './styles/base.css'
import './styles/vant.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { configureRequests } from '@linli/shared/api/request.ts'

import { i18n, setLanguage } from './app/i18n.ts'
import ResidentApp from './features/resident/ResidentApp.vue'
import { usePreferences } from './stores/preferences.ts'

/** `/r/{area}`: what a resident can do without an account: find the office, report, apply, follow, rate. */
async function start(): Promise<void> {
  const app = createApp(ResidentApp)
  app.use(createPinia())
  app.use(i18n)
  const preferences = usePreferences()
  configureRequests({ lang: () => preferences.lang })
  preferences.apply()
  await setLanguage(preferences.lang)
  app.mount('#app')
}
void start()
