/** A month as weeks of seven days, Monday first, as it hangs on the wall. Days are `YYYY-MM-DD`, without a time zone. */
import type { CalendarItem } from '@linli/shared/api/flow.ts'

export interface Day {
  day: string
  /** Belongs to the month shown, not to its neighbours. */
  inside: boolean
  /** Nobody works: a weekend that is no make-up workday, or a public holiday. */
  off: boolean
  holiday: string | null
  items: CalendarItem[]
}

const iso = (at: Date): string => at.toISOString().slice(0, 10)
const utc = (day: string): Date => new Date(`${day}T00:00:00Z`)

export function addDays(day: string, days: number): string {
  const at = utc(day)
  at.setUTCDate(at.getUTCDate() + days)
  return iso(at)
}
/** `2026-11` and −1 → `2026-10`. */
export function addMonths(month: string, months: number): string {
  const at = utc(`${month}-01`)
  at.setUTCMonth(at.getUTCMonth() + months)
  return iso(at).slice(0, 7)
}
/** First and last day that the page of a month shows. */
export function rangeOf(month: string): { from: string; to: string } {
  const first = `${month}-01`
  const from = addDays(first, -((utc(first).getUTCDay() + 6) % 7))
  const last = addDays(`${addMonths(month, 1)}-01`, -1)
  return { from, to: addDays(last, (7 - utc(last).getUTCDay()) % 7) }
}

export function weeksOf(month: string, items: CalendarItem[]): Day[][] {
  const byDay = new Map<string, CalendarItem[]>()
  for (const item of items) byDay.set(item.day, [...(byDay.get(item.day) ?? []), item])
  const { from, to } = rangeOf(month)
  const weeks: Day[][] = []
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const held = byDay.get(day) ?? []
    const holiday = held.find((item) => item.kind === 'holiday')
    const workday = held.some((item) => item.kind === 'workday')
    const weekend = [0, 6].includes(utc(day).getUTCDay())
    const one: Day = {
      day,
      inside: day.startsWith(month),
      off: Boolean(holiday) || (weekend && !workday),
      holiday: holiday?.title ?? null,
      items: held.filter((item) => item.kind === 'due' || item.kind === 'schedule'),
    }
    if (utc(day).getUTCDay() === 1) weeks.push([])
    weeks.at(-1)!.push(one)
  }
  return weeks
}
