/** Cases and residents' calls of the mock: enough to walk through every page. */
import type { Answer, Call } from './handlers.ts'

const ok = (body: unknown, status = 200): Answer => ({ status, body })
const AREA = {
  code: '230103013010001',
  name: '焊接第1网格',
  full_name: '哈尔滨市 / 南岗区 / 七政街道 / 焊接社区 / 焊接第1网格',
}
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()
const text = (name: string, zh: string) => ({
  name,
  label: { zh, en: zh },
  kind: { kind: 'long_text' },
  required: false,
  unique: false,
  sensitivity: 'open',
  filter: false,
})
const one = (id: string, title: string, hours: number, state: string) => ({
  id,
  number: `SJ-2026-00004${id.slice(-1)}`,
  flow: { name: 'grid/incident', label: '网格事件' },
  title,
  area: AREA,
  state: { name: 'verify', label: { zh: state, en: state }, phase: 'working' },
  priority: null,
  opened: inHours(-26),
  by: '居民扫码上报',
  due: inHours(hours),
  clock: {
    name: 'verify',
    label: '核实时限',
    due: inHours(hours),
    state: hours < 0 ? 'overdue' : 'running',
    left_seconds: hours * 3600,
  },
  owner: [{ label: '焊接第1网格 网格员', kind: 'role' }],
  unit: null,
  overdue: hours < 0,
  rating: null,
  place: null,
  merged_into: null,
  mine: true,
})
const cases = [
  one('case-1', '井盖缺损 · 焊研小区3号楼前', -2, '待核实'),
  one('case-2', '路灯不亮 · 和平路55号', 3, '待核查'),
]
const detail = (found: (typeof cases)[number]) => ({
  ...found,
  values: { text: '3号楼前井盖松动,踩上去会翘起来。' },
  shown: { text: '3号楼前井盖松动,踩上去会翘起来。', kind: '井盖缺损' },
  masked: {},
  fields: [text('text', '情况描述'), text('kind', '事件类别')],
  history: [
    {
      seq: 1,
      at: found.opened,
      by: '居民扫码上报',
      action: { name: 'open', label: { zh: '上报', en: 'Reported' } },
      from: null,
      to: '待核实',
      note: null,
      party: null,
      values: [],
      files: [],
    },
  ],
  parties: [],
  clocks: [],
  links: [],
  files: [],
  actions: [
    {
      name: 'verify',
      label: { zh: '核实属实', en: 'Verified' },
      kind: 'step',
      fields: [text('site_note', '现场情况')],
      required: ['site_note'],
      assign: null,
      reason: false,
      confirm: null,
      place: 'optional',
      files: 'required',
      form: null,
      blocked: null,
    },
    {
      name: 'reject',
      label: { zh: '不属实', en: 'Not so' },
      kind: 'cancel',
      fields: [],
      required: [],
      assign: null,
      reason: true,
      confirm: { zh: '上报人会看到原因。', en: 'The reporter reads why.' },
      place: 'no',
      files: 'no',
      form: null,
      blocked: null,
    },
    {
      name: 'dispatch',
      label: { zh: '派遣', en: 'Dispatch' },
      kind: 'assign',
      fields: [],
      required: [],
      assign: { party: '处置单位', kind: 'unit', many: false },
      reason: false,
      confirm: null,
      place: 'no',
      files: 'no',
      form: null,
      blocked: null,
    },
  ],
  duplicates: [],
  suggestions: null,
  rating: null,
  version: 1,
})
const publicCase = (rated: boolean) => ({
  number: 'SJ-2026-000041',
  title: '网格事件',
  area: { ...AREA, code: '230103013010', name: '焊接社区' },
  state: '已办结',
  phase: 'done',
  opened: inHours(-30),
  due: null,
  overdue: false,
  steps: [
    { at: inHours(-30), label: '提交', state: '待核实', note: null },
    { at: inHours(-28), label: '派遣', state: '处置中', note: null },
    { at: inHours(-3), label: '结案', state: '已办结', note: null },
  ],
  told: [{ name: 'result', label: '处置结果', text: '更换井盖一套。' }],
  actions: rated ? [] : ['rate'],
  rating: rated ? 5 : null,
})
const items = [
  {
    code: 'MZ-03',
    name: 'service/advanced_age_allowance',
    title: '高龄津贴申领',
    kind: '行政给付',
    audience: '年满 80 周岁的本市户籍老年人',
    limit: 5,
    fee: 0,
    instead: null,
    fits: null,
    missing: [],
  },
]
const item = {
  ...items[0],
  guide: '年龄、户籍由数据核验。',
  basis: [],
  decided_at: 'street',
  conditions: [{ text: '年满 80 周岁', holds: null, from: [] }],
  materials: [
    { name: 'registration', label: '户口簿', kind: 'held', needed: true, optional: false, by_data: true },
    { name: 'account', label: '银行卡', kind: 'paper', needed: true, optional: false, by_data: false },
  ],
  fields: [
    {
      name: 'bank_account',
      label: { zh: '收款账号', en: 'Account' },
      kind: { kind: 'text', max: 30 },
      required: true,
      sensitivity: 'sensitive',
    },
  ],
  prefill: {},
  codes: {
    'service/relation_to_applicant': [
      { code: 'family', label: { zh: '家庭成员', en: 'Family' }, parent: null, retired: false },
    ],
  },
}
const certificates = [
  {
    code: '10',
    title: '居住证明',
    needed: false,
    instead: '凭居住证或由用证单位向公安机关核验。',
    checked_by: '公安',
    basis: '民发〔2020〕20号',
  },
]

