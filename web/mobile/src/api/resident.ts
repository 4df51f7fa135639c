/** What residents may ask without an account. A case is known by its number and a code. */
import { get, path, post } from '@linli/shared/api/request.ts'
import type { AreaRef } from '@linli/shared/api/types.ts'

import { filesForm, type NamedFile } from './cases.ts'

const UPLOAD_MS = 120_000

export interface Office {
  area: AreaRef
  name: string | null
  address: string | null
  phone: string | null
  hours: string | null
  worker: { name: string; grid: string } | null
}
export interface PublicItem {
  code: string
  title: string
  audience: string
  limit: string | null
  fee: string | null
  conditions: { text: string }[]
  materials: { name: string; needed: boolean }[]
}
/** What a resident keeps of something that was sent. */
export interface Receipt {
  number: string
  code: string
}
export interface PublicReport {
  text: string
  address?: string
  name?: string
  phone?: string
  place?: { lat: number; lon: number; text: string }
  client_id: string
}
export interface PublicApplication {
  item: string
  area: string
  person: { values: { name: string; phone: string } }
  values: { note?: string }
  client_id: string
}
export interface PublicCase {
  number: string
  title: string
  state: { label: string; phase: 'new' | 'working' | 'waiting' | 'done' | 'cancelled' }
  due: string | null
  steps: { at: string; label: string; note: string | null }[]
  may_rate: boolean
  rating: { score: number; comment: string | null } | null
}

export const resident = {
  office: (area: string) => get<Office>(path`/public/office/${area}`),
  items: (q?: string) => get<{ items: PublicItem[] }>('/public/service/items', { q }),
  /** Photos go with it: there is nobody to come back to. */
  report: (area: string, body: PublicReport, files: NamedFile[]) => {
    const form = filesForm(files)
    form.set('report', JSON.stringify(body))
    return post<Receipt>(path`/public/report/${area}`, form, {
      idempotencyKey: body.client_id,
      signal: AbortSignal.timeout(UPLOAD_MS),
    })
  },
  apply: (body: PublicApplication) =>
    post<Receipt>('/public/service/applications', body, { idempotencyKey: body.client_id }),
  follow: ({ number, code }: Receipt) => get<PublicCase>(path`/public/cases/${number}`, { code }),
  rate: ({ number, code }: Receipt, score: number, comment: string) =>
    post<PublicCase>(path`/public/cases/${number}/rate`, { code, score, comment }),
}
