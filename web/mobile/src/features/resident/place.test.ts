import { beforeEach, expect, it } from 'vitest'

import { addressOf, atOf, booked, dropBooked, keepBooked, keepReceipt, receipts } from './place.ts'

beforeEach(() => localStorage.clear())

it('every page has an address that leads back to it', () => {
  for (const address of [
    '/r/230103013010',
    '/r/230103013010/report',
    '/r/230103013010/items',
    '/r/230103013010/items/GL-01',
    '/r/230103013010/follow?number=SJ-2026-000001&code=K7QM',
    '/r/230103013010/follow',
    '/r/230103013010/book?item=MZ-03',
    '/r/230103013010/certificates',
    '/r/case/BJ-2026-000001?code=K7QM',
    '/r/meeting/0190?token=abc',
  ]) {
    const [path, query = ''] = address.split('?')
    expect(addressOf(atOf(path!, query))).toBe(address)
  }
})
it('what nobody knows is the first page', () => {
  expect(atOf('/r/1/nothing/2', '').view).toBe('home')
  expect(atOf('/r', '').area).toBe('')
  expect(atOf('/r/%zz/report', '')).toMatchObject({ area: '', view: 'report' })
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
it('appointments of today and later are listed by their time, until they are called off', () => {
  const keep = (id: string, day: string, slot: string) => keepBooked({ id, code: 'c', title: '', day, slot })
  keep('late', '2026-11-25', '09:00')
  keep('past', '2026-11-20', '09:00')
  keep('soon', '2026-11-24', '14:00')
  expect(booked('2026-11-24').map((one) => one.id)).toEqual(['soon', 'late'])
  dropBooked('soon')
  expect(booked('2026-11-24').map((one) => one.id)).toEqual(['late'])
})
