import { computed, type ComputedRef, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import type { AnswerQuery } from '@linli/shared/api/collect.ts'

import { useArea } from '@/stores/area.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const NAMES = ['state', 'flagged', 'task', 'q', 'from', 'to'] as const

type UrlQuery = Record<string, unknown>

/** What the address bar says about a table of answers; what it should not say is left out. */
export function queryOfUrl(url: UrlQuery): AnswerQuery {
  const text = (name: string): string | undefined =>
    typeof url[name] === 'string' ? (url[name] as string) : undefined
  const day = (name: string): string | undefined => (DAY.test(text(name) ?? '') ? text(name) : undefined)
  return {
    state: text('state') || undefined,
    flagged: text('flagged') === 'true' || undefined,
    task: text('task') || undefined,
    q: text('q')?.trim() || undefined,
    from: day('from'),
    to: day('to'),
  }
}

export function urlOfQuery(query: AnswerQuery, url: UrlQuery): Record<string, string> {
  const next: Record<string, string> = {}
  for (const [name, value] of Object.entries(url))
    if (typeof value === 'string' && !NAMES.includes(name as never)) next[name] = value
  for (const name of NAMES) {
    const value = query[name]
    if (value !== undefined && value !== '' && value !== false) next[name] = String(value)
  }
  return next
}

/** Filters of the answers, kept in the address bar; the area is the one one works in. */
export function useAnswerQuery(): {
  query: WritableComputedRef<AnswerQuery>
  params: ComputedRef<AnswerQuery>
} {
  const route = useRoute()
  const router = useRouter()
  const area = useArea()
  const query = computed<AnswerQuery>({
    get: () => queryOfUrl(route.query),
    set: (next) => void router.replace({ query: urlOfQuery(next, route.query) }),
  })
  return { query, params: computed(() => ({ ...query.value, area: area.current?.code })) }
}
