import { expect, it } from 'vitest'

import { binText, lengths } from './bars.ts'

it('the longest bar fills the width and one answer among many is still seen', () => {
  expect(lengths([50, 100, 0])).toEqual([0.5, 1, 0])
  expect(lengths([1, 10_000])[0]).toBe(0.02)
  expect(lengths([0, 0])).toEqual([0, 0])
  expect(lengths([])).toEqual([])
})
it('bins read as short numbers', () => {
  expect(binText(20, 40.00001)).toBe('20–40')
  expect(binText(0.5, 3.25)).toBe('0.5–3.3')
  expect(binText(0.1, 0.35)).toBe('0.1–0.35')
  expect(binText(7, 7)).toBe('7')
})
