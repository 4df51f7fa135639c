/** What is left of a case's time, in the one unit that matters at a glance. */
import type { CaseClock } from '@linli/shared/api/flow.ts'

export interface ClockWords {
  /** Message below `clock.`. */
  key: 'none' | 'paused' | 'days' | 'hours' | 'minutes' | 'late_days' | 'late_hours' | 'late_minutes'
  n: number
  tone: '' | 'info' | 'ok' | 'warn' | 'bad'
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function unit(milliseconds: number): { name: 'days' | 'hours' | 'minutes'; n: number } {
  if (milliseconds >= 2 * DAY) return { name: 'days', n: Math.floor(milliseconds / DAY) }
  if (milliseconds >= 2 * HOUR) return { name: 'hours', n: Math.floor(milliseconds / HOUR) }
  return { name: 'minutes', n: Math.max(0, Math.floor(milliseconds / MINUTE)) }
}

/** `now` in milliseconds. Under four hours a clock warns. */
export function clockWords(
  clock: Pick<CaseClock, 'due' | 'state'> | null | undefined,
  now: number,
): ClockWords {
  if (clock?.state === 'paused') return { key: 'paused', n: 0, tone: 'info' }
  if (!clock?.due || clock.state === 'none') return { key: 'none', n: 0, tone: '' }
  const left = Date.parse(clock.due) - now
  const { name, n } = unit(Math.abs(left))
  if (left <= 0) return { key: `late_${name}`, n, tone: 'bad' }
  return { key: name, n, tone: left < 4 * HOUR ? 'warn' : 'ok' }
}
