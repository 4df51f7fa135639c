/** Cases as the phone uses them: report, see what is mine, act. Everything written carries an id that makes it harmless twice. */
import { get, path, post } from '@linli/shared/api/request.ts'
import type { Act, Case, CaseDetail, NearCase, NewCase, Suggestion, Todo } from '@linli/shared/api/flow.ts'
import type { AskedForm } from './types.ts'
import type { Paged } from '@linli/shared/api/types.ts'

/** How long photos may take on a slow line before the queue tries again. */
const UPLOAD_MS = 120_000

export interface NamedFile {
  name: string
  blob: Blob
}

export function filesForm(files: NamedFile[]): FormData {
  const form = new FormData()
  for (const { name, blob } of files) form.append('file', blob, name)
  return form
}

export const cases = {
  open: (body: NewCase) => post<CaseDetail>('/cases', body, { idempotencyKey: body.client_id }),
  addFiles: (id: string, files: NamedFile[], key: string) =>
    post<CaseDetail>(path`/cases/${id}/files`, filesForm(files), {
      idempotencyKey: key,
      signal: AbortSignal.timeout(UPLOAD_MS),
    }),
  act: (id: string, action: string, body: Act) =>
    post<CaseDetail>(path`/cases/${id}/actions/${action}`, body, { idempotencyKey: body.client_id }),
  /** The form an action asks by, filled with what is known. */
  form: (id: string, action: string) => get<AskedForm>(path`/cases/${id}/form`, { action }),
  get: (id: string) => get<CaseDetail>(path`/cases/${id}`),
  opened: () => get<Paged<Case>>('/cases', { box: 'opened', sort: '-opened', limit: 100 }),
  todo: () => get<Paged<Todo>>('/todo', { limit: 200 }),
}

export const grid = {
  suggest: (text: string, area: string, signal?: AbortSignal) =>
    get<Suggestion>('/grid/suggest', { text, area }, signal),
  near: (query: { kind: string; lat: number; lon: number; area: string }, signal?: AbortSignal) =>
    get<{ items: NearCase[] }>('/grid/near', query, signal),
}
