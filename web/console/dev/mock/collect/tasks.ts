/** Tasks, complaints and burden of the mock, and the responsibility list that tasks cite. */
import { COMMUNITY, grid, ok, page, problem, WORKERS } from './answer.ts'
import { areas, catalogue, make, records, refOf } from '../data.ts'
import { fills } from '../sheets.ts'
import type { Answer, Call } from '../handlers.ts'
import type {
  Assignment,
  BurdenRow,
  Complaint,
  Population,
  Task,
  TaskBody,
} from '../../../../shared/src/api/collect.ts'
import type { Entity, Field } from '../../../../shared/src/api/types.ts'

const DUTY = 'duty/duty_list_item'
if (!catalogue.entities.some((entity) => entity.name === DUTY)) {
  const field = (name: string, zh: string, en: string): Field => ({
    name,
    label: { zh, en },
    kind: { kind: 'text', max: 200 },
    required: true,
    unique: false,
    sensitivity: 'open',
    filter: false,
    search: true,
    off_by_default: false,
  })
  catalogue.packs.push({ id: 'duty', title: { zh: '职责', en: 'Duties' }, version: '0.1.0' })
  catalogue.entities.push({
    name: DUTY,
    label: { zh: '责任清单', en: 'Responsibility list' },
    about: { zh: '街道、社区该做的事和依据。', en: 'What is to be done, and by what right.' },
    title: 'title',
    area_kinds: ['district'],
    groups: [],
    fields: [field('title', '事项', 'Item'), field('basis', '依据', 'Basis')],
    relations: [],
    view: { columns: ['title', 'basis'], sort: ['title'] },
    people: false,
    permissions: ['read'],
  } satisfies Entity)
  for (const [title, basis] of [
    ['老年人福利补贴', '《老年人权益保障法》第三十三条'],
    ['困难群众走访', '《社会救助暂行办法》第五十五条'],
    ['消防安全检查', '《消防法》第三十二条'],
  ])
    make(DUTY, '230102000000', { title: title!, basis: basis! })
}
const duty = records.get(DUTY)!

