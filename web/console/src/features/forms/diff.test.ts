import { expect, it } from 'vitest'

import { changesOf, partText } from './diff.ts'
import { question } from './questions/question.fixture.ts'

it('a question that keeps its words under another name is renamed, not lost', () => {
  const changes = changesOf({
    removed: [
      question('/data/tel', { label: { zh: '电话' } }),
      question('/data/fax', { label: { zh: '传真' } }),
    ],
    added: [
      question('/data/phone', { label: { zh: '电话' } }),
      question('/data/mail', { label: { zh: '邮箱' } }),
    ],
    changed: [],
  })
  expect(changes.map((change) => [change.kind, change.path])).toEqual([
    ['removed', '/data/fax'],
    ['renamed', '/data/phone'],
    ['added', '/data/mail'],
  ])
  expect(changes[1]!.parts).toEqual([{ part: 'path', old: '/data/tel', new: '/data/phone' }])
})
it('questions without words are never taken for each other', () => {
  const changes = changesOf({ removed: [question('/data/a')], added: [question('/data/b')], changed: [] })
  expect(changes.map((change) => change.kind)).toEqual(['removed', 'added'])
})
it('another type under the same words is a loss and a gain', () => {
  const changes = changesOf({
    removed: [question('/data/a', { type: 'text', label: { zh: '生日' } })],
    added: [question('/data/b', { type: 'date', label: { zh: '生日' } })],
    changed: [],
  })
  expect(changes.map((change) => change.kind)).toEqual(['removed', 'added'])
})
it('parts that stayed the same are not told', () => {
  const changes = changesOf({
    added: [],
    removed: [],
    changed: [
      { path: '/data/x', label: {}, what: [{ part: 'hint', old: 'a', new: 'a' }] },
      {
        path: '/data/y',
        label: {},
        what: [
          { part: 'hint', old: 'a', new: 'a' },
          { part: 'required', old: 'no', new: 'yes' },
        ],
      },
    ],
  })
  expect(changes).toMatchObject([{ name: 'y', parts: [{ part: 'required' }] }])
})
it('whatever a part holds is told in words', () => {
  const words = { yes: 'yes', no: 'no', comma: ', ' }
  const say = (texts: Record<string, string>): string => texts.en ?? ''
  const tell = (value: unknown): string | null => partText(value, say, words)
  expect(tell({ zh: '电话', en: 'Phone' })).toBe('Phone')
  expect(tell(true)).toBe('yes')
  expect(
    tell([
      { value: '1', label: { en: 'Male' } },
      { value: '2', label: {} },
    ]),
  ).toBe('Male, 2')
  expect(tell({ list: 'residents', property: 'phone' })).toBe('residents / phone')
  expect([tell(null), tell({}), tell([])]).toEqual([null, null, null])
})
