import '@linli/shared/styles/tokens.css'
import './styles/base.css'
import './styles/vant.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { configureRequests } from '@linli/shared/api/request.ts'

import { i18n, setLanguage } from './app/i18n.ts'
import AskApp from './features/preview/AskApp.vue'
import PreviewApp from './features/preview/PreviewApp.vue'
import { usePreferences } from './stores/preferences.ts'

/**
 * `/m/preview/{form}?version=draft`: a form as a phone asks it, framed by the studio. `/m/preview/ask?case=…&action=…`: a form
 * that a page of the console asks, which hands the answer to that page. Nothing is sent.
 */
async function start(): Promise<void> {
  const form = decodeURIComponent(location.pathname.split('/')[3] ?? '')
  const version = new URLSearchParams(location.search).get('version') ?? 'draft'
  const query = new URLSearchParams(location.search)
  const app = form === 'ask' ? createApp(AskApp, { query }) : createApp(PreviewApp, { form, version })
  app.use(createPinia())
  app.use(i18n)
  const preferences = usePreferences()
  configureRequests({ lang: () => preferences.lang })
  preferences.apply()
  await setLanguage(preferences.lang)
  app.mount('#app')
}
void start()
