/** Prints what a browser fetches before the first route, gzipped, and fails above the budget. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 350
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const files = new Set(['index.html'])
function add(key) {
  const chunk = manifest[key]
  if (!chunk || files.has(chunk.file)) return
  files.add(chunk.file)
  for (const css of chunk.css ?? []) files.add(css)
  for (const other of chunk.imports ?? []) add(other)
}
add('index.html')
let total = 0
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024
  total += size
  console.log(`${size.toFixed(1).padStart(8)} KB  ${file}`)
}
console.log(`${total.toFixed(1).padStart(8)} KB  first load (budget ${BUDGET_KB} KB)`)
if (total > BUDGET_KB) process.exit(1)
