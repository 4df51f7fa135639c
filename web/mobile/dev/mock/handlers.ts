/** The collection API's contract over the synthetic city, as far as the phone needs it. */
import { catalogue } from '../../../console/dev/mock/data.ts'
import { answer as consoleAnswer } from '../../../console/dev/mock/handlers.ts'
import { resident, work } from './cases.ts'
import { areaOf, assignments, forms, GRID, packOf, recordOf, survey, tasks, visitOf, WORKER } from './city.ts'

export interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  parts: { name: string; fileName: string | null; body: Buffer }[]
  signedIn: boolean
}
export interface Answer {
  status: number
  body?: unknown
  text?: string
  type?: string
}
const ok = (body: unknown, status = 200): Answer => ({ status, body })
const problem = (status: number, code: string, title: string, detail = ''): Answer => ({
  status,
  body: { type: `/problems/${code}`, status, code, title, detail },
})

/** What arrived, for tests: `GET /api/mock/received`. */
const received: { id: string; kind: string; times: number; files: string[]; xml?: string; body?: unknown }[] =
  []
const used = new Map<string, string>()
const drafts = new Map<string, { instance: string; at: string }>()
let preferences = { lang: 'zh-CN', large_text: false, theme: 'auto' }

function receive(
  id: string,
  kind: string,
  more: Partial<(typeof received)[number]>,
): { first: boolean; same: boolean } {
  const before = received.find((one) => one.id === id)
  if (!before) {
    received.push({ id, kind, times: 1, files: [], ...more })
    return { first: true, same: true }
  }
  before.times += 1
  return { first: false, same: before.xml === more.xml }
}

function session(): unknown {
  return {
    account: WORKER,
    roles: [{ role: 'network/grid', label: { zh: '网格员', en: 'Grid worker' }, area: areaOf(GRID) }],
    permissions: [],
    home_area: areaOf(GRID),
    preferences,
    demo: true,
  }
}

function finish(id: string | undefined, state: 'done' | 'unreachable' | 'complaint', outcome: string): void {
  const one = assignments.find((entry) => entry.id === id)
  if (one) Object.assign(one, { state, outcome, done_at: new Date().toISOString() })
}

function submission(call: Call): Answer {
  const part = (name: string) => call.parts.find((one) => one.name === name)
  const xml = part('xml_submission_file')?.body.toString('utf8') ?? ''
  const id = xml.match(/instanceID>([^<]+)</)?.[1] ?? ''
  if (!id) return problem(422, 'submission.no_instance_id', '答卷没有编号')
  const files = call.parts.filter((one) => one.fileName && one.name !== 'xml_submission_file')
  const { same } = receive(id, 'submission', {
    xml,
    files: files.map((one) => `${one.name}:${one.body.length}`),
  })
  if (!same || xml.includes('冲突'))
    return problem(409, 'submission.other_content', '内容不同', '服务器上已有同一编号、内容不同的答卷。')
  finish(part('assignment')?.body.toString('utf8'), 'done', 'changed')
  const alone = xml.includes('>alone<')
  return ok(
    {
      instance_id: id,
      state: 'received',
      flags: alone
        ? [
            { path: '/data/living', kind: 'differs', message: '居住情况与档案“与配偶同住”不一致' },
            { path: '/data/phone', kind: 'missing', message: '独居老人未填联系电话' },
            { path: '/data/photo', kind: 'missing', message: '未拍摄入户照片' },
          ]
        : [],
      missing_files: [],
      entities: [{ list: 'people/resident', record: null, result: 'updated', message: '' }],
    },
    201,
  )
}

function visit(call: Call): Answer {
  const body = call.body as {
    client_id: string
    assignment?: string
    outcome: string
    changes: { id: string; values: object }[]
  }
  const { first } = receive(body.client_id, 'visit', { body })
  if (body.outcome !== 'absent') finish(body.assignment, 'done', body.outcome)
  const results = body.changes.map((change) => {
    const record = recordOf(change.id)
    if (record && first) Object.assign(record.values, change.values)
    return { id: change.id, result: 'updated', message: '' }
  })
  return ok({ visit_id: `v-${body.client_id}`, results }, 201)
}

