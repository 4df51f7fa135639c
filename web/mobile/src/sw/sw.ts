/// <reference lib="webworker" />
/**
 * The service worker: the app shell opens without a network, and a new version waits until the person agrees.
 * Data are not its business: they live in IndexedDB, with their age shown (src/db), so `/api` passes untouched.
 */
interface Precache {
  /** Fetched when the worker installs; `''` is the page itself. */
  shell: string[]
  /** Kept when first fetched, and carried over to the next version. */
  later: string[]
}

const worker = self as unknown as ServiceWorkerGlobalScope
const LIST = '__PRECACHE__' as unknown as Precache
const CACHE = `linli-m-${'__VERSION__'}`
const BASE = '/m/'
/** Names carry the content's hash; what a server says it varies by (`Origin`, `Accept-Encoding`) makes no other content. */
const ANY: CacheQueryOptions = { ignoreVary: true, ignoreSearch: true }

worker.addEventListener('install', (event) => {
  event.waitUntil(install())
})

async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  // A phone on a bad line takes what it already has; hashed names never change their content.
  await Promise.all(
    LIST.shell.map(async (name) => {
      const url = BASE + name
      const held = name.startsWith('assets/') ? await caches.match(url, ANY) : undefined
      if (held) await cache.put(url, held)
      else await cache.add(new Request(url, { cache: 'reload' }))
    }),
  )
  for (const name of LIST.later) {
    const held = await caches.match(BASE + name, ANY)
    if (held) await cache.put(BASE + name, held)
  }
}

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('linli-m-') && name !== CACHE)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => worker.clients.claim()),
  )
})

worker.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') void worker.skipWaiting()
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return
  // The studio's preview is another page with other headers.
  if (url.pathname.startsWith(`${BASE}preview/`)) return
  if (request.mode === 'navigate' && url.pathname.startsWith('/m')) {
    event.respondWith(shell())
    return
  }
  const kept = LIST.shell.includes(url.pathname.slice(BASE.length))
  if (url.pathname.startsWith(BASE) && (kept || url.pathname.startsWith(`${BASE}assets/`)))
    event.respondWith(asset(request))
})

async function shell(): Promise<Response> {
  return (await caches.match(BASE, { ...ANY, cacheName: CACHE })) ?? fetch(BASE)
}

async function asset(request: Request): Promise<Response> {
  const held = await caches.match(request, ANY)
  if (held) return held
  const answer = await fetch(request)
  if (answer.ok) {
    const cache = await caches.open(CACHE)
    await cache.put(request, answer.clone())
  }
  return answer
}

export {}
