/** Which figure the map and the ranking show. */
import type { Cockpit, Reading } from '@linli/shared/api/insight.ts'

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

/** The wanted one; else the first that falls short of its target; else the first. */
export function chosenOf(choices: Reading[], wanted: string): Reading | undefined {
  return (
    choices.find((one) => one.id === wanted) ?? choices.find((one) => one.target?.met === false) ?? choices[0]
  )
}
