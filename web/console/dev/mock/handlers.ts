/** The contract of docs/api-design.md over the synthetic city, as far as the page needs it. */
import { answerRoutes } from './collect/answers.ts'
import { formRoutes } from './collect/forms.ts'
import { taskRoutes } from './collect/tasks.ts'
import { officeRoutes } from './flow/office.ts'
import { caseRoutes } from './flow/routes.ts'
import { indicatorRoutes } from './insight/indicators.ts'
import { reportRoutes } from './insight/reports.ts'
import { surveyRoutes } from './insight/surveys.ts'
import { areas, catalogue, initials, make, mask, records, refOf, secrets, twin, twinOf } from './data.ts'
import { fillOut, fills, imports, newFill, newImport, rowsOf } from './sheets.ts'
import { parseFilters } from '../../src/lib/filters.ts'
import type { HistoryEntry, LinliRecord, Outcome, Session, Values } from '../../../shared/src/api/types.ts'

export interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  ifMatch: number | null
  signedIn: boolean
  fileName: string
}
export interface Answer {
  status: number
  body?: unknown
  file?: string
  /** Bytes to show in the page, with their type. */
  text?: string
  type?: string
}
const ok = (body: unknown, status = 200): Answer => ({ status, body })
const problem = (status: number, code: string, title: string, detail = '', more: object = {}): Answer => ({
  status,
  body: { type: `/problems/${code}`, status, code, title, detail, ...more },
})
const page = <T>(items: T[], query: URLSearchParams) => {
  const from = Number(query.get('after') ?? 0)
  const limit = Number(query.get('limit') ?? 50)
  return ok({
    items: items.slice(from, from + limit),
    next: from + limit < items.length ? String(from + limit) : null,
  })
}

let session: Session | null = null
const SUBJECTS = ['accounts', 'areas', 'audit', 'packs', 'system']
const COLLECT = [
  'forms',
  'responses',
  'tasks',
  'schedules',
  'notices',
  'service/application',
  'grid/incident',
  'insight',
  'survey/campaign',
  'survey/interview',
]
function signIn(login: string): Session {
  const verbs = ['read', 'create', 'edit', 'end', 'merge', 'reveal', 'export', 'import'] as const
  const home = login === 'city' ? '230100000000' : '230102003001'
  session = {
    account: { id: 'acc-1', login, name: login === 'city' ? '刘明远' : '赵晓琳' },
    roles: [
      {
        role: `network/${login}`,
        label: catalogue.roles.find((role) => role.name === `network/${login}`)?.label ?? '社区工作者',
        area: refOf(home),
      },
    ],
    permissions: [
      ...catalogue.entities.map((entity) => ({ subject: entity.name, verbs: [...verbs] })),
      ...COLLECT.map((subject) => ({ subject, verbs: [...verbs, 'manage' as const] })),
      ...SUBJECTS.map((subject) => ({ subject, verbs: ['read' as const, 'manage' as const] })),
    ],
    home_area: refOf(home),
    grantable_roles: catalogue.roles.map((role) => role.name),
    preferences: { lang: 'zh-CN', large_text: false, theme: 'auto' },
    demo: true,
  }
  return session
}

const MOCK_ACCOUNTS = [
  ['street', '孙立群', 'street', '230102003000'],
  ['community', '赵晓琳', 'community', '230102003001'],
  ['grid', '马春生', 'grid', '230102003001001'],
  ['department', '周海燕', 'department', '230102000000'],
].map(([login, name, role, code], at) => ({
  id: `acc-${at}`,
  login,
  name,
  disabled: false,
  locked_until: at === 2 ? '2099-01-01T00:00:00Z' : null,
  created: `2026-11-2${at}T01:20:00Z`,
  grants: [{ role: `network/${role}`, area: refOf(code!) }],
}))

