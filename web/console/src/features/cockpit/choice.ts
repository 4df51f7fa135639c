/** Which figure the map and the ranking show. */
import type { Blank, Cockpit, Reading } from '@linli/shared/api/insight.ts'

import { progressOf } from '@/lib/figures.ts'

/** Figures that the areas below have a value of, in the order of the page. */
export function choicesOf(cockpit: Pick<Cockpit, 'standing' | 'worse' | 'children'>): Reading[] {
  const known = new Set(
    cockpit.children.flatMap((child) =>
      Object.entries(child.readings)
        .filter(([, value]) => value !== null)
        .map(([id]) => id),
    ),
  )
  const seen = new Set<string>()
  return [...cockpit.standing, ...cockpit.worse]
    .map((one) => one.reading)
    .filter((reading) => known.has(reading.id) && !seen.has(reading.id) && seen.add(reading.id))
}

/** The figure that lacks least of its target, and how much of the way it has gone, in whole percent. */
export function nearestOf(readings: Reading[]): { label: string; n: number } | null {
  const [first] = readings
    .map((one) => ({ label: one.label, way: progressOf(one) ?? 0 }))
    .sort((one, other) => other.way - one.way)
  return first && first.way > 0 ? { label: first.label, n: Math.floor(first.way * 100) } : null
}

/** Areas without a figure, as one entry for each figure and reason: what is missing is read once. */
export interface Gap {
  id: string
  what: string
  gap: string
  areas: Blank['area'][]
}
export function gapsOf(blank: Blank[]): Gap[] {
  const gaps = new Map<string, Gap>()
  for (const { area, id, what, gap } of blank) {
    const key = `${id} ${gap}`
    const held = gaps.get(key) ?? { id, what, gap, areas: [] }
    held.areas.push(area)
    gaps.set(key, held)
  }
  return [...gaps.values()]
}

/** The wanted one; else the first that falls short of its target; else the first. */
export function chosenOf(choices: Reading[], wanted: string): Reading | undefined {
  return (
    choices.find((one) => one.id === wanted) ?? choices.find((one) => one.target?.met === false) ?? choices[0]
  )
}
