/** What the address of an indicator's page holds: the day, and a reader's own parameters. */
import type { Param, ParamValue } from '@linli/shared/api/insight.ts'

type Query = Record<string, unknown>

/** `?p.base=2017-12-31` → `{base: '2017-12-31'}`. */
export function paramsOf(query: Query): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query)
      .filter(([name, value]) => name.startsWith('p.') && typeof value === 'string' && value !== '')
      .map(([name, value]) => [name.slice(2), String(value)]),
  )
}

/** The address with one parameter changed; one at its default is left out of it. */
export function withParam(query: Query, param: Param, value: ParamValue | null): Query {
  const { [`p.${param.name}`]: _, ...rest } = query
  return value === null || value === '' || String(value) === String(param.default)
    ? rest
    : { ...rest, [`p.${param.name}`]: String(value) }
}

/** Whether a reader looks at the figure with parameters of his own. */
export const changed = (params: Param[]): boolean =>
  params.some((param) => String(param.value) !== String(param.default))
