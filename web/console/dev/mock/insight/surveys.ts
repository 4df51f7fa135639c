/** The mock's cloud survey: one campaign that runs, one that is over. */
import type {
  Analysis,
  Call as PhoneCall,
  CallState,
  Cross,
  Disposition,
  LevelProgress,
  Question,
  Survey,
  SurveyLevel,
} from '../../../../shared/src/api/survey.ts'
import { ok, page, problem } from '../collect/answer.ts'
import { areas, records, refOf } from '../data.ts'
import type { Answer, Call } from '../handlers.ts'

const form = (id: string, title: string) => ({ id, title })
const surveys: Survey[] = [
  {
    id: 'survey-1',
    name: '2026年社区治理云调研',
    purpose: '摸清社区减负、队伍和设施的实际情况，为年度报告提供依据。',
    area: refOf('230102000000'),
    opens: '2026-11-01',
    closes: '2026-12-10',
    state: 'open',
    forms: {
      street: form('survey/street', '街道问卷'),
      community: form('survey/community', '社区问卷'),
      resident: form('survey/resident', '居民问卷'),
    },
    counts: { issued: 1_264, received: 812, valid: 774, target: 1_100 },
  },
  {
    id: 'survey-2',
    name: '居家养老服务满意度',
    purpose: '',
    area: refOf('230102003000'),
    opens: '2026-06-01',
    closes: '2026-06-30',
    state: 'closed',
    forms: { street: null, community: null, resident: form('survey/resident', '居民问卷') },
    counts: { issued: 300, received: 231, valid: 226, target: null },
  },
]

const SEX = ['男', '女']
const AGES = ['18–34岁', '35–49岁', '50–64岁', '65岁及以上']
const strata = SEX.flatMap((sex, at) =>
  AGES.map((age, band) => ({
    key: `${at + 1}:${band}`,
    label: `${sex} · ${age}`,
    population: 5_210 - band * 640 + at * 210,
    quota: 134 - band * 17 + at * 5,
    issued: 134 - band * 17 + at * 5,
    valid: Math.max(0, Math.round((134 - band * 17) * [0.82, 0.71, 1.02, 0.38][band]!) - at * 3),
  })),
)
function progress(survey: Survey): LevelProgress[] {
  const levels: LevelProgress[] = [
    {
      level: 'street',
      label: '街道问卷',
      issued: 8,
      received: 8,
      valid: 8,
      flagged: 0,
      target: 8,
      rate: 1,
      strata: [],
    },
    {
      level: 'community',
      label: '社区问卷',
      issued: 60,
      received: 52,
      valid: 49,
      flagged: 2,
      target: 60,
      rate: 49 / 60,
      strata: [],
    },
    {
      level: 'resident',
      label: '居民问卷',
      issued: 1_196,
      received: 752,
      valid: 717,
      flagged: 31,
      target: 896,
      rate: 717 / 1_196,
      strata,
    },
  ]
  return levels.filter((level) => survey.forms[level.level])
}