function task(id: string, part: Partial<Task>): Task {
  return {
    id,
    number: `2026-000${id.slice(-1)}`,
    title: '',
    kind: 'visit',
    form: null,
    fields: [],
    issuer: '道里区民政局',
    area: refOf(COMMUNITY),
    basis: { item: { entity: DUTY, id: duty[0]!.id, title: duty[0]!.title }, text: '' },
    purpose: '',
    deadline: '2026-12-10',
    expires: '2027-01-10',
    state: 'open',
    approval: { by: '孙立群', at: '2026-11-10T02:00:00Z', note: '同意，注意避开上班时间。' },
    population: {
      entity: 'people/resident',
      area: refOf(COMMUNITY),
      filters: ['birth_date:..1966-11-23'],
      fill: null,
    },
    counts: { assigned: 0, done: 0, no_change: 0, changed: 0, unreachable: 0, open: 0, overdue: 0 },
    questions: 4,
    already_held: 0,
    minutes: 0,
    complaints: 0,
    created: '2026-11-09T03:00:00Z',
    by: '周海燕',
    actions: [],
    ...part,
  }
}
export const tasks: Task[] = [
  task('task-1', {
    title: '冬季走访：60 岁以上老人',
    kind: 'form',
    form: { id: 'form-1', title: '入户走访登记', version: '2026091501' },
    purpose: '掌握独居、空巢老人冬季取暖和照料情况，落实探访关爱。',
    counts: { assigned: 127, done: 82, no_change: 61, changed: 17, unreachable: 4, open: 45, overdue: 3 },
    questions: 16,
    already_held: 3,
    minutes: 762,
    complaints: 1,
    actions: ['remind', 'close'],
  }),
  task('task-2', {
    title: '高龄津贴年审',
    issuer: '道里区民政局',
    fields: ['people/resident/phone', 'people/resident/address'],
    purpose: '核对高龄津贴对象是否健在、住址有无变化。',
    counts: { assigned: 46, done: 46, no_change: 44, changed: 2, unreachable: 0, open: 0, overdue: 0 },
    minutes: 46,
    state: 'closed',
    deadline: '2026-10-31',
  }),
  task('task-3', {
    title: '补齐：高龄津贴花名册（空表）',
    issuer: '道里区卫生健康局',
    fields: ['people/resident/phone', 'people/resident/identity_number'],
    purpose: '补全花名册缺少的联系电话和身份证号。',
    state: 'submitted',
    approval: null,
    population: {
      entity: 'people/resident',
      area: refOf(COMMUNITY),
      filters: [],
      fill: { id: 'fill-1', file_name: '高龄津贴花名册（空表）.xlsx' },
    },
    counts: { assigned: 23, done: 0, no_change: 0, changed: 0, unreachable: 0, open: 23, overdue: 0 },
    questions: 2,
    already_held: 1,
    minutes: 69,
    actions: ['approve', 'reject'],
  }),
  task('task-4', {
    title: '节前消防走访',
    issuer: '抚顺街道办事处',
    kind: 'form',
    form: { id: 'form-1', title: '入户走访登记', version: '2026091501' },
    basis: { item: null, text: '' },
    purpose: '',
    state: 'draft',
    deadline: null,
    expires: null,
    approval: null,
    actions: ['edit', 'submit'],
    by: '赵晓琳',
  }),
]
const homes = records.get('people/resident')!
const work: Assignment[] = Array.from({ length: 64 }, (_, at) => {
  const one = homes[(at * 5) % homes.length]!
  const state = (['done', 'done', 'open', 'done', 'unreachable', 'open', 'complaint'] as const)[at % 7]!
  const outcome = state === 'done' ? (at % 3 ? 'no_change' : 'changed') : null
  return {
    id: `as-${at}`,
    task: {
      id: 'task-1',
      title: '',
      kind: 'form',
      deadline: '2026-12-10',
      purpose: '',
      basis: '',
    },
    record: { entity: 'people/resident', id: one.id, title: one.title },
    subtitle: String(one.values.address ?? ''),
    area: grid(at + 1),
    worker: at % 9 === 8 ? null : WORKERS[at % 8]!,
    state,
    outcome,
    done_at: state === 'open' ? null : new Date(Date.UTC(2026, 10, 22, 9) - at * 3_000_000).toISOString(),
    instance_id: null,
  }
})
const complaints: Complaint[] = [
  {
    id: 'cmp-1',
    task: { id: 'task-1', title: '冬季走访：60 岁以上老人' },
    issuer: '道里区民政局',
    area: grid(3),
    note: '家庭人数上个月刚报过，又要重报一遍。',
    at: '2026-11-20T02:00:00Z',
    state: 'open',
    answer: null,
  },
  {
    id: 'cmp-2',
    task: { id: 'task-2', title: '高龄津贴年审' },
    issuer: '道里区民政局',
    area: grid(5),
    note: '责任清单里没有让网格员拍身份证。',
    at: '2026-10-12T02:00:00Z',
    state: 'upheld',
    answer: '已要求取消拍照，只核对号码后四位。',
  },
]
const population = (body: TaskBody['population']): Population => {
  const fill = fills.find((entry) => entry.id === body.fill)
  return {
    entity: body.entity,
    area: refOf(body.area),
    filters: body.filters,
    fill: fill ? { id: fill.id, file_name: fill.file_name } : null,
  }
}
function written(body: Partial<TaskBody>): Partial<Task> {
  const item = body.basis?.item ? duty.find((entry) => entry.id === body.basis!.item!.id) : null
  return {
    ...(body.title !== undefined && {
      title: body.title,
      kind: body.kind,
      purpose: body.purpose,
      deadline: body.deadline,
      expires: body.expires,
      fields: body.fields,
    }),
    ...(body.basis && {
      basis: { item: item ? { entity: DUTY, id: item.id, title: item.title } : null, text: body.basis.text },
    }),
    ...(body.population && { population: population(body.population), area: refOf(body.area!) }),
    ...(body.form && { form: { id: body.form, title: '入户走访登记', version: '2026091501' } }),
  }
}
const row = (n: number): BurdenRow => ({
  requests: 1 + (n % 4),
  questions: 40 + n * 17,
  already_held: 4 + ((n * 5) % 19),
  answers: 120 + n * 61,
  minutes: 900 + n * 377,
  complaints: n % 3,
})
const plus = (one: BurdenRow, other: BurdenRow): BurdenRow =>
  Object.fromEntries(
    Object.entries(one).map(([name, value]) => [name, value + other[name as keyof BurdenRow]]),
  ) as unknown as BurdenRow