function select(entity: string, query: URLSearchParams): LinliRecord[] {
  const within = areas.get(query.get('area') ?? '')?.path
  const q = (query.get('q') ?? '').trim()
  const filters = parseFilters(query.getAll('filter'))
  const sort = query.get('sort') ?? ''
  const found = (records.get(entity) ?? []).filter((record) => {
    if (within && !(record.area.path === within || record.area.path!.startsWith(`${within}/`))) return false
    if (record.ended && query.get('ended') !== 'true') return false
    if (
      q &&
      !record.title.startsWith(q) &&
      initials(record.title) !== q[0] &&
      !Object.values(secrets.get(record.id) ?? {}).includes(q)
    )
      return false
    return Object.entries(filters).every(([field, filter]) => {
      const value = record.values[field]
      if (filter.of === 'in')
        return (Array.isArray(value) ? value : [String(value)]).some((one) => filter.values.includes(one))
      if (filter.of === 'between')
        return (
          value !== undefined &&
          (!filter.from || String(value) >= filter.from) &&
          (!filter.to || String(value) <= filter.to)
        )
      if (filter.of === 'prefix') return String(value ?? '').startsWith(filter.text)
      return (value !== undefined) === filter.known
    })
  })
  if (!sort) return found
  const name = sort.replace('-', '')
  const sign = sort.startsWith('-') ? -1 : 1
  return [...found].sort(
    (one, other) =>
      sign * String(one.values[name] ?? '').localeCompare(String(other.values[name] ?? ''), 'zh'),
  )
}

function history(record: LinliRecord): HistoryEntry[] {
  const entry = (
    version: number,
    since: string,
    change: HistoryEntry['change'],
    kind: string,
    by: string,
    fields: HistoryEntry['fields'],
  ): HistoryEntry => ({
    version,
    since,
    until: null,
    by,
    source: { kind, reference: '', label: kind === 'import' ? '安祥社区常住人口台账2026.xlsx' : undefined },
    change,
    fields,
  })
  return [
    ...(record.version > 1
      ? [
          entry(record.version, record.since, record.ended ? 'ended' : 'edited', 'edit', record.by, [
            { field: 'remark', old: null, new: record.values.remark ?? '…' },
          ]),
        ]
      : []),
    entry(3, '2026-09-18T07:40:00Z', 'edited', 'import', '赵晓琳', [
      { field: 'employment', old: 'employed', new: record.values.employment ?? 'retired' },
      { field: 'phone', old: '138****0021', new: record.masked.phone ?? null },
    ]),
    entry(2, '2026-03-02T03:11:00Z', 'moved', 'edit', '马春生', [
      { field: '@area', old: '第二网格', new: record.area.name },
    ]),
    entry(1, '2025-11-03T02:14:00Z', 'created', 'demo', '演示数据', []),
  ]
}

let staleOnce = false
function edit(record: LinliRecord, call: Call): Answer {
  if (call.ifMatch === null) return problem(428, 'record.if_match_required', '请带上版本号')
  const values = (call.body.values ?? {}) as Values
  if (values.remark === '冲突' && !staleOnce) {
    staleOnce = true
    Object.assign(record, { version: record.version + 1, by: '马春生', since: new Date().toISOString() })
    record.values = { ...record.values, remark: '已上门核对', employer: '松花江早市' }
  }
  if (call.ifMatch !== record.version)
    return problem(409, 'record.stale', '别人刚刚改过这条记录', '', {
      current: structuredClone(record),
      yours: values,
    })
  apply(record, values)
  if (call.body.area) record.area = refOf(String(call.body.area))
  return ok(record)
}
function apply(record: LinliRecord, values: Values): void {
  const entity = catalogue.entities.find((entry) => entry.name === record.entity)!
  for (const field of entity.fields) {
    if (!(field.name in values)) continue
    if (field.sensitivity === 'sensitive')
      record.masked[field.name] = mask(field.kind.kind, String(values[field.name]))
    else record.values[field.name] = values[field.name]!
  }
  Object.assign(record, {
    version: record.version + 1,
    since: new Date().toISOString(),
    by: session?.account.name,
    title: String(record.values[entity.title]),
  })
}

