/** A question for tests: what is not said is ordinary. */
import type { Question } from '@linli/shared/api/collect.ts'

export const question = (path: string, more: Partial<Question> = {}): Question => ({
  path,
  name: path.split('/').at(-1)!,
  type: 'text',
  label: {},
  hint: {},
  groups: path.split('/').slice(2, -1),
  repeat: false,
  required: false,
  choices: null,
  element: null,
  element_from: null,
  saveto: null,
  reason: null,
  ...more,
})
