/** The shapes of work that moves: flows, cases, clocks, to-do, notices, schedules, the counter, the event map. */
import type { AreaRef, Field, Label, Values } from './types.ts'

/** A catalogue's text in both languages, or one already in the reader's. */
export type Words = Label | string
export interface Named {
  name: string
  label: Words
}
export interface RecordRef {
  entity: string
  id: string
  title: string
}
export interface Unit {
  id: string
  name: string
}

// Flows --------------------------------------------------------------------------------------------------------------

export type Phase = 'new' | 'working' | 'waiting' | 'done' | 'cancelled'
export type ActionKind =
  | 'step'
  | 'return'
  | 'transfer'
  | 'assign'
  | 'report'
  | 'comment'
  | 'supervise'
  | 'pause'
  | 'resume'
  | 'merge'
  | 'cancel'
  | 'close'
  | 'rate'
  | 'reopen'
export type Asked = 'no' | 'optional' | 'required'
export type FlowVerb = 'read' | 'create' | 'manage' | 'export'

export interface FlowOpening {
  fields: Field[]
  required?: string[]
  /** XLSForm of a pack that opens the case instead of fields. */
  form?: string | null
  place?: Asked
}

export interface FlowLine {
  name: string
  label: Words
  about: Words
  version: string
  phases: Phase[]
  permissions: FlowVerb[]
  /** What is asked of who opens a case; `null` when the reader may not. */
  open: FlowOpening | null
  counts: { open: number; overdue: number }
}

export interface FlowState extends Named {
  phase: Phase
  owner?: string | null
}
export interface FlowParty extends Named {
  kind: 'role' | 'unit' | 'account' | 'opener' | 'subject_person'
  role?: string | null
  at?: string | null
  many: boolean
}
export interface FlowAction extends Named {
  kind: ActionKind
  /** `["*"]`: every state that is neither done nor cancelled. */
  from: string[]
  /** Absent: the case stays where it is. */
  to?: string | null
  by: string[]
  assign?: string | null
  reason?: boolean
  once?: boolean
  joint?: 'all' | 'any' | null
}
export interface FlowClock extends Named {
  starts: string[]
  stops: string[]
  pauses: string[]
  limit: string
  limits?: { when: string; limit: string }[]
  party?: string | null
  remind?: string[]
}
export interface Flow extends Named {
  about: Words
  version: string
  start: string
  states: FlowState[]
  actions: FlowAction[]
  parties: FlowParty[]
  clocks: FlowClock[]
  fields: Field[]
  evaluation?: { by: string[]; scale: 'five'; bad: number; confidential: boolean } | null
}

// Cases --------------------------------------------------------------------------------------------------------------

export interface CaseClock extends Named {
  due: string | null
  state: 'running' | 'paused' | 'overdue' | 'none'
  /** What is left of the limit as it is counted: working time where the clock counts working time. */
  left_seconds: number | null
  /** How the clock counts; calendar time when absent. */
  counts?: 'calendar' | 'working' | null
}
export interface Place {
  lat: number
  lon: number
  text: string
}
export interface Case {
  id: string
  number: string
  flow: Named
  title: string
  area: AreaRef
  state: FlowState
  priority: number | string | null
  opened: string
  by: string
  due: string | null
  clock: CaseClock | null
  owner: { label: Words; kind: string }[]
  unit: Unit | null
  overdue: boolean
  rating: number | null
  place: Place | null
  merged_into: string | null
  mine: boolean
}
export interface NearCase extends Case {
  metres: number
}
export interface CaseFile {
  name: string
  size: number
  type: string
  url: string
  by: string
  at: string
}
export interface CaseEvent {
  seq: number
  at: string
  by: string
  action: Named & { kind?: ActionKind }
  from: Words | null
  to: Words | null
  note: string | null
  party: Words | null
  values: { label: Words; shown: string }[]
  files: string[]
}
export interface CaseParty {
  key: string
  label: Words
  kind: string
  unit: Unit | null
  state: 'called' | 'reported' | 'declined' | 'left'
  since: string
  due: string | null
  reported_at: string | null
  note: string | null
}
export interface CaseAction extends Named {
  kind: ActionKind
  fields: Field[]
  required: string[]
  assign: { party: Words; kind: string; many: boolean; candidates_url?: string | null } | null
  reason: boolean
  confirm: Words | null
  place: Asked
  files: Asked
  form: string | null
  /** Why it may not be done now, in the reader's words. */
  blocked: string | null
}
export interface CaseRating {
  score: number
  comment: string | null
  at: string
}
export interface CaseDetail extends Omit<Case, 'rating'> {
  values: Values
  shown: Record<string, string>
  masked: Record<string, string>
  fields: Field[]
  history: CaseEvent[]
  parties: CaseParty[]
  clocks: CaseClock[]
  links: RecordRef[]
  files: CaseFile[]
  actions: CaseAction[]
  duplicates: Case[]
  suggestions: { class?: { code: string; label: string } | null; unit?: Unit | null } | null
  rating: CaseRating | null
  version: number
}

