/** Prints what a phone fetches before a form is opened, gzipped, for both pages, and fails above the budget. */
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 160
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

/** Everything an entry imports at once, and what the first route fetches besides. */
function filesOf(html, lazy) {
  const files = new Set([html])
  const add = (key) => {
    const chunk = manifest[key]
    if (!chunk) throw new Error(`${key} is not part of the build`)
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    for (const css of chunk.css ?? []) files.add(css)
    for (const other of chunk.imports ?? []) add(other)
  }
  add(html)
  for (const key of lazy) add(key)
  return files
}

let over = false
for (const [name, html, lazy] of [
  ['/m (workers, today’s list)', 'index.html', ['src/features/today/TodayPage.vue']],
  ['/q (public questionnaire)', 'q.html', []],
  ['/r (residents)', 'r.html', []],
]) {
  let total = 0
  for (const file of filesOf(html, lazy)) {
    const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024
    total += size
    console.log(`${size.toFixed(1).padStart(8)} KB  ${file}`)
  }
  console.log(`${total.toFixed(1).padStart(8)} KB  ${name} (budget ${BUDGET_KB} KB)`)
  over ||= total > BUDGET_KB
}
const engine = Object.values(manifest).find((chunk) => chunk.src?.includes('@getodk/xforms-engine'))
if (engine) {
  const size = gzipSync(readFileSync(new URL(engine.file, dist)), { level: 9 }).length / 1024
  console.log(`${size.toFixed(1).padStart(8)} KB  form engine, on demand`)
}

// A phone on the government's network, and a resident's privacy: nothing is fetched from anybody else.
for (const name of readdirSync(new URL('assets/', dist)).filter((file) => file.endsWith('.css'))) {
  const foreign = readFileSync(new URL(`assets/${name}`, dist), 'utf8').match(
    /url\(["']?(?:https?:)?\/\/[^)]*\)/,
  )
  if (!foreign) continue
  console.log(`${name} fetches ${foreign[0]}`)
  over = true
}
if (over) process.exit(1)
