/** Cases of the mock: made by rule, moved by the same flows. Nobody in them exists. */
import { COMMUNITY, grid, WORKERS } from '../collect/answer.ts'
import { random, records, refOf } from '../data.ts'
import { classText, flowOf, type MockAction } from './flows.ts'
import type {
  Case,
  CaseAction,
  CaseClock,
  CaseDetail,
  CaseEvent,
  FlowAction,
} from '../../../../shared/src/api/flow.ts'

export const NOW = Date.now()
const HOUR = 3_600_000
export const at = (hours: number): string => new Date(NOW + hours * HOUR).toISOString()
export const units = [
  '城管执法中队',
  '安祥物业',
  '华能供热',
  '道里供电所',
  '水务公司',
  '区住建局',
  '区民政局',
  '市场监管所',
].map((name, n) => ({ id: `unit-${n + 1}`, name }))
export const unit = (n: number) => units[n % units.length]!

export const all: CaseDetail[] = []
let count = 0

function clockOf(name: string, state: string, hours: number, phase: string): CaseClock | null {
  if (phase === 'done' || phase === 'cancelled') return null
  const held = flowOf(name).clocks[0]!
  const paused = flowOf(name).clocks.some((clock) => clock.pauses.includes(state))
  const clock = flowOf(name).clocks.find((entry) => entry.starts.includes(state)) ?? held
  return {
    name: clock.name,
    label: clock.label,
    due: at(hours),
    state: paused ? 'paused' : hours < 0 ? 'overdue' : 'running',
    left_seconds: Math.max(0, Math.round(hours * 3600 * (clock.limit.includes('working') ? 0.34 : 1))),
  }
}
const lat = (n: number): number => 45.7601 + ((n * 37) % 60) / 5200
const lon = (n: number): number => 126.6005 + ((n * 53) % 80) / 4700

export function make(
  name: string,
  part: { title: string; state: string; hours: number; ago: number } & Partial<Omit<CaseDetail, 'state'>>,
): CaseDetail {
  const flow = flowOf(name)
  const state = flow.states.find((entry) => entry.name === part.state)!
  const owner = flow.parties.find((entry) => entry.name === state.owner)
  const n = (count += 1)
  const area = part.area ?? (name === 'grid/incident' ? grid(n) : refOf(COMMUNITY))
  const clock = clockOf(name, part.state, part.hours, state.phase)
  const first: CaseEvent = {
    seq: 1,
    at: at(-part.ago),
    by: part.by ?? WORKERS[n % 8]!,
    action: { name: 'open', label: '登记' },
    from: null,
    to: flow.states[0]!.label,
    note: null,
    party: null,
    values: [],
    files: [],
    form: null,
  }
  const detail: CaseDetail = {
    id: `case-${n}`,
    number: `${name === 'grid/incident' ? 'SJ' : name === 'service/application' ? 'BJ' : name === 'command/whistle' ? 'CS' : 'XT'}-2026-${String(n).padStart(6, '0')}`,
    flow: { name, label: flow.label },
    area,
    priority: 0,
    opened: at(-part.ago),
    by: WORKERS[n % 8]!,
    due: clock?.state === 'paused' ? null : (clock?.due ?? null),
    clock,
    owner: owner ? [{ label: owner.label, kind: owner.kind }] : [],
    unit: null,
    overdue: clock?.state === 'overdue',
    place: null,
    merged_into: null,
    mine: n % 3 === 0 && !['done', 'cancelled'].includes(state.phase),
    values: {},
    shown: {},
    masked: {},
    fields: flow.fields,
    history: [first],
    parties: [],
    clocks: clock ? [clock] : [],
    links: [],
    files: [],
    form: null,
    actions: [],
    duplicates: [],
    suggestions: null,
    rating: null,
    ratings: [],
    version: 1,
    ...part,
    state,
  } as CaseDetail
  all.push(detail)
  return detail
}

