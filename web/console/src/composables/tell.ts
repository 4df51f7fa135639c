import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'
import { useI18n } from 'vue-i18n'

import type { ApiError } from '@linli/shared/api/problem.ts'

import { asApiError } from './load.ts'

export interface Told {
  title: string
  detail: string
}

/** What to say about a failure: the server's own words first, ours for what it could not say. */
export function useTell(): {
  words: (error: ApiError) => Told
  failed: (error: unknown) => void
  /** Something cannot be done, and nothing is broken. */
  warned: (message: string) => void
  done: (message: string) => void
} {
  const { t, te } = useI18n()

  function words(error: ApiError): Told {
    const { title, detail, code } = error.problem
    if (error.offline) return { title: t('error.offline.title'), detail: t('error.offline.detail') }
    if (code === 'client.bug') return { title: t('error.bug.title'), detail: t('error.bug.detail') }
    if (title) return { title, detail: detail && detail !== title ? detail : '' }
    const key = te(`error.http.${error.status}.title`) ? String(error.status) : 'other'
    return {
      title: t(`error.http.${key}.title`, { status: error.status }),
      detail: t(`error.http.${key}.detail`),
    }
  }

  function failed(failure: unknown): void {
    const told = words(asApiError(failure))
    const message = told.detail ? `${told.title}${told.title ? ' · ' : ''}${told.detail}` : told.title
    ElMessage({ type: 'error', message, duration: 7000, showClose: true })
  }

  return {
    words,
    failed,
    warned: (message) => ElMessage({ type: 'warning', message, duration: 6000, showClose: true }),
    done: (message) => ElMessage({ type: 'success', message, duration: 3500 }),
  }
}
