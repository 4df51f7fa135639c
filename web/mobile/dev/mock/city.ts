/** A grid worker's day in the console's synthetic city: nobody in it exists. */
import { readFileSync } from 'node:fs'

import { areas, records, refOf } from '../../../console/dev/mock/data.ts'
import type { LinliRecord } from '../../../shared/src/api/types.ts'
import type { Assignment, PackItem, Prefill, TaskBrief, ValueSource, Visit } from '../../src/api/types.ts'

export const GRID = '230102003001001'
export const WORKER = { id: 'acc-grid', login: 'grid', name: '马春生' }

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const basis = (title: string, text: string) => `${title} · ${text}`

export const tasks: TaskBrief[] = [
  {
    id: 'task-1',
    title: '四季度人口信息核对',
    kind: 'visit',
    deadline: inDays(12),
    purpose: '核对常住人口变动,更新居民档案,用于年末人口统计。',
    basis: basis('基层履职事项清单 · 第 23 项', '人口基础信息采集与更新,由社区网格承担'),
    issuer: '抚顺街道办事处',
  },
  {
    id: 'task-2',
    title: '高龄津贴入户核实',
    kind: 'form',
    deadline: inDays(2),
    purpose: '核实 80 周岁以上老人生存与居住状况,按月发放高龄津贴。',
    basis: basis('基层履职事项清单 · 第 41 项', '高龄津贴资格核验'),
    issuer: '道里区民政局',
    form: { id: 'form-elder', title: '高龄津贴入户核实', version: '2026112001' },
  },
  {
    id: 'task-3',
    title: '冬季供暖情况摸底',
    kind: 'visit',
    deadline: inDays(-1),
    purpose: '了解室温不达标住户,提前联系供热单位。',
    basis: '区政府 2026 年第 11 次常务会议',
    issuer: '道里区住建局',
  },
]

const within = (record: LinliRecord): boolean => record.area.path!.includes(GRID)
const households = records.get('people/household')!.filter(within)
const members = (household: LinliRecord): LinliRecord[] =>
  records.get('people/resident')!.filter((one) => one.values.household === household.id)
const door = (household: LinliRecord): string =>
  `${household.values.unit_no}单元 ${household.values.room_no}室`

const brief = (task: TaskBrief): Assignment['task'] => {
  const { id, title, kind, deadline, purpose, basis: why } = task
  return { id, title, kind, deadline, purpose, basis: why }
}
function assign(
  task: TaskBrief,
  household: LinliRecord,
  at: number,
  record: LinliRecord = household,
): Assignment {
  const ref = record === household ? { title: `${household.title}户` } : { title: record.title }
  const done = at % 9 === 8
  return {
    id: `${task.id}-a${at}`,
    task: brief(task),
    record: { entity: record.entity, id: record.id, ...ref },
    subtitle: door(household),
    area: refOf(household.area.code),
    worker: WORKER.name,
    state: done ? 'done' : 'open',
    outcome: done ? 'no_change' : null,
    done_at: done ? '2026-11-20T02:00:00Z' : null,
    instance_id: null,
  }
}
const elders = households.flatMap((household) =>
  members(household)
    .filter((one) => String(one.values.birth_date) < '1952')
    .map((one) => [household, one] as const),
)
export const assignments: Assignment[] = [
  ...households.map((household, at) => assign(tasks[0]!, household, at)),
  ...elders.map(([household, elder], at) => assign(tasks[1]!, household, at, elder)),
  ...households.slice(4, 7).map((household, at) => assign(tasks[2]!, household, at)),
]

const imported: ValueSource = {
  kind: 'import',
  label: '2026-03 台账导入',
  at: '2026-03-12T03:10:00Z',
  by: '赵晓琳',
}
const visited: ValueSource = { kind: 'visit', label: '入户走访', at: '2026-09-18T07:40:00Z', by: '马春生' }

const FIELDS: Record<string, string[]> = {
  'people/household': ['contact_phone', 'household_kind', 'address', 'aid_kind'],
  'people/resident': ['phone', 'residence_kind', 'employment', 'employer', 'care_tags'],
}

export function visitOf(household: LinliRecord): Visit {
  const all = [household, ...members(household)]
  return {
    record: household,
    members: all.slice(1),
    fields: FIELDS,
    sources: Object.fromEntries(
      all.map((record, at) => [
        record.id,
        Object.fromEntries(
          FIELDS[record.entity]!.map((field, nth) => [field, (at + nth) % 3 ? imported : visited]),
        ),
      ]),
    ),
    last: { at: '2026-09-18T07:40:00Z', by: '马春生', outcome: 'no_change' },
  }
}

export const recordOf = (id: string): LinliRecord | undefined =>
  [...records.values()].flat().find((record) => record.id === id)

function prefillOf(elder: LinliRecord): Prefill {
  const known = (value: unknown, shown = String(value), source = imported) => ({
    value: String(value),
    shown,
    source,
  })
  return {
    '/data/household': known(elder.values.household),
    '/data/name': known(elder.title),
    '/data/birth': known(elder.values.birth_date, String(elder.values.birth_date), visited),
  }
}

export function packOf(task: string): PackItem[] {
  return assignments
    .filter((one) => one.task.id === task && one.state === 'open')
    .map((one) => {
      const record = recordOf(one.record.id)!
      const visit = one.task.kind === 'visit'
      return {
        assignment: one.id,
        visit: visit ? visitOf(record) : null,
        prefill: visit ? {} : prefillOf(record),
        instance: null,
      }
    })
}

const xform = (name: string): string => readFileSync(new URL(`./forms/${name}.xml`, import.meta.url), 'utf8')
const form = (id: string, form_id: string, title: string, version: string, questions: number) => ({
  id,
  form_id,
  title,
  version,
  hash: `sha256:${form_id}-${version}`,
  questions,
  xform: xform(form_id),
  languages: [],
  attachments: [],
})
export const forms = [
  form('form-elder', 'elder_visit', '高龄津贴入户核实', '2026112001', 12),
  form('form-all', 'all_types', '题型演示', '1', 33),
]
export const survey = form('form-survey', 'satisfaction', '安祥社区为民服务满意度调查', '2026112301', 5)
export const areaOf = (code: string) => (areas.has(code) ? refOf(code) : refOf(GRID))
