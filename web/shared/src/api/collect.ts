/**
 * The shapes of collection: forms, answers, conflicts, tasks, burden, public links. As in `types.ts`, pages import from
 * here and never from the generated `schema.d.ts`.
 */
import type { AreaRef, Value } from './types.ts'

/** What a form says in each of its languages; `default` when it has none. */
export type Texts = Record<string, string>

export interface RecordRef {
  entity: string
  id: string
  title: string
}

// Forms --------------------------------------------------------------------------------------------------------------

export interface Finding {
  severity: 'error' | 'warning'
  sheet: string
  /** Counted from 1, as the spreadsheet does. */
  row: number | null
  column: string | null
  code: string
  message: string
}

export interface Question {
  /** `/data/hh/phone` */
  path: string
  name: string
  type: string
  label: Texts
  hint: Texts
  /** Names of the groups it lies in, outermost first. */
  groups: string[]
  repeat: boolean
  required: boolean
  choices: { value: string; label: Texts }[] | null
  /** `people/resident/phone`: the data element it fills. */
  element: string | null
  element_from: 'form' | 'studio' | null
  saveto: { list: string; property: string } | null
  /** Why it is asked although it is held already. */
  reason: string | null
}

export type FormState = 'draft' | 'open' | 'closing' | 'closed'

export interface FormView {
  id: string
  form_id: string
  title: string
  state: FormState
  area: AreaRef
  version: string | null
  draft_version: string | null
  responses: number
  to_review: number
  last_response: string | null
  questions: number
  already_held: number
  entity_lists: string[]
  links: number
  created: string
  by: string
  pack: string | null
}

export interface Media {
  name: string
  kind: 'file' | 'entity_list' | 'last_saved'
  entity: string | null
  present: boolean
  size: number | null
  hash: string | null
}

export interface FormVersion {
  version: string
  state: 'draft' | 'published' | 'retired'
  hash: string
  at: string
  by: string
  file_name: string
  questions: Question[]
  findings: Finding[]
  media: Media[]
  languages: string[]
  default_language: string
}

export interface FormDetail extends FormView {
  draft: FormVersion | null
  published: FormVersion | null
}

export interface FormCheck {
  ok: boolean
  findings: Finding[]
  questions: Question[]
  languages: string[]
  xform: string | null
}

export interface VersionLine {
  version: string
  state: FormVersion['state']
  at: string
  by: string
  hash: string
  questions: number
}

export interface VersionDiff {
  added: Question[]
  removed: Question[]
  changed: {
    path: string
    label: Texts
    /** As the question holds them: a text, a truth, texts by language, choices. */
    what: { part: string; old: unknown; new: unknown }[]
  }[]
}

export interface HeldQuestion {
  path: string
  element: string
  /** What the data element is called, in the reader's language. */
  label: string
  entity: string
  records: number
  known: number
  /** 0 to 1. */
  coverage: number
  needs_reason: boolean
  reason: string | null
  by_area: { area: AreaRef; records: number; known: number }[]
}

export interface Held {
  area: AreaRef
  questions: HeldQuestion[]
}

export interface CollectToken {
  id: string
  name: string
  kind: 'worker' | 'draft'
  created: string
  last_used: string | null
  url: string | null
}

export interface NewToken {
  id: string
  url: string
  qr_svg: string
  settings: unknown
}

export interface Link {
  id: string
  kind: 'open' | 'one_time'
  title: string
  url: string | null
  qr_svg: string | null
  count: number
  used: number
  quota: number | null
  opens: string | null
  closes: string | null
  state: 'waiting' | 'open' | 'full' | 'closed'
}

export interface NewLink {
  kind: Link['kind']
  title: string
  count?: number
  quota?: number
  opens?: string
  closes?: string
}

/** What is absent stays; `null` takes a limit away. */
export interface LinkChange {
  closed?: boolean
  title?: string
  quota?: number | null
  opens?: string | null
  closes?: string | null
}

// Answers ------------------------------------------------------------------------------------------------------------

export type ResponseState = 'received' | 'accepted' | 'returned' | 'replaced'

export interface ResponseRow {
  instance_id: string
  title: string
  area: AreaRef | null
  received: string
  by: string
  device: string | null
  version: string
  state: ResponseState
  flags: number
  task: { id: string; title: string } | null
  values: Record<string, string>
}

export interface AnswerColumn {
  path: string
  label: Texts
  type: string
}

export interface Flag {
  kind: string
  message: string
}

export interface AnswerNode {
  path: string
  name: string
  label: Texts
  type: string
  kind: 'group' | 'repeat' | 'question'
  value: string | null
  /** As a person reads it; masked where the server masks. */
  shown: string | null
  masked: boolean
  /** What may be chosen, when that is known without answers or files. */
  choices: { value: string; label: Texts }[] | null
  flags: Flag[]
  children: AnswerNode[]
}

export interface EntityResult {
  list: string
  record: RecordRef | null
  result: 'created' | 'updated' | 'unchanged' | 'held' | 'conflict' | 'refused'
  message: string
}

export interface AnswerFile {
  name: string
  present: boolean
  size: number | null
  type: string | null
  url: string | null
}

