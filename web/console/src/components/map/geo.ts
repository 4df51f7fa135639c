/** Small geometry of the event map: bounds, a projection for the drawing without WebGL, and colours by state. */
import type { AreaMap, CaseMap, GeoPolygon, MapCase } from '@linli/shared/api/flow.ts'

export type Bounds = [west: number, south: number, east: number, north: number]
type Ring = number[][]

export function ringsOf(shape: GeoPolygon): Ring[] {
  return shape.type === 'Polygon' ? (shape.coordinates as Ring[]) : (shape.coordinates as Ring[][]).flat()
}

/** The smallest box around all outlines and points; `null` when there is nothing. */
export function boundsOf(areas: AreaMap | null, cases: CaseMap | null): Bounds | null {
  const points: number[][] = [
    ...(areas?.features ?? []).flatMap((feature) => ringsOf(feature.geometry).flat()),
    ...(cases?.features ?? []).map((feature) => feature.geometry.coordinates as number[]),
  ]
  if (!points.length) return null
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of points as [number, number][]) {
    bounds[0] = Math.min(bounds[0], x)
    bounds[1] = Math.min(bounds[1], y)
    bounds[2] = Math.max(bounds[2], x)
    bounds[3] = Math.max(bounds[3], y)
  }
  return bounds
}

/** Longitude and latitude → drawing units, north up, shapes undistorted at the middle latitude. */
export function projection(
  bounds: Bounds,
  width: number,
  height: number,
  margin = 16,
): { to: (lon: number, lat: number) => [number, number]; from: (x: number, y: number) => [number, number] } {
  const [west, south, east, north] = bounds
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const across = Math.max((east - west) * squeeze, 1e-9)
  const up = Math.max(north - south, 1e-9)
  const scale = Math.min((width - 2 * margin) / across, (height - 2 * margin) / up)
  const left = (width - across * scale) / 2
  const top = (height - up * scale) / 2
  return {
    to: (lon, lat) => [left + (lon - west) * squeeze * scale, top + (north - lat) * scale],
    from: (x, y) => [west + (x - left) / (squeeze * scale), north - (y - top) / scale],
  }
}

/** Middle of an outline's box: where its name is written. */
export function middleOf(shape: GeoPolygon): [number, number] {
  const [west, south, east, north] = boundsOf(
    {
      type: 'FeatureCollection',
      features: [{ type: 'Feature', geometry: shape, properties: { code: '', name: '', kind: '' } }],
    },
    null,
  )!
  return [(west + east) / 2, (south + north) / 2]
}

/** Middle of the upper edge of an outline's box. */
export function topOf(shape: GeoPolygon): [number, number] {
  return [
    middleOf(shape)[0],
    Math.max(
      ...ringsOf(shape)
        .flat()
        .map((point) => point[1]!),
    ),
  ]
}

/** Points that would lie on top of each other, as one with their number: by cells of `size` drawing units. */
export function grouped(
  points: { x: number; y: number; one: MapCase }[],
  size: number,
): { x: number; y: number; count: number; late: number; one: MapCase }[] {
  const cells = new Map<
    string,
    { x: number; y: number; count: number; late: number; one: MapCase; n: number }
  >()
  for (const { x, y, one } of points) {
    const key = `${Math.floor(x / size)}:${Math.floor(y / size)}`
    const held = cells.get(key) ?? { x: 0, y: 0, count: 0, late: 0, one, n: 0 }
    held.x = (held.x * held.n + x) / (held.n + 1)
    held.y = (held.y * held.n + y) / (held.n + 1)
    held.n += 1
    held.count += one.count ?? 1
    held.late += one.overdue ? (one.count ?? 1) : 0
    cells.set(key, held)
  }
  return [...cells.values()]
}

/** The design token that colours a case: overdue above all, else its phase. */
export function tokenOf(one: Pick<MapCase, 'phase' | 'overdue'>): string {
  if (one.overdue) return '--bad'
  return { new: '--info', working: '--accent', waiting: '--warn', done: '--ok', cancelled: '--text-3' }[
    one.phase
  ]
}
