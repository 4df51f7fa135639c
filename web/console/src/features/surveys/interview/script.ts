/** What an interview still lacks, and how its end is told. */
import type { CallResult, Disposition } from '@linli/shared/api/survey.ts'

import { filled, holds, type Answer, type Answers, type Script, type ScriptQuestion } from './xform.ts'

export const answered = (answer: Answer | undefined): boolean =>
  Array.isArray(answer) ? answer.length > 0 : typeof answer === 'string' && answer.trim() !== ''

/** Questions that must be answered before the interview is whole. */
export const lacking = (questions: ScriptQuestion[], answers: Answers): ScriptQuestion[] =>
  questions.filter(
    (question) => question.required && question.kind !== 'note' && !answered(answers[question.path]),
  )

/** Answers that the form itself refuses. */
export function refusedOf(script: Script, asked: ScriptQuestion[], answers: Answers): ScriptQuestion[] {
  const given = asked.filter((question) => question.constraint && answered(answers[question.path]))
  if (given.length === 0) return []
  const instance = filled(script, answers, (one) => asked.includes(one))
  return given.filter((question) => !holds(instance, question.path, question.constraint!))
}

/** Ends after which answers are kept: someone did speak. */
export const SPOKEN: Disposition[] = ['completed', 'partial']

export interface Outcome {
  disposition: Disposition
  callBackAt: string | null
  notes: string
}
export type Trouble = 'lacking' | 'refused' | 'nothing' | 'when' | 'past'
/** Why this end cannot be sent yet; `null`: it can. */
export function troubleOf(
  state: { lacking: number; refused: number; answered: number },
  outcome: Outcome,
  now = Date.now(),
): Trouble | null {
  if (SPOKEN.includes(outcome.disposition)) {
    if (state.refused > 0) return 'refused'
    if (outcome.disposition === 'completed' && state.lacking > 0) return 'lacking'
    if (outcome.disposition === 'completed' && state.answered === 0) return 'nothing'
  }
  if (outcome.disposition === 'call_back') {
    if (!outcome.callBackAt) return 'when'
    if (Date.parse(outcome.callBackAt) <= now) return 'past'
  }
  return null
}

/** What is told of the call; `response` names the answers that were sent before. */
export function resultOf(outcome: Outcome, response: string | null): CallResult {
  return {
    disposition: outcome.disposition,
    ...(outcome.disposition === 'call_back' && outcome.callBackAt && { call_back_at: outcome.callBackAt }),
    ...(outcome.notes.trim() && { notes: outcome.notes.trim() }),
    ...(response && { response }),
  }
}

/** `125` → `2:05`; never less than nothing. */
export function clockText(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds))
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
}