export interface ResponseDetail extends ResponseRow {
  answers: AnswerNode[]
  /** Flags that belong to none of the answers. */
  other_flags: (Flag & { path: string })[]
  history: { instance_id: string; at: string; by: string; change: string; note: string }[]
  entities: EntityResult[]
  files: AnswerFile[]
  note: string
  form: { id: string; title: string }
}

export interface AnswerQuery {
  area?: string
  state?: string
  flagged?: boolean
  task?: string
  q?: string
  from?: string
  to?: string
}

export interface AnswerPage {
  columns: AnswerColumn[]
  items: ResponseRow[]
  next: string | null
}

export interface QuestionSummary {
  path: string
  label: Texts
  type: string
  kind: 'choices' | 'number' | 'text' | 'date' | 'place' | 'file'
  answered: number
  choices: { value: string; label: Texts; count: number }[]
  numbers: {
    min: number
    max: number
    mean: number
    median: number
    bins: { from: number; to: number; count: number }[]
  } | null
  samples: string[]
}

export interface AnswerSummary {
  responses: number
  questions: QuestionSummary[]
}

export type ExportFormat = 'xlsx' | 'csv' | 'geojson' | 'zip'

// Conflicts ----------------------------------------------------------------------------------------------------------

export interface ConflictField {
  field: string
  label: string
  base: Value
  current: Value
  submitted: Value
  current_by: string
  current_at: string
}

export interface Conflict {
  id: string
  kind: 'soft' | 'hard'
  record: RecordRef
  area: AreaRef
  at: string
  by: string
  /** Absent where a visit, not a form, brought the change. */
  instance_id: string | null
  form: { id: string; title: string } | null
  fields: ConflictField[]
  state: 'open' | 'resolved'
  resolved_by: string | null
  resolved_at: string | null
}

// Tasks --------------------------------------------------------------------------------------------------------------

export type TaskState = 'draft' | 'submitted' | 'open' | 'rejected' | 'closed'
export type TaskAction = 'submit' | 'approve' | 'reject' | 'close' | 'remind' | 'edit'
export type TaskBox = 'mine' | 'issued' | 'approve' | 'all'

export interface TaskCounts {
  assigned: number
  done: number
  no_change: number
  changed: number
  unreachable: number
  open: number
  overdue: number
}

export interface Population {
  entity: string
  area: AreaRef
  /** As in lists: `birth_date:..1946-12-31`. */
  filters: string[]
  fill: { id: string; file_name: string } | null
}

export interface Basis {
  item: RecordRef | null
  text: string | null
}

export interface Task {
  id: string
  number: string
  title: string
  kind: 'form' | 'visit'
  form: { id: string; title: string; version: string } | null
  /** Data elements a visit looks at. */
  fields: string[]
  issuer: string
  area: AreaRef
  basis: Basis
  purpose: string
  deadline: string | null
  expires: string | null
  state: TaskState
  approval: { by: string; at: string; note: string | null } | null
  population: Population
  counts: TaskCounts
  questions: number
  already_held: number
  minutes: number
  complaints: number
  /** Approved, and still being given out. */
  assigning?: boolean
  created: string
  by: string
  actions: TaskAction[]
}

/** An item of a responsibility list that licenses requests in an area. */
export interface BasisItem extends RecordRef {
  code: string
  kind: string
  owner: string
  /** Law or document. */
  basis: string
  area: AreaRef
}

/** What a person writes of a task. Areas, forms, records and fills go by code and id. */
export interface TaskBody {
  title: string
  kind: Task['kind']
  form: string | null
  fields: string[]
  area: string
  basis: { item: { entity: string; id: string } | null; text: string }
  purpose: string
  deadline: string | null
  expires: string | null
  population: { entity: string; area: string; filters: string[]; fill: string | null }
}

export interface TaskPreview {
  records: number
  by_area: { area: AreaRef; records: number; workers: number }[]
  questions: number
  already_held: { element: string; label: string; coverage: number }[]
  minutes: number
}

export interface Progress {
  area: AreaRef
  assigned: number
  done: number
  no_change: number
  changed: number
  unreachable: number
  overdue: number
}

export interface Assignment {
  id: string
  task: {
    id: string
    title: string
    kind: Task['kind']
    deadline: string | null
    purpose: string
    /** The item of a responsibility list that licenses it, in words. */
    basis: string
  }
  record: RecordRef
  subtitle: string
  area: AreaRef
  worker: string | null
  state: 'open' | 'done' | 'unreachable' | 'complaint'
  outcome: string | null
  done_at: string | null
  instance_id: string | null
}

export interface Complaint {
  id: string
  task: { id: string; title: string }
  issuer: string
  area: AreaRef
  note: string
  at: string
  state: 'open' | 'upheld' | 'dismissed'
  answer: string | null
}

// Burden -------------------------------------------------------------------------------------------------------------

export interface BurdenRow {
  requests: number
  questions: number
  already_held: number
  answers: number
  minutes: number
  complaints: number
}

export interface Burden {
  from: string
  to: string
  totals: BurdenRow
  by_issuer: (BurdenRow & { issuer: string })[]
  by_area: (BurdenRow & { area: AreaRef; households: number; workers: number })[]
  tasks: (BurdenRow & { id: string; title: string; issuer: string })[]
}
