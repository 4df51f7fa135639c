/** Lengths of bars: the longest is the whole width, and a count above nothing is never invisible. */
export function lengths(counts: number[]): number[] {
  const most = Math.max(0, ...counts)
  return counts.map((count) => (count <= 0 ? 0 : Math.max(0.02, count / most)))
}

/** A bin's ends as short as they can be without two bins reading the same. */
export function binText(from: number, to: number): string {
  const digits = to - from >= 10 ? 0 : to - from >= 1 ? 1 : 2
  const short = (n: number): string => String(Number(n.toFixed(digits)))
  return from === to ? short(from) : `${short(from)}–${short(to)}`
}
