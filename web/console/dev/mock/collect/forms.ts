/** Forms of the mock: one in use with a draft, one public, one that does not hold yet, one closed. */
import { COMMUNITY, grid, ok, problem, QR } from './answer.ts'
import { refOf } from '../data.ts'
import type { Answer, Call } from '../handlers.ts'
import type {
  CollectToken,
  Finding,
  FormDetail,
  FormVersion,
  Held,
  Link,
  Question,
} from '../../../../shared/src/api/collect.ts'

type Short = [path: string, type: string, zh: string, en: string, more?: Partial<Question>]
const YES_NO = [
  { value: 'yes', label: { zh: '有', en: 'Yes' } },
  { value: 'no', label: { zh: '没有', en: 'No' } },
]
const CARE = [
  { value: 'meals', label: { zh: '助餐', en: 'Meals' } },
  { value: 'bath', label: { zh: '助浴', en: 'Bathing' } },
  { value: 'medical', label: { zh: '陪诊', en: 'Seeing a doctor' } },
  { value: 'chat', label: { zh: '陪伴聊天', en: 'Company' } },
  { value: 'none', label: { zh: '都不需要', en: 'None' } },
]
const question = ([path, type, zh, en, more = {}]: Short): Question => ({
  path,
  name: path.split('/').at(-1)!,
  type,
  label: { zh, en },
  hint: {},
  groups: path.split('/').slice(2, -1),
  repeat: false,
  required: false,
  choices: null,
  element: null,
  element_from: null,
  saveto: null,
  reason: null,
  ...more,
})
const from = (element: string): Partial<Question> => ({ element, element_from: 'form' })

const VISIT: Short[] = [
  ['/data/household', 'select_one_from_file', '走访的户', 'Household', { required: true }],
  [
    '/data/head_name',
    'text',
    '户主姓名',
    'Head of household',
    { required: true, ...from('people/household/head_name') },
  ],
  [
    '/data/contact_phone',
    'text',
    '联系电话',
    'Phone',
    {
      required: true,
      hint: { zh: '能联系上的手机或固定电话', en: 'A phone that is answered' },
      element: 'people/household/contact_phone',
      element_from: 'studio',
    },
  ],
  [
    '/data/member_count',
    'integer',
    '家庭人数',
    'Members',
    { required: true, ...from('people/household/member_count') },
  ],
  ['/data/members/name', 'text', '姓名', 'Name', { repeat: true, required: true }],
  ['/data/members/birth_date', 'date', '出生日期', 'Date of birth', { repeat: true }],
  ['/data/members/identity_number', 'text', '身份证号', 'Identity number', { repeat: true }],
  [
    '/data/members/employment',
    'select_one employment',
    '就业状态',
    'Employment',
    { repeat: true, choices: YES_NO },
  ],
  [
    '/data/elderly/about',
    'note',
    '以下只问家里有 60 岁以上老人的户。',
    'Only for households with somebody over 60.',
  ],
  [
    '/data/elderly/alone',
    'select_one yes_no',
    '是否独居',
    'Living alone',
    { choices: YES_NO, required: true },
  ],
  ['/data/elderly/help', 'select_multiple care', '需要哪些帮助', 'Help needed', { choices: CARE }],
  ['/data/elderly/cane', 'decimal', '每月护理支出（元）', 'Care per month (yuan)'],
  [
    '/data/home/gas',
    'select_one yes_no',
    '有没有燃气报警器',
    'Gas alarm',
    { choices: YES_NO, required: true },
  ],
  ['/data/home/photo', 'image', '门牌照片', 'Photo of the door plate'],
  ['/data/home/place', 'geopoint', '位置', 'Place'],
  ['/data/remark', 'text', '其他要说的', 'Anything else'],
]
const SURVEY: Short[] = [
  ['/data/age', 'integer', '您的年龄', 'Your age', { required: true }],
  [
    '/data/satisfied',
    'select_one five',
    '对社区服务满意吗',
    'Are you satisfied with the services?',
    {
      required: true,
      choices: ['很满意', '满意', '一般', '不满意', '很不满意'].map((label, at) => ({
        value: String(5 - at),
        label: { default: label },
      })),
    },
  ],
  ['/data/wish', 'select_multiple wish', '最希望增加什么', 'What should be added?', { choices: CARE }],
  ['/data/words', 'text', '想对社区说的话', 'Words to the community'],
]
const FIRE: Short[] = [
  ['/data/place', 'text', '检查的地点', 'Place', { required: true }],
  [
    '/data/stairs',
    'select_one yes_no',
    '楼道有没有堆物',
    'Things on the stairs',
    { choices: YES_NO, required: true },
  ],
  ['/data/bikes', 'integer', '楼内充电的电动车（辆）', 'Electric bikes charging inside'],
]
const FINDINGS: Finding[] = [
  {
    severity: 'error',
    sheet: 'survey',
    row: 9,
    column: 'relevant',
    code: 'reference.unknown',
    message: '“${stair}”不存在。这里要引用问题的 name，也许是“${stairs}”。',
  },
  {
    severity: 'error',
    sheet: 'survey',
    row: 12,
    column: 'type',
    code: 'type.unknown',
    message: '没有“select one yes_no”这种类型。请写成“select_one yes_no”，中间用下划线。',
  },
  {
    severity: 'error',
    sheet: 'choices',
    row: 4,
    column: 'name',
    code: 'choice.twice',
    message: '列表“yes_no”里有两个“no”。请改掉一个，或在 settings 里允许重复。',
  },
  {
    severity: 'warning',
    sheet: 'survey',
    row: 5,
    column: 'label::English (en)',
    code: 'label.missing',
    message: '这个问题没有英文标题，英文界面会显示中文。',
  },
  {
    severity: 'warning',
    sheet: 'settings',
    row: null,
    column: null,
    code: 'version.missing',
    message: '没有写 version，将用上传的日期代替。',
  },
]

