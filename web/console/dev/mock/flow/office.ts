/** The counter, lists, meetings, schedules, notices and channels of the mock. */
import { COMMUNITY, ok, page, QR } from '../collect/answer.ts'
import { catalogue, make as record, refOf } from '../data.ts'
import type { Answer, Call } from '../handlers.ts'
import { all, at, detail, make, plain, units } from './cases.ts'
import { field } from './flows.ts'
import type {
  Appointment,
  Channel,
  Notice,
  Occurrence,
  OutboxItem,
  QueueTicket,
  ServiceItemDetail,
} from '../../../../shared/src/api/flow.ts'

catalogue.entities.push({
  name: 'duty/plaque',
  label: { zh: '机制牌子', en: 'Plaque' },
  about: { zh: '社区可以挂的牌子。', en: 'Plaques that may hang.' },
  title: 'title',
  area_kinds: ['community'],
  groups: [],
  fields: [
    field('title', '牌子', 'Plaque'),
    field('issuer', '要求挂牌的部门', 'Issuer'),
    field('status', '状态', 'State'),
  ],
  relations: [],
  view: { columns: ['title', 'issuer', 'status'], sort: ['title'] },
  people: false,
  permissions: ['read'],
})
for (const [title, issuer, status] of [
  ['社区党委', '街道党工委', '保留'],
  ['居民委员会', '区民政局', '保留'],
  ['创建工作领导小组', '区某局', '已摘除'],
])
  record('duty/plaque', COMMUNITY, { title: title!, issuer: issuer!, status: status! })

const material = (
  name: string,
  label: string,
  why: 'verified' | 'optional' | null,
  source: string | null = null,
): ServiceItemDetail['materials'][number] => ({
  name,
  label,
  kind: why === 'verified' ? 'held' : 'paper',
  needed: why === null,
  optional: why === 'optional',
  why,
  source,
  certificate: null,
})
const item = (
  code: string,
  title: string,
  audience: string,
  fits: 'yes' | 'no' | 'unknown',
  missing: string[],
): ServiceItemDetail => ({
  form: null,
  code,
  name: `service/${code}`,
  title,
  kind: '行政给付',
  audience,
  limit: 7,
  fee: 0,
  instead: null,
  fits,
  missing,
  guide: null,
  conditions: [
    { text: '具有本区户籍', holds: true, from: ['居民登记册 2026-09-18'] },
    { text: '年满 80 周岁', holds: fits !== 'no', from: ['出生日期'] },
    { text: '未在其他地区领取同类津贴', holds: null, from: [] },
  ],
  materials: [
    material('identity_card', '居民身份证', 'verified', '居民登记册'),
    material('booklet', '户口簿', 'verified', '户登记册'),
    material('residence', '居住证明', 'verified', '网格走访 2026-10-12'),
    material('card', '银行卡复印件', null),
    material('photo', '照片', 'optional'),
  ],
  fields: [
    field('phone', '联系电话', 'Phone', { kind: 'phone' }, { required: true }),
    field('address', '现住址', 'Address', { kind: 'address' }, { required: true }),
    field('bank', '收款账号', 'Bank account', { kind: 'text', max: 30 }, { required: true }),
    field('remark', '备注', 'Remark', { kind: 'long_text' }),
  ],
  prefill: {
    phone: { value: '13900000021', shown: '13900000021', source: '居民登记册', at: '2026-09-18' },
    address: {
      value: '哈尔滨市道里区抚顺街 12 号楼 2 单元 301',
      shown: '抚顺街 12 号楼 2 单元 301',
      source: '入户走访',
      at: '2026-10-12',
    },
  },
  decided_at: 'street',
  basis: ['《黑龙江省高龄津贴发放办法》第五条'],
})
const items = [
  item('gaoling', '高龄津贴', '80 周岁及以上老年人', 'yes', []),
  item('linshi', '临时救助', '突发困难的家庭和个人', 'unknown', ['家庭近三个月收入']),
  item('canji', '残疾人两项补贴', '困难、重度残疾人', 'no', ['残疾类别']),
  item('dibao', '最低生活保障', '人均收入低于标准的家庭', 'unknown', ['家庭财产状况']),
  item('youdai', '老年人优待证', '60 周岁及以上', 'yes', []),
  item('gongzu', '公共租赁住房', '住房困难家庭', 'no', ['房屋产权']),
]
catalogue.code_lists.push({
  name: 'service/relation_to_applicant',
  label: { zh: '代办人关系', en: 'Relation of the proxy' },
  standard: '',
  codes: [
    { code: 'family', label: { zh: '家庭成员', en: 'Family' } },
    { code: 'worker', label: { zh: '社区工作者或网格员', en: 'Community or grid worker' } },
  ],
})

