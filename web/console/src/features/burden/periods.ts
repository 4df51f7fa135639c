/** Periods one looks at: whole days, the last one included, in plain calendar arithmetic. */
export type PeriodName = 'month' | 'last_month' | 'quarter' | 'year'
export const PERIODS: PeriodName[] = ['month', 'last_month', 'quarter', 'year']

const two = (n: number): string => String(n).padStart(2, '0')
const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** `today` is `2026-11-23`; both ends belong to the period, which never ends after today. */
export function periodOf(name: PeriodName, today: string): { from: string; to: string } {
  const [year, month] = today.split('-').map(Number) as [number, number]
  if (name === 'last_month') {
    const [y, m] = month === 1 ? [year - 1, 12] : [year, month - 1]
    return { from: `${y}-${two(m)}-01`, to: `${y}-${two(m)}-${two(lastDay(y, m))}` }
  }
  const first = { month, quarter: month - ((month - 1) % 3), year: 1 }[name]
  return { from: `${year}-${two(first)}-01`, to: today }
}

/** The part of the questions that was on file already. */
export const heldShare = (row: { questions: number; already_held: number }): number =>
  row.questions ? row.already_held / row.questions : 0
