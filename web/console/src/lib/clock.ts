/** A clock's remaining or exceeded time, in the two units a person reads at a glance. */
import type { Case, CaseClock } from '@linli/shared/api/flow.ts'

/** A working day is eight hours: what a limit of "5 working days" is counted in. */
const WORKING_DAY = 8 * 3600
const DAY = 24 * 3600
/** So many hours before it is due the chip warns. */
const SOON_HOURS = 4

export type ClockTone = '' | 'ok' | 'warn' | 'bad' | 'info'
export interface ClockWords {
  state: 'left' | 'late' | 'paused' | 'none'
  days: number
  hours: number
  minutes: number
  working: boolean
  tone: ClockTone
}

/** Seconds → days, hours, minutes, rounded down to minutes; a working day has eight hours. */
export function partsOf(seconds: number, working: boolean): { days: number; hours: number; minutes: number } {
  const day = working ? WORKING_DAY : DAY
  const whole = Math.max(0, Math.floor(seconds / 60)) * 60
  return {
    days: Math.floor(whole / day),
    hours: Math.floor((whole % day) / 3600),
    minutes: Math.floor((whole % 3600) / 60),
  }
}

type Clock = Pick<CaseClock, 'due' | 'state' | 'left_seconds'>

/** Less is left than the calendar says: it is counted in working time. */
const isWorking = (clock: Clock, due: number | null, at: number): boolean =>
  clock.left_seconds !== null && due !== null && (due - at) / 1000 - clock.left_seconds > 90

/** What to say of a clock at `now` (milliseconds), `fetched` being when the server told `left_seconds`. */
export function clockWords(clock: Clock | null | undefined, now: number, fetched = now): ClockWords {
  const none: ClockWords = { state: 'none', days: 0, hours: 0, minutes: 0, working: false, tone: '' }
  if (!clock || clock.state === 'none' || clock.state === 'stopped') return none
  const due = clock.due ? Date.parse(clock.due) : null
  if (clock.state === 'paused') {
    if (clock.left_seconds === null) return { ...none, state: 'paused', tone: 'info' }
    // While it stands still nothing tells how it counts: hours and minutes are true either way.
    return { state: 'paused', ...partsOf(clock.left_seconds, false), working: false, tone: 'info' }
  }
  if (clock.state === 'overdue' || (due !== null && due <= now)) {
    // How late something is, is felt in calendar time.
    const late = due === null ? 0 : (now - due) / 1000
    return { state: 'late', ...partsOf(late, false), working: false, tone: 'bad' }
  }
  // Working time does not run at night: what the server told stands until it tells again.
  const told = clock.left_seconds
  const counted = isWorking(clock, due, fetched)
  const left = counted ? told! : due !== null ? (due - now) / 1000 : (told ?? 0) - (now - fetched) / 1000
  const soon = left < (counted ? WORKING_DAY / 2 : SOON_HOURS * 3600)
  return { state: 'left', ...partsOf(left, counted), working: counted, tone: soon ? 'warn' : 'ok' }
}

/** Message key and numbers: at most two units, the greatest first. */
export function clockUnits(words: ClockWords): { key: string; values: Record<string, number> } {
  const { days, hours, minutes } = words
  const day = words.working ? 'wd' : 'd'
  if (days > 0) return { key: hours ? `${day}h` : day, values: { d: days, h: hours } }
  if (hours > 0) return { key: minutes ? 'hm' : 'h', values: { h: hours, m: minutes } }
  return { key: minutes ? 'm' : 'now', values: { m: minutes } }
}

/** Overdue first, then what is due soonest; without a clock by when it was opened. */
export function byClock(one: Case, other: Case): number {
  if (one.overdue !== other.overdue) return one.overdue ? -1 : 1
  const [a, b] = [one.due ?? '9999', other.due ?? '9999']
  return a === b ? one.opened.localeCompare(other.opened) : a.localeCompare(b)
}
