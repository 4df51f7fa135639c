import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

import { session as sessionApi } from '@linli/shared/api/client.ts'
import type { Lang, Preferences, Theme } from '@linli/shared/api/types.ts'

import { setLanguage } from '@m/app/i18n.ts'

const KEY = 'linli.preferences'
interface Kept extends Partial<Preferences> {
  whole_form?: boolean
}

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept
  } catch {
    return {}
  }
}

/** How this person likes the phone: at once on this device, on the account when signed in. */
export const usePreferences = defineStore('preferences', () => {
  const before = kept()
  const lang = ref<Lang>(before.lang ?? 'zh-CN')
  const theme = ref<Theme>(before.theme ?? 'auto')
  const largeText = ref(before.large_text ?? false)
  const dark = ref(false)
  /** Forms as one long page instead of a question a page. */
  const wholeForm = ref(before.whole_form ?? false)
  const systemDark = matchMedia('(prefers-color-scheme: dark)')
  let remote = false

  function apply(): void {
    dark.value = theme.value === 'dark' || (theme.value === 'auto' && systemDark.matches)
    document.documentElement.classList.toggle('dark', dark.value)
    document.documentElement.classList.toggle('van-theme-dark', dark.value)
    document.documentElement.classList.toggle('large', largeText.value)
  }

  const account = (): Preferences => ({ lang: lang.value, theme: theme.value, large_text: largeText.value })

  function adopt(of: Partial<Preferences> | null | undefined): void {
    remote = false
    if (of?.lang) lang.value = of.lang
    if (of?.theme) theme.value = of.theme
    if (typeof of?.large_text === 'boolean') largeText.value = of.large_text
    remote = true
  }

  systemDark.addEventListener('change', apply)
  watch(
    [lang, theme, largeText, wholeForm],
    (now, old) => {
      localStorage.setItem(KEY, JSON.stringify({ ...account(), whole_form: wholeForm.value }))
      apply()
      void setLanguage(lang.value)
      const shared = now.slice(0, 3).some((value, at) => value !== old[at])
      if (remote && shared) sessionApi.preferences(account()).catch(() => {})
    },
    { flush: 'sync' },
  )

  return { lang, theme, largeText, dark, wholeForm, apply, adopt, signedOut: () => void (remote = false) }
})
