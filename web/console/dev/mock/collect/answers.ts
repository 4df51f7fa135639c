/** Answers and conflicts of the mock. */
import { grid, ok, page, problem, WORKERS } from './answer.ts'
import { forms } from './forms.ts'
import { records } from '../data.ts'
import type { Answer, Call } from '../handlers.ts'
import type { AnswerNode, Conflict, ResponseDetail } from '../../../../shared/src/api/collect.ts'

const node = (
  path: string,
  zh: string,
  en: string,
  type: string,
  shown: string | null,
  part: Partial<AnswerNode> = {},
): AnswerNode => ({
  path,
  name: path.split('/').at(-1)!,
  label: { zh, en },
  type,
  kind: 'question',
  value: shown,
  shown,
  masked: false,
  choices: null,
  flags: [],
  children: [],
  ...part,
})
const box = (
  path: string,
  zh: string,
  en: string,
  kind: 'group' | 'repeat',
  children: AnswerNode[],
): AnswerNode => node(path, zh, en, kind, null, { kind, children })

const households = records.get('people/household')!
const residents = records.get('people/resident')!
const STATES = ['received', 'accepted', 'accepted', 'returned', 'received', 'accepted'] as const

export const answers: ResponseDetail[] = Array.from({ length: 46 }, (_, at) => {
  const home = households[(at * 7) % households.length]!
  const state = STATES[at % STATES.length]!
  const odd = at % 5 === 0
  const members = 1 + (at % 4)
  const when = new Date(Date.UTC(2026, 10, 23, 6, 20) - at * 5_400_000).toISOString()
  const worker = WORKERS[at % WORKERS.length]!
  const phone = `138****${String(1000 + at * 37).slice(-4)}`
  const id = `uuid:7c9e${String(at).padStart(4, '0')}-2b1d-4f7a-9c55-0d6f3b1e8a42`
  const gas = at % 3 ? '有' : '没有'
  return {
    instance_id: id,
    title: String(home.values.head_name ?? home.title),
    area: grid(at + 1),
    received: when,
    by: worker,
    device: `collect:${String(40_000 + at * 131)}`,
    version: '2026091501',
    state,
    flags: odd ? 2 : 0,
    task: at % 2 ? { id: 'task-1', title: '冬季走访：60 岁以上老人' } : null,
    values: {
      '/data/head_name': String(home.values.head_name ?? home.title),
      '/data/contact_phone': phone,
      '/data/member_count': odd ? '31' : String(members),
      '/data/elderly/help': at % 2 ? '助餐、陪诊' : '都不需要',
      '/data/home/gas': gas,
      '/data/remark': at % 6 ? '' : '楼道灯坏了两盏，晚上看不见台阶，希望尽快修好。',
    },
    form: { id: 'form-1', title: '入户走访登记' },
    note: state === 'returned' ? '家庭人数请再核对。' : '',
    other_flags: [],
    files: [
      {
        name: 'door-1.jpg',
        present: true,
        size: 84_113,
        type: 'image/jpeg',
        url: `/api/responses/${id}/files/door-1.jpg`,
      },
      { name: 'voice-1.m4a', present: false, size: null, type: 'audio/mp4', url: null },
    ],
    answers: [
      node(
        '/data/head_name',
        '户主姓名',
        'Head of household',
        'text',
        String(home.values.head_name ?? home.title),
      ),
      node('/data/contact_phone', '联系电话', 'Phone', 'text', phone, { value: null }),
      node('/data/member_count', '家庭人数', 'Members', 'integer', odd ? '31' : String(members), {
        flags: odd ? [{ kind: 'constraint', message: '家庭人数应在 1 到 20 之间' }] : [],
      }),
      ...Array.from({ length: members }, (_member, n) => {
        const one = residents[(at * 11 + n) % residents.length]!
        return box(`/data/members[${n + 1}]`, '家庭成员', 'Member', 'repeat', [
          node(`/data/members[${n + 1}]/name`, '姓名', 'Name', 'text', one.title),
          node(
            `/data/members[${n + 1}]/birth_date`,
            '出生日期',
            'Date of birth',
            'date',
            String(one.values.birth_date),
          ),
          node(
            `/data/members[${n + 1}]/identity_number`,
            '身份证号',
            'Identity number',
            'text',
            one.masked.identity_number ?? null,
            { value: null },
          ),
        ])
      }),
      box('/data/elderly', '老人情况', 'Older people', 'group', [
        node('/data/elderly/alone', '是否独居', 'Living alone', 'select_one', at % 2 ? '有' : null),
        node(
          '/data/elderly/help',
          '需要哪些帮助',
          'Help needed',
          'select_multiple',
          at % 2 ? '助餐、陪诊' : null,
          { value: at % 2 ? 'meals medical' : null },
        ),
      ]),
      box('/data/home', '住房', 'Home', 'group', [
        node('/data/home/gas', '有没有燃气报警器', 'Gas alarm', 'select_one', gas, {
          value: at % 3 ? 'yes' : 'no',
        }),
        node('/data/home/photo', '门牌照片', 'Photo of the door plate', 'image', 'door-1.jpg'),
        node('/data/home/voice', '录音', 'Voice', 'audio', odd ? 'voice-1.m4a' : null, {
          flags: odd ? [{ kind: 'missing_file', message: '录音 voice-1.m4a 还没有传上来' }] : [],
        }),
      ]),
      node(
        '/data/remark',
        '其他要说的',
        'Anything else',
        'text',
        at % 6 ? null : '楼道灯坏了两盏，晚上看不见台阶，希望尽快修好。',
      ),
    ],
    entities: [
      {
        list: 'people/household',
        record: { entity: 'people/household', id: home.id, title: home.title },
        result: odd ? 'conflict' : 'updated',
        message: odd ? '联系电话：马春生 11 月 20 日改过' : '',
      },
      {
        list: 'people/resident',
        record: { entity: 'people/resident', id: residents[at]!.id, title: residents[at]!.title },
        result: 'unchanged',
        message: '',
      },
    ],
    history: [
      ...(state === 'received'
        ? []
        : [
            {
              instance_id: id,
              at: '2026-11-23T07:00:00Z',
              by: '赵晓琳',
              change: state,
              note: state === 'returned' ? '家庭人数请再核对。' : '',
            },
          ]),
      { instance_id: id, at: when, by: worker, change: 'received', note: '' },
    ],
  } satisfies ResponseDetail
})

