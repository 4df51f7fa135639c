import type { FormState, Link } from '@linli/shared/api/collect.ts'

export const FORM_STATES: FormState[] = ['open', 'draft', 'closing', 'closed']
export const FORM_TONE: Record<FormState, string> = { draft: 'info', open: 'ok', closing: 'warn', closed: '' }
export const LINK_TONE: Record<Link['state'], string> = {
  waiting: 'info',
  open: 'ok',
  full: 'warn',
  closed: '',
}

/** How a question's type is called: `select_one` of `select_one yes_no`; what we do not know is shown as it is. */
export const baseType = (type: string): string => type.split(' ')[0] ?? type
