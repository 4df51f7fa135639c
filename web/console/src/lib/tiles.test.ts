import { expect, it } from 'vitest'

import { tilesOf } from './tiles.ts'

it('every area has a tile, within the frame, and none covers another', () => {
  for (const count of [1, 2, 3, 5, 9, 18, 60]) {
    const tiles = tilesOf(count, 640, 420)
    expect(tiles).toHaveLength(count)
    for (const tile of tiles) {
      expect(Math.min(tile.x, tile.y)).toBeGreaterThanOrEqual(-0.001)
      expect(tile.x + tile.width).toBeLessThanOrEqual(640.001)
      expect(tile.y + tile.height).toBeLessThanOrEqual(420.001)
    }
    for (const [at, one] of tiles.entries())
      for (const other of tiles.slice(at + 1))
        expect(
          one.x + one.width <= other.x + 0.001 ||
            other.x + other.width <= one.x + 0.001 ||
            one.y + one.height <= other.y + 0.001,
        ).toBe(true)
  }
  expect(tilesOf(0, 640, 420)).toEqual([])
})