function recordRoutes(call: Call): Answer | null {
  const match = call.path.match(/^\/records\/([^/]+\/[^/]+)(?:\/([^/]+))?(?:\/(.+))?$/)
  if (!match) return null
  const [, entity, part, rest] = match as unknown as [string, string, string?, string?]
  const all = records.get(entity) ?? []
  if (!part) {
    if (call.method === 'GET') return page(select(entity, call.query), call.query)
    const values = call.body.values as Values
    if (!values.name && entity === 'people/resident')
      return problem(422, 'record.invalid', '有内容需要改正', '请看标红的项。', {
        fields: [{ field: 'name', code: 'required', message: '请填写姓名' }],
      })
    if (values.name === twin.title && !call.body.confirm_new)
      return problem(409, 'record.possible_duplicates', '可能重复', '', {
        candidates: [{ record: twin, score: 0.88, reasons: ['姓名相同', '地址相近'] }],
      })
    return ok(make(entity, String(call.body.area), values, {}, new Date().toISOString(), 'edit'), 201)
  }
  if (part === 'count') return ok({ count: select(entity, call.query).length })
  if (part === 'export') return { status: 200, file: `${entity}.xlsx` }
  if (part === 'facets') {
    const counts = new Map<string, number>()
    for (const record of select(entity, call.query)) {
      const value = record.values[call.query.get('field')!]
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== undefined && one !== null) counts.set(String(one), (counts.get(String(one)) ?? 0) + 1)
    }
    return ok({ items: [...counts].map(([value, count]) => ({ value, count })) })
  }
  const record = all.find((entry) => entry.id === part)
  if (!record)
    return problem(404, 'record.not_found', '没有这份档案', '它可能已被移动，或不在您的管辖范围内。')
  if (!rest) return call.method === 'PATCH' ? edit(record, call) : ok(record)
  if (rest === 'sources') {
    const names = [...Object.keys(record.values), ...Object.keys(record.masked)]
    return ok(
      Object.fromEntries(
        names.map((name, at) => [
          name,
          {
            source: {
              kind: at % 3 ? record.source.kind : 'edit',
              reference: 'imp-1',
              label: at % 3 && record.source.kind === 'import' ? '安祥社区常住人口台账2026.xlsx' : undefined,
            },
            at: at % 3 ? record.since : '2026-11-12T06:30:00Z',
            by: at % 3 ? record.by : '马春生',
          },
        ]),
      ),
    )
  }
  if (rest === 'history') return ok({ items: history(record) })
  if (rest === 'duplicates')
    return ok({
      items:
        record.id === twinOf
          ? [{ record: twin, score: 0.93, reasons: ['姓名相同', '身份证号相同', '地址相近'] }]
          : [],
    })
  if (rest === 'reveal') return ok({ value: secrets.get(record.id)?.[String(call.body.field)] ?? '' })
  if (rest.startsWith('related/')) {
    const relation = catalogue.entities
      .find((entry) => entry.name === entity)!
      .relations.find((entry) => entry.id === rest.slice(8))!
    return page(
      (records.get(relation.entity) ?? []).filter((entry) => entry.values[relation.by] === record.id),
      call.query,
    )
  }
  if (rest === 'end')
    Object.assign(record, {
      ended: { on: call.body.on, reason: call.body.reason, merged_into: null },
      version: record.version + 1,
    })
  else if (rest === 'reopen') Object.assign(record, { ended: null, version: record.version + 1 })
  else if (rest === 'merge')
    Object.assign(
      all.find((entry) => entry.id === call.body.other)!,
      { ended: { on: '2026-11-23', reason: 'merged', merged_into: record.id } },
    )
  return ok(record)
}

function areaRoutes(call: Call): Answer | null {
  if (call.path === '/areas' && call.method === 'GET') {
    const parent = call.query.get('parent') ?? areas.get(session?.home_area?.code ?? '')?.parent ?? null
    const items = [...areas.values()].filter((area) => area.parent === parent)
    return ok({
      items: call.query.get('parent')
        ? items
        : items.filter((area) => area.code === session?.home_area?.code),
    })
  }
  if (call.path === '/areas/search') {
    const q = call.query.get('q') ?? ''
    return ok({
      items: [...areas.values()]
        .filter((area) => area.name.includes(q) || area.code.startsWith(q))
        .slice(0, Number(call.query.get('limit') ?? 20)),
    })
  }
  const code = call.path.match(/^\/areas\/([^/]+)/)?.[1]
  if (!code) return call.path === '/areas' ? ok(areas.get(String(call.body.parent)), 201) : null
  const held = areas.get(code)
  if (!held) return problem(404, 'area.not_found', '没有这个区域')
  const ancestry: unknown[] = []
  for (let at = held.parent; at; at = areas.get(at)!.parent) ancestry.unshift(refOf(at))
  return ok({
    ...held,
    ancestry,
    places: [],
    names:
      held.kind === 'community'
        ? [
            { name: held.name, from: '2023-06-01', to: null },
            { name: `${held.name}居委会`, from: '2009-01-01', to: '2023-05-31' },
          ]
        : [{ name: held.name, from: '2020-01-01', to: null }],
  })
}

