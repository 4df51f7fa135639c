/** Shapes of indicators and the cockpit. Numbers come in the unit they are shown in; a figure that cannot be is `null` with a reason. */
import type { AreaMap } from './flow.ts'

/** An area as insight names it. */
export interface AreaName {
  code: string
  name: string
  kind: string
}

export type Unit = 'count' | 'percent' | 'points' | 'yuan' | 'wan_yuan' | 'years' | 'per'
export type Direction = 'up' | 'down' | 'none'
export type ParamValue = string | number | boolean

export interface Target {
  /** `null` when the target itself depends on something that is not there. */
  value: number | null
  /** The day by which it should be reached. */
  by: string | null
  met: boolean | null
}
export interface BaseValue {
  date: string
  value: number | null
  change: number | null
  /** Why there was no value. */
  reason: string | null
}

/** One figure of one area on one day. */
export interface Reading {
  /** `pack/name`. */
  id: string
  label: string
  /** The definition in one sentence. */
  about: string
  unit: Unit
  suffix: string | null
  decimals: number
  direction: Direction
  group: string
  /** Numbers of the masked figures that it answers. */
  figures: number[]
  value: number | null
  /** Why there is no value. */
  reason: string | null
  numerator: number | null
  denominator: number | null
  target: Target | null
  base: BaseValue | null
  /** Against seven days ago. */
  change_week: number | null
  /** The same thing on another basis: questionnaire beside register. */
  also: string | null
  basis: 'register' | 'answers' | 'cases' | 'areas' | 'indicator' | 'mixed'
  /** Parameters that its pack's indicators share, as they hold here. */
  params: Record<string, string>
  /** Kept current as people write, or counted from the rows. */
  fresh: 'rollup' | 'rows'
  /** Whether areas may be put in an order by it. */
  rank: boolean
  /** What must be known beside the value: what was left out, what changed among the areas. */
  notes: string[]
}
export interface ReadingList {
  as_of: string
  area: AreaName
  items: Reading[]
}

export type ParamKind = 'date' | 'integer' | 'decimal' | 'bool' | 'choice' | 'area'
/** What a reader may choose for a question: a threshold, a base date, which denominator. */
export interface Param {
  name: string
  label: string
  kind: ParamKind
  value: ParamValue
  default: ParamValue
  choices: { value: string; label: string }[]
}
export interface DefinitionPart {
  text: string
  /** The condition on the rows, as the pack writes it. */
  where: string | null
  /** Whether it opens to rows. */
  opens: boolean
}
export interface IndicatorDetail extends Reading {
  /** What may be chosen, with words; the page makes do with `params` where the server does not say. */
  parameters?: Param[]
  /** Parts by name, `numerator`, `denominator` or a measure's own: what `rows?part=` opens. */
  definition: { value: string; parts: Record<string, DefinitionPart> }
}

export interface ByArea {
  area: AreaName
  value: number | null
  reason: string | null
  numerator: number | null
  denominator: number | null
}
export interface ByCode {
  code: string | null
  label: string
  n: number
}
export interface ByAreas {
  items: ByArea[]
  /** Rows that lie in none of the areas, and what that means. */
  notes: string[]
}
export interface Point {
  on: string
  value: number | null
}

export interface RowColumn {
  name: string
  label: string
  kind: string
}
export interface Row {
  id: string
  title: string
  area: AreaName | null
  /** Codes as their labels. */
  values: Record<string, unknown>
  /** Page of the thing itself. */
  href: string | null
}
export interface Rows {
  kind: 'records' | 'cases' | 'answers' | 'areas'
  entity: string | null
  columns: RowColumn[]
  items: Row[]
  total: number
  next: string | null
}

/** Which rows of which figure: the same filter as the figure's own. */
export interface RowsQuery {
  area?: string
  as_of?: string
  part?: string
  /** Only one bar of a distribution: a field of the register and its code; an empty code: those whose field is not known. */
  field?: string
  code?: string
}

export interface Worse {
  reading: Reading
  week_ago: number
}
export interface Blank {
  area: AreaName
  /** The indicator. */
  id: string
  what: string
  /** Why it is not known. */
  gap: string
}
export interface AreaReadings {
  area: AreaName
  readings: Record<string, number | null>
}
export interface Trend {
  id: string
  label: string
  points: Point[]
}
export interface Distribution {
  id: string
  field: string
  label: string
  items: ByCode[]
}
/** A department by what it asked of the area this year. Departments are compared, people never. */
export interface DepartmentLine {
  id: string
  title: string
  /** Requests. */
  n: number
  questions: number
  /** Of these, held already. */
  already_held: number
  minutes: number
}
export interface Cockpit {
  area: AreaName
  level: string
  children_level: string | null
  standing: { reading: Reading }[]
  worse: Worse[]
  blank: Blank[]
  children: AreaReadings[]
  trends: Trend[]
  distributions: Distribution[]
  departments: DepartmentLine[]
  map: AreaMap | null
}
