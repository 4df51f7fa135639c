/** Why a link cannot be answered now, from the server's refusal. */
import { ApiError } from '@linli/shared/api/problem.ts'

import type { Draft } from '@m/db/db.ts'

export type Closed = 'used' | 'closed' | 'full' | 'waiting' | 'unknown' | 'busy' | 'offline' | 'failed'

const CODES: Record<string, Closed> = {
  'link.used': 'used',
  'link.closed': 'closed',
  'link.full': 'full',
  'link.waiting': 'waiting',
}

/** What to continue with: the later of what this phone and the server keep. Photos are only on this phone. */
export function laterOf(own: Draft | null, kept: Draft | null): Draft | null {
  if (!own || !kept) return own ?? kept
  return kept.at > own.at ? kept : own
}

export function closedBy(error: unknown): Closed {
  if (!(error instanceof ApiError)) return 'failed'
  if (error.offline) return 'offline'
  if (error.status === 404) return 'unknown'
  if (error.status === 429) return 'busy'
  return CODES[error.code] ?? (error.status === 410 ? 'closed' : 'failed')
}
