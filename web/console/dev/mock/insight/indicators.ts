/** Indicators of the mock: figures made by a rule from the area's code, with every trouble a page must show. */
import type {
  Cockpit,
  IndicatorDetail,
  Param,
  Reading,
  Trend,
  Unit,
} from '../../../../shared/src/api/insight.ts'
import { ok, problem } from '../collect/answer.ts'
import { units } from '../flow/cases.ts'
import { caseRoutes } from '../flow/routes.ts'
import { areas, records, refOf } from '../data.ts'
import type { Answer, Call } from '../handlers.ts'

interface Made {
  id: string
  label: string
  about: string
  figures?: number[]
  unit?: Unit
  decimals?: number
  suffix?: string
  direction?: 'up' | 'down' | 'none'
  from: number
  to: number
  target?: number
  by?: string
  basis?: Reading['basis']
  also?: string
  rank?: boolean
  none?: string
}
const percent = { unit: 'percent' as const, decimals: 1 }
const MADE: Made[] = [
  {
    id: 'facility/coverage',
    label: '综合服务设施覆盖率',
    about: '有达标综合服务设施的社区占全部社区的比例。',
    figures: [20],
    ...percent,
    from: 58,
    to: 100,
    target: 100,
    by: '2026-12-31',
  },
  {
    id: 'workforce/households_per_worker',
    label: '每名社区工作者服务户数',
    about: '社区总户数除以在岗社区工作者人数。',
    figures: [12],
    unit: 'per',
    suffix: '户/人',
    decimals: 0,
    direction: 'down',
    from: 290,
    to: 520,
    target: 400,
  },
  {
    id: 'workforce/mean_pay',
    label: '社区工作者月均工资',
    about: '在岗社区工作者月应发工资的平均数。',
    figures: [21],
    unit: 'yuan',
    decimals: 0,
    from: 3100,
    to: 4900,
    target: 4650,
  },
  {
    id: 'society/per_community',
    label: '每个社区的社会组织数',
    about: '在社区活动的社会组织数除以社区数。',
    figures: [14],
    unit: 'per',
    suffix: '个/社区',
    decimals: 1,
    from: 4,
    to: 12,
    target: 10,
    by: '2027-12-31',
  },
  {
    id: 'party/committee_share',
    label: '组织设为党委的社区比例',
    about: '本级党组织为党委的社区占答卷社区的比例。',
    figures: [27],
    ...percent,
    from: 30,
    to: 90,
    basis: 'answers',
    also: 'party/committees',
  },
  {
    id: 'party/joint_meeting',
    label: '开过联席会议的社区比例',
    about: '近一年召开过党建联席会议的社区占答卷社区的比例。',
    figures: [32],
    ...percent,
    from: 60,
    to: 100,
    target: 100,
    basis: 'answers',
  },
  {
    id: 'duty/abolished',
    label: '取消的证明种类比例',
    about: '已取消的证明种类占原要求种类的比例。',
    figures: [18],
    ...percent,
    from: 71,
    to: 96,
    target: 90,
  },
  {
    id: 'party/coverage_change',
    label: '党组织覆盖率较基期变化',
    about: '现覆盖率减基期覆盖率。',
    figures: [28],
    unit: 'points',
    decimals: 1,
    from: -1,
    to: 9,
    none: '基期（2016-12-31）没有党组织登记，无法比较。',
  },
  {
    id: 'grid/closed_in_time',
    label: '事件按时办结率',
    about: '按时限办结的网格事件占已办结事件的比例。',
    ...percent,
    from: 72,
    to: 99,
    target: 95,
    basis: 'cases',
  },
  {
    id: 'emergency/trained',
    label: '未参加应急培训的社区比例',
    about: '近一年没有参加任何应急培训的社区占答卷社区的比例。',
    figures: [49],
    ...percent,
    direction: 'down',
    from: 2,
    to: 34,
    target: 0,
    basis: 'answers',
  },
  {
    id: 'information/no_platform',
    label: '没有信息平台的社区比例',
    about: '没有任何治理信息平台的社区占答卷社区的比例。',
    figures: [40],
    ...percent,
    direction: 'down',
    from: 5,
    to: 42,
    basis: 'answers',
  },
  {
    id: 'network/communities',
    label: '社区数',
    about: '在册且有效的社区。',
    figures: [8],
    unit: 'count',
    decimals: 0,
    direction: 'none',
    from: 4,
    to: 60,
    basis: 'areas',
    rank: false,
  },
  {
    id: 'workforce/workers',
    label: '在岗社区工作者',
    about: '在岗的社区工作者人数。',
    figures: [10],
    unit: 'count',
    suffix: '人',
    decimals: 0,
    direction: 'none',
    from: 12,
    to: 640,
    rank: false,
  },
  {
    id: 'workforce/mean_age',
    label: '社区工作者平均年龄',
    about: '在岗社区工作者的平均周岁。',
    figures: [45],
    unit: 'years',
    decimals: 1,
    direction: 'none',
    from: 33,
    to: 44,
  },
  {
    id: 'workforce/degree',
    label: '大专及以上学历比例',
    about: '大专及以上学历者占在岗社区工作者的比例。',
    figures: [24],
    ...percent,
    from: 61,
    to: 93,
    target: 85,
  },
  {
    id: 'facility/subsidy',
    label: '建设补助合计',
    about: '基期至今设施建设补助之和。',
    figures: [19],
    unit: 'wan_yuan',
    decimals: 1,
    direction: 'none',
    from: 80,
    to: 2400,
    rank: false,
  },
  {
    id: 'survey/return_rate',
    label: '居民问卷回收率',
    about: '收回的居民问卷占发出的比例。',
    figures: [4],
    ...percent,
    from: 48,
    to: 88,
    target: 70,
    basis: 'answers',
  },
  {
    id: 'survey/interviews',
    label: '完成的电话访谈',
    about: '处理结果为“完成”的电话访谈。',
    figures: [5],
    unit: 'count',
    decimals: 0,
    from: 3,
    to: 120,
    basis: 'mixed',
  },
]

