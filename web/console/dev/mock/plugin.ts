/** Puts the mock under /api of Vite's dev and preview servers. Never part of a build. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** Server-sent events: a notice soon after the page opened, then only signs of life. */
function tell(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(': hello\n\n')
  const notice = {
    id: 'n-live',
    kind: 'case',
    title: '吹哨：安祥小区东侧违建反复',
    text: '抚顺街道请贵单位 2 小时内报到。',
    link: '/cases/case-63',
    at: new Date().toISOString(),
    read: false,
  }
  const soon = setTimeout(() => response.write(`event: notice\ndata: ${JSON.stringify(notice)}\n\n`), 4_000)
  const alive = setInterval(() => response.write(': alive\n\n'), 15_000)
  response.on('close', () => {
    clearTimeout(soon)
    clearInterval(alive)
  })
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.startsWith('/notices/stream')) return tell(response)
  const { answer } = await import('./handlers.ts')
  const url = new URL(request.url ?? '/', 'http://mock')
  const raw = await read(request)
  const form = (request.headers['content-type'] ?? '').startsWith('multipart/')
  const text = raw.toString('utf8')
  const part = (name: string): string => text.match(new RegExp(`name="${name}"\r\n\r\n([^\r]*)`))?.[1] ?? ''
  const reply = answer({
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname.replace(/^\/api/, '')),
    query: url.searchParams,
    body: form
      ? { entity: part('entity') || undefined, area: part('area') || undefined }
      : text
        ? (JSON.parse(text) as Record<string, unknown>)
        : {},
    ifMatch: request.headers['if-match'] ? Number(request.headers['if-match'].replaceAll('"', '')) : null,
    signedIn: (request.headers.cookie ?? '').includes('linli_session='),
    fileName: text.match(/filename="([^"]+)"/)?.[1] ?? '',
  })
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.MOCK_DELAY ?? 120)))
  response.statusCode = reply.status
  if (url.pathname.endsWith('/session') && request.method === 'POST' && reply.status === 200) {
    response.setHeader('set-cookie', 'linli_session=mock; Path=/; HttpOnly; SameSite=Strict')
  }
  if (reply.text !== undefined) {
    response.setHeader('content-type', reply.type ?? 'text/plain')
    response.end(reply.text)
    return
  }
  if (reply.file) {
    response.setHeader('content-type', 'application/octet-stream')
    response.setHeader(
      'content-disposition',
      `attachment; filename*=UTF-8''${encodeURIComponent(reply.file)}`,
    )
    response.end('mock')
    return
  }
  response.setHeader('content-type', reply.status >= 400 ? 'application/problem+json' : 'application/json')
  response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
}

export function mockServer(): Plugin {
  const use = (server: {
    middlewares: {
      use: (path: string, handler: (request: IncomingMessage, response: ServerResponse) => void) => unknown
    }
  }): void => {
    server.middlewares.use('/api', (request, response) => void handle(request, response))
  }
  return { name: 'linli-mock', configureServer: use, configurePreviewServer: use }
}
