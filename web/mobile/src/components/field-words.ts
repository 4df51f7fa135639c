/** Where a field's words and codes come from: the worker's catalogue, or the one item a resident looks at. */
import { inject, type InjectionKey } from 'vue'

import type { Code, Label } from '@linli/shared/api/types.ts'

export interface FieldWords {
  text: (label: Label | string | null | undefined) => string
  codes: (list: string) => Code[]
}
export const FIELD_WORDS: InjectionKey<FieldWords> = Symbol('field words')

export function useFieldWords(): FieldWords {
  const words = inject(FIELD_WORDS)
  if (!words) throw new Error('no words for fields were provided')
  return words
}
