/**
 * The shapes the API speaks (docs/api-design.md). This file is the only place that names them: pages import from here,
 * never from the generated `schema.d.ts`.
 */

export type Lang = 'zh-CN' | 'en'
export type Theme = 'light' | 'dark' | 'auto'

export interface Label {
  zh: string
  en: string
}

export interface Paged<T> {
  items: T[]
  next: string | null
}

// Session ------------------------------------------------------------------------------------------------------------

export type Verb = 'read' | 'create' | 'edit' | 'end' | 'merge' | 'reveal' | 'export' | 'import' | 'manage'

export interface AreaRef {
  code: string
  name: string
  path?: string
  kind?: string
  full_name?: string
}

export interface Preferences {
  lang: Lang
  large_text: boolean
  theme: Theme
}

export interface Session {
  account: { id: string; login: string; name: string; totp?: boolean }
  roles: { role: string; label: Label | string; area: AreaRef }[]
  permissions: { subject: string; verbs: Verb[] }[]
  home_area: AreaRef | null
  /** Roles one may give to others. */
  grantable_roles: string[]
  preferences: Preferences
  demo: boolean
  /** Tiles under the event map; none: the areas' own outlines only. */
  map?: { tiles: string; attribution: string } | null
}

export interface SignInOptions {
  password: boolean
  oidc: { label: string } | null
  demo_accounts: { login: string; label: string }[] | null
}

export interface TotpSetup {
  secret: string
  otpauth: string
  qr_svg: string
}

// Catalogue ----------------------------------------------------------------------------------------------------------

export type FieldKind =
  | { kind: 'text'; max: number }
  | { kind: 'long_text' }
  | { kind: 'person_name' }
  | { kind: 'identity_number' }
  | { kind: 'credit_code' }
  | { kind: 'phone' }
  | { kind: 'address' }
  | { kind: 'date' }
  | { kind: 'time' }
  | { kind: 'integer'; min?: number | null; max?: number | null }
  | { kind: 'decimal'; scale: number; unit?: string | null }
  | { kind: 'money' }
  | { kind: 'bool' }
  | { kind: 'code'; list: string }
  | { kind: 'codes'; list: string }
  | { kind: 'ref'; entity: string }

export type Sensitivity = 'open' | 'personal' | 'sensitive'

export interface Field {
  name: string
  label: Label
  help?: Label | null
  group?: string | null
  kind: FieldKind
  element?: string | null
  required: boolean
  unique: boolean
  sensitivity: Sensitivity
  purpose?: Label | null
  filter: boolean
  search: boolean
  off_by_default: boolean
  derived?: { rule: 'birth_date' | 'sex'; from: string } | null
}

export interface Relation {
  id: string
  label: Label
  entity: string
  by: string
  columns: string[]
}

export interface Entity {
  name: string
  label: Label
  about: Label
  title: string
  area_kinds: string[]
  groups: { id: string; label: Label }[]
  fields: Field[]
  relations: Relation[]
  view: { columns: string[]; sort: string[] }
  end_reasons?: string | null
  /** Whether it holds people, who may be looked for as duplicates. */
  people: boolean
  permissions: Verb[]
}

export interface Code {
  code: string
  label: Label
  parent?: string | null
  retired?: boolean
}

export interface CodeList {
  name: string
  label: Label
  standard: string
  codes: Code[]
}

export interface AreaLevel {
  kind: string
  rank: number
  label: Label
  code_digits?: number
  recommended?: boolean
  optional?: boolean
}

export interface Role {
  name: string
  label: Label
  level: string
}

export interface PackInfo {
  id: string
  title: Label
  version: string
  mode?: string
}

export interface Catalogue {
  version: string
  levels: AreaLevel[]
  entities: Entity[]
  code_lists: CodeList[]
  roles: Role[]
  packs: PackInfo[]
}

// Areas --------------------------------------------------------------------------------------------------------------

export interface Area {
  code: string
  name: string
  kind: string
  path: string
  has_children: boolean
  valid_from?: string | null
  valid_to?: string | null
  counted_households?: number | null
  counted_residents?: number | null
  full_name?: string
}

export interface AreaDetail extends Area {
  ancestry: AreaRef[]
  names: { name: string; from: string | null; to: string | null }[]
  /** Where it lay before, newest first. */
  places: { parent: string; full_name: string; from: string | null; to: string }[]
}

// Records ------------------------------------------------------------------------------------------------------------

export type Value = string | number | boolean | string[] | null
export type Values = Record<string, Value>

export interface Source {
  kind: string
  reference: string
}

export interface LinliRecord {
  entity: string
  id: string
  area: AreaRef
  version: number
  since: string
  created: string
  by: string
  source: Source
  ended: { on: string; reason: string; merged_into: string | null } | null
  title: string
  values: Values
  masked: Record<string, string>
  refs: Record<string, { entity: string; id: string; title: string }>
}

export interface FieldSource {
  source: Source & { label?: string }
  at: string
  by: string
}

export interface HistoryEntry {
  version: number
  since: string
  until: string | null
  by: string
  source: Source & { label?: string }
  change: 'created' | 'edited' | 'moved' | 'ended' | 'reopened'
  fields: { field: string; old: Value; new: Value }[]
}

