import { expect, it } from 'vitest'

import type { AnswerNode } from '@linli/shared/api/collect.ts'

import { changesOf, flagged, isBlank, mayType } from './tree.ts'

const node = (path: string, more: Partial<AnswerNode> = {}): AnswerNode => ({
  path,
  name: path.split('/').at(-1)!,
  label: {},
  type: 'text',
  kind: 'question',
  value: null,
  shown: null,
  masked: false,
  choices: null,
  flags: [],
  children: [],
  ...more,
})
const range = { kind: 'constraint', message: '超出范围' }
const ANSWER = [
  node('/data/name', { value: '王秀英', shown: '王秀英' }),
  node('/data/hh', {
    kind: 'repeat',
    children: [
      node('/data/hh[1]/age', { type: 'integer', value: '230', shown: '230', flags: [range] }),
      node('/data/hh[2]/age', { type: 'integer' }),
    ],
  }),
]

it('flags are found wherever they lie in the tree', () => {
  expect(flagged(ANSWER).map((entry) => [entry.path, entry.flag.kind])).toEqual([
    ['/data/hh[1]/age', 'constraint'],
  ])
})
it('only what differs is a change, and a blanked answer is an empty text', () => {
  expect(
    changesOf(ANSWER, { '/data/name': '王秀英', '/data/hh[1]/age': '', '/data/hh[2]/age': '7' }),
  ).toEqual({
    '/data/hh[1]/age': '',
    '/data/hh[2]/age': '7',
  })
  expect(changesOf(ANSWER, { '/data/hh[2]/age': '' })).toEqual({})
  expect(changesOf(ANSWER, { '/data/nowhere': 'x' })).toEqual({})
})
it('files and what the form works out cannot be typed over', () => {
  expect(mayType(node('/data/photo', { type: 'image', value: '1.jpg', shown: '1.jpg' }))).toBe(false)
  expect(mayType(node('/data/sum', { type: 'calculate', value: '3', shown: '3' }))).toBe(false)
  expect(mayType(node('/data/name'))).toBe(true)
})
it('a masked answer is replaced by what is typed, and left alone by a blank', () => {
  const id = node('/data/id', { value: '230102********0031', masked: true })
  expect(mayType(id)).toBe(true)
  expect(changesOf([id], { '/data/id': '' })).toEqual({})
  expect(changesOf([id], { '/data/id': '230102195603120031' })).toEqual({ '/data/id': '230102195603120031' })
})
it('a group is blank when nothing in it was answered or flagged', () => {
  expect(isBlank(node('/data/g', { kind: 'group', children: [node('/data/g/a')] }))).toBe(true)
  expect(isBlank(node('/data/g', { kind: 'group', children: [node('/data/g/a', { flags: [range] })] }))).toBe(
    false,
  )
})
