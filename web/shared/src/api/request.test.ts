import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from './problem.ts'
import { configureRequests, fileNameOf, get, path, post, queryText, request } from './request.ts'

const answers: (Response | Error)[] = []
const sent: { url: string; init: RequestInit & { headers: Record<string, string> } }[] = []
const json = (status: number, body: unknown, type = 'application/json'): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': type } })
const signedOut = vi.fn()

beforeEach(() => {
  answers.length = sent.length = 0
  signedOut.mockReset()
  configureRequests({ base: '/api', lang: () => 'en', onSignedOut: signedOut, wait: async () => {} })
  vi.stubGlobal('fetch', async (url: string, init: (typeof sent)[number]['init']) => {
    sent.push({ url, init })
    const answer = answers.shift() ?? json(200, {})
    if (answer instanceof Error) throw answer
    return answer
  })
})
afterEach(() => vi.unstubAllGlobals())

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  return work.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error as ApiError,
  )
}

describe('a request', () => {
  it('carries the language, and on writes X-Linli and a key', async () => {
    await get('/areas', { parent: '2301' })
    await post('/areas', { name: '甲' })
    expect(sent[0]!.url).toBe('/api/areas?parent=2301')
    expect(sent[0]!.init.headers).toMatchObject({ 'Accept-Language': 'en' })
    expect(sent[0]!.init.headers).not.toHaveProperty('Idempotency-Key')
    expect(sent[1]!.init.headers).toMatchObject({ 'X-Linli': '1', 'Content-Type': 'application/json' })
    expect(sent[1]!.init.headers['Idempotency-Key']).toBeTruthy()
  })

  it('tries a write again under the same key when no answer came', async () => {
    answers.push(new TypeError('network'), json(201, { id: '1' }))
    await post('/records/people/resident', {})
    expect(sent).toHaveLength(2)
    expect(sent[0]!.init.headers['Idempotency-Key']).toBe(sent[1]!.init.headers['Idempotency-Key'])
  })

  it('says it is offline when nothing answers', async () => {
    answers.push(new TypeError('a'), new TypeError('b'), new TypeError('c'))
    expect((await refusal(get('/home'))).offline).toBe(true)
  })

  it('never tries an answered refusal again', async () => {
    answers.push(json(500, { title: 'x', code: 'internal' }, 'application/problem+json'))
    await refusal(post('/areas', {}))
    expect(sent).toHaveLength(1)
  })

  it('quotes the version it edits', async () => {
    await request('PATCH', '/records/a/b/1', { body: {}, ifMatch: 7 })
    expect(sent[0]!.init.headers['If-Match']).toBe('"7"')
  })

  it('answers 204 with nothing', async () => {
    answers.push(new Response(null, { status: 204 }))
    expect(await post('/session/password', {})).toBeUndefined()
  })
})

describe('a refusal', () => {
  it('keeps the code, the fields and the extra members of problem+json', async () => {
    const fields = [{ field: 'name', code: 'required', message: '请填写姓名' }]
    answers.push(
      json(
        422,
        { title: '有误', code: 'record.invalid', fields, current: { version: 8 } },
        'application/problem+json',
      ),
    )
    const error = await refusal(post('/records/people/resident', {}))
    expect(error).toBeInstanceOf(ApiError)
    expect(error.code).toBe('record.invalid')
    expect(error.field('name')).toBe('请填写姓名')
    expect(error.problem.current).toEqual({ version: 8 })
  })

  it('of a proxy is a problem too', async () => {
    answers.push(
      new Response('<h1>Bad Gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
    )
    expect(await refusal(get('/home'))).toMatchObject({ status: 502, code: 'http.502' })
  })

  it('reads Retry-After', async () => {
    answers.push(
      new Response('{"code":"auth.locked","title":"x"}', {
        status: 429,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '30' },
      }),
    )
    expect((await refusal(post('/session', {}))).problem.retry_after).toBe(30)
  })

  it('with 401 signs out, but not while signing in', async () => {
    answers.push(
      json(401, { code: 'auth.wrong', title: 'x' }),
      json(401, { code: 'auth.required', title: 'x' }),
    )
    await refusal(post('/session', {}))
    expect(signedOut).not.toHaveBeenCalled()
    await refusal(get('/home'))
    expect(signedOut).toHaveBeenCalledOnce()
  })
})

describe('addresses', () => {
  it('repeat lists and leave out what is empty', () => {
    expect(
      queryText({ filter: ['sex:1', 'age:1..2'], q: '', ended: false, after: undefined, limit: 50 }),
    ).toBe('?filter=sex%3A1&filter=age%3A1..2&limit=50')
  })
  it('escape what they are given', () => {
    expect(path`/areas/${'a/b?'}/move`).toBe('/areas/a%2Fb%3F/move')
  })
  it('name downloads by the server’s own name', () => {
    expect(fileNameOf("attachment; filename*=UTF-8''%E5%B1%85%E6%B0%91.xlsx", 'x')).toBe('居民.xlsx')
    expect(fileNameOf('attachment; filename="a.csv"', 'x')).toBe('a.csv')
    expect(fileNameOf(null, 'x')).toBe('x')
  })
})