function oneTask(call: Call, one: Task, rest: string): Answer {
  if (!rest)
    return ok(call.method === 'PATCH' ? Object.assign(one, written(call.body as Partial<TaskBody>)) : one)
  if (rest === 'progress') {
    const parent = call.query.get('area') ?? one.area.code
    const below = [...areas.values()].filter((area) => area.parent === parent)
    return ok({
      items: below.map((area, at) => ({
        area: refOf(area.code),
        assigned: 42 - at * 5,
        done: 30 - at * 6,
        no_change: 20 - at * 4,
        changed: 10 - at * 2,
        unreachable: at,
        overdue: at % 2 ? 0 : at,
      })),
    })
  }
  if (rest === 'assignments') {
    const state = call.query.get('state')
    const area = call.query.get('area')
    return page(
      work.filter((entry) => (!state || entry.state === state) && (!area || entry.area.path?.includes(area))),
      call.query,
    )
  }
  if (rest === 'result') return { status: 200, file: `${one.title}.xlsx` }
  const note = String(call.body.note ?? '') || null
  const approval = { by: '孙立群', at: new Date().toISOString(), note }
  if (rest === 'submit') Object.assign(one, { state: 'submitted', actions: ['approve', 'reject'] })
  if (rest === 'approve') Object.assign(one, { state: 'open', approval, actions: ['remind', 'close'] })
  if (rest === 'reject') Object.assign(one, { state: 'rejected', approval, actions: ['edit', 'submit'] })
  if (rest === 'close') Object.assign(one, { state: 'closed', actions: [] })
  return ok(structuredClone(one))
}

export function taskRoutes(call: Call): Answer | null {
  if (call.path === '/tasks' && call.method === 'GET') {
    const [box, state] = [call.query.get('box'), call.query.get('state')]
    return page(
      tasks.filter(
        (one) =>
          (!state || one.state === state) &&
          (box !== 'approve' || one.state === 'submitted') &&
          (box !== 'issued' || one.by === '赵晓琳') &&
          (box !== 'mine' || one.state === 'open'),
      ),
      call.query,
    )
  }
  if (call.path === '/tasks') {
    const made = task(`task-${tasks.length + 1}`, {
      state: 'draft',
      approval: null,
      actions: ['edit', 'submit'],
      by: '赵晓琳',
      issuer: '安祥社区',
      ...written(call.body as Partial<TaskBody>),
    })
    tasks.unshift(made)
    return ok(made, 201)
  }
  if (call.path === '/tasks/preview')
    return ok({
      records: 127,
      by_area: [1, 2, 3, 4, 5].map((n) => ({ area: grid(n), records: 34 - n * 3, workers: n === 4 ? 0 : 1 })),
      questions: call.body.kind === 'form' ? 16 : 2,
      already_held: [
        { element: 'people/household/member_count', label: '家庭人数', coverage: 0.97 },
        { element: 'people/household/contact_phone', label: '联系电话', coverage: 0.86 },
      ],
      minutes: 762,
    })
  if (call.path === '/tasks/bases')
    return ok({
      items: duty.map((item, at) => ({
        entity: DUTY,
        id: item.id,
        title: item.title,
        code: `DL-${String(at + 1).padStart(3, '0')}`,
        kind: 'responsibility',
        owner: '道里区民政局',
        basis: item.values.basis,
        collects: '',
        area: refOf('230102000000'),
      })),
    })
  if (call.path === '/complaints') return ok({ items: complaints })
  if (call.path.startsWith('/complaints/')) {
    const one = complaints.find((entry) => call.path.includes(entry.id))!
    return ok(Object.assign(one, { state: call.body.state, answer: call.body.note }))
  }
  if (call.path === '/burden') {
    const issuers = ['道里区民政局', '道里区卫生健康局', '道里区消防救援大队', '抚顺街道办事处'].map(
      (issuer, at) => ({ issuer, ...row(at + 1) }),
    )
    const by_area = [1, 2, 3, 4, 5].map((n) => ({
      area: refOf(`23010200300${n}`),
      households: 4_127 - n * 280,
      workers: 8 - (n % 3),
      ...row(n),
    }))
    return ok({
      from: call.query.get('from'),
      to: call.query.get('to'),
      totals: issuers.reduce<BurdenRow>(plus, {
        requests: 0,
        questions: 0,
        already_held: 0,
        answers: 0,
        minutes: 0,
        complaints: 0,
      }),
      by_issuer: issuers,
      by_area,
      tasks: tasks
        .filter((one) => one.state !== 'draft')
        .map((one, at) => ({ id: one.id, title: one.title, issuer: one.issuer, ...row(at) })),
    })
  }
  const match = call.path.match(/^\/tasks\/([^/]+)(?:\/(.+))?$/)
  if (!match) return null
  const one = tasks.find((entry) => entry.id === match[1])
  return one ? oneTask(call, one, match[2] ?? '') : problem(404, 'task.not_found', '没有这项任务')
}