function select(form: string, query: URLSearchParams): ResponseDetail[] {
  if (form !== 'form-1') return []
  const q = query.get('q') ?? ''
  return answers.filter(
    (one) =>
      (!query.get('state') || one.state === query.get('state')) &&
      (query.get('flagged') !== 'true' || one.flags > 0) &&
      (!query.get('task') || one.task?.id === query.get('task')) &&
      (!query.get('from') || one.received.slice(0, 10) >= query.get('from')!) &&
      (!query.get('to') || one.received.slice(0, 10) <= query.get('to')!) &&
      (!q || one.title.includes(q)),
  )
}
const summary = (found: ResponseDetail[]) => ({
  responses: found.length,
  questions: [
    {
      path: '/data/elderly/help',
      label: { zh: '需要哪些帮助', en: 'Help needed' },
      type: 'select_multiple',
      kind: 'choices',
      answered: found.length - 3,
      choices: [
        ['meals', '助餐', 'Meals', 21],
        ['medical', '陪诊', 'Seeing a doctor', 17],
        ['none', '都不需要', 'None', 12],
        ['chat', '陪伴聊天', 'Company', 6],
        ['bath', '助浴', 'Bathing', 1],
      ].map(([value, zh, en, count]) => ({ value, label: { zh, en }, count })),
      numbers: null,
      samples: [],
    },
    {
      path: '/data/home/gas',
      label: { zh: '有没有燃气报警器', en: 'Gas alarm' },
      type: 'select_one',
      kind: 'choices',
      answered: found.length,
      choices: [
        ['yes', '有', 'Yes', 31],
        ['no', '没有', 'No', 15],
      ].map(([value, zh, en, count]) => ({ value, label: { zh, en }, count })),
      numbers: null,
      samples: [],
    },
    {
      path: '/data/member_count',
      label: { zh: '家庭人数', en: 'Members' },
      type: 'integer',
      kind: 'number',
      answered: found.length,
      choices: [],
      numbers: {
        min: 1,
        max: 31,
        mean: 3.913,
        median: 3,
        bins: [
          [1, 5, 36],
          [5, 9, 4],
          [9, 13, 0],
          [13, 17, 0],
          [17, 21, 1],
          [21, 26, 0],
          [26, 31, 5],
        ].map(([from, to, count]) => ({ from, to, count })),
      },
      samples: [],
    },
    {
      path: '/data/remark',
      label: { zh: '其他要说的', en: 'Anything else' },
      type: 'text',
      kind: 'text',
      answered: 8,
      choices: [],
      numbers: null,
      samples: ['楼道灯坏了两盏，晚上看不见台阶，希望尽快修好。', '暖气不热，反映过两次。', '没有。'],
    },
    {
      path: '/data/home/photo',
      label: { zh: '门牌照片', en: 'Photo of the door plate' },
      type: 'image',
      kind: 'file',
      answered: 40,
      choices: [],
      numbers: null,
      samples: [],
    },
  ],
})

