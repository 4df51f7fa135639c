/** Work that moves, as functions: a group per resource of the API. */
import { download, get, patch, path, post, put, remove, request, upload } from './request.ts'
import type {
  Act,
  Application,
  Applied,
  Appointment,
  AreaMap,
  BoardColumn,
  CalendarItem,
  Candidates,
  Case,
  CaseDetail,
  CaseMap,
  CaseQuery,
  CaseStat,
  CertificateAnswer,
  Channel,
  ChannelChange,
  ChannelList,
  DaySlots,
  Desk,
  Flow,
  FlowLine,
  LeagueRow,
  MapConfig,
  Meeting,
  MeetingQr,
  NearCase,
  NewCase,
  NewChannel,
  NoticePage,
  NoticePreferences,
  Occurrence,
  OutboxItem,
  QueueTicket,
  Schedule,
  ScheduleWarning,
  ServiceItem,
  ServiceItemDetail,
  Suggestion,
  TodoPage,
} from './flow.ts'
import type { Paged } from './types.ts'

type Items<T> = Promise<{ items: T[] }>
/** `pack/name` as two segments of a path. */
const two = (name: string): string => name.split('/').map(encodeURIComponent).join('/')

export const flows = {
  list: () => get<{ items: FlowLine[] }>('/flows'),
  get: (name: string) => get<Flow>(`/flows/${two(name)}`),
}

export const cases = {
  list: (query: CaseQuery & { after?: string; limit?: number }, signal?: AbortSignal) =>
    get<Paged<Case>>('/cases', query, signal),
  board: (flow: string, area?: string, signal?: AbortSignal) =>
    get<{ columns: BoardColumn[] }>('/cases/board', { flow, area }, signal),
  stats: (
    query: {
      flow: string
      area?: string
      from?: string
      to?: string
      by: 'state' | 'kind' | 'unit' | 'area' | 'day'
    },
    signal?: AbortSignal,
  ): Items<CaseStat> => get('/cases/stats', query, signal),
  get: (id: string) => get<CaseDetail>(path`/cases/${id}`),
  byNumber: (number: string) => get<CaseDetail>(path`/cases/number/${number}`),
  open: (body: NewCase) => post<CaseDetail>('/cases', body, { idempotencyKey: body.client_id }),
  act: (id: string, action: string, body: Act) =>
    post<CaseDetail>(path`/cases/${id}/actions/${action}`, body),
  comment: (id: string, text: string, client_id: string) =>
    post<CaseDetail>(path`/cases/${id}/comments`, { text, client_id }, { idempotencyKey: client_id }),
  addFiles: (id: string, files: File[], onProgress: (share: number) => void) => {
    const form = new FormData()
    for (const file of files) form.append('file', file, file.name)
    return upload<CaseDetail>(path`/cases/${id}/files`, form, onProgress)
  },
  file: (id: string, name: string) => download(path`/cases/${id}/files/${name}`, {}, name),
  link: (id: string, entity: string, record: string) =>
    post<CaseDetail>(path`/cases/${id}/links`, { entity, id: record }),
  unlink: (id: string, entity: string, record: string) =>
    request<CaseDetail>('DELETE', path`/cases/${id}/links`, { body: { entity, id: record } }),
  merge: (id: string, into: string) => post<CaseDetail>(path`/cases/${id}/merge`, { into }),
  candidates: (id: string, action: string, signal?: AbortSignal) =>
    get<Candidates>(path`/cases/${id}/candidates`, { action }, signal),
}

export const todo = {
  list: (query: { after?: string; limit?: number } = {}, signal?: AbortSignal) =>
    get<TodoPage>('/todo', query, signal),
  calendar: (from: string, to: string, signal?: AbortSignal): Items<CalendarItem> =>
    get('/calendar', { from, to }, signal),
}

export const notices = {
  list: (query: { unread?: boolean; after?: string; limit?: number } = {}, signal?: AbortSignal) =>
    get<NoticePage>('/notices', query, signal),
  read: (ids: string[] | 'all') =>
    post<{ unread: number }>('/notices/read', ids === 'all' ? { all: true } : { ids }),
  preferences: () => get<NoticePreferences>('/notices/preferences'),
  prefer: (body: NoticePreferences) => put<NoticePreferences>('/notices/preferences', body),
}