let ticket = 17
const queue: QueueTicket[] = ['called', 'waiting', 'waiting', 'waiting', 'done', 'skipped'].map(
  (state, n) => ({
    id: `q-${n}`,
    number: 12 + n,
    name: n % 2 ? '王秀英' : null,
    item: n < 4 ? items[n]!.code : null,
    item_title: n < 4 ? items[n]!.title : null,
    state: state as QueueTicket['state'],
    at: at(-0.2 - n * 0.1),
    called: state === 'waiting' ? null : at(-0.05),
    ahead: n,
  }),
)
const appointments: Appointment[] = ['09:30', '10:00', '14:30'].map((slot, n) => ({
  id: `ap-${n}`,
  item: items[n]!.code,
  item_title: items[n]!.title,
  day: at(0).slice(0, 10),
  slot,
  name: ['李建国', '陈桂兰', '杨志强'][n]!,
  state: (['arrived', 'missed', 'booked'] as const)[n]!,
}))
function service(call: Call): Answer | null {
  if (call.path === '/service/items') {
    const q = call.query.get('q') ?? ''
    const known = call.query.get('person') !== null
    return ok({
      items: items
        .filter((one) => one.title.includes(q))
        .map((one) => (known ? one : { ...one, fits: null, missing: [] })),
    })
  }
  if (call.path.startsWith('/service/items/')) return ok(items.find((one) => call.path.endsWith(one.code)))
  if (call.path === '/service/applications') {
    const held = items.find((one) => one.code === call.body.item)!
    const one = make('service/application', {
      title: `${held.title} · 申请`,
      state: 'submitted',
      hours: 120,
      ago: 0,
      area: refOf(String(call.body.area)),
      by: '赵晓琳',
      shown: { item: held.title, applicant: '已登记居民', told: '照片（一寸）' },
      masked: { phone: '139****0021' },
    })
    return ok({ ...detail(one), code: '7K3M-QP', lacking: ['银行卡复印件'] }, 201)
  }
  if (call.path.endsWith('/receipt')) return { status: 200, text: QR, type: 'image/svg+xml' }
  if (call.path === '/service/desk') {
    const open = all.filter(
      (one) => one.flow.name === 'service/application' && !['done', 'cancelled'].includes(one.state.phase),
    )
    return ok({
      area: refOf(COMMUNITY),
      day: at(0).slice(0, 10),
      queue,
      appointments,
      applications: open.map(plain),
      open: open.length,
      today: 6,
    })
  }
  if (call.path === '/service/queue') {
    ticket += 1
    const one: QueueTicket = {
      ...queue[1]!,
      id: `q-${ticket}`,
      number: ticket,
      name: null,
      item: null,
      item_title: null,
      at: at(0),
    }
    queue.push(one)
    return ok(one, 201)
  }
  const turn = call.path.match(/^\/service\/queue\/([^/]+)\/(call|done|skip)$/)
  if (turn) {
    const one = queue.find((entry) => entry.id === turn[1])!
    one.state = ({ call: 'called', done: 'done', skip: 'skipped' } as const)[turn[2] as 'call']
    return ok(one)
  }
  if (call.path === '/service/appointments' && call.method === 'GET')
    return ok({
      items: [1, 2, 3].map((n) => ({
        day: at(n * 24).slice(0, 10),
        slots: ['09:00', '09:30', '10:00', '14:00'].map((slot, k) => ({ slot, free: (k + n) % 3 })),
      })),
    })
  if (call.path === '/service/appointments') {
    const one = {
      ...appointments[0]!,
      ...(call.body as Partial<Appointment>),
      id: `ap-${appointments.length}`,
      state: 'booked' as const,
    }
    appointments.push(one)
    return ok(one, 201)
  }
  if (call.path.startsWith('/service/appointments/')) {
    const one = appointments.find((entry) => call.path.endsWith(entry.id))!
    return ok(Object.assign(one, { state: call.body.state }))
  }
  return null
}

