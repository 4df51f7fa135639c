import { afterEach, expect, it, vi } from 'vitest'

import type { OutboxItem } from './item.ts'
import { sendItem } from './send.ts'

const item = (id: string, body: OutboxItem['body']): OutboxItem =>
  ({ id, body, kind: body!.kind, assignment: null }) as OutboxItem
const photo = { name: '1.jpg', blob: new Blob(['x'], { type: 'image/jpeg' }) }
const open = { flow: 'grid/incident', area: '1', client_id: 'c1', values: { text: '井盖坏了' } }

afterEach(() => vi.unstubAllGlobals())

function server(answers: Record<string, unknown>): { asked: string[]; keys: (string | null)[] } {
  const asked: string[] = []
  const keys: (string | null)[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push(`${init.method} ${url}`)
    keys.push(new Headers(init.headers).get('idempotency-key'))
    const found = answers[url]
    if (!found) return new Response(JSON.stringify({ status: 503, code: 'down', title: '' }), { status: 503 })
    return new Response(JSON.stringify(found), {
      status: 201,
      headers: { 'content-type': 'application/json' },
    })
  })
  return { asked, keys }
}

it('a report opens its case, then sends the photos to it; again, it is the same case by the same names', async () => {
  const told = { id: 'k9', number: 'SJ-2026-000001' }
  const broken = server({ '/api/cases': told })
  await expect(sendItem(item('c1', { kind: 'case', open }), [photo])).rejects.toMatchObject({ status: 503 })
  const { asked, keys } = server({ '/api/cases': told, '/api/cases/k9/files': told })
  expect(await sendItem(item('c1', { kind: 'case', open }), [photo])).toEqual(told)
  expect(asked).toEqual(['POST /api/cases', 'POST /api/cases/k9/files'])
  expect(keys).toEqual(broken.keys)
  expect(keys).toEqual(['c1', 'c1-files'])
})
it('the photos of a step are there before the step names them', async () => {
  const { asked } = server({
    '/api/cases/k9/files': {},
    '/api/cases/k9/actions/handle': { id: 'k9', number: 'n', state: {} },
  })
  const act = { version: 3, client_id: 'a1', files: ['1.jpg'] }
  await sendItem(item('a1', { kind: 'case-act', case: 'k9', action: 'handle', act }), [photo])
  expect(asked).toEqual(['POST /api/cases/k9/files', 'POST /api/cases/k9/actions/handle'])
})
