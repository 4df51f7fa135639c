/**
 * What the program carries of each page: `packed/` beside `dist/`, its assets only as gzip. The program unpacks them for the
 * few who do not take that, and never compresses the same file twice.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'

const PACKS = /\.(js|mjs|css|svg|json)$/
/** Below, the header of another encoding is not worth it. */
const SMALL = 1024

for (const app of ['console', 'mobile']) {
  const dist = new URL(`${app}/dist/`, import.meta.url)
  const packed = new URL(`${app}/packed/`, import.meta.url)
  rmSync(packed, { recursive: true, force: true })
  for (const name of readdirSync(dist, { recursive: true })) {
    const from = new URL(name, dist)
    // The build's own list of chunks is for its size check.
    if (!statSync(from).isFile() || name.startsWith('.vite')) continue
    const to = new URL(name, packed)
    mkdirSync(dirname(to.pathname), { recursive: true })
    const bytes = readFileSync(from)
    if (!PACKS.test(name) || bytes.length < SMALL) {
      cpSync(from, to)
      continue
    }
    writeFileSync(new URL(`${name}.gz`, packed), gzipSync(bytes, { level: 9 }))
  }
}
