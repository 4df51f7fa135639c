import { expect, it } from 'vitest'

import type { AnswerColumn } from '@linli/shared/api/collect.ts'

import { shownColumns } from './columns.ts'

const column = (path: string, type = 'text'): AnswerColumn => ({ path, label: {}, type })
const ALL = [column('/n', 'note'), column('/a'), column('/b', 'image'), column('/c'), column('/d')]

it('without a choice the first questions that fit a table are shown', () => {
  expect(shownColumns(ALL, []).map((entry) => entry.path)).toEqual(['/a', '/c', '/d'])
})
it('a choice keeps its order and forgets questions the form has dropped', () => {
  expect(shownColumns(ALL, ['/d', '/gone', '/b']).map((entry) => entry.path)).toEqual(['/d', '/b'])
})
it('a choice of which nothing is left falls back to the first', () => {
  expect(shownColumns(ALL, ['/gone'])).toHaveLength(3)
})