/** 0..1 from words: the same answer at every asking. */
function share(words: string): number {
  let held = 2166136261
  for (const letter of words) held = Math.imul(held ^ letter.charCodeAt(0), 16777619)
  return ((held >>> 8) % 10_000) / 10_000
}
const round = (value: number, decimals: number): number => Number(value.toFixed(decimals))

function valueOf(made: Made, code: string, day = '2026-11-23'): number | null {
  if (made.none) return null
  if (made.id === 'society/per_community' && code.endsWith('4')) return null
  const months = (Number(day.slice(0, 4)) - 2016) * 12 + Number(day.slice(5, 7))
  const ripe = Math.min(1, months / 131)
  const at =
    0.2 + 0.7 * share(made.id + code) * (made.direction === 'down' ? 1.35 - 0.35 * ripe : 0.55 + 0.45 * ripe)
  const shake = 0.03 * (share(made.id + code + day) - 0.5)
  const whole = made.from + (made.to - made.from) * Math.min(1, Math.max(0, at + shake))
  return round(whole, made.decimals ?? 1)
}

const PARAMS: Param[] = [
  { name: 'base', label: '基期', kind: 'date', value: '2016-12-31', default: '2016-12-31', choices: [] },
  { name: 'min_area', label: '达标面积（平方米）', kind: 'integer', value: 500, default: 500, choices: [] },
  {
    name: 'among',
    label: '分母',
    kind: 'choice',
    value: 'all',
    default: 'all',
    choices: [
      { value: 'all', label: '全部答卷' },
      { value: 'held', label: '开过会的' },
    ],
  },
  { name: 'three', label: '“3个以下”含3个', kind: 'bool', value: true, default: true, choices: [] },
]

