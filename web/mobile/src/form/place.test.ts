import { describe, expect, it } from 'vitest'

import { drawing, placeText, typedPlace, type Place } from './place.ts'

const at = (latitude: number, longitude: number): Place => ({
  latitude,
  longitude,
  altitude: null,
  accuracy: null,
})

describe('a place', () => {
  it('typed by hand is latitude and longitude, with a comma of either width', () => {
    expect(typedPlace('45.7567, 126.6424')).toEqual(at(45.7567, 126.6424))
    expect(typedPlace('45.7567，126.6424')).toEqual(at(45.7567, 126.6424))
    expect(typedPlace('45.7567 126.6424')).toEqual(at(45.7567, 126.6424))
  })
  it('off the earth, or nowhere, is none', () => {
    expect(['126.64 45.7', '91 10', '0 0', '45', 'x y'].map(typedPlace)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ])
  })
  it('is written as ODK reads it', () => {
    expect(placeText({ latitude: 45.7, longitude: 126.6, altitude: null, accuracy: 4.8 })).toBe(
      '45.7 126.6 0 4.8',
    )
  })
})

describe('a small drawing', () => {
  it('keeps shape and puts north up', () => {
    const points = drawing([at(0, 0), at(1, 0), at(1, 2)], 100, 100)
    expect(points.map(([x, y]) => [Math.round(x), Math.round(y)])).toEqual([
      [0, 75],
      [0, 25],
      [100, 25],
    ])
  })
  it('of one point is in the middle', () => {
    expect(drawing([at(45, 126)], 100, 60)).toEqual([[50, 30]])
  })
})
