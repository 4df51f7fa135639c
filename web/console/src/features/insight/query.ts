/** What the address of an indicator's page holds: the day, and a reader's own parameters. */
import type { DefinitionPart, IndicatorDetail, Param, ParamValue } from '@linli/shared/api/insight.ts'

/** A reader's parameters with words; guessed from the values where the server names none. */
export function parametersOf(detail: Pick<IndicatorDetail, 'parameters' | 'params'>): Param[] {
  return (
    detail.parameters ??
    Object.entries(detail.params).map(([name, value]) => ({
      name,
      label: name,
      kind: kindOf(value),
      value,
      default: value,
      choices: [],
    }))
  )
}
function kindOf(value: string): Param['kind'] {
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return 'date'
  if (value === 'true' || value === 'false') return 'bool'
  // Only an area may be left open.
  if (value === '' || /^\d{12}/.test(value)) return 'area'
  return Number.isInteger(Number(value)) ? 'integer' : 'decimal'
}

/** Parts of the definition as they are read: above the line, below it, others. */
export function partsOf(definition: IndicatorDetail['definition']): (DefinitionPart & { part: string })[] {
  const place = (part: string): number => ['numerator', 'denominator'].indexOf(part) + 1 || 3
  return Object.entries(definition.parts)
    .map(([part, held]) => ({ part, ...held }))
    .sort((one, other) => place(one.part) - place(other.part))
}

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