const notices: Notice[] = [
  [
    'case',
    '请您核查：暴露垃圾 抚顺街 12 号楼',
    '安祥物业已反馈处置结果，请在 2 个工作小时内核查。',
    '/cases/case-1',
    -0.1,
  ],
  ['overdue', '超期：供热问题 安祥小区 5 号楼', '处置时限已过，已报告街道。', '/cases/case-3', -2],
  ['task', '任务待审批：补齐高龄津贴花名册', '道里区卫生健康局提交，涉及 23 人。', '/tasks/task-3', -20],
  ['import', '导入完成：60岁以上老人登记表.csv', '新增 112 行，10 行等您决定。', '/imports/imp-3', -30],
].map(([kind, title, text, link, hours], n) => ({
  id: `n-${n}`,
  kind: String(kind),
  title: String(title),
  text: String(text),
  link: String(link),
  at: at(Number(hours)),
  read: n > 1,
  urgent: n === 1,
}))
const preferences = { quiet: { from: '21:00', to: '07:30' }, email: null as string | null }
const EVENTS = [
  'case.opened',
  'case.moved',
  'clock.reminder',
  'clock.overdue',
  'task.submitted',
  'import.applied',
]
const channels: Channel[] = [
  {
    id: 'ch-1',
    kind: 'wecom',
    title: '抚顺街道值班群',
    target: 'qyapi.weixin.qq.com',
    signed: false,
    area: refOf('230102003000'),
    events: ['clock.overdue'],
    state: 'on',
  },
  {
    id: 'ch-2',
    kind: 'webhook',
    title: '区指挥平台',
    target: 'command.example.cn',
    signed: true,
    area: refOf('230102000000'),
    events: ['case.opened', 'clock.overdue'],
    state: 'off',
  },
]
const outbox: OutboxItem[] = (['waiting', 'sent', 'failed', 'dropped', 'sent', 'sent'] as const).map(
  (state, n) => ({
    id: `out-${n}`,
    kind: channels[n % 2]!.kind,
    channel: channels[n % 2]!.title,
    title: notices[n % 4]!.title,
    state,
    attempts: state === 'sent' ? 1 : n,
    due: state === 'waiting' ? at(0.2) : null,
    at: at(-n),
    error: state === 'failed' ? '10 秒内没有应答' : null,
  }),
)
function telling(call: Call): Answer | null {
  if (call.path === '/notices') {
    const answer = page(notices, call.query)
    return ok({ ...(answer.body as object), unread: notices.filter((one) => !one.read).length })
  }
  if (call.path === '/notices/read') {
    for (const one of notices)
      if (call.body.all || (call.body.ids as string[]).includes(one.id)) one.read = true
    return ok({ unread: notices.filter((one) => !one.read).length })
  }
  if (call.path === '/notices/preferences')
    return ok(call.method === 'PUT' ? Object.assign(preferences, call.body) : preferences)
  if (call.path === '/channels' && call.method === 'GET')
    return ok({ items: channels, events: EVENTS, mail: true })
  if (call.path === '/channels') {
    const one = {
      ...channels[0]!,
      ...(call.body as Partial<Channel>),
      id: `ch-${channels.length + 1}`,
      area: refOf(COMMUNITY),
    }
    channels.push(one)
    return ok(one, 201)
  }
  if (call.path.endsWith('/test') && call.path.startsWith('/channels/')) return ok(outbox[0])
  if (call.path.startsWith('/channels/')) {
    const one = channels.find((entry) => call.path.endsWith(entry.id))!
    if (call.method === 'DELETE') channels.splice(channels.indexOf(one), 1)
    else Object.assign(one, call.body, { area: one.area })
    return call.method === 'DELETE' ? { status: 204 } : ok(one)
  }
  if (call.path === '/outbox')
    return page(
      outbox.filter((one) => !call.query.get('state') || one.state === call.query.get('state')),
      call.query,
    )
  if (call.path.startsWith('/outbox/')) {
    const one = outbox.find((entry) => call.path.includes(entry.id))!
    return ok(Object.assign(one, { state: 'waiting', error: null }))
  }
  return null
}