export const channels = {
  list: () => get<ChannelList>('/channels'),
  create: (body: NewChannel) => post<Channel>('/channels', body),
  change: (id: string, body: ChannelChange) => patch<Channel>(path`/channels/${id}`, body),
  remove: (id: string) => remove<void>(path`/channels/${id}`),
  test: (id: string) => post<OutboxItem>(path`/channels/${id}/test`, {}),
  outbox: (query: { state?: string; after?: string }, signal?: AbortSignal) =>
    get<Paged<OutboxItem>>('/outbox', query, signal),
  resend: (id: string) => post<OutboxItem>(path`/outbox/${id}/retry`, {}),
}

export const schedules = {
  list: (): Items<Schedule> => get('/schedules'),
  occurrences: (
    name: string,
    query: { area?: string; from: string; to: string },
    signal?: AbortSignal,
  ): Items<Occurrence> => get(`/schedules/${two(name)}/occurrences`, query, signal),
  skip: (name: string, key: string, reason: string) =>
    post<Occurrence>(`/schedules/${two(name)}/occurrences` + path`/${key}/skip`, { reason }),
  swap: (name: string, key: string, body: { with: string } | { day: string }) =>
    post<Occurrence>(`/schedules/${two(name)}/occurrences` + path`/${key}/swap`, body),
  warnings: (area?: string, signal?: AbortSignal): Items<ScheduleWarning> =>
    get('/schedules/warnings', { area }, signal),
}

export const grid = {
  suggest: (text: string, area: string, signal?: AbortSignal) =>
    get<Suggestion>('/grid/suggest', { text, area }, signal),
  near: (
    query: { kind: string; lat: number; lon: number; area: string },
    signal?: AbortSignal,
  ): Items<NearCase> => get('/grid/near', query, signal),
  map: (
    query: { area?: string; flow?: string; state?: string; from?: string; to?: string },
    signal?: AbortSignal,
  ) => get<CaseMap>('/grid/map', query, signal),
  config: () => get<{ map?: MapConfig | null }>('/system').then((system) => system.map ?? null),
  areas: (parent: string, signal?: AbortSignal) => get<AreaMap>('/areas/geojson', { parent }, signal),
}

export const service = {
  items: (query: { q?: string; person?: string }, signal?: AbortSignal): Items<ServiceItem> =>
    get('/service/items', query, signal),
  item: (code: string, person?: string, signal?: AbortSignal) =>
    get<ServiceItemDetail>(path`/service/items/${code}`, { person }, signal),
  apply: (body: Application) =>
    post<Applied>('/service/applications', body, { idempotencyKey: body.client_id }),
  receiptQr: (id: string) => path`/api/service/applications/${id}/receipt` + '?format=svg-qr',
  desk: (area: string, signal?: AbortSignal) => get<Desk>('/service/desk', { area }, signal),
  ticket: (body: { area: string; item?: string; name?: string }) => post<QueueTicket>('/service/queue', body),
  turn: (id: string, step: 'call' | 'done' | 'skip') =>
    post<QueueTicket>(path`/service/queue/${id}/${step}`, {}),
  slots: (area: string, signal?: AbortSignal): Items<DaySlots> =>
    get('/service/appointments', { area }, signal),
  book: (body: {
    area: string
    item?: string
    day: string
    slot: string
    name: string
    phone: string
    client_id: string
  }) => post<Appointment>('/service/appointments', body),
  settle: (id: string, state: 'arrived' | 'missed' | 'cancelled') =>
    post<Appointment>(path`/service/appointments/${id}`, { state }),
}

export const command = {
  league: (query: { area?: string; from?: string; to?: string }, signal?: AbortSignal): Items<LeagueRow> =>
    get('/command/league', query, signal),
}

export const duty = {
  certificates: (q: string, signal?: AbortSignal): Items<CertificateAnswer> =>
    get('/duty/certificates', { q }, signal),
}

export const meetings = {
  get: (id: string) => get<Meeting>(path`/meetings/${id}`),
  qr: (id: string) => get<MeetingQr>(path`/meetings/${id}/qr`),
}
