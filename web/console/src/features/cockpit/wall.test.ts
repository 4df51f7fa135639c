import { describe, expect, it } from 'vitest'

import type { Cockpit, Reading } from '@linli/shared/api/insight.ts'

import { chosenOf, choicesOf, gapsOf, nearestOf } from './choice.ts'
import { panelsOf, turn } from './wall.ts'

const reading = (id: string, met: boolean | null = null): Reading =>
  ({ id, label: id, target: met === null ? null : { value: 1, by: null, met } }) as Reading
const cockpit = (more: Partial<Cockpit> = {}): Cockpit => ({
  area: { code: '1', name: '甲', kind: 'district' },
  level: 'district',
  children_level: 'street',
  standing: [],
  worse: [],
  blank: [],
  children: [],
  trends: [],
  distributions: [],
  departments: [],
  map: null,
  ...more,
})

describe('the wall', () => {
  it('shows every card, a page at a time', () => {
    const standing = Array.from({ length: 27 }, (_, at) => ({ reading: reading(`a/${at}`) }))
    expect(panelsOf(cockpit({ standing }), 0).map((panel) => 'from' in panel && panel.from)).toEqual([
      0, 12, 24,
    ])
  })
  it('shows nothing of which there is nothing', () => {
    expect(panelsOf(cockpit(), 3)).toEqual([])
  })
  it('a single point is no trend', () => {
    const trends = [{ id: 'a/b', label: '', points: [{ on: '2026-01-01', value: 1 }] }]
    expect(panelsOf(cockpit({ trends }), 0)).toEqual([])
  })
  it('goes round and round', () => {
    expect([turn(2, 1, 3), turn(0, -1, 3), turn(0, 1, 0)]).toEqual([0, 2, 0])
  })
})
describe('the figure on the map', () => {
  const held = cockpit({
    standing: [reading('a/met', true), reading('a/short', false), reading('a/unknown')].map((reading) => ({
      reading,
    })),
    worse: [{ reading: reading('a/short', false), week_ago: 1 }],
    children: [
      {
        area: { code: '2', name: '乙', kind: 'street' },
        readings: { 'a/met': 3, 'a/short': 0, 'a/unknown': null },
      },
    ],
  })
  it('is one that some area below has a value of, each once', () => {
    expect(choicesOf(held).map((one) => one.id)).toEqual(['a/met', 'a/short'])
  })
  it('is the wanted one, else the first that falls short', () => {
    expect(chosenOf(choicesOf(held), 'a/met')?.id).toBe('a/met')
    expect(chosenOf(choicesOf(held), 'gone/gone')?.id).toBe('a/short')
    expect(chosenOf([], '')).toBeUndefined()
  })
})
describe('what falls short', () => {
  const on = (label: string, value: number, direction: 'up' | 'down', goal: number): Reading =>
    ({ label, value, direction, target: { value: goal, by: null, met: false } }) as Reading
  it('names the figure that is nearest to its target, whichever way is good', () => {
    const readings = [on('甲', 60, 'up', 100), on('乙', 500, 'down', 400), on('丙', 5, 'down', 0)]
    expect(nearestOf(readings)).toEqual({ label: '乙', n: 80 })
    expect(nearestOf([on('丙', 5, 'down', 0)])).toBeNull()
  })
  it('says once what several areas lack', () => {
    const area = (code: string) => ({ code, name: code, kind: 'district' })
    const gaps = gapsOf([
      { area: area('1'), id: 'a/b', what: '甲', gap: '没有记录' },
      { area: area('2'), id: 'a/c', what: '乙', gap: '没有记录' },
      { area: area('3'), id: 'a/b', what: '甲', gap: '没有记录' },
    ])
    expect(gaps.map((gap) => [gap.what, gap.areas.map((one) => one.code)])).toEqual([
      ['甲', ['1', '3']],
      ['乙', ['2']],
    ])
  })
})
