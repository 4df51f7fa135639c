/** What is asked although it is known, and what still keeps a draft from being published. */
import type { FormVersion, Held, HeldQuestion } from '@linli/shared/api/collect.ts'

import { countErrors } from './findings.ts'

/** From this share on most people would be asked for what is on file. */
const MOSTLY = 0.8

export function toneOf(coverage: number): 'warn' | 'info' | '' {
  if (coverage >= MOSTLY) return 'warn'
  return coverage > 0 ? 'info' : ''
}

/** A reason of one character explains nothing. */
export const isReason = (text: string | null | undefined): boolean => (text ?? '').trim().length >= 2

/** Asked again without a word why, the best known first. */
export function withoutReason(held: Held): HeldQuestion[] {
  return held.questions
    .filter((question) => question.needs_reason && !isReason(question.reason))
    .sort((one, other) => other.coverage - one.coverage)
}

export interface Blockers {
  errors: number
  /** Files the form names that have not been uploaded. */
  media: string[]
  reasons: HeldQuestion[]
}

export function blockersOf(draft: FormVersion, held: Held | null): Blockers {
  return {
    errors: countErrors(draft.findings),
    media: draft.media.filter((file) => file.kind === 'file' && !file.present).map((file) => file.name),
    reasons: held ? withoutReason(held) : [],
  }
}

/** `held` must be known: publishing unseen what is asked twice is what this page is there to prevent. */
export function mayPublish(draft: FormVersion | null, held: Held | null): boolean {
  if (!draft || !held) return false
  const { errors, media, reasons } = blockersOf(draft, held)
  return errors === 0 && media.length === 0 && reasons.length === 0
}
