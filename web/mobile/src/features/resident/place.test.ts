import { beforeEach, expect, it } from 'vitest'

import { addressOf, atOf, keepReceipt, receipts } from './place.ts'

beforeEach(() => localStorage.clear())

it('every page has an address that leads back to it', () => {
  for (const address of [
    '/r/230103013010',
    '/r/230103013010/report',
    '/r/230103013010/items',
    '/r/230103013010/items/GL-01',
    '/r/230103013010/follow?number=SJ-2026-000001&code=K7QM',
  ]) {
    const [path, query = ''] = address.split('?')
    expect(addressOf(atOf(path!, query))).toBe(address)
  }
})
it('what nobody knows is the first page', () => {
  expect(atOf('/r/1/nothing/2', '').view).toBe('home')
  expect(atOf('/r', '').area).toBe('')
})
it('a receipt kept twice is one, the newest first', () => {
  const kept = (number: string, at: number) => keepReceipt({ number, code: 'c', title: number, at })
  kept('1', 1)
  kept('2', 2)
  kept('1', 3)
  expect(receipts().map((one) => [one.number, one.at])).toEqual([
    ['1', 3],
    ['2', 2],
  ])
  localStorage.setItem('linli.resident.receipts', 'broken')
  expect(receipts()).toEqual([])
})