function reading(made: Made, code: string, day?: string): Reading {
  const value = valueOf(made, code, day)
  const decimals = made.decimals ?? 1
  const direction = made.direction ?? 'up'
  const n = Math.round(20 + 200 * share(made.id))
  const base = valueOf(made, code, '2016-12-31')
  return {
    id: made.id,
    label: made.label,
    about: made.about,
    unit: made.unit ?? 'percent',
    suffix: made.suffix ?? null,
    decimals,
    direction,
    group: made.id.split('/')[0]!,
    figures: made.figures ?? [],
    value,
    reason: value === null ? (made.none ?? '这个区域没有登记社会组织，无法计算。') : null,
    numerator: made.unit === 'percent' && value !== null ? Math.round((value / 100) * n) : value,
    denominator: made.unit === 'percent' ? n : made.unit === 'per' ? 8 : null,
    target:
      made.target === undefined
        ? null
        : {
            value: made.target,
            by: made.by ?? null,
            met: value === null ? null : direction === 'down' ? value <= made.target : value >= made.target,
          },
    base:
      value === null || base === null || !made.figures
        ? null
        : { date: '2016-12-31', value: base, change: round(value - base, decimals), reason: null },
    change_week:
      value === null
        ? null
        : round((share(`${made.id}${code}week`) - 0.45) * (made.to - made.from) * 0.04, decimals),
    also: made.also ?? null,
    basis: made.basis ?? 'register',
    params: { base: '2016-12-31' },
    fresh: made.basis === 'answers' ? 'rows' : 'rollup',
    rank: made.rank ?? true,
    notes: made.basis === 'answers' ? ['2 份重复的答卷没有计入。'] : [],
  }
}

const monthEnds = (from: string, to: string, step: number): string[] => {
  const days: string[] = []
  const at = new Date(`${from}T00:00:00Z`)
  while (at.toISOString().slice(0, 10) <= to) {
    days.push(at.toISOString().slice(0, 10))
    at.setUTCMonth(at.getUTCMonth() + step)
  }
  return days
}
const below = (code: string) =>
  [...areas.values()].filter((area) => area.parent === code && area.kind !== 'estate')
function childrenOf(code: string) {
  const near = below(code)
  return near.length
    ? near
    : [...areas.values()].filter(
        (area) => area.kind === 'grid' && area.code.startsWith(code) && area.code !== code,
      )
}
const trend = (made: Made, code: string): Trend => ({
  id: made.id,
  label: made.label,
  points: monthEnds('2025-12-31', '2026-11-23', 1).map((on) => ({ on, value: valueOf(made, code, on) })),
})

function cockpit(code: string): Cockpit {
  const here = refOf(code)
  const below = childrenOf(code)
  const standing = MADE.filter((made) => made.target !== undefined || made.none || !made.basis).map((made) =>
    reading(made, code),
  )
  return {
    area: here,
    level: here.kind,
    children_level: below[0]?.kind ?? null,
    standing: standing.map((one) => ({ reading: one })),
    worse: [MADE[8]!, MADE[1]!, MADE[16]!].map((made) => {
      const now = reading(made, code)
      const step = (made.to - made.from) * 0.05 * (now.direction === 'down' ? -1 : 1)
      return { reading: now, week_ago: round((now.value ?? 0) + step, now.decimals) }
    }),
    blank: below.slice(0, 5).map((area, at) => ({
      area: refOf(area.code),
      id: MADE[at]!.id,
      what: MADE[at]!.label,
      gap: [
        '设施登记册在这里没有记录',
        '没有在岗的社区工作者',
        '没有登记工资',
        '没有登记社会组织',
        '没有收到社区答卷',
      ][at]!,
    })),
    children: below.map((area) => ({
      area: refOf(area.code),
      readings: Object.fromEntries(MADE.map((made) => [made.id, valueOf(made, area.code)])),
    })),
    trends: [0, 1, 2, 3, 6, 8, 12].map((at) => trend(MADE[at]!, code)),
    distributions: [
      {
        id: 'workforce/degree',
        field: 'education',
        label: '社区工作者学历',
        items: [
          ['高中及以下', 61],
          ['大专', 214],
          ['本科', 302],
          ['研究生', 18],
        ],
      },
      {
        id: 'workforce/mean_age',
        field: 'age_band',
        label: '社区工作者年龄',
        items: [
          ['30岁以下', 96],
          ['30–39岁', 241],
          ['40–49岁', 188],
          ['50岁及以上', 70],
        ],
      },
    ].map((one) => ({
      ...one,
      items: one.items.map(([label, n], at) => ({ code: String(at), label: String(label), n: Number(n) })),
    })),
    departments: units.slice(0, 5).map((unit, at) => ({
      id: unit.name,
      title: unit.name,
      n: 42 - at * 7,
      questions: at === 4 ? 0 : 1_310 - at * 240,
      already_held: 402 - at * 88,
      minutes: 18_400 - at * 3_100,
    })),
    map: (caseRoutes({
      path: '/areas/geojson',
      method: 'GET',
      query: new URLSearchParams({ parent: code }),
    } as Call)?.body ?? null) as Cockpit['map'],
  }
}

