/** Flows, cases, to-do and the map over the mock's cases. */
import { ok, page, problem } from '../collect/answer.ts'
import { areas, refOf } from '../data.ts'
import type { Answer, Call } from '../handlers.ts'
import { byClock } from '../../../src/lib/clock.ts'
import { all, at, detail, make, move, offers, plain, units } from './cases.ts'
import { classes, flowOf, flows } from './flows.ts'
import type { CaseDetail, FlowLine, Place, Todo } from '../../../../shared/src/api/flow.ts'
import type { Values } from '../../../../shared/src/api/types.ts'

const ended = (one: CaseDetail): boolean => ['done', 'cancelled'].includes(one.state.phase)
const within = (one: CaseDetail, code: string | null): boolean =>
  !code || `${one.area.path}/`.includes(`${areas.get(code)?.path ?? code}/`)

function lines(): FlowLine[] {
  return flows.map((flow) => {
    const open = all.filter((one) => one.flow.name === flow.name && !ended(one))
    return {
      name: flow.name,
      label: flow.label,
      about: flow.about,
      version: flow.version,
      area_kinds: [],
      phases: [...new Set(flow.states.map((state) => state.phase))],
      permissions: ['read', 'create', 'manage'],
      open:
        flow.name === 'party/resolution'
          ? null
          : {
              by: ['worker'],
              fields: flow.fields.filter((field) => field.required),
              required: [],
              public: false,
              form: null,
            },
      counts: { open: open.length, overdue: open.filter((one) => one.overdue).length },
    }
  })
}

function select(query: URLSearchParams): CaseDetail[] {
  const q = query.get('q')
  const box = query.get('box') ?? 'all'
  const found = all.filter(
    (one) =>
      (!query.get('flow') || one.flow.name === query.get('flow')) &&
      (!query.get('state') || one.state.name === query.get('state')) &&
      (!query.get('unit') || one.parties.some((party) => party.unit?.id === query.get('unit'))) &&
      within(one, query.get('area')) &&
      (!q || one.title.includes(q) || one.number.includes(q)) &&
      (box !== 'todo' || one.mine) &&
      (box !== 'overdue' || one.overdue) &&
      (box !== 'opened' || one.by === '马春生') &&
      (box !== 'called' || one.parties.length > 0) &&
      (box !== 'closed' ? box === 'all' || box === 'opened' || box === 'called' || !ended(one) : ended(one)),
  )
  return query.get('sort') === '-opened'
    ? found.sort((one, other) => other.opened.localeCompare(one.opened))
    : found.sort(
        (one, other) => Number(ended(one)) - Number(ended(other)) || byClock(plain(one), plain(other)),
      )
}

let staleOnce = false
function act(call: Call, one: CaseDetail, name: string): Answer {
  const flow = flowOf(one.flow.name)
  const action = flow.actions.find((entry) => entry.name === name)
  if (!action) return problem(404, 'case.action', '没有这个操作')
  const note = call.body.note ? String(call.body.note) : null
  if (note === '冲突' && !staleOnce) {
    staleOnce = true
    move(
      one,
      flow.actions.find((entry) => entry.kind === 'return' && offers(one, entry)) ?? action,
      '孙立群',
      '先退回核对。',
    )
  }
  if (Number(call.body.version) !== one.version) {
    const last = one.history.at(-1)!
    return problem(409, 'case.stale', '别人先办了', '', {
      current: detail(one),
      by: last.by,
      at: last.at,
      action: last.action,
    })
  }
  if (!offers(one, action)) return problem(409, 'case.state', '现在不能这样办', '这件事已经到了别的环节。')
  const named = (call.body.assign ?? []) as { unit?: string }[]
  move(
    one,
    action,
    '赵晓琳',
    note,
    named.flatMap((entry) => entry.unit ?? []),
  )
  Object.assign(one.values, call.body.values ?? {})
  for (const [name, value] of Object.entries((call.body.values ?? {}) as Values))
    one.shown[name] = String(value)
  one.mine = false
  return ok(detail(one))
}

function oneCase(call: Call, one: CaseDetail, rest: string): Answer {
  if (!rest) return ok(detail(one))
  if (rest.startsWith('actions/')) return act(call, one, rest.slice(8))
  if (rest === 'candidates')
    return ok({
      units: units.map((unit, n) => ({
        ...unit,
        kind: n < 5 ? '处置单位' : '部门',
        open_cases: (n * 7) % 11,
      })),
      accounts: [],
      roles: [],
    })
  if (rest === 'comments')
    move(one, { ...flowOf(one.flow.name).actions.at(-1)!, to: null }, '赵晓琳', String(call.body.text))
  else if (rest === 'files')
    one.files.push({
      name: call.fileName || `文件${one.files.length + 1}`,
      size: 230_400,
      type: 'image/jpeg',
      url: '/icon.svg',
      by: '赵晓琳',
      at: new Date().toISOString(),
    })
  else if (rest.startsWith('files/')) return { status: 200, file: rest.slice(6) }
  else if (rest === 'links' && call.method === 'DELETE')
    one.links = one.links.filter((link) => link.id !== call.body.id)
  else if (rest === 'links')
    one.links.push({ entity: String(call.body.entity), id: String(call.body.id), title: '已关联的档案' })
  else if (rest === 'merge') {
    const into = all.find((entry) => entry.id === call.body.into)!
    move(
      one,
      { name: 'merge', label: '合并', kind: 'merge', from: ['*'], to: 'cancelled', by: [] },
      '赵晓琳',
      null,
    )
    one.merged_into = into.id
    return ok(detail(into))
  }
  return ok(detail(one))
}

