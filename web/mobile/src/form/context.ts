/** What every question of an open form needs: its session, and how to say that an answer changed. */
import type { AnyChildNode } from '@getodk/xforms-engine'
import { inject, provide, type InjectionKey } from 'vue'

import type { FormSession } from './session.ts'

export interface FormContext {
  session: FormSession
  /** After an answer: marks the question as touched and writes the draft. */
  answered: (node: AnyChildNode) => void
  /** A quick choice turns the page by itself. */
  advance: () => void
}

const KEY: InjectionKey<FormContext> = Symbol('form')
export const provideForm = (context: FormContext): void => provide(KEY, context)

export function useForm(): FormContext {
  const context = inject(KEY)
  if (!context) throw new Error('no form is open here')
  return context
}

export type Looks = Record<string, boolean | undefined>

/** `appearance` words of a question. The engine lists known and unknown ones alike. */
export function looks(node: AnyChildNode): Looks {
  const words: Looks = {}
  for (const word of (node.appearances as unknown as Iterable<string> | null) ?? []) words[word] = true
  return words
}
