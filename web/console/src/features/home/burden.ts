/** Where a staffing ratio stands against the range of households one worker should serve. */
export interface Standing {
  state: 'below' | 'within' | 'above' | 'unknown'
  /** Position of the ratio and of the range on a bar, 0–1. */
  at: number
  from: number
  to: number
}

export function standing(ratio: number | null, min = 300, max = 400): Standing {
  const end = Math.max(max * 1.6, (ratio ?? 0) * 1.12)
  const share = (value: number): number => Math.min(1, Math.max(0, value / end))
  const state = ratio === null ? 'unknown' : ratio > max ? 'above' : ratio < min ? 'below' : 'within'
  return { state, at: share(ratio ?? 0), from: share(min), to: share(max) }
}
