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
      const imported = [...read(name).matchAll(/from '@\/features\/([^/']+)/g)].map((match) => match[1])
      return imported.filter((feature) => feature !== own).map((feature) => `${name} → ${feature}`)
    })
  expect(strangers).toEqual([])
})
it('only the request module knows HTTP', () => {
  const callers = files.filter(
    (name) => !name.endsWith('.test.ts') && /\bfetch\(\s*['"`]|XMLHttpRequest/.test(read(name)),
  )
  expect(callers).toEqual([])
})
it('a component stays within 260 lines', () => {
  expect(files.filter((name) => name.endsWith('.vue') && read(name).split('\n').length > 260)).toEqual([])
})
