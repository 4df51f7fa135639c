import type { Texts } from '@linli/shared/api/collect.ts'

import { textIn } from '@/lib/form-text.ts'
import { usePreferences } from '@/stores/preferences.ts'

/** Texts that forms carry, in the person's language; `name` stands in for a question without a label. */
export function useFormText(): (texts: Texts | null | undefined, name?: string) => string {
  const preferences = usePreferences()
  return (texts, name = '') => textIn(texts, preferences.lang) || name
}
