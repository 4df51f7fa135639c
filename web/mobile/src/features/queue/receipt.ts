/** What the server said about something sent, in one line each. */
import type { SubmissionAnswer, VisitAnswer } from '@m/api/types.ts'
import type { OutboxItem } from '@m/outbox/item.ts'

export interface Receipt {
  /** Answers somebody will look at again. */
  flags: string[]
  /** Photos the server did not get. */
  missing: string[]
  /** Values two people changed. */
  conflicts: string[]
  updated: number
}

export function receiptOf(item: OutboxItem): Receipt {
  const none = { flags: [], missing: [], conflicts: [], updated: 0 }
  if (!item.answer) return none
  if (item.kind === 'submission') {
    const { flags = [], missing_files = [], entities = [] } = item.answer as Partial<SubmissionAnswer>
    return {
      flags: flags.map((flag) => flag.message),
      missing: missing_files,
      conflicts: entities
        .filter((one) => one.result === 'conflict' || one.result === 'refused')
        .map((one) => one.message),
      updated: entities.filter((one) => one.result === 'created' || one.result === 'updated').length,
    }
  }
  if (item.kind === 'visit') {
    const { results = [] } = item.answer as Partial<VisitAnswer>
    return {
      ...none,
      conflicts: results
        .filter((one) => one.result === 'conflict' || one.result === 'refused')
        .flatMap((one) => one.message ?? []),
      updated: results.filter((one) => one.result === 'updated').length,
    }
  }
  return none
}
