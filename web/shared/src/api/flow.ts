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
  /** Ways a case comes in. */
  by: string[]
  fields: Field[]
  required: string[]
  /** Whether residents without an account may. */
  public: boolean
  /** XLSForm of a pack that opens the case instead of fields. */
  form: string | null
}

export interface FlowLine {
  name: string
  label: Words
  about: Words
  version: string
  phases: Phase[]
  /** Kinds of area a case may hang on; none: any. */
  area_kinds: string[]
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
  /** Written out: an action from "any state" names every state that is neither done nor cancelled. */
  from: string[]
  /** Absent: the case stays where it is. */
  to?: string | null
  by: string[]
  assign?: string | null
  once?: boolean
  joint?: 'all' | 'any' | null
}
export interface FlowClock extends Named {
  starts: string[]
  stops: string[]
  pauses: string[]
  limit: string
  /** The same in words. */
  limit_text: Words
  limits?: { when: string; limit: string }[]
  party?: string | null
  remind?: string[]
}
export interface Flow extends FlowLine {
  start: string
  states: FlowState[]
  actions: FlowAction[]
  parties: FlowParty[]
  clocks: FlowClock[]
  fields: Field[]
  /** Whether cases are rated. */
  rated: boolean
}

// Cases --------------------------------------------------------------------------------------------------------------