export type CaseBox = 'todo' | 'opened' | 'called' | 'all' | 'overdue' | 'closed'
export interface CaseQuery {
  flow?: string
  state?: string
  phase?: Phase
  area?: string
  box?: CaseBox
  q?: string
  unit?: string
  kind?: string
  from?: string
  to?: string
  near?: string
  sort?: 'due' | '-opened'
}
export interface BoardColumn {
  state: FlowState
  count: number
  overdue: number
  items: Case[]
}
export interface CaseStat {
  key: string
  label: string
  opened: number
  closed: number
  overdue: number
  in_time: number
  mean_hours: number | null
  rating_mean: number | null
  rated: number
}

/** Who is named for a party: exactly one of the three. */
export type Assignee = { unit: string } | { account: string } | { role: string; area: string }
export interface Candidates {
  units: { id: string; name: string; kind: string; open_cases: number }[]
  accounts: { id: string; name: string }[]
  roles: { role: string; area: string; label: Words }[]
}
export interface NewCase {
  flow: string
  area: string
  title?: string
  values: Values
  place?: Place
  links?: { entity: string; id: string }[]
  client_id: string
  on_behalf?: { entity: string; id: string }
}
export interface Act {
  version: number
  values?: Values
  note?: string
  assign?: Assignee[]
  place?: Place
  files?: string[]
  client_id: string
}

// To-do, calendar, notices -------------------------------------------------------------------------------------------

export interface Todo {
  kind: string
  id: string
  title: string
  subtitle: string | null
  link: string | null
  due: string | null
  overdue: boolean
  at: string
}
export interface TodoCounts {
  all: number
  overdue: number
  today: number
}
export interface TodoPage {
  items: Todo[]
  next: string | null
  counts: TodoCounts
}
export interface CalendarItem {
  day: string
  kind: 'due' | 'schedule' | 'holiday' | 'workday'
  title: string
  link: string | null
}
export interface Notice {
  id: string
  kind: string
  title: string
  text: string
  link: string | null
  at: string
  read: boolean
}
export interface NoticePage {
  items: Notice[]
  unread: number
  next: string | null
}
export interface NoticePreferences {
  quiet: { from: string; to: string } | null
  email: string | null
}
export type ChannelKind = 'email' | 'webhook' | 'wecom' | 'dingtalk'
export interface Channel {
  id: string
  kind: ChannelKind
  title: string
  url: string | null
  to: string | null
  area: AreaRef | null
  events: string[]
  state: 'on' | 'off' | 'failing'
}
export interface ChannelBody {
  kind?: ChannelKind
  title?: string
  url?: string | null
  to?: string | null
  /** Written, never read back. */
  secret?: string
  area?: string
  events?: string[]
  state?: 'on' | 'off'
}
export interface OutboxItem {
  id: string
  channel: { id: string; title: string; kind: ChannelKind }
  title: string
  state: 'waiting' | 'sent' | 'failed' | 'given_up'
  tries: number
  next: string | null
  at: string
  error: string | null
}

// Schedules ----------------------------------------------------------------------------------------------------------

export interface Schedule extends Named {
  rrule_text: Words
  flow: string
  next: string | null
  areas: number
  chair: string | null
}
export interface Occurrence {
  key: string
  day: string
  area: AreaRef
  chair: Unit | null
  state: 'planned' | 'opened' | 'skipped' | 'done'
  case: { id: string; number: string } | null
  reason: string | null
}
export interface ScheduleWarning {
  schedule: Named
  area: AreaRef
  year: number
  planned: number
  text: string
}