function sheetRoutes(call: Call): Answer | null {
  if (call.path === '/imports')
    return call.method === 'GET'
      ? ok({ items: imports, next: null })
      : ok(
          newImport(
            call.fileName || '台账.xlsx',
            String(call.body.entity ?? 'people/resident'),
            String(call.body.area ?? '230102003001'),
          ),
          201,
        )
  if (call.path === '/fills')
    return call.method === 'GET'
      ? ok({ items: fills })
      : ok(newFill(call.fileName || '模板.xlsx', '230102003001'), 201)
  const one = call.path.match(/^\/(imports|fills)\/([^/]+)(?:\/(.+))?$/)
  if (!one) return null
  const [, sort, id, rest] = one
  if (sort === 'fills') {
    const fill = fills.find((entry) => entry.id === id)
    if (!fill) return problem(404, 'fill.not_found', '没有这次填报')
    if (rest === 'file') return { status: 200, file: fill.file_name }
    return ok(rest === 'mapping' ? fillOut(fill) : fill)
  }
  const item = imports.find((entry) => entry.id === id)
  if (!item) return problem(404, 'import.not_found', '没有这次导入')
  if (rest === 'errors') return { status: 200, file: `${item.file_name}-错误.xlsx` }
  if (rest === 'rows') return page(rowsOf(item, call.query.get('outcome') as Outcome), call.query)
  if (rest?.endsWith('/decision')) {
    const row = Number(rest.split('/')[1])
    const found = (['duplicate', 'conflict'] as const)
      .flatMap((outcome) => rowsOf(item, outcome).map((entry) => ({ ...entry, outcome })))
      .filter((entry) => entry.row === row)
    return ok({
      ...(found.find(
        (entry) =>
          (entry.outcome === 'duplicate') === ['same_as', 'new'].includes(String(call.body.decision)),
      ) ?? found[0]),
      decision: call.body.decision,
    })
  }
  if (rest === 'mapping')
    Object.assign(item, {
      state: 'checked',
      chosen: { sheet: call.body.sheet, table: call.body.table, mapping: call.body.mapping },
      counts: { new: 214, changed: 37, same: 861, conflict: 6, error: 9, duplicate: 4 },
    })
  if (rest === 'undo') Object.assign(item, { state: 'undone', undo: { ended: 214, restored: 37, kept: [] } })
  if (rest === 'apply') Object.assign(item, { state: 'applying', progress: { done: 0, total: 251 } })
  else if (!rest && item.state === 'applying') {
    item.progress!.done = Math.min(item.progress!.total, item.progress!.done + 60)
    if (item.progress!.done === item.progress!.total) item.state = 'applied'
  }
  return ok(item, rest === 'apply' ? 202 : 200)
}

