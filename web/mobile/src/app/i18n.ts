import { createI18n } from 'vue-i18n'

import type { Lang } from '@linli/shared/api/types.ts'

import zh from '@m/messages/zh-CN/index.ts'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh } as Record<string, typeof zh>,
})

/** English is fetched only when it is wanted; Vant's own words follow. */
export async function setLanguage(lang: Lang): Promise<void> {
  if (lang === 'en') {
    const [words, { Locale }, vant] = await Promise.all([
      import('@m/messages/en/index.ts'),
      import('vant/es/locale/index'),
      import('vant/es/locale/lang/en-US'),
    ])
    i18n.global.setLocaleMessage('en', words.default)
    Locale.use('en-US', vant.default)
  } else if (i18n.global.locale.value === 'en') {
    const [{ Locale }, vant] = await Promise.all([
      import('vant/es/locale/index'),
      import('vant/es/locale/lang/zh-CN'),
    ])
    Locale.use('zh-CN', vant.default)
  }
  i18n.global.locale.value = lang
  document.documentElement.lang = lang
}
