/** The mock's cloud survey: one campaign that runs, one that is over. */
import { readFileSync } from 'node:fs'

import type {
  Analysis,
  CallLine,
  CallState,
  Cross,
  Drawn,
  LevelProgress,
  Outcomes,
  Question,
  Response,
  Survey,
  SurveyLevel,
} from '../../../../shared/src/api/survey.ts'
import { ok, problem } from '../collect/answer.ts'
import { records, refOf } from '../data.ts'
import type { Answer, Call } from '../handlers.ts'

const FORM = readFileSync(
  new URL('../../../../mobile/dev/mock/forms/satisfaction.xml', import.meta.url),
  'utf8',
)
const LEVELS: [SurveyLevel, string, number | null, number | null][] = [
  ['street', '街道问卷', 8, 8],
  ['community', '社区问卷', 60, 60],
  ['resident', '居民问卷', 1_196, 896],
]
const part = ([level, title, issued, target]: (typeof LEVELS)[number]) => ({
  level,
  form: `survey/${level}`,
  form_id: `form-survey-${level}`,
  title,
  issued,
  target,
})
const surveys: Survey[] = [
  {
    id: 'survey-1',
    version: 3,
    name: '2026年社区治理云调研',
    purpose: '摸清社区减负、队伍和设施的实际情况，为年度报告提供依据。',
    area: refOf('230102000000'),
    opens: '2026-11-01',
    closes: '2026-12-10',
    state: 'open',
    frame: 'register',
    levels: LEVELS.map(part),
    may_manage: true,
  },
  {
    id: 'survey-2',
    version: 1,
    name: '居家养老服务满意度',
    purpose: '了解老年人对居家养老服务的看法。',
    area: refOf('230102003000'),
    opens: '2026-06-01',
    closes: '2026-06-30',
    state: 'closed',
    frame: 'open',
    levels: [part(['resident', '居民问卷', null, null])],
    may_manage: true,
  },
]

const SEX = ['男', '女']
const AGES = ['18–34 岁', '35–59 岁', '60 岁及以上']
const strata = SEX.flatMap((sex, at) =>
  AGES.map((age, band) => ({
    key: `${at + 1}/${band}`,
    label: `${sex} · ${age}`,
    people: 5_210 - band * 640 + at * 210,
    quota: 170 - band * 17 + at * 5,
    valid: Math.round((170 - band * 17) * [0.82, 1.02, 0.38][band]!) - at * 3,
  })),
)
const response = (issued: number | null, received: number, valid: number, complete: number): Response => ({
  issued,
  received,
  valid,
  complete,
  returned: received > 100 ? 4 : 0,
  duplicates: received > 100 ? 19 : 1,
  careless: received > 100 ? 12 : 0,
  response_rate: issued ? valid / issued : null,
  completion_rate: valid ? complete / valid : null,
  reason: issued ? null : '没有登记发出多少份，回收率无法计算。',
})
const level = (name: SurveyLevel, of: Response, target: number | null, flagged: number): LevelProgress => ({
  level: name,
  response: of,
  flagged,
  target,
  strata:
    name === 'resident' ? strata.map(({ key, label, quota, valid }) => ({ key, label, quota, valid })) : [],
  reason: null,
})
const draws: Drawn[] = [
  {
    id: 'draw-1',
    level: 'resident',
    mode: 'links',
    area: '230102000000',
    seed: 20261101,
    by: ['sex', 'age_band'],
    size: 1_136,
    strata: [],
    links: [1, 2, 3].map((n) => ({
      id: `link-${n}`,
      area: `23010200300${n}`,
      name: refOf(`23010200300${n}`).name,
      count: 410 - n * 22,
    })),
    at: '2026-11-01T01:12:00Z',
    who: '刘明远',
    reason: null,
    invited_at: null,
    messages_at: null,
  },
]

const ENDS: [CallState, string | null][] = [
  ['due', null],
  ['later', 'call_back'],
  ['done', 'completed'],
  ['due', 'no_answer'],
  ['done', 'refused'],
  ['calling', null],
  ['done', 'wrong_number'],
]
const calls: CallLine[] = (records.get('people/resident') ?? []).slice(0, 60).map((record, at) => {
  const [state, disposition] = ENDS[at % ENDS.length]!
  return {
    id: `call-${at}`,
    name: record.title,
    area: record.area,
    phone: `1${30 + (at % 9)}****${String(1000 + at * 37).slice(-4)}`,
    state,
    disposition,
    attempts: disposition ? 1 + (at % 2) : 0,
    last_called_at: disposition ? '2026-11-23T03:12:00Z' : null,
    due_at: state === 'later' ? '2026-11-24T02:30:00Z' : null,
    interviewer: disposition ? ['何丽华', '于静'][at % 2]! : null,
  }
})
function outcomes(): Outcomes {
  const n = (...names: (string | null)[]): number =>
    calls.filter((call) => names.includes(call.disposition)).length
  return {
    completed: n('completed'),
    partial: n('partial'),
    refused: n('refused'),
    other: n('call_back'),
    unknown: n('no_answer', 'busy'),
    untried: n(null),
    ineligible: n('wrong_number', 'ineligible', 'deceased'),
    rr1: 0.212,
    coop1: 0.5,
    con1: 0.461,
  }
}