function version(
  name: string,
  state: FormVersion['state'],
  questions: Short[],
  part: Partial<FormVersion> = {},
): FormVersion {
  return {
    version: name,
    state,
    hash: `md5:${name.padEnd(8, '0')}`,
    at: '2026-11-12T02:10:00Z',
    by: '孙立群',
    file_name: '入户走访.xlsx',
    questions: questions.map(question),
    findings: [],
    media: [],
    languages: ['zh', 'en'],
    default_language: 'zh',
    ...part,
  }
}
function form(
  id: string,
  part: Partial<FormDetail> & Pick<FormDetail, 'title' | 'form_id' | 'state'>,
): FormDetail {
  const shown = part.draft ?? part.published
  return {
    id,
    area: refOf('230102003000'),
    version: part.published?.version ?? null,
    draft_version: part.draft?.version ?? null,
    responses: 0,
    to_review: 0,
    last_response: null,
    questions: shown?.questions.length ?? 0,
    already_held: 0,
    entity_lists: [],
    links: 0,
    created: '2026-10-08T01:00:00Z',
    by: '孙立群',
    pack: null,
    draft: null,
    published: null,
    ...part,
  }
}
const MEDIA: FormVersion['media'] = [
  {
    name: 'households.csv',
    kind: 'entity_list',
    entity: 'people/household',
    present: true,
    size: null,
    hash: null,
  },
  { name: 'door-plate.jpg', kind: 'file', entity: null, present: true, size: 48_211, hash: 'md5:1' },
  { name: 'gas-alarm.png', kind: 'file', entity: null, present: false, size: null, hash: null },
]
export const forms: FormDetail[] = [
  form('form-1', {
    title: '入户走访登记',
    form_id: 'household_visit',
    state: 'open',
    responses: 126,
    to_review: 18,
    last_response: '2026-11-23T06:20:00Z',
    already_held: 3,
    entity_lists: ['people/household', 'people/resident'],
    links: 1,
    draft: version('2026112001', 'draft', VISIT, { media: MEDIA }),
    published: version('2026091501', 'published', VISIT.slice(0, 12), { media: MEDIA.slice(0, 1) }),
  }),
  form('form-2', {
    title: '社区服务满意度调查',
    form_id: 'satisfaction_2026',
    state: 'open',
    responses: 43,
    last_response: '2026-11-22T12:02:00Z',
    links: 2,
    published: version('1', 'published', SURVEY, { languages: ['zh'] }),
  }),
  form('form-3', {
    title: '冬季防火检查',
    form_id: 'fire_check',
    state: 'draft',
    draft: version('2026112302', 'draft', FIRE, { findings: FINDINGS }),
  }),
  form('form-4', {
    title: '防汛排查（2026 夏）',
    form_id: 'flood_2026',
    state: 'closed',
    area: refOf(COMMUNITY),
    responses: 312,
    last_response: '2026-08-30T03:00:00Z',
    published: version('3', 'published', FIRE),
  }),
]
const ELEMENT_SHARE: Record<string, number> = {
  'people/household/head_name': 1,
  'people/household/contact_phone': 0.86,
  'people/household/member_count': 0.97,
  'people/resident/birth_date': 0.99,
  'people/resident/name': 1,
}
function held(one: FormDetail): Held {
  const shown = one.draft ?? one.published
  return {
    area: refOf(COMMUNITY),
    questions: (shown?.questions ?? [])
      .filter((entry) => entry.element)
      .map((entry) => {
        const share = ELEMENT_SHARE[entry.element!] ?? 0.42
        const areas = [1, 2, 3, 4].map((n) => ({
          area: grid(n),
          records: 60 + n * 7,
          known: Math.round((60 + n * 7) * Math.min(1, share + (n - 2) * 0.03)),
        }))
        return {
          path: entry.path,
          element: entry.element!,
          label: entry.label.zh ?? entry.name,
          entity: entry.element!.split('/').slice(0, 2).join('/'),
          records: 310,
          known: Math.round(310 * share),
          coverage: share,
          needs_reason: share >= 0.8,
          reason: entry.reason,
          by_area: areas,
        }
      }),
  }
}
const links: Link[] = [
  {
    id: 'link-1',
    kind: 'open',
    title: '安祥社区公告栏',
    url: 'https://linli.example/q/9GkTz',
    qr_svg: QR,
    count: 1,
    used: 37,
    quota: 200,
    opens: null,
    closes: '2026-12-31T15:59:59Z',
    state: 'open',
  },
  {
    id: 'link-2',
    kind: 'one_time',
    title: '抚顺家园入户发放',
    url: null,
    qr_svg: null,
    count: 300,
    used: 6,
    quota: null,
    opens: '2026-11-10T00:00:00Z',
    closes: null,
    state: 'open',
  },
]
const tokens: CollectToken[] = [
  {
    id: 'tok-1',
    name: 'ODK Collect',
    kind: 'worker',
    created: '2026-10-01T00:00:00Z',
    last_used: '2026-11-23T05:00:00Z',
    url: null,
  },
]

