import type { Phase } from '@linli/shared/api/flow.ts'

/** The tone of a state's tag, by its phase. */
export const PHASE_TONE: Record<Phase, string> = {
  new: 'info',
  working: 'accent',
  waiting: 'warn',
  done: 'ok',
  cancelled: '',
}
export const PHASES: Phase[] = ['new', 'working', 'waiting', 'done', 'cancelled']
