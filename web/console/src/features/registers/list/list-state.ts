import { computed, reactive, watch, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import type { Entity, Field, ListParams } from '@linli/shared/api/types.ts'

import { filterTexts, stateOfUrl, urlOfState, type ListState } from '@/lib/filters.ts'
import { useArea } from '@/stores/area.ts'

const columnsKey = (entity: string): string => `linli.columns:${entity}`

/** What the list shows, kept in the address bar, so that a link or the back button shows the same. */
export function useListState(entity: Entity): {
  state: ListState
  columns: ComputedRef<Field[]>
  params: ComputedRef<ListParams>
  setColumns: (names: string[]) => void
} {
  const route = useRoute()
  const router = useRouter()
  const area = useArea()
  const state = reactive(stateOfUrl(route.query))
  if (state.area) void area.follow(state.area).catch(() => (state.area = area.current?.code ?? ''))
  else state.area = area.current?.code ?? ''

  watch(
    () => area.current?.code,
    (code) => (state.area = code ?? ''),
  )
  const same = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other)
  watch(
    () => urlOfState(state),
    (query, before) => {
      if (!same(query, before)) void router.replace({ query })
    },
  )
  // A link or the back button to the same list with other filters.
  const path = route.path
  watch(
    () => route.query,
    (query) => {
      if (route.path !== path) return
      const wanted = stateOfUrl(query)
      wanted.area ||= state.area
      if (same(urlOfState(wanted), urlOfState(state))) return
      if (wanted.area !== state.area) void area.follow(wanted.area).catch(() => {})
      Object.assign(state, wanted)
    },
  )

  const columns = computed(() => {
    const kept = localStorage.getItem(columnsKey(entity.name))?.split(',').filter(Boolean)
    const names = state.columns.length ? state.columns : (kept ?? entity.view.columns)
    const found = names.map((name) => entity.fields.find((field) => field.name === name))
    const fields = found.filter((field): field is Field => field !== undefined)
    return fields.length ? fields : entity.fields.slice(0, 6)
  })

  function setColumns(names: string[]): void {
    localStorage.setItem(columnsKey(entity.name), names.join(','))
    state.columns = names
  }

  const params = computed<ListParams>(() => ({
    area: state.area || undefined,
    q: state.q.trim() || undefined,
    filter: filterTexts(state.filters),
    sort: state.sort || undefined,
    ended: state.ended || undefined,
    as_of: state.asOf || undefined,
  }))

  return { state, columns, params, setColumns }
}
