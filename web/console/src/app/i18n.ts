import { createI18n } from 'vue-i18n'

import type { Lang } from '@linli/shared/api/types.ts'

import zh from '@/messages/zh-CN/index.ts'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh } as Record<string, typeof zh>,
})

/** English is fetched only when it is wanted. */
export async function setLanguage(lang: Lang): Promise<void> {
  if (lang === 'en' && !i18n.global.availableLocales.includes('en')) {
    i18n.global.setLocaleMessage('en', (await import('@/messages/en/index.ts')).default)
  }
  i18n.global.locale.value = lang
  document.documentElement.lang = lang
}
