/** The phone's place, asked only when a question needs it. */

export interface Place {
  latitude: number
  longitude: number
  altitude: number | null
  accuracy: number | null
}

export type PlaceProblem = 'denied' | 'unavailable' | 'insecure'

export function problemOfPlace(error: unknown): PlaceProblem {
  if (!isSecureContext || !navigator.geolocation) return 'insecure'
  return (error as GeolocationPositionError | null)?.code === 1 ? 'denied' : 'unavailable'
}

const round = (value: number, places: number): number => Number(value.toFixed(places))

/** Follows the phone until stopped; the caller keeps the best. */
export function follow(found: (place: Place) => void, failed: (problem: PlaceProblem) => void): () => void {
  if (!isSecureContext || !navigator.geolocation) {
    failed('insecure')
    return () => {}
  }
  const id = navigator.geolocation.watchPosition(
    ({ coords }) =>
      found({
        latitude: round(coords.latitude, 7),
        longitude: round(coords.longitude, 7),
        altitude: coords.altitude === null ? null : round(coords.altitude, 1),
        accuracy: round(coords.accuracy, 1),
      }),
    (error) => failed(problemOfPlace(error)),
    { enableHighAccuracy: true, timeout: 30_000, maximumAge: 5_000 },
  )
  return () => navigator.geolocation.clearWatch(id)
}

/** As ODK writes a place: `latitude longitude altitude accuracy`. */
export const placeText = ({ latitude, longitude, altitude, accuracy }: Place): string =>
  `${latitude} ${longitude} ${altitude ?? 0} ${accuracy ?? 0}`

/** `45.75, 126.64` or `45.75 126.64` typed by hand, the latitude first; `null` when it is not a place on earth. */
export function typedPlace(text: string): Place | null {
  const match = text.trim().match(/^(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)$/)
  if (!match) return null
  const [latitude, longitude] = [Number(match[1]), Number(match[2])]
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || (latitude === 0 && longitude === 0)) return null
  return { latitude, longitude, altitude: null, accuracy: null }
}

/** Answers the engine's own wish for a place (`odk:setgeopoint`); blank when there is none. */
export function locateOnce(): Promise<string> {
  return new Promise((resolve) => {
    const stop = follow(
      (place) => {
        stop()
        resolve(placeText(place))
      },
      () => resolve(''),
    )
  })
}

/** Corners of a path or area in a box of `width` × `height`, north up, for a small drawing. */
export function drawing(points: Place[], width: number, height: number): [number, number][] {
  if (!points.length) return []
  const stretch = Math.cos((points[0]!.latitude * Math.PI) / 180) || 1
  const flat = points.map((point) => [point.longitude * stretch, -point.latitude] as const)
  const [xs, ys] = [flat.map(([x]) => x), flat.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const size = Math.max((Math.max(...xs) - left) / width, (Math.max(...ys) - top) / height) || 1
  const [dx, dy] = [
    (width - (Math.max(...xs) - left) / size) / 2,
    (height - (Math.max(...ys) - top) / size) / 2,
  ]
  return flat.map(([x, y]) => [(x - left) / size + dx, (y - top) / size + dy])
}