function draftRoutes(call: Call, one: FormDetail, rest: string): Answer | null {
  const draft = one.draft
  if (rest === 'draft' && call.method === 'PUT') {
    if (call.fileName.includes('错'))
      return problem(422, 'form.invalid', '表单里有错误', '', { findings: FINDINGS })
    one.draft = version(String(Date.now()), 'draft', VISIT, { media: MEDIA })
    return ok(one)
  }
  if (!draft) return null
  if (rest === 'draft/links') {
    const {
      links: chosen = {},
      reasons = {},
      lists = {},
    } = call.body as {
      links?: Record<string, string | null>
      reasons?: Record<string, string | null>
      lists?: Record<string, string>
    }
    for (const file of draft.media) file.entity = lists[file.name.replace('.csv', '')] ?? file.entity
    for (const entry of draft.questions) {
      if (entry.path in chosen)
        Object.assign(entry, {
          element: chosen[entry.path],
          element_from: chosen[entry.path] ? 'studio' : null,
        })
      if (entry.path in reasons) entry.reason = reasons[entry.path]!
    }
    return ok(structuredClone(one))
  }
  if (rest === 'draft/media') {
    draft.media = draft.media.map((file) =>
      file.kind === 'file' ? { ...file, present: true, size: 20_480 } : file,
    )
    return ok(structuredClone(one))
  }
  if (rest.startsWith('draft/media/')) {
    draft.media = draft.media.map((file) =>
      file.name === rest.slice(12) ? { ...file, present: false, size: null } : file,
    )
    return ok(structuredClone(one))
  }
  return null
}

