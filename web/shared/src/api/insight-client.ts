/** Insight's part of the API as functions: indicators, cockpit, surveys, reports. */
import type {
  ByAreas,
  ByCode,
  Cockpit,
  IndicatorDetail,
  ParamValue,
  Point,
  ReadingList,
  Rows,
  RowsQuery,
} from './insight.ts'
import type { Report, ReportFormat, ReportQuery } from './report.ts'
import { download, get, getText, path, post } from './request.ts'
import type {
  Analysis,
  AnalysisQuery,
  CallLine,
  CallList,
  CallResult,
  Comparison,
  Cross,
  Drawn,
  Flags,
  FormScript,
  Invited,
  NextCall,
  OpenText,
  Plan,
  PlanBody,
  Progress,
  SampleMode,
  Suggestions,
  Survey,
  SurveyLevel,
} from './survey.ts'

/** `pack/name` → its address. */
const at = (id: string): string => `/indicators/${id.split('/').map(encodeURIComponent).join('/')}`

/** A reader's own thresholds, as the address has them: `{base: '2017-12-31'}` → `{'p.base': '2017-12-31'}`. */
export function paramQuery(params: Record<string, ParamValue> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [`p.${name}`, String(value)]))
}

export interface Asked {
  area?: string
  as_of?: string
  params?: Record<string, ParamValue>
}
const asked = ({ params, ...rest }: Asked): object => ({ ...rest, ...paramQuery(params) })

export const indicators = {
  list: (query: Asked & { group?: string }, signal?: AbortSignal) =>
    get<ReadingList>('/indicators', asked(query), signal),
  get: (id: string, query: Asked, signal?: AbortSignal) => get<IndicatorDetail>(at(id), asked(query), signal),
  by: (id: string, query: Asked & { level?: string }, signal?: AbortSignal) =>
    get<ByAreas>(`${at(id)}/by`, asked(query), signal),
  byField: (id: string, query: Asked & { field: string }, signal?: AbortSignal) =>
    get<{ items: ByCode[] }>(`${at(id)}/by`, asked(query), signal),
  series: (id: string, query: Asked & { from?: string; to?: string; step?: string }, signal?: AbortSignal) =>
    get<{ items: Point[] }>(`${at(id)}/series`, asked(query), signal),
  rows: (id: string, query: Asked & RowsQuery & { limit?: number; cursor?: string }, signal?: AbortSignal) =>
    get<Rows>(`${at(id)}/rows`, asked(query), signal),
  rowsFile: (id: string, query: Asked & RowsQuery, name: string) =>
    download(`${at(id)}/rows.xlsx`, asked(query), name),
  table: (query: Asked & { level?: string; ids: string }, name: string) =>
    download('/indicators/table.xlsx', asked(query), name),
}

export const cockpit = {
  get: (area: string | undefined, signal?: AbortSignal) => get<Cockpit>('/cockpit', { area }, signal),
}

const of = (id: string): string => path`/surveys/${id}`

export const surveys = {
  list: (signal?: AbortSignal) => get<{ items: Survey[] }>('/surveys', {}, signal),
  get: (id: string, signal?: AbortSignal) => get<Survey>(of(id), {}, signal),
  progress: (id: string, signal?: AbortSignal) => get<Progress>(`${of(id)}/progress`, {}, signal),
  plan: (id: string, body: PlanBody) => post<Plan>(`${of(id)}/plan`, body),
  sample: (id: string, body: PlanBody & { mode: SampleMode }) => post<Drawn>(`${of(id)}/sample`, body),
  /** Whom a draw found; never which link is whose. */
  handout: (id: string, draw: string, name: string) =>
    download(`${of(id)}/draws` + path`/${draw}/handout.xlsx`, {}, name),
  /** Tells the workers of each area of a draw that its links wait. */
  invite: (id: string, draw: string) => post<Invited>(`${of(id)}/draws` + path`/${draw}/invite`),
  /** Text messages with a link each; once a draw. */
  messages: (id: string, draw: string, name: string) =>
    download(`${of(id)}/draws` + path`/${draw}/messages.xlsx`, {}, name, 'POST'),
  suggestions: (id: string, query: { all?: boolean }, signal?: AbortSignal) =>
    get<Suggestions>(`${of(id)}/suggestions`, query, signal),
  calls: (id: string, query: { mine?: boolean }, signal?: AbortSignal) =>
    get<CallList>(`${of(id)}/calls`, query, signal),
  nextCall: (id: string) => post<NextCall>(`${of(id)}/calls/next`),
  finishCall: (id: string, call: string, body: CallResult) =>
    post<CallLine>(`${of(id)}/calls` + path`/${call}`, body),
  script: (form: string, version: string) =>
    get<FormScript>(path`/forms/${form}/versions/${version}/package`),
  /** Sends an interview's answers as a phone would; `key` makes sending twice harmless. */
  answer: (xml: string, key: string) => {
    const form = new FormData()
    form.set('xml_submission_file', new File([xml], 'xml_submission_file', { type: 'text/xml' }))
    return post<{ instance_id: string }>('/collect/submissions', form, { idempotencyKey: key })
  },
  analysis: (id: string, query: AnalysisQuery, signal?: AbortSignal) =>
    get<Analysis>(`${of(id)}/analysis`, query, signal),
  cross: (id: string, query: AnalysisQuery & { row: string; column: string }, signal?: AbortSignal) =>
    get<Cross>(`${of(id)}/cross`, query, signal),
  text: (id: string, query: { level?: SurveyLevel; area?: string; question: string }, signal?: AbortSignal) =>
    get<OpenText>(`${of(id)}/text`, query, signal),
  compare: (id: string, query: AnalysisQuery, signal?: AbortSignal) =>
    get<Comparison>(`${of(id)}/compare`, query, signal),
  flags: (id: string, query: AnalysisQuery, signal?: AbortSignal) =>
    get<Flags>(`${of(id)}/flags`, query, signal),
  /** The same table as a file. */
  file: (id: string, part: string, query: object, name: string) =>
    download(`${of(id)}/${part}.xlsx`, query, name),
}

const report = (id: string, format: ReportFormat): string =>
  `/reports/${id.split('/').map(encodeURIComponent).join('/')}.${format}`

export const reports = {
  list: (signal?: AbortSignal) => get<{ items: Report[] }>('/reports', {}, signal),
  html: (id: string, query: ReportQuery & Asked, signal?: AbortSignal) =>
    getText(report(id, 'html'), { ...asked(query), fragment: true }, signal),
  file: (id: string, format: ReportFormat, query: ReportQuery & Asked, name: string) =>
    download(report(id, format), asked(query), name),
}
