/** Shapes of the cloud survey: campaigns at three levels, calls, suggestions and their analysis. */
import type { AreaName, Unit } from './insight.ts'

export type SurveyLevel = 'street' | 'community' | 'resident'
export type SurveyState = 'draft' | 'open' | 'closed'

export interface Counts {
  issued: number
  received: number
  valid: number
  target: number | null
}
export interface Survey {
  id: string
  name: string
  purpose: string
  area: AreaName
  opens: string | null
  closes: string | null
  state: SurveyState
  forms: Record<SurveyLevel, { id: string; title: string } | null>
  counts: Counts
}
export interface SurveyBody {
  name: string
  purpose: string
  area: string
  opens: string | null
  closes: string | null
  street_form: string | null
  community_form: string | null
  resident_form: string | null
}

export interface Stratum {
  key: string
  label: string
  quota: number
  issued: number
  valid: number
}
export interface LevelProgress {
  level: SurveyLevel
  label: string
  issued: number
  received: number
  valid: number
  flagged: number
  target: number | null
  /** Valid of issued. */
  rate: number | null
  strata: Stratum[]
}
export interface PlanBody {
  level: SurveyLevel
  size: number
  strata: string[]
  area: string
}
export interface Plan {
  level: SurveyLevel
  size: number
  population: number
  strata: { key: string; label: string; population: number; quota: number }[]
}
export interface Drawn {
  drawn: number
  /** Strata with fewer people than their quota. */
  short: string[]
}

export const DISPOSITIONS = [
  'completed',
  'partial',
  'refused',
  'no_answer',
  'busy',
  'call_back',
  'wrong_number',
  'ineligible',
  'deceased',
] as const
export type Disposition = (typeof DISPOSITIONS)[number]
export type CallState = 'waiting' | 'leased' | 'call_back' | 'done'
export interface Call {
  id: string
  title: string
  area: AreaName
  /** Whole only for the one who is to dial it. */
  phone: string
  state: CallState
  disposition: Disposition | null
  attempts: number
  call_back_at: string | null
  by: string | null
  updated: string | null
}
export interface CallList {
  items: Call[]
  next: string | null
  counts: Record<CallState, number>
}
export interface ScriptQuestion {
  name: string
  label: string
  hint: string | null
  kind: 'choice' | 'choices' | 'integer' | 'decimal' | 'text' | 'date' | 'note'
  required: boolean
  choices: { code: string; label: string }[]
}
export interface Script {
  title: string
  intro: string
  questions: ScriptQuestion[]
}
/** One number, for one interviewer alone, until `lease_until`. */
export interface Leased {
  call: Call
  lease_until: string
  script: Script
}
export type ScriptAnswer = string | string[] | null
export interface CallResult {
  disposition: Disposition
  call_back_at: string | null
  notes: string
  answers: Record<string, ScriptAnswer>
}

export interface Suggestion {
  /** The case. */
  id: string
  number: string
  title: string
  text: string
  area: AreaName
  state: { name: string; label: string; phase: string }
  /** What kind of suggestion it is, in words. */
  class: string | null
  cluster: string | null
}
export interface SuggestionCluster {
  id: string
  label: string
  n: number
  examples: string[]
}
export interface Suggestions {
  items: Suggestion[]
  clusters: SuggestionCluster[]
}

export interface AnswerItem {
  code: string
  label: string
  n: number
  share: number | null
  low: number | null
  high: number | null
}
export interface Question {
  name: string
  label: string
  kind: 'choice' | 'choices' | 'scale' | 'number' | 'text'
  n: number
  missing: number
  items: AnswerItem[]
  mean: number | null
  sd: number | null
  median: number | null
  /** Share of the two best marks of a scale. */
  top_two: number | null
}
export interface Weighting {
  by: string[]
  converged: boolean
  design_effect: number
  effective_n: number
  note: string | null
}
export interface Analysis {
  level: SurveyLevel
  area: AreaName
  response: {
    issued: number
    received: number
    valid: number
    complete: number
    response_rate: number | null
    completion_rate: number | null
    cooperation: number | null
    contact: number | null
  }
  weighting: Weighting | null
  questions: Question[]
}
export interface AnalysisQuery {
  level?: SurveyLevel
  area?: string
  /** Raked to the register's margins of these, joined with commas. */
  weights?: string
}
export interface Cross {
  rows: { code: string; label: string }[]
  columns: { code: string; label: string }[]
  cells: number[][]
  row_shares: (number | null)[][]
  chi_square: number | null
  df: number | null
  p: number | null
  cramers_v: number | null
  warnings: string[]
}
export interface OpenText {
  keywords: { word: string; n: number; weight: number }[]
  clusters: { label: string; n: number; examples: string[] }[]
}
export interface Comparison {
  label: string
  indicator: string | null
  unit: Unit
  decimals: number
  answers: { value: number | null; n: number }
  register: { value: number | null; n: number }
  gap: number | null
  note: string | null
}
export type FlagKind = 'speeder' | 'straight_line' | 'duplicate'
export interface Flags {
  counts: Record<FlagKind, number>
  /** What counts as such, and what is left out for it. */
  rules: string[]
  items: {
    response: string
    area: AreaName | null
    at: string
    kinds: FlagKind[]
    detail: string
    left_out: boolean
  }[]
}