function todos(): Todo[] {
  const mine = all
    .filter((one) => one.mine && !ended(one))
    .map((one): Todo => ({
      kind: 'case',
      id: one.id,
      title: one.title,
      subtitle: `${one.number} · ${(one.state.label as { zh: string }).zh} · ${one.area.name}`,
      link: `/cases/${one.id}`,
      due: one.due,
      overdue: one.overdue,
      at: one.opened,
    }))
  const more: Todo[] = [
    {
      kind: 'approval',
      id: 'task-3',
      title: '审批采集任务：补齐高龄津贴花名册',
      subtitle: '道里区卫生健康局',
      link: '/tasks/task-3',
      due: at(26),
      overdue: false,
      at: at(-20),
    },
    {
      kind: 'conflict',
      id: 'c',
      title: '2 处离线填报冲突等您定夺',
      subtitle: '',
      link: '/conflicts',
      due: null,
      overdue: false,
      at: at(-40),
    },
  ]
  return [...mine, ...more].sort(
    (one, other) =>
      Number(other.overdue) - Number(one.overdue) || (one.due ?? '9').localeCompare(other.due ?? '9'),
  )
}
export const todoCounts = () => {
  const items = todos()
  return {
    all: items.length,
    overdue: items.filter((item) => item.overdue).length,
    today: items.filter((item) => item.due && !item.overdue && Date.parse(item.due) < Date.parse(at(12)))
      .length,
  }
}

function mapRoutes(call: Call): Answer | null {
  if (call.path === '/grid/map')
    return ok({
      type: 'FeatureCollection',
      features: select(call.query)
        .filter((one) => one.place?.lat)
        .map((one) => ({
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [one.place!.lon, one.place!.lat] },
          properties: {
            id: one.id,
            number: one.number,
            title: one.title,
            flow: one.flow.name,
            state: one.state.name,
            state_label: (one.state.label as { zh: string }).zh,
            phase: one.state.phase,
            overdue: one.overdue,
            due: one.due,
            kind: one.values.kind ?? null,
          },
        })),
    })
  if (call.path === '/areas/geojson') {
    const parent = call.query.get('parent') ?? ''
    const below = [...areas.values()].filter((area) => area.parent === parent)
    const shown = below.some((area) => area.kind === 'estate')
      ? [...areas.values()].filter((area) => area.kind === 'grid')
      : below
    const across = Math.ceil(Math.sqrt(shown.length))
    return ok({
      type: 'FeatureCollection',
      features: shown.map((area, n) => {
        const west = 126.6 + (n % across) * 0.0062
        const south = 45.7598 + Math.floor(n / across) * 0.0044
        const ring = [
          [west, south],
          [west + 0.0058, south + 0.0003],
          [west + 0.006, south + 0.004],
          [west + 0.0003, south + 0.0041],
          [west, south],
        ]
        return {
          type: 'Feature',
          geometry: { type: 'Polygon', coordinates: [ring] },
          properties: { code: area.code, name: area.name, kind: area.kind, schematic: true },
        }
      }),
    })
  }
  if (call.path === '/grid/suggest') {
    const text = call.query.get('text') ?? ''
    const hit = classes.findIndex(([, name]) => [...name].some((letter) => text.includes(letter)))
    const kind = [classes[Math.max(0, hit)]!, classes[(hit + 2) % 6]!]
    return ok({
      kind: kind.map(([code, label], n) => ({ code, label, share: n ? 0.17 : 0.74 })),
      unit: [{ ...units[1]!, share: 0.7 }],
      basis: 'learned',
      accuracy: 0.86,
      cases: 1_204,
    })
  }
  if (call.path === '/grid/near')
    return ok({
      items: all
        .filter((one) => one.values.kind === call.query.get('kind') && !ended(one))
        .slice(0, 2)
        .map((one, n) => ({ ...plain(one), metres: 12 + n * 23 })),
    })
  return null
}

export function caseRoutes(call: Call): Answer | null {
  if (call.path === '/flows') return ok({ items: lines() })
  if (call.path.startsWith('/flows/')) return ok(flowOf(call.path.slice(7)))
  if (call.path === '/cases' && call.method === 'POST') {
    const name = String(call.body.flow)
    const values = (call.body.values ?? {}) as Values
    const kind = classes.find(([code]) => code === values.kind)?.[1]
    const place = (call.body.place ?? null) as Place | null
    const one = make(name, {
      title: [kind, place?.text ?? String(values.text ?? '').slice(0, 16)].filter(Boolean).join(' '),
      state: flowOf(name).start,
      hours: 4,
      ago: 0,
      by: '赵晓琳',
      area: refOf(String(call.body.area)),
      values,
      shown: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
      place,
      mine: true,
    })
    return ok(detail(one), 201)
  }
  if (call.path === '/cases') {
    const answer = page(select(call.query), call.query)
    const body = answer.body as { items: CaseDetail[]; next: string | null }
    return ok({ items: body.items.map(plain), next: body.next })
  }
  if (call.path === '/cases/board') {
    const found = select(call.query)
    return ok({
      columns: flowOf(call.query.get('flow')!).states.map((state) => {
        const here = found.filter((one) => one.state.name === state.name)
        return {
          state,
          count: here.length,
          overdue: here.filter((one) => one.overdue).length,
          items: here.slice(0, 20).map(plain),
        }
      }),
    })
  }
  if (call.path === '/todo') {
    const answer = page(todos(), call.query)
    return ok({ ...(answer.body as object), counts: todoCounts() })
  }
  const match = call.path.match(/^\/cases\/([^/]+)(?:\/(.+))?$/)
  if (!match) return mapRoutes(call)
  const one = all.find((entry) => entry.id === match[1])
  return one
    ? oneCase(call, one, match[2] ?? '')
    : problem(404, 'case.not_found', '没有这件事', '它可能已被合并，或没有请您参与。')
}