function callRoutes(call: Call, rest: string): Answer {
  if (rest === 'calls')
    return ok({
      items: calls.filter((one) => !call.query.get('mine') || one.interviewer === '何丽华'),
      total: calls.length,
      due: calls.filter((one) => one.state === 'due').length,
      done: calls.filter((one) => one.state === 'done').length,
      outcomes: outcomes(),
    })
  if (rest === 'calls/next') {
    const next = calls.find((one) => one.state === 'mine') ?? calls.find((one) => one.state === 'due')
    if (!next) return ok({ call: null, next_due: '2026-11-24T02:30:00Z' })
    next.state = 'mine'
    return ok({
      call: {
        ...next,
        phone: `138 0451 ${String(4000 + calls.indexOf(next) * 31).slice(-4)}`,
        level: 'resident',
        notes: next.attempts ? '上次说晚上在家。' : null,
        until: new Date(Date.now() + 2_700_000).toISOString(),
        form: 'form-survey-resident',
        form_id: 'survey/resident',
      },
      next_due: null,
    })
  }
  const held = calls.find((one) => `calls/${one.id}` === rest)
  if (!held) return problem(404, 'survey.no_call', '没有这个电话')
  held.disposition = String(call.body.disposition)
  held.attempts += 1
  held.interviewer = '何丽华'
  held.state = held.disposition === 'call_back' ? 'later' : 'done'
  return ok(held)
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
  const n = kind === 'many' ? 702 : counts.reduce((sum, one) => sum + one, 0)
  return {
    name,
    label,
    kind,
    groups: [],
    n,
    missing: 717 - n,
    effective_n: n,
    items: labels.map((text, at) => {
      const share = n ? counts[at]! / n : null
      const [low, high] = share === null ? [null, null] : wilson(share, n)
      return { code: String(at), label: text, n: counts[at]!, share, low, high }
    }),
    mean: null,
    sd: null,
    median: null,
    min: null,
    max: null,
    top_two: null,
    reason: null,
    ...more,
  }
}
const QUESTIONS: Question[] = [
  question('sex', '您的性别', 'one', SEX, [341, 376]),
  question('age_band', '您的年龄段', 'one', AGES, [214, 319, 184]),
  question(
    'sat_overall',
    '对社区工作总体',
    'scale',
    ['非常不满意', '不满意', '一般', '满意', '非常满意'],
    [12, 41, 168, 312, 176],
    { mean: 3.85, sd: 0.92, median: 4, top_two: 0.688 },
  ),
  question(
    'wishes',
    '您最希望改进的是(可多选)',
    'many',
    ['养老服务', '托育与儿童', '停车', '环境卫生', '网上办事'],
    [318, 142, 401, 233, 120],
  ),
  question('times', '今年去过社区办事几次？', 'number', [], [], {
    n: 655,
    missing: 62,
    mean: 2.41,
    sd: 2.07,
    median: 2,
  }),
  question('phone', '联系电话', 'masked', [], [], { n: 0, missing: 717, reason: '敏感信息，不作统计。' }),
  question('suggestion', '您的意见建议', 'text', [], [], { n: 288, missing: 429 }),
]
const analysis = (survey: Survey, query: URLSearchParams): Analysis => ({
  level: (query.get('level') ?? 'resident') as SurveyLevel,
  form: '居民问卷',
  area: survey.area,
  response: response(1_196, 752, 717, 681),
  rule: '退回的、重复的，以及又快又全选一样的不计入；有人确认过的都计入。',
  weights: query.get('weights')
    ? {
        by: query.get('weights')!.split(','),
        used: true,
        reason: null,
        rounds: 9,
        worst: 0.0004,
        design_effect: 1.31,
        effective_n: 547.3,
        trimmed: 2,
        empty: [],
      }
    : null,
  questions: QUESTIONS,
})
function cross(query: URLSearchParams): Cross {
  const [row, column] = ['row', 'column'].map(
    (name) => QUESTIONS.find((one) => one.name === query.get(name)) ?? QUESTIONS[0]!,
  ) as [Question, Question]
  const cells = row.items.map((one, at) =>
    column.items.map((other, over) =>
      Math.max(0, Math.round((one.n * other.n) / 717 + (at - 1) * (over - 1.5) * 9)),
    ),
  )
  const side = (of: Question) => ({
    name: of.name,
    label: of.label,
    items: of.items.map(({ code, label }) => ({ code, label })),
  })
  return {
    level: 'resident',
    row: side(row),
    column: side(column),
    cells,
    row_shares: cells.map((line) => {
      const sum = line.reduce((all, n) => all + n, 0)
      return line.map((n) => (sum ? n / sum : null))
    }),
    n: 709,
    missing: 8,
    test: {
      chi_square: 41.27,
      df: (row.items.length - 1) * (column.items.length - 1),
      p: 0.00012,
      cramers_v: 0.21,
      least_expected: 3.2,
    },
    warnings: cells.flat().some((n) => n < 5)
      ? [{ code: 'small_expected', text: '有 3 个格子的期望人数不足 5，占 15%。' }]
      : [],
    weights: null,
  }
}

