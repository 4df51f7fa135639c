/** A recurrence as people choose it, and as RFC 5545 writes it. */
export interface RuleDraft {
  every: 'week' | 'month' | 'year'
  weekday: string
  /** 1–28, or -1 for the last day of the month. */
  day: number
  month: number
}

/** What a rule says, as far as people choose it; anything else stands at its first choice. */
export function readRule(rule: string): RuleDraft {
  const parts = new Map(rule.split(';').map((part) => part.split('=', 2) as [string, string]))
  const number = (name: string, least: number, most: number, otherwise: number): number => {
    const found = Number(parts.get(name))
    return parts.has(name) && Number.isInteger(found) && found >= least && found <= most ? found : otherwise
  }
  const every = { WEEKLY: 'week', YEARLY: 'year' }[parts.get('FREQ') ?? ''] ?? 'month'
  const day = number('BYMONTHDAY', -1, 31, 1)
  return {
    every: every as RuleDraft['every'],
    weekday: /(MO|TU|WE|TH|FR|SA|SU)$/.exec(parts.get('BYDAY') ?? '')?.[1] ?? 'MO',
    day: day > 28 || day < 1 ? -1 : day,
    month: number('BYMONTH', 1, 12, 1),
  }
}

export function ruleOf(draft: RuleDraft): string {
  if (draft.every === 'week') return `FREQ=WEEKLY;BYDAY=${draft.weekday}`
  if (draft.every === 'month') return `FREQ=MONTHLY;BYMONTHDAY=${draft.day}`
  return `FREQ=YEARLY;BYMONTH=${draft.month};BYMONTHDAY=${draft.day}`
}
