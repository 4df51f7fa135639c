/** Shapes of the cloud survey: campaigns at three levels, draws, calls, and what the answers say. */
import type { AreaRef } from './types.ts'

export type SurveyLevel = 'street' | 'community' | 'resident'
export type SurveyState = 'waiting' | 'open' | 'closed'

export interface SurveyPart {
  level: SurveyLevel
  /** Name of its form. */
  form: string
  /** `null` while there is no such form. */
  form_id: string | null
  title: string
  /** `null` when nobody noted it. */
  issued: number | null
  target: number | null
}
/** A campaign; it is made and changed as a record of `survey/campaign`. */
export interface Survey {
  id: string
  version: number
  name: string
  purpose: string
  area: AreaRef
  opens: string
  closes: string
  state: SurveyState
  frame: string | null
  levels: SurveyPart[]
  may_manage: boolean
}

/** Of a level: how many were asked, answered, count. */
export interface Response {
  issued: number | null
  received: number
  valid: number
  /** Valid ones with most questions answered. */
  complete: number
  /** Left out: returned, repeated, careless. */
  returned: number
  duplicates: number
  careless: number
  /** Valid of issued, 0–1. */
  response_rate: number | null
  completion_rate: number | null
  /** Why a rate is missing. */
  reason: string | null
}
export interface LevelProgress {
  level: SurveyLevel
  response: Response
  flagged: number
  target: number | null
  strata: {
    key: string
    label: string
    /** How many were drawn. */
    quota: number
    /** `null` when the form does not ask what tells strata apart. */
    valid: number | null
  }[]
  /** Why nothing is known of this level. */
  reason: string | null
}
/** Calls by outcome, with the rates of AAPOR. */
export interface Outcomes {
  completed: number
  partial: number
  refused: number
  other: number
  unknown: number
  untried: number
  ineligible: number
  rr1: number | null
  coop1: number | null
  con1: number | null
}
export interface Progress {
  levels: LevelProgress[]
  /** `null` when one may not see them. */
  interviews: Outcomes | null
  interview_target: number | null
  visits: number | null
  draws: Drawn[]
}

export interface PlanBody {
  level: SurveyLevel
  size?: number
  strata: string[]
  area?: string
}
export interface PlanStratum {
  key: string
  label: string
  people: number
  quota: number
}
export interface Plan {
  level: SurveyLevel
  area: AreaRef
  size: number
  people: number
  strata: PlanStratum[]
  /** Why fewer are asked than was wished, or nobody. */
  reason: string | null
}
export type SampleMode = 'links' | 'calls'
export interface Drawn {
  id: string
  level: SurveyLevel
  mode: SampleMode
  area: string
  seed: number
  by: string[]
  size: number
  strata: PlanStratum[]
  /** One an area; printed as sheets. */
  links: { id: string; area: string; name: string; count: number }[]
  at: string
  who: string
  reason: string | null
  /** When its areas were told of their links last. */
  invited_at: string | null
  /** When its text messages were taken; that is done once. */
  messages_at: string | null
}
/** Who was told of a draw's links. */
export interface Invited {
  told: number
  answered: number
  /** Areas that nobody with an account works for. */
  unreached: string[]
}