const day = (n: number): string => at(n * 24).slice(0, 10)
const occurrences: Occurrence[] = Array.from({ length: 8 }, (_, n) => ({
  key: `oc-${n}`,
  day: day(-80 + n * 45),
  area: refOf(COMMUNITY),
  held_on: day(-80 + n * 45),
  chair: { key: `u:${n}`, name: units[(n + 1) % 8]!.name },
  state: n < 2 ? 'opened' : n === 3 ? 'skipped' : 'planned',
  case: n < 2 ? 'case-71' : null,
  number: n < 2 ? 'XT-2026-000071' : null,
  reason: n === 3 ? '与换届选举同日' : null,
}))
function planning(call: Call): Answer | null {
  if (call.path === '/schedules')
    return ok({
      items: [
        {
          name: 'party/joint_meeting',
          label: { zh: '党建联席会议', en: 'Joint meeting' },
          rrule_text: { zh: '每季度一次', en: 'Every quarter' },
          flow: 'party/joint_meeting',
          next: day(9),
          areas: 5,
          about: '',
          chair: { key: 'u', name: units[2]!.name },
        },
        {
          name: 'command/drill',
          label: { zh: '应急演练', en: 'Drill' },
          rrule_text: { zh: '每年 5 月和 11 月', en: 'May and November' },
          flow: 'party/resolution',
          next: day(4),
          areas: 5,
          chair: null,
        },
        {
          name: 'duty/disclosure',
          label: { zh: '居务公开', en: 'Disclosure' },
          rrule_text: { zh: '每月 5 日', en: '5th of each month' },
          flow: 'party/resolution',
          next: day(12),
          areas: 5,
          chair: null,
        },
      ],
    })
  if (call.path === '/schedules/warnings')
    return ok({
      items: [
        {
          schedule: 'party/joint_meeting',
          label: '党建联席会议',
          area: refOf('230102003004'),
          held: 2,
          at_most: 2,
        },
      ],
    })
  const one = call.path.match(/occurrences\/([^/]+)\/(skip|swap)$/)
  if (one) {
    const held = occurrences.find((entry) => entry.key === one[1])!
    if (one[2] === 'skip') Object.assign(held, { state: 'skipped', reason: call.body.reason })
    else if (call.body.day) Object.assign(held, { held_on: call.body.day, state: 'moved' })
    return ok(held)
  }
  if (call.path.endsWith('/occurrences')) return ok({ items: occurrences })
  if (call.path === '/calendar')
    return ok({
      items: [
        ...all
          .filter((entry) => entry.mine && entry.due)
          .map((entry) => ({
            day: entry.due!.slice(0, 10),
            kind: 'due',
            title: entry.title,
            link: `/cases/${entry.id}`,
          })),
        {
          day: day(9),
          kind: 'schedule',
          title: '四季度联席会议（轮值：华能供热）',
          link: '/schedules/party/joint_meeting',
        },
        { day: day(4), kind: 'schedule', title: '冬季消防演练', link: '/schedules/command/drill' },
        { day: '2027-01-01', kind: 'holiday', title: '元旦', link: null },
        { day: day(-3), kind: 'holiday', title: '示例假日', link: null },
      ],
    })
  return null
}

