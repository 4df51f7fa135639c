import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = import.meta.dirname
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(vue|ts)$/.test(name),
)
const read = (name: string): string => readFileSync(join(root, name), 'utf8')

it('a feature imports what is shared, never another feature', () => {
  const strangers = files
    .filter((name) => name.startsWith('features/'))
    .flatMap((name) => {
      const own = name.split('/')[1]
      const imported = [...read(name).matchAll(/from '@m\/features\/([^/']+)/g)].map((match) => match[1])
      return imported.filter((feature) => feature !== own).map((feature) => `${name} → ${feature}`)
    })
  expect(strangers).toEqual([])
})
it('only the request module and the assets of a form know HTTP', () => {
  const callers = files.filter(
    (name) =>
      !name.endsWith('.test.ts') &&
      !['form/assets.ts', 'sw/sw.ts'].includes(name) &&
      /\bfetch\(|XMLHttpRequest/.test(read(name)),
  )
  expect(callers).toEqual([])
})
it('the form engine is imported through its one door, so that it is fetched on demand', () => {
  const importers = files.filter((name) =>
    /(?:^|\n)import (?!type )[^\n]*'@getodk\/xforms-engine'|import\('@getodk\/xforms-engine'\)/.test(
      read(name),
    ),
  )
  expect(importers).toEqual(['form/engine.ts'])
})
it('the public page and the preview know nothing of accounts, lists and queues', () => {
  const shared = [
    'q.ts',
    'preview.ts',
    'r.ts',
    'api/resident.ts',
    ...files.filter((name) => /^(form|features\/(public|preview|resident)|db|media)\//.test(name)),
  ]
  const strangers = shared.filter((name) =>
    /stores\/(session|today|outbox|catalogue)|vue-router/.test(read(name)),
  )
  expect(strangers).toEqual([])
})
it('a component stays within 250 lines', () => {
  expect(files.filter((name) => name.endsWith('.vue') && read(name).split('\n').length > 250)).toEqual([])
})
