import type { EntityResult, ResponseState } from '@linli/shared/api/collect.ts'

export const STATES: ResponseState[] = ['received', 'accepted', 'returned', 'replaced']
export const STATE_TONE: Record<ResponseState, string> = {
  received: 'info',
  accepted: 'ok',
  returned: 'warn',
  replaced: '',
}
export const RESULT_TONE: Record<EntityResult['result'], string> = {
  created: 'ok',
  updated: 'ok',
  unchanged: '',
  held: 'warn',
  conflict: 'bad',
  refused: 'bad',
}