const CERTIFICATES: [title: string, needed: boolean, instead: string][] = [
  ['亲属关系证明', false, '由公安机关户籍信息核验；查不到的，由当事人书面承诺。'],
  ['居民身份信息证明', false, '凭居民身份证或户口簿，不得要求社区再证明。'],
  ['居住证明', false, '改由网格登记核验，受理窗口在线查。'],
  ['健在证明', false, '由网格走访记录或人脸认证代替。'],
  ['无犯罪记录证明', false, '由公安机关出具。'],
  ['遗产继承公证所需材料', true, '仍由公证机构核实，社区只提供已掌握的事实。'],
]
export function officeRoutes(call: Call): Answer | null {
  if (call.path === '/duty/certificates') {
    const q = call.query.get('q') ?? ''
    return ok({
      items: CERTIFICATES.filter(([title]) => title.includes(q)).map(([title, needed, instead], n) => ({
        code: `C${n + 1}`,
        title,
        needed,
        instead,
        checked_by: '',
        basis: '《关于改进和规范基层群众性自治组织出具证明工作的指导意见》（民发〔2020〕20号）',
      })),
    })
  }
  if (call.path === '/command/league')
    return ok({
      items: units.slice(0, 6).map((unit, n) => ({
        unit,
        called: 24 - n * 3,
        accepted: 23 - n * 3,
        in_time: 22 - n * 4,
        response_share: 0.98 - n * 0.07,
        resolved: 20 - n * 3,
        solution_share: 0.92 - n * 0.08,
        satisfaction: 4.95 - n * 0.06,
        score: 96.4 - n * 4.3,
        rank: n + 1,
      })),
    })
  const meeting = call.path.match(/^\/meetings\/([^/]+)(\/qr)?$/)
  if (meeting) {
    if (meeting[2]) return ok({ qr_svg: QR, url: '/r/attend', until: at(2) })
    const one = all.find((entry) => entry.id === meeting[1])!
    const held = one.state.name !== 'scheduled'
    return ok({
      case: one.id,
      number: one.number,
      title: one.title,
      state: one.state.name,
      area: one.area,
      held_on: at(held ? -800 : 60).slice(0, 10),
      venue: '安祥社区二楼会议室',
      chair: one.unit?.name ?? '',
      agenda: ['冬季供热和老旧管网改造', '错时停车资源共享', '居民夜校场地'],
      minutes: held
        ? '一、供热：11 月底前完成 5 号楼支管更换。\n二、停车：机关车场工作日 18:00 后开放 30 个车位。'
        : '',
      attendance: held
        ? units.slice(0, 4).map((unit, n) => ({
            id: `at-${n}`,
            unit,
            name: ['刘国庆', '何丽华', '宋伟', '于静'][n],
            at: at(-800),
          }))
        : [],
      units: units.slice(0, 6),
      resolved: held ? ['冬季互助小组由社区牵头'] : [],
      resolutions: held
        ? all
            .filter((entry) => entry.flow.name === 'party/resolution')
            .map((entry) => ({
              case: entry.id,
              number: entry.number,
              title: entry.title,
              state: entry.state.name,
              phase: entry.state.phase,
              due: entry.due,
            }))
        : [],
      evaluations: held
        ? [
            {
              id: 'ev-1',
              unit: units[2],
              direction: 'community_rates_unit',
              score: 5,
              opinion: '到会及时，答复清楚',
            },
          ]
        : [],
    })
  }
  return service(call) ?? telling(call) ?? planning(call)
}
