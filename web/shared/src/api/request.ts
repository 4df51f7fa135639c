/**
 * The one module that knows HTTP: the session cookie, `X-Linli`, `Accept-Language`, `Idempotency-Key`, `If-Match` and
 * problem+json. Everything else calls `request`, `upload` or `download`.
 */
import { ApiError, offlineError, problemOf } from './problem.ts'
import type { Lang } from './types.ts'

type Query = Record<string, string | number | boolean | string[] | null | undefined>

export interface RequestOptions {
  query?: object
  body?: unknown
  /** Version the edit was made on. */
  ifMatch?: number
  /** Key of this one intention; made for every write when absent, and the same over all its retries. */
  idempotencyKey?: string
  signal?: AbortSignal
}

interface Config {
  base: string
  lang: () => Lang
  onSignedOut: () => void
  wait: (ms: number) => Promise<void>
}

const config: Config = {
  base: '/api',
  lang: () => 'zh-CN',
  onSignedOut: () => {},
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

export function configureRequests(part: Partial<Config>): void {
  Object.assign(config, part)
}

/** `{a: ['x','y'], b: undefined}` → `?a=x&a=y`. */
export function queryText(query: object = {}): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query as Query)) {
    if (value === undefined || value === null || value === '' || value === false) continue
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** Path segments that may hold anything. */
export function path(strings: TemplateStringsArray, ...parts: (string | number)[]): string {
  return strings.reduce((text, piece, at) => text + encodeURIComponent(String(parts[at - 1])) + piece)
}

export function newKey(): string {
  const random = globalThis.crypto
  if (random.randomUUID) return random.randomUUID()
  // Plain http on an office network has no randomUUID.
  return Array.from(random.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

function headersOf(method: string, options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Accept-Language': config.lang(),
  }
  if (method !== 'GET') {
    headers['X-Linli'] = '1'
    headers['Idempotency-Key'] = options.idempotencyKey ?? newKey()
  }
  if (options.ifMatch !== undefined) headers['If-Match'] = `"${options.ifMatch}"`
  if (options.body !== undefined && !(options.body instanceof FormData)) {
    headers['Content-Type'] = 'application/json'
  }
  return headers
}

function signedOut(error: ApiError, url: string): void {
  if (error.status === 401 && !url.endsWith('/session')) config.onSignedOut()
}

/** How often an unanswered request is tried again. Writes carry one Idempotency-Key, so they count once. */
const RETRIES_MS = [400, 1200]

async function send(method: string, url: string, options: RequestOptions): Promise<Response> {
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: headersOf(method, options),
    signal: options.signal,
  }
  if (options.body instanceof FormData) init.body = options.body
  else if (options.body !== undefined) init.body = JSON.stringify(options.body)

  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetch(url, init)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      const pause = RETRIES_MS[attempt]
      if (pause === undefined) throw offlineError()
      await config.wait(pause)
    }
  }
}

async function checked(response: Response, url: string): Promise<Response> {
  if (response.ok) return response
  const error = problemOf(response.status, response.headers.get('content-type') ?? '', await response.text())
  const after = Number(response.headers.get('retry-after'))
  if (after && error.problem.retry_after === undefined) error.problem.retry_after = after
  signedOut(error, url)
  throw error
}

/** JSON in, JSON out; 204 is `undefined`. */
export async function request<T>(method: string, at: string, options: RequestOptions = {}): Promise<T> {
  const url = config.base + at + queryText(options.query)
  const response = await checked(await send(method, url, options), config.base + at)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

/** A document as text. */
export async function getText(at: string, query: object = {}, signal?: AbortSignal): Promise<string> {
  const response = await checked(
    await send('GET', config.base + at + queryText(query), { signal }),
    config.base + at,
  )
  return response.text()
}

export const get = <T>(at: string, query?: object, signal?: AbortSignal): Promise<T> =>
  request<T>('GET', at, { query, signal })
export const post = <T>(at: string, body?: unknown, more: RequestOptions = {}): Promise<T> =>
  request<T>('POST', at, { body, ...more })
export const put = <T>(at: string, body?: unknown, more: RequestOptions = {}): Promise<T> =>
  request<T>('PUT', at, { body, ...more })
export const patch = <T>(at: string, body?: unknown, more: RequestOptions = {}): Promise<T> =>
  request<T>('PATCH', at, { body, ...more })
export const remove = <T>(at: string, body?: unknown): Promise<T> => request<T>('DELETE', at, { body })

/** Sends files and says how far it is (`fetch` cannot). */
export function upload<T>(at: string, form: FormData, onProgress: (share: number) => void): Promise<T> {
  const url = config.base + at
  return new Promise<T>((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', url)
    for (const [name, value] of Object.entries(headersOf('POST', { body: form }))) {
      xhr.setRequestHeader(name, value)
    }
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    xhr.onerror = () => reject(offlineError())
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) {
        resolve(JSON.parse(xhr.responseText) as T)
        return
      }
      const error = problemOf(xhr.status, xhr.getResponseHeader('content-type') ?? '', xhr.responseText)
      signedOut(error, url)
      reject(error)
    }
    xhr.send(form)
  })
}

/** What a live stream tells: named events with JSON, and whether it is up. */
export interface StreamEvents {
  on: Record<string, (data: unknown) => void>
  /** The browser tries again by itself while this is told `false`. */
  up: (connected: boolean) => void
}

/** Listens to server-sent events until the returned function is called. `null` where the browser knows none. */
export function stream(at: string, events: StreamEvents): (() => void) | null {
  if (typeof EventSource === 'undefined') return null
  const source = new EventSource(config.base + at, { withCredentials: true })
  source.onopen = () => events.up(true)
  source.onerror = () => events.up(false)
  for (const [name, tell] of Object.entries(events.on)) {
    source.addEventListener(name, (event) => {
      try {
        tell(JSON.parse((event as MessageEvent<string>).data))
      } catch {
        // One line that is no JSON says nothing; the next one will.
      }
    })
  }
  return () => source.close()
}

/** `attachment; filename*=UTF-8''%E5%B1%85.xlsx` → `居.xlsx`. */
export function fileNameOf(disposition: string | null, fallback: string): string {
  const encoded = disposition?.match(/filename\*=UTF-8''([^;]+)/i)?.[1]
  if (encoded) return decodeURIComponent(encoded)
  return disposition?.match(/filename="?([^";]+)"?/i)?.[1] ?? fallback
}

/** Fetches a file, so that a refusal is an error on the page and not a page of JSON, and hands it to the person. */
export async function download(
  at: string,
  query: object,
  fallbackName: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<void> {
  const url = config.base + at + queryText(query)
  const response = await checked(await send(method, url, {}), url)
  const name = fileNameOf(response.headers.get('content-disposition'), fallbackName)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
