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
  HolidayDay,
  HolidayTable,
  LeagueRow,
  Meeting,
  MeetingEvaluation,
  MeetingQr,
  MigrationPlan,
  NearCase,
  NewCase,
  NewChannel,
  NewEvaluation,
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
  UnitMember,
} from './flow.ts'
import type { Paged } from './types.ts'

type Items<T> = Promise<{ items: T[] }>
/** `pack/name` as two segments of a path. */
const two = (name: string): string => name.split('/').map(encodeURIComponent).join('/')

export const flows = {
  list: () => get<{ items: FlowLine[] }>('/flows'),
  get: (name: string) => get<Flow>(`/flows/${two(name)}`),
  plan: (name: string) => get<MigrationPlan>(`/flows/${two(name)}/migration-plan`),
  migrate: (name: string, from_version: string, map: Record<string, string>) =>
    post<MigrationPlan>(`/flows/${two(name)}/migrate`, { from_version, map }),
}

export const holidays = {
  get: (year: number) => get<HolidayTable>(`/holidays/${year}`),
  put: (year: number, days: HolidayDay[]) => put<HolidayTable>(`/holidays/${year}`, { days }),
}

export const units = {
  members: (id: string): Items<UnitMember> => get(path`/units/${id}/members`),
  setMembers: (id: string, accounts: string[]): Items<UnitMember> =>
    put(path`/units/${id}/members`, { accounts }),
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
  putInForce: (name: string, area: string) => put<void>(`/schedules/${two(name)}/areas` + path`/${area}`, {}),
  /** Other days for an area; `null`: those of the pack again. */
  chooseRule: (name: string, area: string, rrule: string | null) =>
    put<void>(`/schedules/${two(name)}/areas` + path`/${area}/rule`, { rrule }),
  takeOut: (name: string, area: string) => remove<void>(`/schedules/${two(name)}/areas` + path`/${area}`),
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
    query: {
      area?: string
      flow?: string
      state?: string
      /** Only what is not over, or only what is. */
      open?: boolean
      from?: string
      to?: string
    },
    signal?: AbortSignal,
  ) => get<CaseMap>('/grid/map', query, signal),
  /** Where some outlines were imported, the areas without one are left out. */
  areas: async (parent: string, signal?: AbortSignal): Promise<AreaMap> => {
    const map = await get<AreaMap>('/areas/geojson', { parent }, signal)
    return { ...map, features: map.features.filter((feature) => feature.geometry) }
  },
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
  /** Whoever keeps the attendance signs somebody in without the code on the wall. */
  attend: (id: string, unit: string | null, name: string) =>
    post<Meeting['attendance'][number]>(path`/meetings/${id}/attend`, { unit, name }),
  evaluate: (id: string, body: NewEvaluation) =>
    post<MeetingEvaluation>(path`/meetings/${id}/evaluations`, body),
}
