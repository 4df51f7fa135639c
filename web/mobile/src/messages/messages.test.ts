import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import en from './en/index.ts'
import zh from './zh-CN/index.ts'

function entries(tree: object, at = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'object' ? entries(value as object, `${at}${key}.`) : [[at + key, String(value)]],
  )
}
const keys = (tree: object): string[] => entries(tree).map(([key]) => key)
const root = join(import.meta.dirname, '..')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !/test\.ts$|messages/.test(name))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))

it('both languages say the same things', () => {
  expect(keys(en).sort()).toEqual(keys(zh).sort())
})
it('every message a page asks for exists', () => {
  const known = new Set(keys(zh))
  const asked = sources.flatMap(({ text }) =>
    [...text.matchAll(/\bt\(\s*'([a-z_0-9.-]+)'/g)].map((match) => match[1]!),
  )
  expect(asked.length).toBeGreaterThan(100)
  expect(asked.filter((key) => !known.has(key))).toEqual([])
})
it('every message is asked for', () => {
  const text = sources.map((source) => source.text).join('\n')
  // A key is named whole, or its stem is completed from a state or kind: `queue.state_${…}`.
  const idle = keys(zh).filter((key) => {
    const stems = [...key.matchAll(/[._]/g)].map(({ index }) => key.slice(0, index + 1))
    return !text.includes(`'${key}'`) && !stems.some((stem) => text.includes(`\`${stem}$`))
  })
  expect(idle).toEqual([])
})
it('no page speaks Chinese outside its messages', () => {
  const spoken = sources.filter(({ text }) =>
    /<template>[\s\S]*>[^<{]*[\u4e00-\u9fff]/.test(text.replace(/<!--[\s\S]*?-->/g, '')),
  )
  expect(spoken.map(({ name }) => name)).toEqual([])
})
it('a placeholder of one language is one of the other', () => {
  const holes = (tree: object): [string, string[]][] =>
    entries(tree).map(([key, text]) => [
      key,
      [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort(),
    ])
  const english = new Map(holes(en))
  // Where Chinese names a number English may leave out, English still has to be told it.
  const differing = holes(zh).filter(([key, of]) => String(english.get(key)) !== String(of))
  expect(differing).toEqual([])
})