const QR = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h3v3H0zM6 0h3v3H6zM0 6h3v3H0zM4 1h1v2H4zM4 4h2v1H4zM7 5h2v1H7zM5 7h1v2H5zM7 7h2v1H7z"/></svg>',
)}`
const homePage = () => ({
  area: session?.home_area,
  figures: [
    {
      key: 'residents',
      label: '居民',
      value: records.get('people/resident')!.length,
      link: '/registers/people/resident',
    },
    {
      key: 'households',
      label: '户',
      value: records.get('people/household')!.length,
      link: '/registers/people/household',
    },
    {
      key: 'elderly',
      label: '60 岁以上',
      value: 127,
      note: '占 24.6%',
      link: '/registers/people/resident?filter=birth_date:..1966-11-23',
    },
    { key: 'known_phone', label: '有联系电话', value: 451, target: '≥ 95%', note: '87.3%，目标 95%' },
  ],
  todo: [
    {
      kind: 'task',
      title: '待审批的采集任务',
      link: '/tasks?tab=approve',
      count: 1,
      at: '2026-11-22T09:00:00Z',
    },
    {
      kind: 'review',
      title: '“入户走访登记”有答卷待审',
      link: '/forms/form-1/answers?state=received',
      count: 18,
      at: '2026-11-23T06:20:00Z',
    },
    {
      kind: 'conflict',
      title: '离线填报有冲突等您定夺',
      link: '/conflicts',
      count: 2,
      at: '2026-11-21T03:40:00Z',
    },
    {
      kind: 'import',
      title: '“60岁以上老人登记表.csv”有 10 行等您决定',
      link: '/imports/imp-3',
      count: 10,
      at: '2026-11-22T08:30:00Z',
    },
    {
      kind: 'duplicates',
      title: '可能重复的居民档案',
      link: `/registers/people/resident/${twinOf}`,
      count: 1,
      at: '2026-11-20T02:00:00Z',
    },
    {
      kind: 'missing',
      title: '缺少身份证号的居民',
      link: '/registers/people/resident?filter=identity_number:!',
      count: 21,
      at: '2026-11-18T02:00:00Z',
    },
    {
      kind: 'missing',
      title: '缺少联系电话的成年居民',
      link: '/registers/people/resident?filter=phone:!',
      count: 66,
      at: '2026-11-18T02:00:00Z',
    },
  ],
  recent: imports.map((item) => ({
    kind: 'import',
    title: item.file_name,
    link: `/imports/${item.id}`,
    at: item.created,
    note: item.by,
  })),
  burden: { households: 4127, workers: 8, households_per_worker: 515.9, target_min: 300, target_max: 400 },
})

export function answer(call: Call): Answer {
  const at = `${call.method} ${call.path}`
  if (at === 'GET /sign-in-options')
    return ok({
      password: true,
      oidc: { label: '使用龙江政务通登录' },
      demo_accounts: [
        ['city', '市级'],
        ['district', '区级'],
        ['street', '街道'],
        ['community', '社区'],
        ['grid', '网格员'],
        ['department', '部门'],
      ].map(([login, label]) => ({ login, label })),
    })
  if (at === 'POST /session') {
    if (call.body.login === 'locked')
      return problem(429, 'auth.locked', '账号暂时锁定', '', { retry_after: 272 })
    if (call.body.login === 'totp' && !call.body.totp)
      return problem(401, 'auth.totp_required', '请输入动态验证码')
    if (call.body.password !== 'linli-demo')
      return problem(401, 'auth.wrong', '账号或密码不对', '请检查大小写；再错 3 次账号会锁定 5 分钟。')
    return ok(signIn(String(call.body.login)))
  }
  if (at === 'DELETE /session') {
    session = null
    return { status: 204 }
  }
  if (!session || !call.signedIn) return problem(401, 'auth.required', '请先登录')
  if (at === 'GET /session') return ok(session)
  if (call.path === '/session/totp' && call.method === 'POST')
    return ok({ secret: 'JBSW Y3DP EHPK 3PXP', otpauth: 'otpauth://totp/x', qr_svg: QR })
  if (call.path.startsWith('/session'))
    return call.path.endsWith('preferences')
      ? ok(Object.assign(session.preferences, call.body))
      : { status: 204 }
  if (at === 'GET /catalogue') return ok(catalogue)
  if (at === 'GET /home') return ok(homePage())
  if (at === 'GET /system')
    return ok({
      version: '0.1.0',
      data_bytes: 48_300_112,
      areas: 5_312,
      packs: catalogue.packs,
      pending_migration: null,
      last_backup: null,
    })
  if (at === 'GET /accounts') return ok({ items: MOCK_ACCOUNTS })
  if (call.path.startsWith('/accounts')) return ok(MOCK_ACCOUNTS[1])
  if (at === 'GET /audit') {
    const actions = [
      ['sign_in', 'system', {}],
      ['reveal', 'people/resident', { field: '身份证号', purpose: '上门核实高龄津贴' }],
      ['export', 'people/resident', { rows: 312, format: 'xlsx' }],
      ['edit', 'people/resident', {}],
      ['denied', 'accounts', { verb: 'manage' }],
      ['import', 'people/resident', { file: '安祥社区常住人口台账2026.xlsx' }],
    ] as const
    return ok({
      items: Array.from({ length: 24 }, (_, n) => ({
        at: new Date(Date.UTC(2026, 10, 23, 9) - n * 2_700_000).toISOString(),
        chain: 'main',
        seq: 900 - n,
        account: 'acc-1',
        name: n % 4 ? '赵晓琳' : '马春生',
        action: actions[n % 6]![0],
        subject: actions[n % 6]![1],
        reference: '',
        area: refOf('230102003001'),
        detail: actions[n % 6]![2],
        address: '10.20.3.17',
      })),
      next: null,
    })
  }
  return (
    recordRoutes(call) ??
    (call.path === '/areas/geojson' ? caseRoutes(call) : areaRoutes(call)) ??
    sheetRoutes(call) ??
    surveyRoutes(call) ??
    answerRoutes(call) ??
    formRoutes(call) ??
    taskRoutes(call) ??
    officeRoutes(call) ??
    caseRoutes(call) ??
    indicatorRoutes(call) ??
    reportRoutes(call) ??
    problem(404, 'not_found', '没有这个地址')
  )
}