function oneForm(call: Call, one: FormDetail, rest: string): Answer | null {
  if (!rest) return ok(one)
  if (rest === 'held') return ok(held(one))
  if (rest === 'publish') {
    const open = held(one).questions.filter((entry) => entry.needs_reason && !entry.reason)
    if (open.length)
      return problem(409, 'form.asked_twice', '有内容已经掌握', '请写明为什么还要问。', {
        fields: open.map((entry) => ({ field: entry.path, code: 'reason', message: '' })),
      })
    Object.assign(one, {
      published: { ...one.draft!, state: 'published' },
      version: one.draft!.version,
      draft: null,
      draft_version: null,
      state: 'open',
    })
    return ok(structuredClone(one))
  }
  if (rest === 'state') return ok(Object.assign(one, { state: call.body.state }))
  if (rest === 'versions')
    return ok({
      items: [
        one.draft,
        one.published,
        one.id === 'form-1' ? version('2026030101', 'retired', VISIT.slice(0, 9)) : null,
      ]
        .filter((entry): entry is FormVersion => entry !== null)
        .map((entry) => ({ ...entry, questions: entry.questions.length })),
    })
  if (rest.endsWith('/diff'))
    return ok({
      added: VISIT.slice(12, 15).map(question),
      removed: [
        question([
          '/data/gas_alarm',
          'select_one yes_no',
          '有没有燃气报警器',
          'Gas alarm',
          { choices: YES_NO },
        ]),
        question(['/data/fax', 'text', '传真号码', 'Fax']),
      ],
      changed: [
        {
          path: '/data/contact_phone',
          label: { zh: '联系电话', en: 'Phone' },
          what: [
            { part: 'hint', old: null, new: '能联系上的手机或固定电话' },
            { part: 'required', old: 'no', new: 'yes' },
          ],
        },
        {
          path: '/data/elderly/help',
          label: { zh: '需要哪些帮助', en: 'Help needed' },
          what: [{ part: 'choices', old: '助餐、助浴、陪诊', new: '助餐、助浴、陪诊、陪伴聊天、都不需要' }],
        },
      ],
    })
  if (rest.endsWith('/source')) return { status: 200, file: `${one.form_id}.xlsx` }
  if (rest.endsWith('/xform')) return { status: 200, file: `${one.form_id}.xml` }
  if (rest === 'links') {
    if (call.method === 'POST')
      links.unshift({
        id: `link-${links.length + 1}`,
        kind: 'open',
        title: '',
        url: 'https://linli.example/q/new',
        qr_svg: call.body.kind === 'open' ? QR : null,
        count: 1,
        used: 0,
        quota: null,
        opens: null,
        closes: null,
        state: 'open',
        ...call.body,
      })
    return ok({ items: one.links ? links : [] }, call.method === 'POST' ? 201 : 200)
  }
  return draftRoutes(call, one, rest)
}

export function formRoutes(call: Call): Answer | null {
  if (call.path === '/forms' && call.method === 'GET') {
    const state = call.query.get('state')
    const q = call.query.get('q') ?? ''
    return ok({
      items: forms.filter(
        (one) => (!state || one.state === state) && (one.title.includes(q) || one.form_id.includes(q)),
      ),
    })
  }
  if (call.path === '/forms/check') {
    const bad = call.fileName.includes('错')
    return ok({
      ok: !bad,
      findings: bad ? FINDINGS : FINDINGS.slice(3),
      questions: bad ? [] : VISIT.map(question),
      languages: ['zh', 'en'],
      xform: null,
    })
  }
  if (call.path === '/forms') {
    const made = form(`form-${forms.length + 1}`, {
      title: '新表单',
      form_id: 'new_form',
      state: 'draft',
      draft: version('1', 'draft', VISIT, { findings: FINDINGS.slice(3), media: MEDIA }),
    })
    forms.unshift(made)
    return ok(made, 201)
  }
  if (call.path === '/collect/tokens') {
    if (call.method === 'GET') return ok({ items: tokens })
    const id = `tok-${tokens.length + 1}`
    tokens.unshift({
      id,
      name: String(call.body.name),
      kind: call.body.form ? 'draft' : 'worker',
      created: new Date().toISOString(),
      last_used: null,
      url: null,
    })
    return ok({ id, url: 'https://linli.example/openrosa/s3cret', qr_svg: QR, settings: {} }, 201)
  }
  if (call.path.startsWith('/collect/tokens/')) {
    tokens.splice(
      tokens.findIndex((token) => call.path.endsWith(token.id)),
      1,
    )
    return { status: 204 }
  }
  const link = call.path.match(/^\/links\/([^/]+)(?:\/(sheet))?$/)
  if (link) {
    const one = links.find((entry) => entry.id === link[1])
    if (!one) return problem(404, 'link.not_found', '没有这个链接')
    if (link[2]) return { status: 200, file: `${one.title}.${call.query.get('format')}` }
    return ok(Object.assign(one, { state: call.body.closed ? 'closed' : one.state }))
  }
  const match = call.path.match(/^\/forms\/([^/]+)(?:\/(.+))?$/)
  if (!match || ['responses', 'summary', 'export'].includes(match[2] ?? '')) return null
  const one = forms.find((entry) => entry.id === match[1])
  return one ? oneForm(call, one, match[2] ?? '') : problem(404, 'form.not_found', '没有这份表单')
}
