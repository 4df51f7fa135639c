import { describe, expect, it } from 'vitest'

import { fit, longestSide, withEnding } from './scale.ts'

describe('a photo', () => {
  it('keeps its shape and is at most 1600 long', () => {
    expect(fit({ width: 4000, height: 3000 }, 1600)).toEqual({ width: 1600, height: 1200 })
    expect(fit({ width: 3000, height: 4000 }, 1600)).toEqual({ width: 1200, height: 1600 })
  })
  it('is never made larger', () => {
    expect(fit({ width: 640, height: 480 }, 1600)).toEqual({ width: 640, height: 480 })
  })
  it('of a ribbon keeps at least one pixel', () => {
    expect(fit({ width: 10_000, height: 2 }, 1600)).toEqual({ width: 1600, height: 1 })
  })
  it('may be asked for smaller by the form, not larger', () => {
    expect([longestSide(800), longestSide(4000), longestSide(null), longestSide(0)]).toEqual([
      800, 1600, 1600, 1600,
    ])
  })
  it('is named after what it became', () => {
    expect(withEnding('IMG_2026.v2.HEIC', 'jpg')).toBe('IMG_2026.v2.jpg')
    expect(withEnding('.heic', 'jpg')).toBe('photo.jpg')
  })
})