export interface CaseClock extends Named {
  due: string | null
  state: 'running' | 'paused' | 'overdue' | 'stopped' | 'none'
  /** What is left of the limit as it is counted: working time where the clock counts working time; below 0 when late. */
  left_seconds: number | null
  /** Reckoned over a year whose public holidays are not known yet. */
  estimated?: boolean
}
/** Where it is: a point, words, or both. */
export interface Place {
  lat: number | null
  lon: number | null
  text: string
}
export interface Case {
  id: string
  number: string
  flow: Named
  title: string
  area: AreaRef
  state: FlowState
  /** How often it was supervised. */
  priority: number
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
  action: Named
  from: Words | null
  to: Words | null
  note: string | null
  party: Words | null
  values: { label: Words; shown: string }[]
  files: string[]
  form: FormAnswer | null
}
/** What was answered to a form, where it is not a field of the case. */
export interface FormAnswer {
  instance_id: string
  title: string
  lines: { label: string; shown: string }[]
  /** What breaks the form's rules and is to be looked at. */
  flags: string[]
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
  assign: { party: string; label: Words; kind: string; many: boolean; candidates_url: string } | null
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
export interface CaseDetail extends Case {
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
  /** Of a grid event: likely classes and units, the likeliest first. */
  suggestions: Suggestion | null
  ratings: CaseRating[]
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
  /** The finished instance of the form that asks. */
  answer?: string
}
export interface Act {
  version: number
  values?: Values
  note?: string
  assign?: Assignee[]
  place?: Place
  files?: string[]
  /** The finished instance of the form that asks. */
  answer?: string
  client_id: string
}

// To-do, calendar, notices -------------------------------------------------------------------------------------------

export interface Todo {
  kind: string
  id: string
  title: string
  subtitle: string
  link: string
  due: string | null
  overdue: boolean
  at: string | null
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
  urgent: boolean
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
  /** Where it goes, as much as may be shown: the host, or the address of mail. */
  target: string
  /** Whether a secret is kept. */
  signed: boolean
  area: AreaRef
  events: string[]
  state: 'on' | 'off'
}
export interface ChannelList {
  items: Channel[]
  /** Events a channel may carry. */
  events: string[]
  /** Whether a mail server is configured. */
  mail: boolean
}
export interface ChannelChange {
  title?: string
  url?: string
  to?: string
  /** Written, never read back; empty for none. */
  secret?: string
  events?: string[]
  state?: 'on' | 'off'
}
export interface NewChannel {
  kind: ChannelKind
  title: string
  url?: string
  to?: string
  secret?: string
  area: string
  events: string[]
}
export interface OutboxItem {
  id: string
  kind: ChannelKind
  /** What its channel is called; absent when that is gone. */
  channel: string | null
  title: string
  /** `failed`: given up after its tries; `dropped`: its channel was closed. */
  state: 'waiting' | 'sent' | 'failed' | 'dropped'
  at: string
  /** When it is tried next. */
  due: string | null
  attempts: number
  error: string | null
}

// Administration -----------------------------------------------------------------------------------------------------

/** A day that is not as its weekday says. */
export interface HolidayDay {
  date: string
  kind: 'holiday' | 'workday'
  name: string
}
export interface HolidayTable {
  year: number
  /** Without a table limits in working time are estimated, or refused. */
  known: boolean
  days: HolidayDay[]
}
export interface UnitMember {
  id: string
  name: string
  login: string
}
/** Open cases that run on older versions of a flow. */
export interface MigrationPlan {
  version: string
  cases: number
  /** `to`: the state of the same name in the version in force; `null` where a person must say. */
  states: { version: string; from: string; to: string | null; count: number }[]
}

// Schedules ----------------------------------------------------------------------------------------------------------

export interface Chair {
  key: string
  name: string
}
export interface Schedule extends Named {
  about: Words
  rrule_text: Words
  flow: string
  next: string | null
  areas: number
  chair: Chair | null
  /** Where it is in force, for the areas below these. */
  in_force: {
    area: AreaRef
    since: string
    by: string
    /** RFC 5545; the schedule's own, or one that was chosen for this area. */
    rrule: string
    rrule_text: Words
    own_rule: boolean
  }[]
}
export interface Occurrence {
  key: string
  /** Day of the rule, and the day it is held on. */
  day: string
  held_on: string
  area: AreaRef
  chair: Chair | null
  state: 'planned' | 'opened' | 'skipped' | 'moved'
  case: string | null
  number: string | null
  reason: string | null
}
export interface ScheduleWarning {
  schedule: string
  label: Words
  area: AreaRef
  /** Held in the last twelve months; it warns at `at_most` or fewer. */
  held: number
  at_most: number
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
}
export type CaseMap = GeoCollection<GeoPoint, MapCase> & { total?: number; schematic?: boolean }
/** `schematic`: drawn by the program because no outline was imported. */
export type AreaMap = GeoCollection<GeoPolygon, MapArea> & { schematic?: boolean }

/** Background tiles of the event map, `https://…/{z}/{x}/{y}.png`; none: the areas' own outlines only. */
export interface MapConfig {
  tiles: string | null
  attribution?: string | null
}

// Service ------------------------------------------------------------------------------------------------------------

export type Fits = 'yes' | 'no' | 'unknown'
export interface ServiceItem {
  code: string
  name: string
  title: string
  kind: string
  audience: string
  /** Promised working days. */
  limit: number
  /** In fen. */
  fee: number
  /** What happens instead of a certificate. */
  instead: string | null
  fits: Fits | null
  /** Labels of what must be known to tell. */
  missing: string[]
}
export interface ServiceCondition {
  text: string
  holds: boolean | null
  /** What it was read from. */
  from: string[]
}
export interface ServiceMaterial {
  name: string
  label: string
  kind: 'form' | 'paper' | 'held'
  needed: boolean
  optional: boolean
  why: 'verified' | 'optional' | string | null
  source: string | null
  certificate: string | null
}
export interface ServiceItemDetail extends ServiceItem {
  guide: string | null
  conditions: ServiceCondition[]
  materials: ServiceMaterial[]
  fields: Field[]
  prefill: Record<string, { value: Values[string]; shown: string; source: string; at: string | null }>
  decided_at: string
  basis: string[]
  /** A form that asks beside the fields. */
  form: string | null
}
export interface Proxy {
  name: string
  phone: string
  /** Code of `service/relation_to_applicant`. */
  relation: string
}
export interface Application {
  item: string
  person: { id: string } | { name: string; identity_number?: string; phone: string }
  area: string
  values: Values
  /** What was handed in, by the material's name; what data verify is not named. */
  materials: Record<string, string>
  by_proxy: Proxy | null
  channel: 'counter' | 'phone' | 'proxy'
  /** Taken in although a condition does not hold: the decision will say so. */
  despite?: boolean
  answer?: string
  client_id: string
}
export interface Applied extends CaseDetail {
  /** Code the applicant asks for it by, beside its number. */
  code: string
  /** Labels of materials that were not handed in. */
  lacking: string[]
}
export interface QueueTicket {
  id: string
  /** Number of the day. */
  number: number
  name: string | null
  item: string | null
  item_title: string | null
  state: 'waiting' | 'called' | 'done' | 'skipped'
  at: string
  called: string | null
  /** People before them who still wait. */
  ahead: number
}
export interface Appointment {
  id: string
  item: string | null
  item_title: string | null
  day: string
  slot: string
  name: string | null
  state: 'booked' | 'arrived' | 'missed' | 'cancelled'
}
export interface DaySlots {
  day: string
  slots: { slot: string; free: number }[]
}
export interface Desk {
  queue: QueueTicket[]
  appointments: Appointment[]
  /** Applications that are not done, what is due first. */
  applications: Case[]
  open: number
  today: number
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
  /** Mean of the street's scores, 1 to 5. */
  satisfaction: number | null
  score: number | null
  rank: number
}
export interface CertificateAnswer {
  code: string
  title: string
  needed: boolean
  instead: string
  /** By what it is checked. */
  checked_by: string
  basis: string
}
export interface Meeting {
  case: string
  number: string
  title: string
  /** State of its flow, by name. */
  state: string
  area: AreaRef
  held_on: string
  venue: string
  chair: string
  agenda: string[]
  minutes: string
  attendance: { id: string; name: string; unit: Unit | null; at: string }[]
  /** Resident units of the area, for signing in and evaluating. */
  units: Unit[]
  /** Lines of the meeting's own that became no case. */
  resolved: string[]
  resolutions: {
    case: string
    number: string
    title: string
    state: string
    phase: Phase
    due: string | null
  }[]
  evaluations: MeetingEvaluation[]
}
export type EvaluationDirection = 'unit_rates_community' | 'community_rates_unit'
export interface MeetingEvaluation {
  id: string
  unit: Unit | null
  direction: EvaluationDirection
  score: number
  opinion: string
}
export interface NewEvaluation {
  unit: string
  direction: EvaluationDirection
  /** 1 to 5. */
  score: number
  opinion?: string
}
export interface MeetingQr {
  qr_svg: string
  url: string
  until: string
}
