/** The shapes of the collection API that the phone reads (docs/api-design.md, "Collection"). */
import type { AreaRef, LinliRecord, Value, Values } from '@linli/shared/api/types.ts'

export interface RecordRef {
  entity: string
  id: string
  title: string
}
export interface TaskBrief {
  id: string
  title: string
  kind: 'form' | 'visit'
  deadline: string | null
  purpose: string
  /** The item of a responsibility list that licenses it, in words. */
  basis: string
  issuer: string
  /** Which form a form task is answered with. */
  form?: { id: string; title: string; version: string } | null
  counts?: { assigned: number; done: number; open: number } | null
}

export type Outcome = 'no_change' | 'changed' | 'absent' | 'moved'

export interface Assignment {
  id: string
  task: {
    id: string
    title: string
    kind: 'form' | 'visit'
    deadline: string | null
    purpose: string
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

export interface FormBrief {
  id: string
  form_id: string
  title: string
  version: string
  hash: string
  questions: number
}

export interface Today {
  worker: { name: string; area: AreaRef }
  assignments: Assignment[]
  forms: FormBrief[]
  tasks: TaskBrief[]
}

/** Where a held value came from: `来自 2026-03 台账导入`. */
export interface ValueSource {
  kind: string
  label: string
  at: string
  by: string
}

export interface Visit {
  record: LinliRecord
  members: LinliRecord[]
  /** Which fields of which register the visit looks at. */
  fields: Record<string, string[]>
  sources: Record<string, Record<string, ValueSource>>
  last: { at: string; by: string; outcome: string } | null
}

export type Prefill = Record<string, { value: string; shown: string; source: ValueSource }>

export interface PackItem {
  assignment: string
  visit: Visit | null
  prefill: Prefill
  /** The form's instance, begun by the server. */
  instance: string | null
}

export interface PackageAttachment {
  name: string
  url: string
  hash: string
  kind: 'file' | 'entity_list' | 'last_saved'
}

export interface FormPackage {
  id: string
  form_id: string
  version: string
  title: string
  hash: string
  xform: string
  languages: string[]
  attachments: PackageAttachment[]
}

/** A form to be filled in, and what is known already. */
export interface AskedForm {
  form: FormPackage & { questions: { path: string; name: string }[] }
  prefill: Prefill
}

export interface Flag {
  path: string
  kind: string
  message: string
}

export interface SubmissionAnswer {
  instance_id: string
  state: string
  flags: Flag[]
  missing_files: string[]
  entities: { list: string; record: RecordRef | null; result: string; message: string }[]
}

export interface VisitChange {
  entity: string
  id: string
  version: number
  values: Values
}

export interface VisitBody {
  client_id: string
  entity: string
  id: string
  version: number
  outcome: Outcome
  changes: VisitChange[]
  at: string
  assignment?: string
  note?: string
}

export interface VisitAnswer {
  visit_id: string
  results: { id: string; result: 'unchanged' | 'updated' | 'conflict' | 'refused'; message: string | null }[]
}

export interface PublicForm {
  state: 'open' | string
  title: string
  about: string
  form: FormPackage
  draft: { instance: string; at: string } | null
  reference: string | null
}

export type { Value, Values }
