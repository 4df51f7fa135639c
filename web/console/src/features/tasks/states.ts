import type { Assignment, TaskState } from '@linli/shared/api/collect.ts'

export const TASK_STATES: TaskState[] = ['draft', 'submitted', 'open', 'rejected', 'closed']
export const TASK_TONE: Record<TaskState, string> = {
  draft: '',
  submitted: 'info',
  open: 'ok',
  rejected: 'bad',
  closed: '',
}
export const WORK_STATES: Assignment['state'][] = ['open', 'done', 'unreachable', 'complaint']
export const WORK_TONE: Record<Assignment['state'], string> = {
  open: 'info',
  done: 'ok',
  unreachable: 'warn',
  complaint: 'bad',
}
