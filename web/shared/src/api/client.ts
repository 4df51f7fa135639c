/** The API as functions, a group per resource of docs/api-design.md. */
import { download, get, patch, path, post, put, remove, upload, type RequestOptions } from './request.ts'
import type {
  Account,
  Area,
  AreaDetail,
  AuditEntry,
  Catalogue,
  Decision,
  DuplicateCandidate,
  FieldSource,
  Fill,
  FillChoice,
  HistoryEntry,
  Home,
  Import,
  ImportRow,
  LinliRecord,
  ListParams,
  Mapping,
  Outcome,
  Paged,
  Preferences,
  Session,
  SignInOptions,
  SystemInfo,
  TotpSetup,
  Value,
  Values,
} from './types.ts'

export const session = {
  get: () => get<Session>('/session'),
  options: () => get<SignInOptions>('/sign-in-options'),
  signIn: (body: { login: string; password: string; totp?: string }) => post<Session>('/session', body),
  signOut: () => remove<void>('/session'),
  preferences: (part: Partial<Preferences>) => patch<unknown>('/session/preferences', part),
  password: (current: string, next: string) => post<void>('/session/password', { current, new: next }),
  totpStart: () => post<TotpSetup>('/session/totp'),
  totpConfirm: (code: string) => post<void>('/session/totp/confirm', { code }),
  totpRemove: (password: string) => remove<void>('/session/totp', { password }),
}

export const catalogue = { get: () => get<Catalogue>('/catalogue') }

export const areas = {
  children: (parent?: string) => get<{ items: Area[] }>('/areas', { parent }),
  search: (q: string, more: { kind?: string; limit?: number } = {}, signal?: AbortSignal) =>
    get<{ items: Area[] }>('/areas/search', { q, ...more }, signal),
  get: (code: string) => get<AreaDetail>(path`/areas/${code}`),
  create: (body: { parent: string; kind: string; name: string; code?: string }) => post<Area>('/areas', body),
  rename: (code: string, body: { name?: string; from?: string }) => patch<Area>(path`/areas/${code}`, body),
  move: (code: string, body: { parent: string; from: string }) => post<Area>(path`/areas/${code}/move`, body),
  close: (code: string, last_day: string) => post<Area>(path`/areas/${code}/close`, { last_day }),
}

const base = (entity: string): string => `/records/${entity.split('/').map(encodeURIComponent).join('/')}`
const one = (entity: string, id: string): string => base(entity) + path`/${id}`

export const records = {
  list: (entity: string, params: ListParams, signal?: AbortSignal) =>
    get<Paged<LinliRecord>>(base(entity), params, signal),
  count: (entity: string, params: ListParams, signal?: AbortSignal) =>
    get<{ count: number }>(`${base(entity)}/count`, params, signal),
  facets: (entity: string, field: string, params: ListParams, signal?: AbortSignal) =>
    get<{ items: { value: string | null; count: number }[] }>(
      `${base(entity)}/facets`,
      { ...params, field },
      signal,
    ),
  create: (
    entity: string,
    body: { area: string; values: Values; confirm_new?: boolean },
    more?: RequestOptions,
  ) => post<LinliRecord>(base(entity), body, more),
  get: (entity: string, id: string, asOf?: string) => get<LinliRecord>(one(entity, id), { as_of: asOf }),
  sources: (entity: string, id: string) => get<Record<string, FieldSource>>(`${one(entity, id)}/sources`),
  history: (entity: string, id: string) => get<{ items: HistoryEntry[] }>(`${one(entity, id)}/history`),
  related: (entity: string, id: string, relation: string, params: { limit?: number; after?: string } = {}) =>
    get<Paged<LinliRecord>>(one(entity, id) + path`/related/${relation}`, params),
  edit: (entity: string, id: string, version: number, body: { values: Values; area?: string }) =>
    patch<LinliRecord>(one(entity, id), body, { ifMatch: version }),
  end: (entity: string, id: string, version: number, body: { on: string; reason: string }) =>
    post<LinliRecord>(`${one(entity, id)}/end`, body, { ifMatch: version }),
  reopen: (entity: string, id: string, version: number) =>
    post<LinliRecord>(`${one(entity, id)}/reopen`, {}, { ifMatch: version }),
  merge: (entity: string, id: string, body: { other: string; keep: Record<string, 'this' | 'other'> }) =>
    post<LinliRecord>(`${one(entity, id)}/merge`, body),
  reveal: (entity: string, id: string, field: string, purpose: string) =>
    post<{ value: Value }>(`${one(entity, id)}/reveal`, { field, purpose }),
  duplicates: (entity: string, id: string) =>
    get<{ items: DuplicateCandidate[] }>(`${one(entity, id)}/duplicates`),
  export: (entity: string, query: ListParams & { format: 'xlsx' | 'csv'; columns: string }, name: string) =>
    download(`${base(entity)}/export`, query, name),
}

