import { describe, expect, it } from 'vitest'

import {
  classesOf,
  classOf,
  formatNumber,
  missesTarget,
  progressOf,
  rampToken,
  ranked,
  sparkOf,
  toneOfChange,
} from './figures.ts'

const target = (value: number | null, met: boolean | null = false) => ({ value, by: null, met })

describe('a figure on the page', () => {
  it('has its own places, and nothing is never less than nothing', () => {
    expect(formatNumber(3210.456, 1)).toBe('3,210.5')
    expect(formatNumber(-0.04, 1)).toBe('0.0')
    expect(formatNumber(-3, 0)).toBe('-3')
  })
  it('gets better or worse by its own good side', () => {
    expect(toneOfChange('up', 2)).toBe('ok')
    expect(toneOfChange('up', -2)).toBe('bad')
    expect(toneOfChange('down', -2)).toBe('ok')
    expect(toneOfChange('none', 2)).toBe('')
    expect(toneOfChange('up', 0)).toBe('')
    expect(toneOfChange('up', null)).toBe('')
  })
})
describe('the way to a target', () => {
  it('is part of it where more is better, and its inverse where less is better', () => {
    expect(progressOf({ value: 40, target: target(80), direction: 'up' })).toBe(0.5)
    expect(progressOf({ value: 500, target: target(400), direction: 'down' })).toBe(0.8)
    expect(progressOf({ value: 300, target: target(400, true), direction: 'down' })).toBe(1)
  })
  it('is not known without a value or a target, and never a silent 0', () => {
    expect(progressOf({ value: null, target: target(80), direction: 'up' })).toBeNull()
    expect(progressOf({ value: 40, target: target(null), direction: 'up' })).toBeNull()
    expect(progressOf({ value: 40, target: null, direction: 'up' })).toBeNull()
  })
  it('of the whole says nothing of a part where parts add up', () => {
    expect(missesTarget({ target: target(100), direction: 'up', unit: 'percent' }, 83)).toBe(true)
    expect(missesTarget({ target: target(400), direction: 'down', unit: 'per' }, 380)).toBe(false)
    expect(missesTarget({ target: target(100), direction: 'up', unit: 'count' }, 12)).toBeNull()
    expect(missesTarget({ target: target(100), direction: 'up', unit: 'percent' }, null)).toBeNull()
  })
})
describe('classes of the map', () => {
  it('part the span evenly, and every value has one', () => {
    const classes = classesOf([0, 25, 50, 75, 100, null])
    expect(classes).toHaveLength(5)
    expect([0, 19, 20, 100].map((value) => classOf(classes, value))).toEqual([0, 0, 1, 4])
    expect(classOf(classes, null)).toBeNull()
  })
  it('are one where all are the same, and none where nothing is known', () => {
    expect(classOf(classesOf([7, 7, 7]), 7)).toBe(0)
    expect(classesOf([null])).toEqual([])
    expect(classOf([], 3)).toBeNull()
  })
  it('use both ends of the ramp', () => {
    expect([0, 1].map((at) => rampToken(at, 2))).toEqual(['--ramp-1', '--ramp-5'])
    expect(rampToken(0, 1)).toBe('--ramp-3')
  })
})
it('areas are ranked best first, those without a value last', () => {
  const items = [{ value: 3 }, { value: null }, { value: 9 }]
  expect(ranked(items, 'up').map((one) => one.value)).toEqual([9, 3, null])
  expect(ranked(items, 'down').map((one) => one.value)).toEqual([3, 9, null])
})
it('a small line breaks where nothing is known', () => {
  expect(sparkOf([0, 10], 10, 10)).toEqual(['0.0,10.0 10.0,0.0'])
  expect(sparkOf([0, null, 10], 10, 10)).toEqual(['0.0,10.0', '10.0,0.0'])
  expect(sparkOf([5, 5], 10, 10)).toEqual(['0.0,5.0 10.0,5.0'])
  expect(sparkOf([5, null], 10, 10)).toEqual([])
})