const INCIDENTS: [kind: string, text: string, place: string][] = [
  ['0101', '楼道口堆放装修垃圾，影响通行', '抚顺街 12 号楼 2 单元'],
  ['0205', '人行道地砖塌陷约半米', '安祥街与抚顺街交口'],
  ['0502', '三楼住户反映暖气不热，室温 15 度', '安祥小区 5 号楼'],
  ['0401', '雨水井盖缺失，已摆警示桶', '铁路三院东门'],
  ['0301', '流动摊贩占用盲道', '抚顺家园南门'],
  ['0603', '夜间施工噪声', '抚顺街 20 号'],
]
const STATES = ['reported', 'filed', 'dispatched', 'dispatched', 'handled', 'waiting', 'closed', 'closed']
for (let n = 0; n < 44; n += 1) {
  const [kind, text, place] = INCIDENTS[n % 6]!
  const state = STATES[Math.floor(random() * STATES.length)]!
  const hours = [3, 21, -7, 46, 0.7, 90, -30, 12][n % 8]!
  const one = make('grid/incident', {
    title: `${classText(kind)} ${place}`,
    state,
    hours,
    ago: 2 + n * 5,
    values: { kind, text },
    shown: { kind: classText(kind), text },
    place: { lat: lat(n), lon: lon(n), text: place },
    unit: ['dispatched', 'handled', 'closed', 'waiting'].includes(state) ? unit(n) : null,
  })
  if (one.unit)
    one.parties = [
      {
        key: `u:${one.unit.id}`,
        label: '处置单位',
        kind: 'unit',
        unit: one.unit,
        state: state === 'dispatched' || state === 'waiting' ? 'called' : 'reported',
        since: at(-1 - n * 4),
        due: one.due,
        reported_at: state === 'handled' || state === 'closed' ? at(-1) : null,
        note: state === 'handled' || state === 'closed' ? '已清理完毕，照片附后。' : null,
      },
    ]
}
const rich = all.find((one) => one.state.name === 'handled') ?? all[0]!
rich.mine = true
rich.history.push(
  ...[
    ['verify', '核实属实', 'step', '待核实', '待派遣', '现场情况属实，已拍照。', '社区核实人', '何丽华'],
    ['dispatch', '派遣', 'assign', '待派遣', '处置中', null, '街道派遣员', '孙立群'],
    ['give_back', '退回', 'return', '处置中', '待派遣', '该处产权属物业，请转物业。', '城管执法中队', '宋伟'],
    ['dispatch', '派遣', 'assign', '待派遣', '处置中', '转物业，请今天内处理。', '街道派遣员', '孙立群'],
    ['comment', '留言', 'comment', null, null, '居民来电催办一次。', null, '赵晓琳'],
    ['supervise', '督办', 'supervise', null, null, '临近时限，请抓紧。', '区级督办', '周海燕'],
    ['feedback', '处置反馈', 'report', '处置中', '待核查', '已清运，楼道恢复通行。', '安祥物业', '于静'],
  ].map(([name, label, , from, to, note, party, by], n): CaseEvent => ({
    seq: n + 2,
    at: at(-20 + n * 2.6),
    by: by!,
    action: { name: name!, label: label! },
    from: from ?? null,
    to: to ?? null,
    note: note ?? null,
    party: party ?? null,
    values: name === 'feedback' ? [{ label: '处置结果', shown: '清运装修垃圾约 2 方' }] : [],
    files: name === 'feedback' ? ['处置后.jpg'] : [],
    form: null,
  })),
)
rich.version = rich.history.length
const someone = records.get('people/resident')![4]!
rich.links = [{ entity: 'people/resident', id: someone.id, title: someone.title }]
rich.files = ['现场.jpg', '处置后.jpg'].map((name, n) => ({
  name,
  size: 412_000 + n * 90_000,
  type: 'image/jpeg',
  url: '/icon.svg',
  by: '马春生',
  at: at(-18 + n * 16),
}))
rich.parties = [unit(1), unit(0)].map((one, n) => ({
  key: `u:${one.id}`,
  label: '处置单位',
  kind: 'unit',
  unit: one,
  state: n ? 'called' : 'reported',
  since: at(-12),
  due: at(n ? -1 : 4),
  reported_at: n ? null : at(-3),
  note: n ? null : '已清运，楼道恢复通行。',
}))
export const richId = rich.id
const twin = all.find(
  (one) => one.id !== rich.id && one.values.kind === rich.values.kind && one.state.phase !== 'done',
)
if (twin) rich.duplicates = [plain(twin)]

const ITEMS = ['高龄津贴', '临时救助', '残疾人两项补贴', '最低生活保障', '老年人优待证', '公共租赁住房']
for (let n = 0; n < 18; n += 1) {
  const who = records.get('people/resident')![n * 3]!
  const state = ['submitted', 'supplement', 'reviewing', 'decided', 'delivered', 'delivered'][n % 6]!
  make('service/application', {
    title: `${ITEMS[n % 6]} · ${who.title}`,
    state,
    hours: [70, 30, -20, 5, 10, 10][n % 6]!,
    ago: n < 6 ? n + 1 : n * 9,
    area: refOf(COMMUNITY),
    values: { item: ITEMS[n % 6]!, applicant: who.title },
    shown: { item: ITEMS[n % 6]!, applicant: who.title, ...(n % 3 === 1 && { told: '银行卡复印件' }) },
    masked: { phone: '139****0021' },
    links: [{ entity: 'people/resident', id: who.id, title: who.title }],
    ratings: state === 'delivered' ? [{ score: 5 - (n % 3), comment: '没让我多跑，挺好。', at: at(-2) }] : [],
  })
}
for (const [n, [title, state]] of (
  [
    ['安祥小区东侧违建反复', 'raised'],
    ['铁路三院地下管网老化渗漏', 'accepted'],
    ['抚顺家园消防通道被占', 'joint'],
    ['早市占道整治', 'resolved'],
    ['供热站锅炉噪声', 'closed'],
  ] as const
).entries()) {
  const one = make('command/whistle', {
    title,
    state,
    hours: [1.2, 20, -3, 40, 0][n]!,
    ago: 1 + n * 30,
    area: refOf('230102003000'),
    mine: n < 2,
    shown: { text: `${title}，居民多次反映，需要几家一起到场处理。` },
  })
  one.parties = [0, 5, 3].map((u, k) => ({
    key: `u:${unit(u).id}`,
    label: '被叫部门',
    kind: 'unit',
    unit: unit(u),
    state: n > 1 || k === 0 ? 'reported' : k === 2 && n === 1 ? 'declined' : 'called',
    since: at(-1 - n * 30),
    due: at([1.2, -2, 20][k]!),
    reported_at: n > 1 || k === 0 ? at(-1) : null,
    note: n > 1 || k === 0 ? '已到场，可先拆除围挡。' : null,
  }))
}
for (const [n, title] of ['商户从业人员健康证核查', '养犬情况入户登记', '第三次土壤普查协助'].entries())
  make('duty/affair_request', {
    title,
    state: ['submitted', 'review', 'agreed'][n]!,
    hours: [10, -4, 60][n]!,
    ago: 20 + n * 40,
    mine: n === 0,
    shown: { text: `${title}，约需 12 个工作日` },
  })
