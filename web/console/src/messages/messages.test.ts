import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import en from './en/index.ts'
import zh from './zh-CN/index.ts'

function keys(tree: object, at = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && !Array.isArray(value) ? keys(value as object, `${at}${key}.`) : [at + key],
  )
}
function texts(tree: object): string[] {
  return Object.values(tree).flatMap((value) =>
    typeof value === 'object' ? texts(value as object) : [String(value)],
  )
}
const root = join(import.meta.dirname, '..')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !/test\.ts$|messages/.test(name))
  .map((name) => readFileSync(join(root, name), 'utf8'))

it('both languages say the same things', () => {
  expect(keys(en).sort()).toEqual(keys(zh).sort())
})
it('every message a page asks for exists', () => {
  const known = new Set(keys(zh))
  const asked = sources.flatMap((text) =>
    [...text.matchAll(/\bt\(\s*'([a-z_0-9.]+)'/g)].map((match) => match[1]!),
  )
  expect(asked.length).toBeGreaterThan(200)
  expect(asked.filter((key) => !known.has(key))).toEqual([])
})
it('no page speaks Chinese outside its messages', () => {
  const spoken = sources.filter((text) =>
    /<template>[\s\S]*>[^<{]*[\u4e00-\u9fff]/.test(text.replace(/<!--[\s\S]*?-->|简体中文/g, '')),
  )
  expect(spoken.map((text) => text.slice(0, 80))).toEqual([])
})
it('a placeholder of one language is one of the other', () => {
  const holes = (text: string): string[] =>
    [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort()
  const [chinese, english] = [texts(zh), texts(en)]
  expect(english.map(holes)).toEqual(chinese.map(holes))
})
