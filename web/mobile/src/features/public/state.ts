/** Why a link cannot be answered now, from the server's refusal. */
import { ApiError } from '@linli/shared/api/problem.ts'

export type Closed = 'used' | 'closed' | 'full' | 'waiting' | 'unknown' | 'busy' | 'offline' | 'failed'

const CODES: Record<string, Closed> = {
  'link.used': 'used',
  'link.closed': 'closed',
  'link.full': 'full',
  'link.waiting': 'waiting',
}

export function closedBy(error: unknown): Closed {
  if (!(error instanceof ApiError)) return 'failed'
  if (error.offline) return 'offline'
  if (error.status === 404) return 'unknown'
  if (error.status === 429) return 'busy'
  return CODES[error.code] ?? (error.status === 410 ? 'closed' : 'failed')
}