/** What a worker may ask. */
export function work(call: Call, receive: (id: string, kind: string, body: unknown) => void): Answer | null {
  const { path, method, body } = call
  if (path === '/todo')
    return ok({
      items: cases.map((each) => ({
        kind: 'case',
        id: each.id,
        title: each.title,
        subtitle: each.number,
        link: null,
        due: each.due,
        overdue: each.overdue,
        at: each.opened,
      })),
      next: null,
      counts: { all: 2, overdue: 1, today: 1 },
    })
  if (path === '/cases' && method === 'GET') return ok({ items: cases.slice(1), next: null })
  if (path === '/cases' && method === 'POST') {
    receive(String(body.client_id), 'case', body)
    return ok({ ...detail(cases[0]!), number: 'SJ-2026-000043' }, 201)
  }
  if (path === '/grid/suggest')
    return ok({
      kind: call.query.get('text')?.includes('井')
        ? [
            { code: '0109', label: '井盖缺损', share: 0.8 },
            { code: '0108', label: '道路破损', share: 0.1 },
          ]
        : [],
      unit: [],
      basis: 'keywords',
      accuracy: null,
      cases: 0,
    })
  if (path === '/grid/near') return ok({ items: [{ ...cases[0]!, metres: 30 }] })
  const act = path.match(/^\/cases\/([^/]+)\/(files|actions\/[^/]+)$/)
  if (act) {
    if (act[2] !== 'files') receive(String(body.client_id), 'case-act', body)
    return ok(detail(cases.find((each) => each.id === act[1]) ?? cases[0]!))
  }
  const found = cases.find((each) => path === `/cases/${each.id}`)
  return found ? ok(detail(found)) : null
}

let rated = false
/** What anybody may ask. */
export function resident({ path, method }: Call): Answer | null {
  if (path.startsWith('/public/office/'))
    return ok({
      area: { ...AREA, code: '230103013010', name: '焊接社区' },
      name: '焊接社区居民委员会',
      address: '南岗区和平路 55 号',
      phone: '0451-8230 0000',
      hours: '周一至周五 8:30–17:00',
      worker: { name: '马网格员', grid: '焊接第1网格' },
    })
  if (path === '/public/service/items') return ok({ items })
  if (path.startsWith('/public/service/items/')) return ok(item)
  if (path === '/public/duty/certificates') return ok({ items: certificates })
  if (path === '/public/service/appointments')
    return ok({ items: [{ day: inHours(24).slice(0, 10), slots: [{ slot: '09:00', free: 2 }] }] })
  if (path.startsWith('/public/report/') || path === '/public/service/applications')
    return ok({ number: 'SJ-2026-000041', code: 'K7QM-29DX', lacking: [] }, 201)
  if (path.startsWith('/public/cases/')) {
    rated ||= method === 'POST' && path.endsWith('/rate')
    return ok(publicCase(rated))
  }
  return null
}
