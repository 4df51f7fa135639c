/** What a failure is called. The server's own words come first: they are in the person's language. */
import { ApiError } from '@linli/shared/api/problem.ts'

import { i18n } from '@m/app/i18n.ts'

export function wordsOf(error: unknown): string {
  const { t } = i18n.global
  if (error instanceof ApiError) {
    if (error.offline) return t('error.offline')
    return error.problem.detail || error.problem.title || t('error.server', { status: error.status })
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') return t('error.timeout')
  return error instanceof Error && error.message ? error.message : t('error.unknown')
}
