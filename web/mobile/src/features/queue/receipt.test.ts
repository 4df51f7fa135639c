import { expect, it } from 'vitest'

import type { OutboxItem } from '@m/outbox/item.ts'

import { receiptOf } from './receipt.ts'

const item = (kind: string, answer: unknown): OutboxItem => ({ kind, answer }) as unknown as OutboxItem

it('what will be looked at again, what is missing and what collided is told after sending', () => {
  expect(
    receiptOf(
      item('submission', {
        flags: [{ path: '/d/age', kind: 'constraint', message: '年龄与出生日期不符' }],
        missing_files: ['1.jpg'],
        entities: [
          { result: 'updated', message: '' },
          { result: 'conflict', message: '电话:两人都改过' },
        ],
      }),
    ),
  ).toEqual({ flags: ['年龄与出生日期不符'], missing: ['1.jpg'], conflicts: ['电话:两人都改过'], updated: 1 })
})
it('a visit tells its conflicts, and what has no receipt tells nothing', () => {
  expect(
    receiptOf(item('visit', { results: [{ result: 'conflict', message: '已被他人修改' }] })).conflicts,
  ).toEqual(['已被他人修改'])
  expect(receiptOf(item('visit', null))).toEqual({ flags: [], missing: [], conflicts: [], updated: 0 })
})