// Grid ---------------------------------------------------------------------------------------------------------------

export interface Suggestion {
  kind: { code: string; label: string; share: number }[]
  unit: { id: string; name: string; share: number }[]
  basis: 'learned' | 'keywords'
  accuracy: number | null
  cases: number
}
export interface GeoPoint {
  type: 'Point'
  coordinates: [number, number]
}
export interface GeoPolygon {
  type: 'Polygon' | 'MultiPolygon'
  coordinates: number[][][] | number[][][][]
}
export interface GeoFeature<G, P> {
  type: 'Feature'
  geometry: G
  properties: P
}
export interface GeoCollection<G, P> {
  type: 'FeatureCollection'
  features: GeoFeature<G, P>[]
}
/** A case, or (`count` > 1) cases that the server drew together. */
export interface MapCase {
  id: string | null
  number: string
  title: string
  flow: string
  state: string
  state_label: string
  phase: Phase
  overdue: boolean
  due: string | null
  kind: string | null
  count?: number
}
export interface MapArea {
  code: string
  name: string
  kind: string
  /** Drawn by the program because no outline was imported. */
  schematic?: boolean
}
export type CaseMap = GeoCollection<GeoPoint, MapCase> & { total?: number }
export type AreaMap = GeoCollection<GeoPolygon, MapArea>

/** Background tiles of the event map, `https://…/{z}/{x}/{y}.png`; none: the areas' own outlines only. */
export interface MapConfig {
  tiles: string | null
  attribution?: string | null
}

// Service ------------------------------------------------------------------------------------------------------------

export type Fits = 'yes' | 'no' | 'unknown'
export interface ServiceItem {
  code: string
  title: string
  kind: string
  audience: string
  limit: string
  fee: string | null
  fits: Fits | null
  missing: string[]
}
export interface ServiceCondition {
  text: string
  holds: boolean | null
  /** What it was read from: a field, its source and its day. */
  from: string | null
}
export interface ServiceMaterial {
  name: string
  kind: 'form' | 'paper' | 'held'
  needed: boolean
  why: 'verified' | 'held' | 'abolished' | null
  source: string | null
}
export interface ServiceItemDetail extends ServiceItem {
  conditions: ServiceCondition[]
  materials: ServiceMaterial[]
  fields: Field[]
  prefill: Record<string, { value: Values[string]; shown: string; source: string }>
  decided_by: string
  basis: string
  places: string[]
}
export interface Proxy {
  name: string
  phone: string
  relation: string
}
export interface Application {
  item: string
  person: { id: string } | { values: Values }
  area: string
  values: Values
  materials: Record<string, string>
  by_proxy: Proxy | null
  channel: 'counter' | 'phone' | 'proxy'
  client_id: string
}
export interface QueueTicket {
  id: string
  number: string
  name: string | null
  item: { code: string; title: string } | null
  state: 'waiting' | 'called' | 'done' | 'skipped'
  since: string
  called_at: string | null
}
export interface Appointment {
  id: string
  item: { code: string; title: string } | null
  day: string
  slot: string
  name: string
  phone: string
  state: 'booked' | 'arrived' | 'missed' | 'cancelled'
}
export interface Desk {
  queue: QueueTicket[]
  today: Case[]
  appointments: Appointment[]
  counts: { waiting: number; served: number; applications: number }
}

// Command, duty, party -----------------------------------------------------------------------------------------------

export interface LeagueRow {
  unit: Unit
  called: number
  accepted: number
  in_time: number
  response_share: number | null
  resolved: number
  solution_share: number | null
  satisfaction: number | null
  score: number | null
  rank: number
}
export interface CertificateAnswer {
  code: string
  title: string
  needed: boolean
  instead: string
  basis: string
}
export interface Meeting {
  case: Case
  starts: string | null
  place: string | null
  chair: Unit | null
  agenda: { title: string; by: string | null }[]
  minutes: string | null
  attendance: { unit: Unit; name: string | null; at: string | null }[]
  resolutions: Case[]
  evaluations: { by: Unit; of: Unit; score: number; note: string | null }[]
}
export interface MeetingQr {
  qr_svg: string
  url: string
  expires: string
}