export const imports = {
  list: () => get<Paged<Import> | { items: Import[] }>('/imports'),
  get: (id: string) => get<Import>(path`/imports/${id}`),
  create: (file: File, entity: string, area: string, onProgress: (share: number) => void) => {
    const form = new FormData()
    form.set('entity', entity)
    form.set('area', area)
    form.set('file', file, file.name)
    return upload<Import>('/imports', form, onProgress)
  },
  map: (id: string, body: { sheet: string; table: number; mapping: Mapping; remember: boolean }) =>
    put<Import>(path`/imports/${id}/mapping`, body),
  rows: (id: string, outcome: Outcome, after?: string, limit = 50) =>
    get<Paged<ImportRow>>(path`/imports/${id}/rows`, { outcome, after, limit }),
  decide: (id: string, row: number, body: { decision: Decision; record_id?: string }) =>
    put<ImportRow>(path`/imports/${id}/rows/${row}/decision`, body),
  apply: (id: string) => post<Import>(path`/imports/${id}/apply`, {}),
  undo: (id: string) => post<Import>(path`/imports/${id}/undo`, {}),
  errors: (id: string, name: string) => download(path`/imports/${id}/errors`, {}, name),
}

export const fills = {
  list: () => get<{ items: Fill[] }>('/fills'),
  get: (id: string) => get<Fill>(path`/fills/${id}`),
  create: (file: File, area: string, asOf: string | undefined, onProgress: (share: number) => void) => {
    const form = new FormData()
    form.set('area', area)
    if (asOf) form.set('as_of', asOf)
    form.set('file', file, file.name)
    return upload<Fill>('/fills', form, onProgress)
  },
  map: (id: string, tables: FillChoice[]) => put<Fill>(path`/fills/${id}/mapping`, { tables }),
  file: (id: string, purpose: string | undefined, name: string) =>
    download(path`/fills/${id}/file`, { purpose }, name),
}

export interface AccountChange {
  name?: string
  disabled?: boolean
  grants?: { role: string; area: string }[]
  password?: string
  unlock?: true
  /** Turns two-step sign-in off: a lost phone. */
  reset_totp?: true
  /** Ends all its sessions. */
  sign_out?: true
}

export const accounts = {
  list: (query: { area?: string; q?: string; after?: string; limit?: number }) =>
    get<Paged<Account>>('/accounts', query),
  get: (id: string) => get<Account>(path`/accounts/${id}`),
  create: (body: {
    login: string
    name: string
    password: string
    grants: { role: string; area: string }[]
  }) => post<Account>('/accounts', body),
  change: (id: string, body: AccountChange) => patch<Account>(path`/accounts/${id}`, body),
}

export interface AuditQuery {
  after?: string
  limit?: number
  account?: string
  action?: string
  subject?: string
  from?: string
  to?: string
}

export const audit = { list: (query: AuditQuery) => get<Paged<AuditEntry>>('/audit', query) }
export const home = { get: (area?: string) => get<Home>('/home', { area }) }
export const system = { get: () => get<SystemInfo>('/system') }