function worker(call: Call): Answer | null {
  const { path, method } = call
  if (path === '/collect/today')
    return ok({
      worker: { name: WORKER.name, area: areaOf(GRID) },
      assignments,
      forms: forms.map(({ xform: _, ...form }) => form),
      tasks,
    })
  const pack = path.match(/^\/collect\/tasks\/([^/]+)\/pack$/)
  if (pack) {
    const all = packOf(pack[1]!)
    const from = Number(call.query.get('after') ?? 0)
    return ok({ items: all.slice(from, from + 20), next: from + 20 < all.length ? String(from + 20) : null })
  }
  const form = path.match(/^\/forms\/([^/]+)\/versions\/[^/]+\/package$/)
  if (form) {
    const found = forms.find((one) => one.id === form[1])
    return found ? ok(found) : problem(404, 'form.not_found', '没有这份表单')
  }
  if (path === '/collect/submissions' && method === 'POST') return submission(call)
  if (path === '/visits' && method === 'POST') return visit(call)
  const one = path.match(/^\/visits\/people\/household\/([^/]+)$/)
  if (one) return ok(visitOf(recordOf(one[1]!)!))
  const outcome = path.match(/^\/collect\/assignments\/([^/]+)\/(outcome|no-licence)$/)
  if (outcome) {
    receive(`${outcome[1]}-${outcome[2]}`, outcome[2]!, { body: call.body })
    finish(outcome[1], outcome[2] === 'outcome' ? 'unreachable' : 'complaint', String(outcome[2]))
    return ok(assignments.find((entry) => entry.id === outcome[1]))
  }
  return null
}

function questionnaire(call: Call): Answer | null {
  const match = call.path.match(/^\/public\/([^/]+)(?:\/(.+))?$/)
  if (!match) return null
  const [, token, rest] = match as unknown as [string, string, string?]
  const closed: Record<string, [string, string]> = {
    used: ['link.used', '这个链接已经用过。'],
    closed: ['link.closed', '已于 2026年11月20日 结束。'],
    full: ['link.full', '已收满 500 份。'],
    waiting: ['link.waiting', '将于 2026年12月1日 9:00 开放。'],
  }
  const why = used.has(token) ? closed.used : closed[token]
  if (why) return problem(410, why[0], why[1], why[1])
  if (token === 'nothing') return problem(404, 'link.not_found', '没有这份问卷')
  if (rest === 'draft') {
    const at = new Date().toISOString()
    drafts.set(token, { instance: String(call.body.instance), at })
    return ok({ resume: 'K7QM-29DX', at })
  }
  if (rest === 'submissions') {
    const xml = call.parts.find((one) => one.name === 'xml_submission_file')?.body.toString('utf8') ?? ''
    receive(xml.match(/instanceID>([^<]+)</)?.[1] ?? '', 'public', { xml })
    used.set(token, xml)
    return ok({ reference: 'AX-2026-0412' }, 201)
  }
  const about = '为了把社区服务做得更好,想听听您的意见。共 5 题,大约 2 分钟,匿名填写。'
  return ok({
    state: 'open',
    title: survey.title,
    about,
    form: survey,
    draft: call.query.get('resume') ? (drafts.get(token) ?? null) : null,
    reference: null,
  })
}

export function answer(call: Call): Answer {
  const { path, method } = call
  if (path === '/mock/received') return ok(received)
  const open = resident(call) ?? questionnaire(call)
  if (open) return open
  if (path === '/sign-in-options')
    return ok({ password: true, oidc: null, demo_accounts: [{ login: 'grid', label: '网格员 马春生' }] })
  if (path === '/session' && method === 'POST')
    return call.body.password === 'linli-demo'
      ? ok(session())
      : problem(401, 'auth.wrong', '账号或密码不对', '账号或密码不对。')
  if (path === '/session' && method === 'DELETE') return { status: 204 }
  if (!call.signedIn) return problem(401, 'auth.required', '请登录')
  if (path === '/session') return ok(session())
  if (path === '/catalogue') return ok(catalogue)
  if (path === '/session/preferences') {
    preferences = { ...preferences, ...(call.body as typeof preferences) }
    return ok(preferences)
  }
  const own = worker(call) ?? work(call, (id, kind, body) => void receive(id, kind, { body }))
  if (own) return own
  // Everything else is the register's: the console's mock answers.
  return consoleAnswer({ ...call, ifMatch: null, fileName: '' }) as Answer
}
