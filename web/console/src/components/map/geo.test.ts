import { describe, expect, it } from 'vitest'

import type { AreaMap, MapCase } from '@linli/shared/api/flow.ts'

import { boundsOf, grouped, middleOf, projection, tokenOf } from './geo.ts'

const square = (west: number, south: number, size: number): AreaMap['features'][number] => ({
  type: 'Feature',
  properties: { code: '1', name: '甲', kind: 'grid' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
      ],
    ],
  },
})
const one = (more: Partial<MapCase> = {}): MapCase =>
  ({ phase: 'working', overdue: false, ...more }) as MapCase

describe('the map without WebGL', () => {
  const areas: AreaMap = {
    type: 'FeatureCollection',
    features: [square(126, 45, 0.1), square(126.2, 45.1, 0.1)],
  }
  it('frames all outlines', () => {
    expect(boundsOf(areas, null)!.map((at) => Math.round(at * 10) / 10)).toEqual([126, 45, 126.3, 45.2])
    expect(boundsOf({ type: 'FeatureCollection', features: [] }, null)).toBeNull()
  })
  it('draws north up, within the frame, and leads a click back to where it was', () => {
    const { to, from } = projection(boundsOf(areas, null)!, 400, 300)
    const [x, y] = to(126.1, 45.15)
    expect(to(126.1, 45.2)[1]).toBeLessThan(y)
    for (const at of [to(126, 45), to(126.3, 45.2)]) {
      expect(at[0]).toBeGreaterThanOrEqual(15.9)
      expect(at[0]).toBeLessThanOrEqual(384.1)
      expect(at[1]).toBeGreaterThanOrEqual(15.9)
      expect(at[1]).toBeLessThanOrEqual(284.1)
    }
    expect(from(x, y)[0]).toBeCloseTo(126.1, 9)
    expect(from(x, y)[1]).toBeCloseTo(45.15, 9)
  })
  it('writes a name in the middle', () => {
    expect(middleOf(areas.features[0]!.geometry)[0]).toBeCloseTo(126.05)
  })
  it('points on top of each other are one with their number, none is lost', () => {
    const groups = grouped(
      [
        { x: 1, y: 1, one: one({ overdue: true }) },
        { x: 3, y: 3, one: one() },
        { x: 90, y: 90, one: one({ count: 7 }) },
      ],
      20,
    )
    expect(groups.map(({ x, count, late }) => [x, count, late])).toEqual([
      [2, 2, 1],
      [90, 7, 0],
    ])
  })
})
it('overdue outshouts every phase', () => {
  expect(tokenOf(one({ overdue: true, phase: 'new' }))).toBe('--bad')
  expect(tokenOf(one({ phase: 'done' }))).toBe('--ok')
})