const ENDS: [CallState, Disposition | null][] = [
  ['waiting', null],
  ['call_back', 'call_back'],
  ['done', 'completed'],
  ['waiting', 'no_answer'],
  ['done', 'refused'],
  ['leased', null],
  ['done', 'wrong_number'],
]
const calls: PhoneCall[] = (records.get('people/resident') ?? []).slice(0, 60).map((record, at) => {
  const [state, disposition] = ENDS[at % ENDS.length]!
  return {
    id: `call-${at}`,
    title: record.title,
    area: record.area,
    phone: `1${30 + (at % 9)}****${String(1000 + at * 37).slice(-4)}`,
    state,
    disposition,
    attempts: disposition ? 1 + (at % 2) : 0,
    call_back_at: state === 'call_back' ? '2026-11-24T02:30:00Z' : null,
    by: disposition ? ['何丽华', '于静'][at % 2]! : null,
    updated: disposition ? '2026-11-23T03:12:00Z' : null,
  }
})
const SCRIPT = {
  title: '居民问卷（电话）',
  intro: '您好，我是道里区社区治理调研的访员，想占用您三分钟，听听您对社区服务的看法。您的回答只用于统计。',
  questions: [
    {
      name: 'age_band',
      label: '您的年龄在哪一段？',
      hint: null,
      kind: 'choice' as const,
      required: true,
      choices: AGES.map((label, at) => ({ code: String(at), label })),
    },
    {
      name: 'overall',
      label: '总的来说，您对社区的服务满意吗？',
      hint: '依次读出五个选项',
      kind: 'choice' as const,
      required: true,
      choices: ['很满意', '比较满意', '一般', '不太满意', '很不满意'].map((label, at) => ({
        code: String(5 - at),
        label,
      })),
    },
    {
      name: 'needs',
      label: '您最希望社区多做哪些事？',
      hint: '可多选，不要提示',
      kind: 'choices' as const,
      required: true,
      choices: ['养老助餐', '托幼', '停车', '环境卫生', '文体活动'].map((label, at) => ({
        code: String(at),
        label,
      })),
    },
    {
      name: 'times',
      label: '今年去过社区办事几次？',
      hint: null,
      kind: 'integer' as const,
      required: false,
      choices: [],
    },
    {
      name: 'words',
      label: '您还有什么建议？',
      hint: '照原话记',
      kind: 'text' as const,
      required: false,
      choices: [],
    },
  ],
}

function callRoutes(call: Call, rest: string): Answer {
  if (rest === 'calls' && call.method === 'GET') {
    const state = call.query.get('state')
    const counts = { waiting: 0, leased: 0, call_back: 0, done: 0 }
    for (const one of calls) counts[one.state] += 1
    const found = calls.filter(
      (one) => (!state || one.state === state) && (!call.query.get('mine') || one.by === '何丽华'),
    )
    return ok({ ...(page(found, call.query).body as object), counts })
  }
  if (rest === 'calls/next') {
    const next = calls.find((one) => one.state === 'waiting')
    if (!next) return { status: 204 }
    next.state = 'leased'
    return ok({
      call: { ...next, phone: `138 0451 ${String(4000 + calls.indexOf(next) * 31).slice(-4)}` },
      lease_until: new Date(Date.now() + 600_000).toISOString(),
      script: SCRIPT,
    })
  }
  const [, id, release] = rest.match(/^calls\/([^/]+)(\/release)?$/) ?? []
  const held = calls.find((one) => one.id === id)
  if (!held) return problem(404, 'call.unknown', '没有这个电话')
  if (release) held.state = 'waiting'
  else {
    held.disposition = call.body.disposition as Disposition
    held.attempts += 1
    held.by = '何丽华'
    held.call_back_at = (call.body.call_back_at as string | null) ?? null
    held.state = held.disposition === 'call_back' ? 'call_back' : 'done'
  }
  return { status: 204 }
}

