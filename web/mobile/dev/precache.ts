/** Writes into `sw.js` what the app shell is made of, and what may be kept once it has been fetched. */
import type { Plugin } from 'vite'

interface Chunk {
  type: string
  fileName: string
  isEntry?: boolean
  name?: string
  code?: string
  imports?: string[]
  moduleIds?: string[]
  source?: string | Uint8Array
}

const PUBLIC = ['manifest.webmanifest', 'icon.svg', 'icon-192.png']

/** FNV-1a, 32 bit: enough to tell one build from another. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16)
}

export function precache(): Plugin {
  return {
    name: 'linli-precache',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const all = Object.values(bundle) as unknown as Chunk[]
      const worker = all.find((chunk) => chunk.fileName === 'sw.js')
      if (!worker?.code) throw new Error('sw.js is not part of the build')
      const assets = all.filter((chunk) => chunk.fileName.startsWith('assets/'))
      // The form engine is large: it is kept when a form is first prepared, never before.
      const heavy = (chunk: Chunk): boolean =>
        (chunk.moduleIds ?? []).some((id) => id.includes('@getodk/xforms-engine/dist'))
      const shell = assets.filter((chunk) => !heavy(chunk)).map((chunk) => chunk.fileName)
      const later = assets.filter(heavy).map((chunk) => chunk.fileName)
      const list = { shell: ['', ...PUBLIC, ...shell], later }
      const html = all.find((chunk) => chunk.fileName === 'index.html')
      const version = fingerprint(JSON.stringify(list) + String(html?.source ?? '') + worker.code)
      worker.code = worker.code
        .replace(/["'`]__PRECACHE__["'`]/, JSON.stringify(list))
        .replaceAll('__VERSION__', version)
      if (/__(PRECACHE|VERSION)__/.test(worker.code)) throw new Error('sw.js kept its placeholders')
    },
  }
}
