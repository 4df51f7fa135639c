/** Shapes of indicators and the cockpit. Numbers come in the unit they are shown in; a figure that cannot be is `null` with a reason. */
import type { AreaMap } from './flow.ts'

/** An area as insight names it. */
export interface AreaName {
  code: string
  name: string
  full_name?: string | null
  kind?: string | null
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
  basis: 'register' | 'answers' | 'cases' | 'areas' | 'mixed'
  params: Record<string, ParamValue>
  /** Kept current as people write, or counted from the rows. */
  fresh: 'rollup' | 'rows'
  /** Whether areas may be put in an order by it. */
  rank: boolean
  /** Area levels where it makes sense. */
  levels: string[]
}
export interface ReadingList {
  as_of: string
  area: AreaName
  items: Reading[]
}

export type ParamKind = 'date' | 'integer' | 'decimal' | 'bool' | 'choice'
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
  /** `numerator`, `denominator` or a measure's own name: what `rows?part=` opens. */
  part: string
  text: string
  /** The condition on the rows, as the pack writes it. */
  where: string | null
}
export interface IndicatorDetail extends Reading {
  parameters: Param[]
  definition: { formula: string; parts: DefinitionPart[] }
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
}

export interface Worse {
  reading: Reading
  week_ago: number
}
export interface Blank {
  area: AreaName
  what: string
  gap: string | null
  indicator: string | null
}
export interface AreaReadings {
  area: AreaName
  readings: Record<string, number | null>
}
export interface Trend {
  id: string
  label: string
  unit: Unit
  decimals: number
  points: Point[]
}
export interface Distribution {
  id: string
  label: string
  items: ByCode[]
}
/** A department that issues work. Departments are ranked, people never. */
export interface DepartmentLine {
  id: string
  title: string
  n: number
  response_share: number | null
  solution_share: number | null
  satisfaction: number | null
  score: number | null
}
export interface Cockpit {
  area: AreaName
  as_of: string
  level: string
  children_level: string | null
  standing: Reading[]
  worse: Worse[]
  blank: Blank[]
  children: AreaReadings[]
  trends: Trend[]
  distributions: Distribution[]
  departments: DepartmentLine[]
  map: AreaMap | null
}