const WORDS: [string, string[]][] = [
  ['停车位、乱停', ['楼前车位太少，晚上回来没地方停。', '车停在消防通道上，没人管。']],
  ['老年食堂、助餐', ['能不能办个老年食堂，一个人不想做饭。', '助餐点离得太远。']],
  ['楼道、垃圾', ['楼道杂物堆了半年了。', '垃圾清得不及时。']],
]
const PARTS: Record<string, (survey: Survey, query: URLSearchParams) => unknown> = {
  progress: (survey) => ({
    levels: [
      level('street', response(8, 8, 8, 8), 8, 0),
      level('community', response(60, 52, 49, 47), 60, 2),
      level(
        'resident',
        survey.id === 'survey-1' ? response(1_196, 752, 717, 681) : response(null, 231, 226, 220),
        896,
        31,
      ),
    ].filter((one) => survey.levels.some((held) => held.level === one.level)),
    interviews: outcomes(),
    interview_target: 60,
    visits: 4,
    draws,
  }),
  analysis,
  cross: (_, query) => cross(query),
  text: () => ({
    name: 'suggestion',
    label: '您的意见建议',
    n: 288,
    looked_at: 288,
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
    clusters: WORDS.map(([label, examples], at) => ({ label, n: 88 - at * 22, examples })),
    alone: 74,
  }),
  compare: () => ({
    level: 'community',
    reason: null,
    questions: [
      {
        name: 'societies',
        label: '现有社会组织数',
        element: 'society/social_org/name',
        compared: 49,
        agree: 38,
        agreement: 38 / 49,
        rows: [1, 2, 3].map((n) => ({
          area: refOf(`23010200300${n}`),
          said: String(9 - n),
          held: n === 3 ? null : String(5 - n),
          difference: n === 3 ? null : 4,
        })),
      },
      {
        name: 'org_kind',
        label: '本级党组织的类型',
        element: 'party/party_org/org_kind',
        compared: 49,
        agree: 49,
        agreement: 1,
        rows: [],
      },
    ],
  }),
  flags: () => ({
    rule: '退回的、重复的，以及又快又全选一样的不计入；有人确认过的都计入。',
    fast_below: 113,
    fast: 14,
    straight: 11,
    duplicates: 6,
    left_out: 18,
    bursts: [
      {
        link: 'link-9',
        title: '公开链接',
        most: 41,
        text: '“公开链接”在一分钟内收到 41 份，请核对是否刷票。',
      },
    ],
    items: Array.from({ length: 9 }, (_, at) => ({
      instance_id: `answer-${at + 1}`,
      area: refOf('230102003001'),
      received: `2026-11-2${at % 3}T0${at % 9}:14:00Z`,
      seconds: at % 3 === 1 ? null : 72 + at,
      kinds: [(['fast', 'straight', 'duplicate'] as const)[at % 3]!],
      repeats: at % 3 === 2 ? 'answer-1' : null,
      same_channel: at === 2,
      left_out: at % 3 === 2,
    })),
  }),
}

export function surveyRoutes(call: Call): Answer | null {
  if (call.path === '/surveys') return ok({ items: surveys })
  if (call.path === '/forms/form-survey-resident')
    return ok({ id: 'form-survey-resident', title: '居民问卷', published: { version: '1' } })
  if (call.path === '/forms/form-survey-resident/versions/1/package')
    return ok({ title: '居民问卷', version: '1', xform: FORM })
  if (call.path === '/collect/submissions') return ok({ instance_id: 'uuid:mock' }, 201)
  const [, id, rest] = call.path.match(/^\/surveys\/([^/]+)(?:\/(.+))?$/) ?? []
  if (!id) return null
  const survey = surveys.find((one) => one.id === id)
  if (!survey) return problem(404, 'survey.unknown', '没有这次调研')
  if (!rest) return ok(survey)
  if (rest.startsWith('calls')) return callRoutes(call, rest)
  if (rest.endsWith('.xlsx')) return { status: 200, file: `${survey.name}.xlsx` }
  if (rest === 'plan') {
    const size = Number(call.body.size ?? 60)
    const all = strata.reduce((sum, one) => sum + one.people, 0)
    return ok({
      level: call.body.level,
      area: survey.area,
      size,
      people: all,
      strata: strata.map(({ key, label, people }) => ({
        key,
        label,
        people,
        quota: Math.round((people / all) * size),
      })),
      reason: null,
    })
  }
  if (rest === 'sample')
    return ok(
      { ...draws[0]!, size: Number(call.body.size ?? 60), reason: '女 · 60 岁及以上只有 3 人有电话。' },
      201,
    )
  const make = PARTS[rest]
  return make ? ok(make(survey, call.query)) : null
}
