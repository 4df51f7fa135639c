/** Arithmetic of readings as the pages show them: how far from the target, for better or worse, which class on the map. */
import type { Direction, Reading, Unit } from '@linli/shared/api/insight.ts'

/** `3210.456` with one place → `3,210.5`. */
export function formatNumber(value: number, decimals: number): string {
  const text = value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  // -0.04 with one place is nothing, not less than nothing.
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text
}

export type Tone = 'ok' | 'bad' | 'warn' | ''

/** A change for better or worse. Unchanged, or a figure that has no good side, has no tone. */
export function toneOfChange(direction: Direction, change: number | null): Tone {
  if (!change || direction === 'none') return ''
  return change > 0 === (direction === 'up') ? 'ok' : 'bad'
}

/** How much of the way to the target is gone, 0..1; `null` without a value or a target. */
export function progressOf(reading: Pick<Reading, 'value' | 'target' | 'direction'>): number | null {
  const goal = reading.target?.value
  if (reading.value === null || goal === null || goal === undefined) return null
  if (reading.target?.met) return 1
  if (reading.direction === 'down') return reading.value > 0 ? clamp(goal / reading.value) : 1
  return goal > 0 ? clamp(reading.value / goal) : reading.value >= goal ? 1 : 0
}
const clamp = (share: number): number => Math.min(1, Math.max(0, share))

/** Figures whose target means the same for a part as for the whole: shares and means, not sums. */
const COMPARABLE: Unit[] = ['percent', 'per', 'years', 'yuan', 'points']

/** Whether a part of the area falls short of the whole's target. `null` when that cannot be said. */
export function missesTarget(
  reading: Pick<Reading, 'target' | 'direction' | 'unit'>,
  value: number | null,
): boolean | null {
  const goal = reading.target?.value
  if (value === null || goal === null || goal === undefined) return null
  if (reading.direction === 'none' || !COMPARABLE.includes(reading.unit)) return null
  return reading.direction === 'up' ? value < goal : value > goal
}

export interface Class {
  from: number
  to: number
}
/** At most `count` equal steps from the least value to the greatest; one class when all are the same. */
export function classesOf(values: (number | null)[], count = 5): Class[] {
  const held = values.filter((value): value is number => value !== null)
  if (held.length === 0) return []
  const [least, greatest] = [Math.min(...held), Math.max(...held)]
  const steps = least === greatest ? 1 : Math.min(count, Math.max(2, new Set(held).size))
  const step = (greatest - least) / steps
  return Array.from({ length: steps }, (_, at) => ({
    from: least + at * step,
    to: at === steps - 1 ? greatest : least + (at + 1) * step,
  }))
}
/** The class a value lies in; `null` for no value. The last class holds its upper end. */
export function classOf(classes: Class[], value: number | null): number | null {
  if (value === null || classes.length === 0) return null
  const found = classes.findIndex((one, at) => value < one.to || at === classes.length - 1)
  return found < 0 ? null : found
}
/** The ramp's token for a class of so many: few classes still use both ends. */
export function rampToken(at: number, of: number): string {
  return `--ramp-${of <= 1 ? 3 : 1 + Math.round((at * 4) / (of - 1))}`
}

/** Best first by the figure's own good side; areas without a value last, in their own order. */
export function ranked<T extends { value: number | null }>(items: T[], direction: Direction): T[] {
  const sign = direction === 'down' ? 1 : -1
  return [...items].sort((one, other) => {
    if (one.value === null || other.value === null)
      return Number(one.value === null) - Number(other.value === null)
    return sign * (one.value - other.value)
  })
}

/** Points of a small line in a box, left to right; breaks where there is no value. */
export function sparkOf(values: (number | null)[], width: number, height: number): string[] {
  const held = values.filter((value): value is number => value !== null)
  if (held.length < 2) return []
  const [least, greatest] = [Math.min(...held), Math.max(...held)]
  const span = greatest - least || 1
  const lines: string[][] = [[]]
  values.forEach((value, at) => {
    if (value === null) {
      if (lines.at(-1)!.length) lines.push([])
      return
    }
    const x = (at / (values.length - 1)) * width
    const y = greatest === least ? height / 2 : height - ((value - least) / span) * height
    lines.at(-1)!.push(`${x.toFixed(1)},${y.toFixed(1)}`)
  })
  return lines.filter((line) => line.length > 0).map((line) => line.join(' '))
}
