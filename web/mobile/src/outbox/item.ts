/** One thing to send. Its id is what makes sending it twice harmless: instance id, visit's client id, or key. */
import type { Act, NewCase } from '@linli/shared/api/flow.ts'

import type { VisitBody } from '@m/api/types.ts'

export type OutboxState = 'waiting' | 'sending' | 'sent' | 'refused'

export type OutboxBody =
  | { kind: 'submission'; xml: string; form: { id: string; version: string; title: string } }
  | { kind: 'visit'; visit: VisitBody }
  | { kind: 'unreachable'; note: string; at: string }
  | { kind: 'no-licence'; note: string }
  | { kind: 'case'; open: NewCase }
  | { kind: 'case-act'; case: string; action: string; act: Act }

export interface OutboxItem {
  id: string
  /** Position in the queue. */
  seq: number
  title: string
  subtitle: string
  assignment: string | null
  /** `null` once the server has it: the content is the server's then. */
  body: OutboxBody | null
  kind: OutboxBody['kind']
  created: number
  state: OutboxState
  attempts: number
  /** Not before this moment: the few seconds in which a tap can be taken back, or a pause after a failure. */
  notBefore: number
  sentAt: number | null
  problem: { code: string; message: string } | null
  answer: unknown
}

export type NewItem = Pick<OutboxItem, 'id' | 'title' | 'subtitle' | 'assignment'> & {
  body: OutboxBody
  /** Milliseconds in which it can be taken back. */
  hold?: number
}
