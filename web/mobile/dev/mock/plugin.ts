/** Puts the mock under /api, and both pages where the server puts them. Never part of a build. */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'

interface Part {
  name: string
  fileName: string | null
  body: Buffer
}

/** The headers of the real server: what it forbids is forbidden here. */
const HEADERS: Record<string, string> = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'permissions-policy': 'camera=(self), microphone=(self), geolocation=(self), payment=()',
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

export function partsOf(raw: Buffer, contentType: string): Part[] {
  const boundary = contentType.match(/boundary=(?:"([^"]+)"|([^;]+))/)
  if (!boundary) return []
  const mark = `--${boundary[1] ?? boundary[2]}`
  const text = raw.toString('latin1')
  return text
    .split(mark)
    .slice(1, -1)
    .map((piece) => {
      const [head = '', ...rest] = piece.split('\r\n\r\n')
      const decoded = Buffer.from(head, 'latin1').toString('utf8')
      return {
        name: decoded.match(/name="([^"]*)"/)?.[1] ?? '',
        fileName: decoded.match(/filename="([^"]*)"/)?.[1] ?? null,
        body: Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/, ''), 'latin1'),
      }
    })
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { answer } = await import('./handlers.ts')
  const url = new URL(request.url ?? '/', 'http://mock')
  const raw = await read(request)
  const type = request.headers['content-type'] ?? ''
  const reply = answer({
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname.replace(/^\/api/, '')),
    query: url.searchParams,
    body:
      type.includes('json') && raw.length
        ? (JSON.parse(raw.toString('utf8')) as Record<string, unknown>)
        : {},
    parts: type.startsWith('multipart/') ? partsOf(raw, type) : [],
    signedIn: (request.headers.cookie ?? '').includes('linli_session='),
  })
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.MOCK_DELAY ?? 80)))
  response.statusCode = reply.status
  if (url.pathname.endsWith('/session') && request.method === 'POST' && reply.status === 200)
    response.setHeader('set-cookie', 'linli_session=mock; Path=/; HttpOnly; SameSite=Strict')
  if (url.pathname.endsWith('/session') && request.method === 'DELETE')
    response.setHeader('set-cookie', 'linli_session=; Path=/; Max-Age=0')
  response.setHeader(
    'content-type',
    reply.status >= 400 ? 'application/problem+json' : (reply.type ?? 'application/json'),
  )
  response.end(reply.text ?? (reply.body === undefined ? undefined : JSON.stringify(reply.body)))
}

type Next = () => void
interface Middlewares {
  use: (handler: (request: IncomingMessage, response: ServerResponse, next: Next) => void) => unknown
}

export function mockServer(): Plugin {
  const dist = new URL('../../dist/', import.meta.url)
  const use = (middlewares: Middlewares, built: boolean): void => {
    middlewares.use((request, response, next) => {
      const path = new URL(request.url ?? '/', 'http://mock').pathname
      if (built) for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
      if (path.startsWith('/api/')) return void handle(request, response)
      const page = path.startsWith('/q/')
        ? 'q.html'
        : /^\/r(\/|$)/.test(path)
          ? 'r.html'
          : path.startsWith('/m/preview/')
            ? 'preview.html'
            : null
      if (!built && page) request.url = `/m/${page}`
      if (built && (page || path === '/m' || (path.startsWith('/m/') && !path.includes('.')))) {
        response.setHeader('content-type', 'text/html; charset=utf-8')
        return void response.end(readFileSync(new URL(page ?? 'index.html', dist)))
      }
      next()
    })
  }
  return {
    name: 'linli-mock',
    configureServer: (server) => use(server.middlewares as unknown as Middlewares, false),
    configurePreviewServer: (server) => use(server.middlewares as unknown as Middlewares, true),
  }
}
