/** What residents may ask without an account. A case is known by its number and a code. */
import { get, path, post, remove, request } from '@linli/shared/api/request.ts'
import type { AreaRef, Code, Field, Value } from '@linli/shared/api/types.ts'

import { filesForm, type NamedFile } from './cases.ts'
import type { AskedForm } from './types.ts'

const UPLOAD_MS = 120_000

export interface Office {
  area: AreaRef
  name: string | null
  address: string | null
  phone: string | null
  hours: string | null
  worker: { name: string; grid: string } | null
  /** Of a community: those of its grids. */
  workers: { name: string; grid: string }[]
}
/** A line of the catalogue of items. */
export interface ItemLine {
  code: string
  title: string
  /** Sort of item, in words. */
  kind: string
  audience: string
  /** Promised working days. */
  limit: number
  /** In fen. */
  fee: number
  /** What happens instead of a certificate. */
  instead: string | null
}
export interface ItemMaterial {
  name: string
  label: string
  kind: string
  optional: boolean
  /** Data can verify it: it is asked for only from those whom the data do not show. */
  by_data: boolean
}
export interface Item extends ItemLine {
  guide: string | null
  basis: string[]
  decided_at: string
  conditions: { text: string }[]
  materials: ItemMaterial[]
  fields: Field[]
  /** A form that asks beside the fields. */
  form: string | null
  /** Codes by list, and those of `service/relation_to_applicant`. */
  codes: Record<string, Code[]>
}
/** What a resident keeps of something that was sent. */
export interface Receipt {
  number: string
  code: string
}
export interface Taken extends Receipt {
  /** Labels of what must still be handed in. */
  lacking: string[]
}
export interface NewReport {
  text: string
  name?: string
  phone?: string
  place?: { lat?: number; lon?: number; text: string }
  client_id: string
}
export interface Helper {
  name: string
  phone: string
  relation: string
}
export interface NewApplication {
  item: string
  area: string
  person: { name: string; identity_number: string; phone: string }
  values: Record<string, Value>
  /** By name: `paper`, or the name of a file that follows. */
  materials: Record<string, string>
  by_proxy: Helper | null
  channel: 'phone'
  /** The finished instance of the item's form. */
  answer?: string
  client_id: string
}
export interface PublicCase {
  number: string
  title: string
  area: AreaRef
  /** In words. */
  state: string
  phase: 'new' | 'working' | 'waiting' | 'done' | 'cancelled'
  opened: string
  due: string | null
  overdue: boolean
  steps: { at: string; label: string; state: string | null; note: string | null }[]
  told: { name: string; label: string; text: string }[]
  /** What whoever sent it may do now: `rate`, `supplied`, `withdraw`. */
  actions: string[]
  rating: number | null
}
export interface Day {
  day: string
  slots: { slot: string; free: number }[]
}
export interface NewAppointment {
  area: string
  item: string | null
  day: string
  slot: string
  name: string
  phone: string
  client_id: string
}
/** A number for the desk of today. */
export interface Ticket {
  id: string
  number: number
  item_title: string | null
  /** `waiting`, `called`, `done`, `skipped`, `expired`. */
  state: string
  ahead: number
  at: string
  called: string | null
}
export interface Appointment {
  id: string
  area: AreaRef
  day: string
  slot: string
  item: string | null
  item_title: string | null
  name: string | null
  state: string
  code: string | null
  at: string
}
export interface Certificate {
  code: string
  title: string
  needed: boolean
  instead: string
  checked_by: string
  basis: string
}
/** A joint meeting, as whoever scanned its code sees it. */
export interface Meeting {
  title: string
  area: AreaRef
  held_on: string
  venue: string
  units: { id: string; name: string }[]
  until: string
}
export interface Attendance {
  id: string
  name: string
  unit: { id: string; name: string } | null
  at: string
}

const act = <T>(to: string, code: string, body: { client_id: string }): Promise<T> =>
  request<T>('POST', to, { query: { code }, body, idempotencyKey: body.client_id })

export const resident = {
  office: (area: string) => get<Office>(path`/public/office/${area}`),
  items: (q?: string) => get<{ items: ItemLine[] }>('/public/service/items', { q }),
  item: (code: string) => get<Item>(path`/public/service/items/${code}`),
  form: (code: string) => get<AskedForm>(path`/public/service/items/${code}/form`),
  report: (area: string, body: NewReport) =>
    post<Taken>(path`/public/report/${area}`, body, { idempotencyKey: body.client_id }),
  apply: (body: NewApplication) =>
    post<Taken>('/public/service/applications', body, { idempotencyKey: body.client_id }),
  /** Photos and papers, under their names: the same again is kept once. */
  addFiles: ({ number, code }: Receipt, files: NamedFile[]) =>
    request<PublicCase>('POST', path`/public/cases/${number}/files`, {
      query: { code },
      body: filesForm(files),
      signal: AbortSignal.timeout(UPLOAD_MS),
    }),
  follow: ({ number, code }: Receipt) => get<PublicCase>(path`/public/cases/${number}`, { code }),
  rate: ({ number, code }: Receipt, body: { score: number; comment?: string; client_id: string }) =>
    act<PublicCase>(path`/public/cases/${number}/rate`, code, body),
  supply: ({ number, code }: Receipt, body: { note?: string; client_id: string }) =>
    act<PublicCase>(path`/public/cases/${number}/supply`, code, body),
  withdraw: ({ number, code }: Receipt, body: { note?: string; client_id: string }) =>
    act<PublicCase>(path`/public/cases/${number}/withdraw`, code, body),
  slots: (area: string) => get<{ items: Day[] }>('/public/service/appointments', { area }),
  book: (body: NewAppointment) =>
    post<Appointment>('/public/service/appointments', body, { idempotencyKey: body.client_id }),
  cancel: (id: string, code: string) =>
    remove<Appointment>(`${path`/public/service/appointments/${id}`}?${new URLSearchParams({ code })}`),
  takeNumber: (body: { area: string; item: string | null; client_id: string }) =>
    post<Ticket>('/public/service/queue', body, { idempotencyKey: body.client_id }),
  ticket: (id: string) => get<Ticket>(path`/public/service/queue/${id}`),
  leaveQueue: (id: string) => remove<Ticket>(path`/public/service/queue/${id}`),
  certificates: (q: string, area: string) =>
    get<{ items: Certificate[] }>('/public/duty/certificates', { q, area }),
  meeting: (id: string, token: string) => get<Meeting>(path`/public/meetings/${id}`, { token }),
  attend: (id: string, body: { token: string; unit: string; name: string }) =>
    post<Attendance>(path`/public/meetings/${id}/attend`, body),
}
