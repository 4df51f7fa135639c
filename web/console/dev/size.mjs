/** Prints what a browser fetches before the first route, and for the cockpit with its charts, gzipped; fails above a budget. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const FIRST_KB = 350
const COCKPIT_KB = 500
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

/** Everything that comes with these chunks; `shell` is loaded already. */
function filesOf(keys, shell = new Set()) {
  const files = new Set()
  const add = (key) => {
    const chunk = manifest[key]
    if (!chunk) throw new Error(`${key} is not in the build`)
    if (files.has(chunk.file) || shell.has(chunk.file)) return
    files.add(chunk.file)
    for (const css of chunk.css ?? []) if (!shell.has(css)) files.add(css)
    for (const other of chunk.imports ?? []) add(other)
  }
  keys.forEach(add)
  return files
}
function weigh(files) {
  let total = 0
  for (const file of files) {
    const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024
    total += size
    console.log(`${size.toFixed(1).padStart(8)} KB  ${file}`)
  }
  return total
}
function held(total, budget, what) {
  console.log(`${total.toFixed(1).padStart(8)} KB  ${what} (budget ${budget} KB)\n`)
  if (total > budget) process.exitCode = 1
}

const shell = new Set(['index.html', ...filesOf(['index.html'])])
const first = weigh(shell)
held(first, FIRST_KB, 'first load')
const cockpit = filesOf(
  ['src/app/shell/AppShell.vue', 'src/features/cockpit/CockpitPage.vue', 'src/components/chart/engine.ts'],
  shell,
)
held(first + weigh(cockpit), COCKPIT_KB, 'cockpit with its charts, first load included')