const someone = residents[12]!
const conflicts: Conflict[] = [
  {
    id: 'conf-1',
    kind: 'hard',
    record: { entity: 'people/resident', id: someone.id, title: someone.title },
    area: grid(2),
    at: '2026-11-21T03:40:00Z',
    by: '马春生',
    instance_id: answers[0]!.instance_id,
    form: { id: 'form-1', title: '入户走访登记' },
    fields: [
      {
        field: 'phone',
        label: '联系电话',
        base: '138****0021',
        current: '139****7788',
        submitted: '151****4032',
        current_by: '赵晓琳',
        current_at: '2026-11-20T08:12:00Z',
      },
      {
        field: 'employment',
        label: '就业状态',
        base: 'employed',
        current: 'retired',
        submitted: 'unemployed',
        current_by: '赵晓琳',
        current_at: '2026-11-20T08:12:00Z',
      },
    ],
    state: 'open',
    resolved_by: null,
    resolved_at: null,
  },
  {
    id: 'conf-2',
    kind: 'soft',
    record: { entity: 'people/household', id: households[3]!.id, title: households[3]!.title },
    area: grid(4),
    at: '2026-11-19T01:05:00Z',
    by: '何丽华',
    instance_id: answers[5]!.instance_id,
    form: { id: 'form-1', title: '入户走访登记' },
    fields: [
      {
        field: 'member_count',
        label: '家庭人数',
        base: 3,
        current: 4,
        submitted: 3,
        current_by: '宋伟',
        current_at: '2026-11-18T09:00:00Z',
      },
    ],
    state: 'open',
    resolved_by: null,
    resolved_at: null,
  },
]

export function answerRoutes(call: Call): Answer | null {
  const list = call.path.match(/^\/forms\/([^/]+)\/(responses|summary|export)$/)
  if (list) {
    const found = select(list[1]!, call.query)
    if (list[2] === 'summary') return ok(summary(found))
    if (list[2] === 'export')
      return {
        status: 200,
        file: `${forms.find((form) => form.id === list[1])?.title}.${call.query.get('format')}`,
      }
    const columns = [
      '/data/head_name:户主姓名:Head of household:text',
      '/data/contact_phone:联系电话:Phone:text',
      '/data/member_count:家庭人数:Members:integer',
      '/data/elderly/help:需要哪些帮助:Help needed:select_multiple',
      '/data/home/gas:有没有燃气报警器:Gas alarm:select_one',
      '/data/remark:其他要说的:Anything else:text',
    ].map((text) => {
      const [path, zh, en, type] = text.split(':')
      return { path, label: { zh, en }, type }
    })
    const paged = page(found, call.query).body as object
    return ok({ columns, ...paged })
  }
  if (call.path === '/collect/conflicts')
    return page(
      conflicts.filter((one) => one.state === (call.query.get('state') ?? 'open')),
      call.query,
    )
  if (call.path.startsWith('/collect/conflicts/')) {
    const one = conflicts.find((entry) => call.path.endsWith(entry.id))
    if (!one) return problem(404, 'conflict.not_found', '没有这个冲突')
    return ok(
      Object.assign(one, { state: 'resolved', resolved_by: '赵晓琳', resolved_at: new Date().toISOString() }),
    )
  }
  const match = call.path.match(/^\/responses\/([^/]+)(?:\/(.+))?$/)
  if (!match) return null
  const one = answers.find((entry) => entry.instance_id === match[1])
  if (!one) return problem(404, 'response.not_found', '没有这份答卷')
  if (match[2]?.startsWith('files/'))
    return {
      status: 200,
      type: 'image/svg+xml',
      text: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="#31606b"/><rect x="60" y="60" width="200" height="80" rx="8" fill="#1d4fa3"/><text x="160" y="112" fill="#fff" font-size="36" text-anchor="middle">3-2-501</text></svg>',
    }
  if (match[2] === 'review') {
    Object.assign(one, { state: call.body.state, note: call.body.note || '' })
    one.history.unshift({
      instance_id: one.instance_id,
      at: new Date().toISOString(),
      by: '赵晓琳',
      change: String(call.body.state),
      note: String(call.body.note || ''),
    })
  }
  if (match[2] === 'answers') {
    const next = structuredClone(one)
    next.instance_id = `${one.instance_id}-2`
    one.state = 'replaced'
    next.history.unshift({
      instance_id: next.instance_id,
      at: new Date().toISOString(),
      by: '赵晓琳',
      change: 'edited',
      note: String(call.body.note),
    })
    answers.unshift(next)
    return ok(next)
  }
  return ok(one)
}
