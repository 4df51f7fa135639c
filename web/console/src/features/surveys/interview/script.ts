/** What an interview still lacks, and what is sent of it. */
import type { CallResult, Disposition, ScriptAnswer, ScriptQuestion } from '@linli/shared/api/survey.ts'

export type Answers = Record<string, ScriptAnswer>

export const answered = (answer: ScriptAnswer | undefined): boolean =>
  Array.isArray(answer) ? answer.length > 0 : typeof answer === 'string' && answer.trim() !== ''

/** Questions that must be answered before the interview is whole. */
export const lacking = (questions: ScriptQuestion[], answers: Answers): ScriptQuestion[] =>
  questions.filter(
    (question) => question.required && question.kind !== 'note' && !answered(answers[question.name]),
  )

/** Dispositions after which nobody spoke: answers of an earlier try are not sent with them. */
const SILENT: Disposition[] = ['no_answer', 'busy', 'wrong_number', 'ineligible', 'deceased']

export interface Outcome {
  disposition: Disposition
  callBackAt: string | null
  notes: string
}
/** Why it cannot be sent, or what is. */
export function resultOf(
  questions: ScriptQuestion[],
  answers: Answers,
  outcome: Outcome,
  now = Date.now(),
): { problem: 'lacking' | 'when' | 'past' } | { result: CallResult } {
  if (outcome.disposition === 'completed' && lacking(questions, answers).length) return { problem: 'lacking' }
  if (outcome.disposition === 'call_back') {
    if (!outcome.callBackAt) return { problem: 'when' }
    if (Date.parse(outcome.callBackAt) <= now) return { problem: 'past' }
  }
  const sent = SILENT.includes(outcome.disposition)
    ? {}
    : Object.fromEntries(Object.entries(answers).filter(([, answer]) => answered(answer)))
  return {
    result: {
      disposition: outcome.disposition,
      call_back_at: outcome.disposition === 'call_back' ? outcome.callBackAt : null,
      notes: outcome.notes.trim(),
      answers: sent,
    },
  }
}

/** `125` → `2:05`; never less than nothing. */
export function clockText(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds))
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
}