function detail(made: Made, code: string, query: URLSearchParams): IndicatorDetail {
  return {
    ...reading(made, code, query.get('as_of') ?? undefined),
    parameters: PARAMS.slice(0, made.basis === 'answers' ? 4 : 2).map((param) => ({
      ...param,
      value: query.get(`p.${param.name}`) ?? param.value,
    })),
    definition: {
      value: made.unit === 'count' ? 'numerator' : 'numerator / denominator',
      parts: {
        denominator: { text: '这一级全部有效的社区', where: null, opens: true },
        numerator: {
          text: `${made.label}的分子：符合条件的记录`,
          where: 'compliant == true && area_m2 >= min_area',
          opens: true,
        },
      },
    },
  }
}

function rows(call: Call, made: Made, code: string): Answer {
  const people = records.get('people/resident') ?? []
  const total = 60 + Math.round(200 * share(made.id + code))
  const from = Number(call.query.get('cursor') ?? 0)
  const limit = Number(call.query.get('limit') ?? 50)
  const list = Array.from(
    { length: Math.min(limit, total - from) },
    (_, n) => people[(from + n) % people.length]!,
  )
  return ok({
    kind: 'records',
    entity: 'people/resident',
    columns: [
      { name: 'sex', label: '性别', kind: 'code' },
      { name: 'education', label: '学历', kind: 'code' },
      { name: 'birth_date', label: '出生日期', kind: 'date' },
    ],
    items: list.map((record) => ({
      id: record.id,
      title: record.title,
      area: record.area,
      values: record.values,
      href: `/records/people/resident/${record.id}`,
    })),
    total,
    next: from + limit < total ? String(from + limit) : null,
  })
}

export function indicatorRoutes(call: Call): Answer | null {
  const code = areas.has(call.query.get('area') ?? '') ? call.query.get('area')! : '230102000000'
  const day = call.query.get('as_of') ?? undefined
  if (call.path === '/cockpit') return ok(cockpit(code))
  if (call.path === '/indicators/table.xlsx') return { status: 200, file: '指标分区域表.xlsx' }
  if (call.path === '/indicators')
    return ok({
      as_of: day ?? '2026-11-23',
      area: refOf(code),
      items: MADE.map((made) => reading(made, code, day)),
    })
  const [, pack, name, part] = call.path.match(/^\/indicators\/([^/]+)\/([^/]+)(?:\/(.+))?$/) ?? []
  if (!pack) return null
  const made = MADE.find((one) => one.id === `${pack}/${name}`)
  if (!made) return problem(404, 'indicator.unknown', '没有这项指标', '可能是治理包里没有，或名称写错了。')
  if (!part) return ok(detail(made, code, call.query))
  if (part === 'rows.xlsx') return { status: 200, file: `${made.label}.xlsx` }
  if (part === 'rows') return rows(call, made, code)
  if (part === 'series') {
    const step = call.query.get('step') === 'year' ? 12 : 1
    const days = monthEnds(call.query.get('from') ?? '2025-11-23', call.query.get('to') ?? '2026-11-23', step)
    return ok({ items: days.map((on) => ({ on, value: valueOf(made, code, on) })) })
  }
  const level = call.query.get('level')
  const held = [...areas.values()].filter(
    (area) => area.kind === level && `${area.path}/`.includes(`${areas.get(code)!.path}/`),
  )
  return ok({
    items: held.map((area) => {
      const one = reading(made, area.code, day)
      return {
        area: refOf(area.code),
        value: one.value,
        reason: one.reason,
        numerator: one.numerator,
        denominator: one.denominator,
      }
    }),
  })
}