export interface DuplicateCandidate {
  record: LinliRecord
  score: number
  reasons: string[]
}

export interface ListParams {
  area?: string
  q?: string
  filter?: string[]
  sort?: string
  ended?: boolean
  as_of?: string
  after?: string
  limit?: number
}

// Imports ------------------------------------------------------------------------------------------------------------

export interface ElementMatch {
  element: string
  confidence: number
  reasons: (Label | string)[]
  alternatives: { element: string; confidence: number }[]
}

export interface SheetColumn {
  column: number
  label: string
  unit?: string | null
  samples: string[]
  match: ElementMatch | null
  /** Offered when nothing matched well enough. */
  alternatives?: { element: string; confidence: number }[]
}

export interface SheetTable {
  table: number
  title: string | null
  header_rows?: number | [number, number]
  shape?: string
  rows: number
  columns: SheetColumn[]
}

export interface Sheet {
  name: string
  tables: SheetTable[]
}

export type ImportState = 'matching' | 'checked' | 'applying' | 'applied' | 'undone' | 'failed'
export type Outcome = 'new' | 'changed' | 'same' | 'conflict' | 'error' | 'duplicate'
export type Decision = 'same_as' | 'new' | 'skip' | 'take_theirs' | 'keep_ours'

export type Mapping = Record<string, string | null>

export interface Import {
  id: string
  state: ImportState
  file_name: string
  entity: string
  area: AreaRef
  created: string
  by: string
  sheets: Sheet[]
  chosen: { sheet: string; table: number; mapping: Mapping } | null
  counts: Record<Outcome, number> | null
  progress: { done: number; total: number } | null
  unknown_areas?: { kind: string; name: string; rows: number }[]
  /** Why the work failed, or what an undo could not take back. */
  failure?: Label | string | null
  undo?: {
    ended: number
    restored: number
    kept: { entity: string; id: string; row: number; reason: Label | string }[]
  } | null
}

export interface ImportRow {
  row: number
  outcome: Outcome
  title: string
  record_id: string | null
  /** Texts are as people read them, sensitive ones masked; `old` and `new` only where they differ. */
  fields: {
    field: string
    column: string
    cell: string
    text: string
    old: string | null
    new: string | null
    error: Label | string | null
  }[]
  /** Remarks on the row as a whole. */
  notes: (Label | string)[]
  /** Whom it may be: a record, or (`id` null) another row of the same file. */
  candidates: {
    id: string | null
    row: number | null
    title: string
    score: number
    reasons: (Label | string)[]
  }[]
  decision: Decision | null
  /** The record meant by the decision, when it names one. */
  decision_record_id: string | null
}

// Fills --------------------------------------------------------------------------------------------------------------

export interface FillTable {
  table: number
  title: string | null
  shape: 'list' | 'cross' | string
  entity: string | null
  /** A report table known by its title, or a filter in CEL. */
  filter: string | null
  columns: SheetColumn[]
  row_count: number
  /** Whether rows are there already and only their blanks are filled. */
  completes?: boolean
}

export interface FillPreview {
  sheet: string
  table: number
  columns: string[]
  rows: (string | null)[][]
  total: number
}

export interface Gap {
  area: { code: string; name: string }
  /** Heading. */
  column: string
  element: string
  missing: number
}

export interface FillCounts {
  rows: number
  filled: number
  masked: number
  missing: number
  /** Cells that held something and were left. */
  kept: number
  /** Cells that hold something else than the register. */
  differing: number
  not_found: number
  unknown_heads: number
}

export interface Fill {
  id: string
  file_name: string
  area: AreaRef
  as_of: string | null
  created: string
  by: string
  state: 'matching' | 'ready' | string
  sheets: { name: string; tables: FillTable[] }[]
  /** What was confirmed; empty while matching. */
  chosen: FillChoice[]
  preview: FillPreview[]
  gaps: Gap[]
  counts: FillCounts | null
  notes: (Label | string)[]
}

export interface FillChoice {
  sheet: string
  table: number
  entity: string | null
  filter?: string | null
  mapping: Mapping
  clear_sensitive?: boolean
  purpose?: string | null
}

// Administration -----------------------------------------------------------------------------------------------------

export interface Account {
  id: string
  login: string
  name: string
  disabled: boolean
  locked_until?: string | null
  totp?: boolean
  created?: string
  grants: { role: string; label?: Label | string; area: AreaRef }[]
}

export interface AuditEntry {
  at: string
  chain: string | number
  seq: number
  account: string | null
  name: string
  action: string
  subject: string
  reference: string
  area: AreaRef | string | null
  detail: unknown
  address: string | null
}

export interface Home {
  area: AreaRef
  figures: { key: string; label: string; value: number; target?: string; note?: string; link?: string }[]
  todo: { kind: string; title: string; link?: string | null; count: number; at?: string }[]
  recent: { kind?: string; title: string; link?: string; at?: string; note?: string }[]
  burden: {
    households: number
    workers: number
    households_per_worker: number | null
    target_min?: number
    target_max?: number
    needed_min?: number
    needed_max?: number
    gap?: number
  } | null
}

export interface SystemInfo {
  version: string
  data_bytes: number
  areas: number
  packs: PackInfo[]
  pending_migration: { statements: number; summary: string } | null
  last_backup: string | null
}