export interface TopicGuess {
  code: string
  label: string
  /** 0–1. */
  share: number
}
export interface Suggestion {
  id: string
  number: string
  /** To act on. */
  version: number
  state: string
  state_label: string
  phase: 'new' | 'working' | 'waiting' | 'done' | 'cancelled'
  topic: string | null
  topic_label: string | null
  text: string
  area: AreaRef
  opened: string
  /** The likeliest first; empty once it has a topic. */
  proposed: TopicGuess[]
  may_classify: boolean
}
export interface SuggestionGroup {
  label: string
  /** The most typical first. */
  items: { id: string; number: string; state: string; topic: string | null; text: string }[]
}
export interface Suggestions {
  items: Suggestion[]
  total: number
  groups: SuggestionGroup[]
  /** Learned from what people classified, or from the words of the list of topics. */
  basis: 'learned' | 'keywords'
  accuracy: number | null
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
export type CallState = 'due' | 'later' | 'calling' | 'mine' | 'done'
export interface CallLine {
  id: string
  name: string
  /** Masked. */
  phone: string
  area: AreaRef
  disposition: string | null
  attempts: number
  last_called_at: string | null
  due_at: string | null
  state: CallState
  interviewer: string | null
}
export interface CallList {
  /** Those due first. */
  items: CallLine[]
  total: number
  due: number
  done: number
  outcomes: Outcomes
}
/** One number, for one interviewer alone, until `until`. */
export interface Call {
  id: string
  name: string
  /** Whole: to be dialled. */
  phone: string
  area: AreaRef
  level: string
  attempts: number
  disposition: string | null
  notes: string | null
  until: string
  /** The form that is the script. */
  form: string | null
  form_id: string | null
}
export interface NextCall {
  /** `null` when nobody is due. */
  call: Call | null
  next_due: string | null
}
export interface CallResult {
  disposition: Disposition
  call_back_at?: string
  notes?: string
  /** `instanceID` of the answer that was sent before. */
  response?: string
}
/** A form's package, as far as an interview needs it. */
export interface FormScript {
  title: string
  version: string
  xform: string
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
  kind: 'one' | 'many' | 'scale' | 'number' | 'text' | 'other' | 'masked'
  groups: string[]
  n: number
  missing: number
  effective_n: number
  items: AnswerItem[]
  mean: number | null
  sd: number | null
  median: number | null
  min: number | null
  max: number | null
  /** Share of the two best marks of a scale. */
  top_two: number | null
  /** Why there are no figures. */
  reason: string | null
}
/** What weighting to the register did. */
export interface Weights {
  by: string[]
  used: boolean
  reason: string | null
  rounds: number
  worst: number | null
  design_effect: number | null
  effective_n: number | null
  trimmed: number
  /** Groups that nobody answered of. */
  empty: string[]
}
export interface Analysis {
  level: SurveyLevel
  form: string
  area: AreaRef
  response: Response
  weights: Weights | null
  /** The rule by which answers are left out. */
  rule: string
  questions: Question[]
}
export interface AnalysisQuery {
  level?: SurveyLevel
  area?: string
  /** Raked to the register's margins of these, joined with commas. */
  weights?: string
}
export interface CrossSide {
  name: string
  label: string
  items: { code: string; label: string }[]
}
export interface Cross {
  level: SurveyLevel
  row: CrossSide
  column: CrossSide
  cells: number[][]
  row_shares: (number | null)[][]
  n: number
  missing: number
  test: { chi_square: number; df: number; p: number; cramers_v: number; least_expected: number } | null
  warnings: { code: string; text: string }[]
  weights: Weights | null
}
export interface OpenText {
  name: string
  label: string
  n: number
  looked_at: number
  keywords: { word: string; n: number; weight: number }[]
  clusters: { label: string; n: number; examples: string[] }[]
  /** Answers in no group. */
  alone: number
}
export interface ComparedQuestion {
  name: string
  label: string
  /** Register and field. */
  element: string
  compared: number
  agree: number
  agreement: number | null
  /** Where they differ, the greatest difference first. */
  rows: { area: AreaRef; said: string | null; held: string | null; difference: number | null }[]
}
export interface Comparison {
  level: SurveyLevel
  questions: ComparedQuestion[]
  /** Why nothing is compared. */
  reason: string | null
}
export type FlagKind = 'fast' | 'straight' | 'duplicate'
export interface Flags {
  rule: string
  /** Seconds below which an answer is fast. */
  fast_below: number | null
  fast: number
  straight: number
  duplicates: number
  left_out: number
  /** Open links through which very many came within a minute. */
  bursts: { link: string; title: string; most: number; text: string }[]
  items: {
    instance_id: string
    area: AreaRef
    received: string
    seconds: number | null
    kinds: FlagKind[]
    repeats: string | null
    same_channel: boolean
    left_out: boolean
  }[]
}
