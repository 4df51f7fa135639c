import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

import { session as sessionApi } from '@linli/shared/api/client.ts'
import type { Lang, Preferences, Theme } from '@linli/shared/api/types.ts'

import { setLanguage } from '@/app/i18n.ts'

const KEY = 'linli.preferences'

function kept(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

/** How this person likes the page: on this device at once, on the account when signed in. */
export const usePreferences = defineStore('preferences', () => {
  const before = kept()
  const lang = ref<Lang>(before.lang ?? 'zh-CN')
  const theme = ref<Theme>(before.theme ?? 'auto')
  const largeText = ref(before.large_text ?? false)
  const systemDark = matchMedia('(prefers-color-scheme: dark)')
  let remote = false

  function apply(): void {
    const dark = theme.value === 'dark' || (theme.value === 'auto' && systemDark.matches)
    document.documentElement.classList.toggle('dark', dark)
    document.documentElement.classList.toggle('large', largeText.value)
  }

  function all(): Preferences {
    return { lang: lang.value, theme: theme.value, large_text: largeText.value }
  }

  /** The account's own, when it signs in. */
  function adopt(account: Partial<Preferences> | null | undefined): void {
    remote = false
    if (account?.lang) lang.value = account.lang
    if (account?.theme) theme.value = account.theme
    if (typeof account?.large_text === 'boolean') largeText.value = account.large_text
    remote = true
  }

  function signedOut(): void {
    remote = false
  }

  systemDark.addEventListener('change', apply)
  watch(
    [lang, theme, largeText],
    () => {
      localStorage.setItem(KEY, JSON.stringify(all()))
      apply()
      void setLanguage(lang.value)
      // A preference that could not be kept on the account still holds on this device.
      if (remote) sessionApi.preferences(all()).catch(() => {})
    },
    { flush: 'sync' },
  )

  return { lang, theme, largeText, apply, adopt, signedOut }
})