const wilson = (share: number, n: number): [number, number] => {
  const z = 1.96
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
function question(
  name: string,
  label: string,
  kind: Question['kind'],
  labels: string[],
  counts: number[],
  more: Partial<Question> = {},
): Question {
  const n = kind === 'choices' ? 702 : counts.reduce((sum, one) => sum + one, 0)
  return {
    name,
    label,
    kind,
    n,
    missing: 717 - n,
    items: labels.map((text, at) => {
      const share = n ? counts[at]! / n : null
      const [low, high] = share === null ? [null, null] : wilson(share, n)
      return { code: String(at), label: text, n: counts[at]!, share, low, high }
    }),
    mean: null,
    sd: null,
    median: null,
    top_two: null,
    ...more,
  }
}
const QUESTIONS: Question[] = [
  question('sex', '性别', 'choice', SEX, [341, 376]),
  question('age_band', '年龄段', 'choice', AGES, [214, 188, 231, 84]),
  question(
    'overall',
    '总的来说，您对社区的服务满意吗？',
    'scale',
    ['很不满意', '不太满意', '一般', '比较满意', '很满意'],
    [12, 41, 168, 312, 176],
    { mean: 3.85, sd: 0.92, median: 4, top_two: 0.688 },
  ),
  question(
    'needs',
    '您最希望社区多做哪些事？',
    'choices',
    ['养老助餐', '托幼', '停车', '环境卫生', '文体活动'],
    [318, 142, 401, 233, 120],
  ),
  question('times', '今年去过社区办事几次？', 'number', [], [], {
    n: 655,
    missing: 62,
    mean: 2.41,
    sd: 2.07,
    median: 2,
  }),
  question('words', '您还有什么建议？', 'text', [], [], { n: 288, missing: 429 }),
]
const analysis = (survey: Survey, query: URLSearchParams): Analysis => ({
  level: (query.get('level') ?? 'resident') as SurveyLevel,
  area: survey.area,
  response: {
    issued: 1_196,
    received: 752,
    valid: 717,
    complete: 681,
    response_rate: 0.6,
    completion_rate: 0.95,
    cooperation: 0.71,
    contact: 0.83,
  },
  weighting: query.get('weights')
    ? {
        by: query.get('weights')!.split(','),
        converged: true,
        design_effect: 1.31,
        effective_n: 547.3,
        note: '3 份答卷缺年龄，权重取 1。',
      }
    : null,
  questions: QUESTIONS,
})
function cross(query: URLSearchParams): Cross {
  const [row, column] = ['row', 'column'].map(
    (name) => QUESTIONS.find((one) => one.name === query.get(name)) ?? QUESTIONS[0]!,
  )
  const cells = row!.items.map((one, at) =>
    column!.items.map((other, over) =>
      Math.max(0, Math.round((one.n * other.n) / 717 + (at - 1) * (over - 1.5) * 9)),
    ),
  )
  const shares = cells.map((line) => {
    const sum = line.reduce((all, n) => all + n, 0)
    return line.map((n) => (sum ? n / sum : null))
  })
  const few = cells.flat().some((n) => n < 5)
  return {
    rows: row!.items.map(({ code, label }) => ({ code, label })),
    columns: column!.items.map(({ code, label }) => ({ code, label })),
    cells,
    row_shares: shares,
    chi_square: 41.27,
    df: (row!.items.length - 1) * (column!.items.length - 1),
    p: 0.00012,
    cramers_v: 0.21,
    warnings: few ? ['有 3 个格子的期望人数不足 5，占 15%。'] : [],
  }
}

const WORDS: [string, string, string[]][] = [
  ['c1', '停车位少，车乱停', ['楼前车位太少，晚上回来没地方停。', '车停在消防通道上，没人管。']],
  ['c2', '想要老年食堂', ['能不能办个老年食堂，一个人不想做饭。', '助餐点离得太远。']],
  ['c3', '楼道、环境脏', ['楼道杂物堆了半年了。', '垃圾清得不及时。']],
]
function suggestions() {
  return {
    clusters: WORDS.map(([id, label, examples], at) => ({ id, label, n: 41 - at * 12, examples })),
    items: Array.from({ length: 12 }, (_, at) => {
      const [id, label, texts] = WORDS[at % 3]!
      const states = [
        { name: 'received', label: '已收到', phase: 'new' },
        { name: 'classified', label: '已归类', phase: 'working' },
        { name: 'assigned', label: '已交办', phase: 'working' },
        { name: 'adopted', label: '已采纳', phase: 'waiting' },
        { name: 'answered', label: '已答复', phase: 'done' },
      ]
      return {
        id: `case-${at + 1}`,
        number: `JY20261${String(100 + at)}`,
        title: label,
        text: texts[at % 2]!,
        area: refOf('230102003001'),
        state: states[at % 5]!,
        class: ['物业停车', '养老服务', '环境卫生'][at % 3]!,
        cluster: id,
      }
    }),
  }
}

const PARTS: Record<string, (survey: Survey, query: URLSearchParams) => unknown> = {
  progress: (survey) => ({ levels: progress(survey) }),
  analysis,
  cross: (_, query) => cross(query),
  suggestions,
  text: () => ({
    keywords: [
      ['停车', 96],
      ['食堂', 71],
      ['楼道', 44],
      ['垃圾', 41],
      ['老人', 38],
      ['电梯', 33],
      ['消防通道', 27],
      ['物业', 25],
      ['孩子', 18],
      ['路灯', 12],
    ].map(([word, n]) => ({ word, n, weight: Number(n) / 96 })),
    clusters: WORDS.map(([, label, examples], at) => ({ label, n: 88 - at * 22, examples })),
  }),
  compare: () => ({
    items: [
      {
        label: '综合服务设施达标',
        indicator: 'facility/coverage',
        unit: 'percent',
        decimals: 1,
        answers: { value: 93.9, n: 49 },
        register: { value: 83.3, n: 60 },
        gap: 10.6,
        note: '5 个社区自报达标，登记面积不足 500 平方米。',
      },
      {
        label: '每个社区的社会组织数',
        indicator: 'society/per_community',
        unit: 'per',
        decimals: 1,
        answers: { value: 7.2, n: 49 },
        register: { value: 6.1, n: 60 },
        gap: 1.1,
        note: null,
      },
      {
        label: '月均工资',
        indicator: 'workforce/mean_pay',
        unit: 'yuan',
        decimals: 0,
        answers: { value: null, n: 2 },
        register: { value: 4012, n: 595 },
        gap: null,
        note: '只有 2 个社区填了工资，数据不足。',
      },
    ],
  }),
  flags: () => ({
    counts: { speeder: 14, straight_line: 11, duplicate: 6 },
    rules: [
      '答题时间不到中位数（5 分 40 秒）的三分之一，标为“答得过快”，仍计入。',
      '同一设备或链接、答案相同的第二份起，标为“疑似重复”，不计入。',
    ],
    items: Array.from({ length: 9 }, (_, at) => ({
      response: `answer-${at + 1}`,
      area: refOf('230102003001'),
      at: `2026-11-2${at % 3}T0${at % 9}:14:00Z`,
      kinds: [(['speeder', 'straight_line', 'duplicate'] as const)[at % 3]!],
      detail: ['用时 1 分 12 秒', '6 道量表题全选“很满意”', '与 11 月 20 日 09:14 的一份完全相同，同一设备'][
        at % 3
      ]!,
      left_out: at % 3 === 2,
    })),
  }),
}

export function surveyRoutes(call: Call): Answer | null {
  if (call.path === '/surveys' && call.method === 'GET') {
    const within = areas.get(call.query.get('area') ?? '')?.path ?? ''
    return page(
      surveys.filter(
        (one) =>
          !within ||
          within.startsWith(areas.get(one.area.code)!.path ?? '') ||
          areas.get(one.area.code)!.path!.startsWith(within),
      ),
      call.query,
    )
  }
  if (call.path === '/surveys') {
    const made = {
      ...surveys[0]!,
      id: `survey-${surveys.length + 1}`,
      name: String(call.body.name),
      purpose: String(call.body.purpose),
      state: 'draft' as const,
      counts: { issued: 0, received: 0, valid: 0, target: null },
    }
    surveys.unshift(made)
    return ok(made, 201)
  }
  const [, id, rest] = call.path.match(/^\/surveys\/([^/]+)(?:\/(.+))?$/) ?? []
  if (!id) return null
  const survey = surveys.find((one) => one.id === id)
  if (!survey) return problem(404, 'survey.unknown', '没有这次调研')
  if (!rest) return ok(survey)
  if (rest.startsWith('calls')) return callRoutes(call, rest)
  if (/\.(xlsx|pdf|html)$/.test(rest)) return { status: 200, file: `${survey.name}-${rest}` }
  if (rest === 'plan') {
    const size = Number(call.body.size)
    const all = strata.reduce((sum, one) => sum + one.population, 0)
    return ok({
      level: call.body.level,
      size,
      population: all,
      strata: strata.map(({ key, label, population }) => ({
        key,
        label,
        population,
        quota: Math.round((population / all) * size),
      })),
    })
  }
  if (rest === 'sample') return ok({ drawn: Number(call.body.size) - 3, short: ['女 · 65岁及以上'] })
  const part = PARTS[rest]
  return part ? ok(part(survey, call.query)) : null
}