for (const [n, title] of ['四季度联席会议', '三季度联席会议', '二季度联席会议'].entries())
  make('party/joint_meeting', {
    title: `安祥社区${title}`,
    state: ['scheduled', 'tracked', 'evaluated'][n]!,
    hours: [60, 100, 0][n]!,
    ago: 10 + n * 2000,
    unit: unit(n + 1),
  })
for (const [n, title] of ['腾出两间活动室给居民夜校', '单位停车场错时开放 30 个车位'].entries())
  make('party/resolution', { title, state: n ? 'done' : 'open', hours: 300, ago: 900, unit: unit(n + 1) })

/** As a list shows it. */
export function plain(one: CaseDetail): Case {
  const { id, number, flow, title, area, state, priority, opened, by, due, clock, owner, unit, overdue } = one
  const { place, merged_into, mine, ratings } = one
  return {
    id,
    number,
    flow,
    title,
    area,
    state,
    priority,
    opened,
    by,
    due,
    clock,
    owner,
    unit,
    overdue,
    place,
    merged_into,
    mine,
    rating: ratings.at(-1)?.score ?? null,
  }
}

const ended = (one: CaseDetail): boolean => ['done', 'cancelled'].includes(one.state.phase)
export function offers(one: CaseDetail, action: FlowAction): boolean {
  return action.from.includes(one.state.name) || (action.from.includes('*') && !ended(one))
}
export function actionsOf(one: CaseDetail): CaseAction[] {
  const flow = flowOf(one.flow.name)
  const open = one.parties.filter((party) => party.state === 'called')
  return flow.actions
    .filter((action) => offers(one, action))
    .map((action) => ({
      name: action.name,
      label: action.label,
      kind: action.kind,
      fields: action.kind === 'report' ? flow.fields.filter((field) => field.name === 'result') : [],
      required: [],
      assign: action.assign
        ? { party: action.assign, label: '处置单位', kind: 'unit', many: true, candidates_url: '' }
        : null,
      reason: (action as MockAction).reason ?? false,
      confirm: action.kind === 'close' ? '办结后开始计评价，请再看一眼。' : null,
      place: 'no',
      files: action.kind === 'report' || action.kind === 'step' ? 'optional' : 'no',
      form: null,
      blocked: action.kind === 'close' && open.length ? `还有 ${open.length} 家没有反馈` : null,
    }))
}
export const detail = (one: CaseDetail): CaseDetail =>
  structuredClone({
    ...one,
    actions: actionsOf(one),
    suggestions:
      one.state.name === 'filed'
        ? { kind: [], unit: [{ ...unit(1), share: 0.8 }], basis: 'learned', accuracy: 0.8, cases: 40 }
        : null,
  })

export function move(
  one: CaseDetail,
  action: FlowAction,
  by: string,
  note: string | null,
  parties: string[] = [],
): void {
  const flow = flowOf(one.flow.name)
  const to = flow.states.find((entry) => entry.name === (action.to ?? one.state.name))!
  one.version += 1
  one.history.push({
    seq: one.version,
    at: new Date().toISOString(),
    by,
    action: { name: action.name, label: action.label },
    from: action.to ? one.state.label : null,
    to: action.to ? to.label : null,
    note,
    party: null,
    values: [],
    files: [],
    form: null,
  })
  if (action.to) {
    one.state = to
    one.clock = clockOf(one.flow.name, to.name, 30, to.phase)
    one.clocks = one.clock ? [one.clock] : []
    one.due = one.clock?.due ?? null
    one.overdue = false
    const owner = flow.parties.find((entry) => entry.name === to.owner)
    one.owner = owner ? [{ label: owner.label, kind: owner.kind }] : []
  }
  for (const id of parties) {
    const held = units.find((entry) => entry.id === id)
    if (!held) continue
    one.unit = held
    one.parties.push({
      key: `u:${id}`,
      label: '处置单位',
      kind: 'unit',
      unit: held,
      state: 'called',
      since: new Date().toISOString(),
      due: one.due,
      reported_at: null,
      note: null,
    })
  }
}
