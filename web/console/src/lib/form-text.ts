/** What a form says, in the reader's language where the form has it. */
import type { Texts } from '@linli/shared/api/collect.ts'
import type { Lang } from '@linli/shared/api/types.ts'

const KEYS: Record<Lang, string[]> = {
  'zh-CN': ['zh', 'zh-CN', 'zh-Hans', 'Chinese', '中文', 'default'],
  en: ['en', 'en-US', 'English', 'default'],
}

/** The text of `texts` for `lang`; the form's own first language when it does not speak it. */
export function textIn(texts: Texts | null | undefined, lang: Lang): string {
  if (!texts) return ''
  for (const key of KEYS[lang]) if (texts[key]) return texts[key]
  return Object.values(texts).find(Boolean) ?? ''
}
