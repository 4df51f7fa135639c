/**
 * A list's filters, as the page holds them and as the API and the address bar write them:
 * `sex:1,2` · `birth_date:1950-01-01..1960-12-31` · `name:王*` · `phone:*` (known) · `phone:!` (unknown).
 */
export type Filter =
  | { of: 'in'; values: string[] }
  | { of: 'between'; from: string; to: string }
  | { of: 'prefix'; text: string }
  | { of: 'known'; known: boolean }

export type Filters = Record<string, Filter>

export function isEmptyFilter(filter: Filter): boolean {
  if (filter.of === 'in') return filter.values.length === 0
  if (filter.of === 'between') return !filter.from && !filter.to
  if (filter.of === 'prefix') return !filter.text.trim()
  return false
}

export function filterText(field: string, filter: Filter): string {
  if (filter.of === 'in') return `${field}:${filter.values.join(',')}`
  if (filter.of === 'between') return `${field}:${filter.from}..${filter.to}`
  if (filter.of === 'prefix') return `${field}:${filter.text.trim()}*`
  return `${field}:${filter.known ? '*' : '!'}`
}

export function filterTexts(filters: Filters): string[] {
  return Object.entries(filters)
    .filter(([, filter]) => !isEmptyFilter(filter))
    .map(([field, filter]) => filterText(field, filter))
}

function parseOne(rest: string): Filter {
  if (rest === '*' || rest === '!') return { of: 'known', known: rest === '*' }
  const range = rest.match(/^([^,]*?)\.\.([^,]*)$/)
  if (range) return { of: 'between', from: range[1] ?? '', to: range[2] ?? '' }
  if (rest.endsWith('*')) return { of: 'prefix', text: rest.slice(0, -1) }
  return { of: 'in', values: rest.split(',').filter(Boolean) }
}

export function parseFilters(texts: string[]): Filters {
  const filters: Filters = {}
  for (const text of texts) {
    const at = text.indexOf(':')
    if (at <= 0) continue
    const filter = parseOne(text.slice(at + 1))
    if (!isEmptyFilter(filter)) filters[text.slice(0, at)] = filter
  }
  return filters
}

/** What the address bar says about a list. */
export interface ListState {
  area: string
  q: string
  filters: Filters
  sort: string
  ended: boolean
  asOf: string
  columns: string[]
}

type UrlQuery = Record<string, string | null | (string | null)[] | undefined>

const texts = (value: UrlQuery[string]): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string')

export function stateOfUrl(query: UrlQuery): ListState {
  const first = (name: string): string => texts(query[name])[0] ?? ''
  return {
    area: first('area'),
    q: first('q'),
    filters: parseFilters(texts(query.filter)),
    sort: first('sort'),
    ended: first('ended') === 'true',
    asOf: /^\d{4}-\d{2}-\d{2}$/.test(first('as_of')) ? first('as_of') : '',
    columns: first('columns').split(',').filter(Boolean),
  }
}

export function urlOfState(state: ListState): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  if (state.area) query.area = state.area
  if (state.q.trim()) query.q = state.q.trim()
  const filter = filterTexts(state.filters)
  if (filter.length) query.filter = filter
  if (state.sort) query.sort = state.sort
  if (state.ended) query.ended = 'true'
  if (state.asOf) query.as_of = state.asOf
  if (state.columns.length) query.columns = state.columns.join(',')
  return query
}
