/** Statistics in words that need no statistician: as much as the figures bear, and not more. */
import type { Cross } from '@linli/shared/api/survey.ts'

/** Cohen's marks for V with one degree of freedom; those of larger tables are stricter by the root of the lesser side. */
export function effectOf(v: number, rows: number, columns: number): 'none' | 'small' | 'medium' | 'large' {
  const w = v * Math.sqrt(Math.max(1, Math.min(rows, columns) - 1))
  return w < 0.1 ? 'none' : w < 0.3 ? 'small' : w < 0.5 ? 'medium' : 'large'
}

export type Verdict = 'untested' | 'doubtful' | 'no_link' | 'link'
/** `doubtful`: expected counts too small for the test, whatever it says. */
export function verdictOf(cross: Pick<Cross, 'test' | 'warnings'>): Verdict {
  if (!cross.test) return 'untested'
  // Several answers of one person are not independent; small counts do not bear the test.
  const doubts = ['small_expected', 'several_answers']
  if (cross.warnings.some((warning) => doubts.includes(warning.code))) return 'doubtful'
  return cross.test.p < 0.05 ? 'link' : 'no_link'
}

/** `0.0312` → `0.031`; below a thousandth only that. */
export const pText = (p: number): string => (p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`)

/** `0.4532` → `45.3%`. */
export const shareText = (share: number | null): string =>
  share === null ? '—' : `${(share * 100).toFixed(1)}%`

/** `41.2%–49.5%`. */
export const intervalText = (low: number | null, high: number | null): string =>
  low === null || high === null ? '' : `${(low * 100).toFixed(1)}%–${(high * 100).toFixed(1)}%`
