/** Collection's part of the API as functions, a group per resource. */
import { download, get, patch, path, post, put, remove, request, upload } from './request.ts'
import type {
  AnswerPage,
  AnswerQuery,
  AnswerSummary,
  Assignment,
  BasisItem,
  Burden,
  CollectToken,
  Complaint,
  Conflict,
  ExportFormat,
  FormCheck,
  FormDetail,
  FormState,
  FormView,
  Held,
  Link,
  LinkChange,
  NewLink,
  NewToken,
  Progress,
  ResponseDetail,
  Task,
  TaskBody,
  TaskPreview,
  VersionDiff,
  VersionLine,
} from './collect.ts'
import type { Paged } from './types.ts'

function fileForm(file: File, parts: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, text] of Object.entries(parts)) form.set(name, text)
  form.set('file', file, file.name)
  return form
}

export const forms = {
  list: (query: { state?: string; q?: string }, signal?: AbortSignal) =>
    get<{ items: FormView[] }>('/forms', query, signal),
  get: (id: string) => get<FormDetail>(path`/forms/${id}`),
  check: (file: File) => post<FormCheck>('/forms/check', fileForm(file)),
  create: (file: File, area: string) => post<FormDetail>('/forms', fileForm(file, { area })),
  replaceDraft: (id: string, file: File) => put<FormDetail>(path`/forms/${id}/draft`, fileForm(file)),
  link: (
    id: string,
    body: {
      links: Record<string, string | null>
      reasons: Record<string, string | null>
      /** Register by the name the form gives its entity list. */
      lists?: Record<string, string>
    },
  ) => put<FormDetail>(path`/forms/${id}/draft/links`, body),
  addMedia: (id: string, files: File[], onProgress: (share: number) => void) => {
    const form = new FormData()
    for (const file of files) form.append('file', file, file.name)
    return upload<FormDetail>(path`/forms/${id}/draft/media`, form, onProgress)
  },
  removeMedia: (id: string, name: string) => remove<FormDetail>(path`/forms/${id}/draft/media/${name}`),
  held: (id: string, area?: string, signal?: AbortSignal) =>
    get<Held>(path`/forms/${id}/held`, { area }, signal),
  publish: (id: string) => post<FormDetail>(path`/forms/${id}/publish`, {}),
  setState: (id: string, state: FormState) => post<FormDetail>(path`/forms/${id}/state`, { state }),
  versions: (id: string) => get<{ items: VersionLine[] }>(path`/forms/${id}/versions`),
  diff: (id: string, version: string, from: string, signal?: AbortSignal) =>
    get<VersionDiff>(path`/forms/${id}/versions/${version}/diff`, { from }, signal),
  source: (id: string, version: string, name: string) =>
    download(path`/forms/${id}/versions/${version}/source`, {}, name),
  xform: (id: string, version: string, name: string) =>
    download(path`/forms/${id}/versions/${version}/xform`, {}, name),
  links: (id: string) => get<{ items: Link[] }>(path`/forms/${id}/links`),
  addLink: (id: string, body: NewLink) => post<Link>(path`/forms/${id}/links`, body),
  changeLink: (link: string, body: LinkChange) => patch<Link>(path`/links/${link}`, body),
  sheet: (link: string, format: 'xlsx' | 'html', name: string) =>
    download(path`/links/${link}/sheet`, { format }, name),
}

export const tokens = {
  list: () => get<{ items: CollectToken[] }>('/collect/tokens'),
  create: (body: { name: string; form?: string }) => post<NewToken>('/collect/tokens', body),
  remove: (id: string) => remove<void>(path`/collect/tokens/${id}`),
}

export const answers = {
  list: (form: string, query: AnswerQuery & { after?: string; limit?: number }, signal?: AbortSignal) =>
    get<AnswerPage>(path`/forms/${form}/responses`, query, signal),
  get: (id: string) => get<ResponseDetail>(path`/responses/${id}`),
  review: (id: string, body: { state: 'accepted' | 'returned'; note: string }) =>
    post<ResponseDetail>(path`/responses/${id}/review`, body),
  edit: (id: string, body: { changes: Record<string, string>; note: string }) =>
    put<ResponseDetail>(path`/responses/${id}/answers`, body),
  file: (id: string, name: string) => download(path`/responses/${id}/files/${name}`, {}, name),
  summary: (form: string, query: AnswerQuery, signal?: AbortSignal) =>
    get<AnswerSummary>(path`/forms/${form}/summary`, query, signal),
  export: (form: string, query: AnswerQuery & { format: ExportFormat }, name: string) =>
    download(path`/forms/${form}/export`, query, name),
}

export const conflicts = {
  list: (query: { state: Conflict['state']; after?: string }, signal?: AbortSignal) =>
    get<Paged<Conflict>>('/collect/conflicts', query, signal),
  resolve: (id: string, fields: Record<string, 'current' | 'submitted'>) =>
    post<Conflict>(path`/collect/conflicts/${id}`, { fields }),
}

export const tasks = {
  list: (query: { box: string; state?: string; after?: string }, signal?: AbortSignal) =>
    get<Paged<Task>>('/tasks', query, signal),
  preview: (body: Pick<TaskBody, 'kind' | 'form' | 'fields' | 'population'>, signal?: AbortSignal) =>
    request<TaskPreview>('POST', '/tasks/preview', { body, signal }),
  bases: (area: string, q?: string, signal?: AbortSignal) =>
    get<{ items: BasisItem[] }>('/tasks/bases', { area, q }, signal),
  get: (id: string) => get<Task>(path`/tasks/${id}`),
  create: (body: TaskBody) => post<Task>('/tasks', body),
  change: (id: string, body: Partial<TaskBody>) => patch<Task>(path`/tasks/${id}`, body),
  submit: (id: string) => post<Task>(path`/tasks/${id}/submit`, {}),
  approve: (id: string, note: string) => post<Task>(path`/tasks/${id}/approve`, { note }),
  reject: (id: string, note: string) => post<Task>(path`/tasks/${id}/reject`, { note }),
  close: (id: string) => post<Task>(path`/tasks/${id}/close`, {}),
  remind: (id: string) => post<Task>(path`/tasks/${id}/remind`, {}),
  progress: (id: string, area: string | undefined, signal?: AbortSignal) =>
    get<{ items: Progress[] }>(path`/tasks/${id}/progress`, { area }, signal),
  assignments: (id: string, query: { state?: string; area?: string; after?: string }, signal?: AbortSignal) =>
    get<Paged<Assignment>>(path`/tasks/${id}/assignments`, query, signal),
  result: (id: string, name: string) => download(path`/tasks/${id}/result`, {}, name),
}

export const complaints = {
  list: (state: string | undefined, signal?: AbortSignal) =>
    get<{ items: Complaint[] }>('/complaints', { state }, signal),
  answer: (id: string, body: { state: 'upheld' | 'dismissed'; note: string }) =>
    post<Complaint>(path`/complaints/${id}/answer`, body),
}

export const burden = {
  get: (query: { from: string; to: string; area?: string }, signal?: AbortSignal) =>
    get<Burden>('/burden', query, signal),
}
