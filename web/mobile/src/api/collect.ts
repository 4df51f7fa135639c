/** The collection API as functions. Long uploads have no progress here: the queue shows states, not percentages. */
import { get, path, post, put } from '@linli/shared/api/request.ts'
import type { Paged } from '@linli/shared/api/types.ts'

import type {
  Assignment,
  FormPackage,
  PackItem,
  PublicForm,
  SubmissionAnswer,
  Today,
  Visit,
  VisitAnswer,
  VisitBody,
} from './types.ts'

/** How long one upload may take on a slow line before the queue tries again. */
const UPLOAD_MS = 120_000

/** The parts of one submission as OpenRosa sends them. */
export function submissionForm(
  xml: string,
  files: { name: string; blob: Blob }[],
  fields: { assignment?: string | null; resume?: string | null } = {},
): FormData {
  const form = new FormData()
  for (const [name, text] of Object.entries(fields)) if (text) form.set(name, text)
  form.set('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }))
  for (const { name, blob } of files) form.set(name, blob, name)
  return form
}

export const collect = {
  today: () => get<Today>('/collect/today'),
  pack: (task: string, after?: string) => get<Paged<PackItem>>(path`/collect/tasks/${task}/pack`, { after }),
  submit: (form: FormData) =>
    post<SubmissionAnswer>('/collect/submissions', form, { signal: AbortSignal.timeout(UPLOAD_MS) }),
  unreachable: (assignment: string, body: { note: string; at: string }, key: string) =>
    post<Assignment>(
      path`/collect/assignments/${assignment}/outcome`,
      { outcome: 'unreachable', ...body },
      { idempotencyKey: key },
    ),
  noLicence: (assignment: string, note: string, key: string) =>
    post<Assignment>(path`/collect/assignments/${assignment}/no-licence`, { note }, { idempotencyKey: key }),
}

export const visits = {
  get: (entity: string, id: string, task?: string) =>
    get<Visit>(`/visits/${entity.split('/').map(encodeURIComponent).join('/')}${path`/${id}`}`, { task }),
  send: (body: VisitBody) => post<VisitAnswer>('/visits', body, { idempotencyKey: body.client_id }),
}

export const forms = {
  package: (id: string, version: string) => get<FormPackage>(path`/forms/${id}/versions/${version}/package`),
}

export const questionnaires = {
  get: (token: string, resume?: string) => get<PublicForm>(path`/public/${token}`, { resume }),
  /** `resume`: the code it was saved under before. */
  saveDraft: (token: string, instance: string, resume: string | null) =>
    put<{ resume: string; at: string }>(path`/public/${token}/draft`, { instance, resume }),
  submit: (token: string, form: FormData) =>
    post<{ reference: string }>(path`/public/${token}/submissions`, form, {
      signal: AbortSignal.timeout(UPLOAD_MS),
    }),
}
