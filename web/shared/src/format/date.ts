import type { Lang } from '../api/types.ts'

/** Days are wall-calendar days and never pass through a time zone. */
export function formatDay(day: string | null | undefined, lang: Lang): string {
  if (!day) return ''
  const [year, month, date] = day.slice(0, 10).split('-')
  if (!year || !month || !date) return day
  return lang === 'en' ? `${year}-${month}-${date}` : `${year}年${Number(month)}月${Number(date)}日`
}

/** China keeps one time, UTC+8, without daylight saving. */
const CHINA = 8 * 3_600_000

/** The hour of the day in China, 0–23. */
export const chinaHour = (now = Date.now()): number => new Date(now + CHINA).getUTCHours()

/** A moment of the server (UTC) in China's time, wherever the reader's machine thinks it is: `2026-11-20 14:05`. */
export function formatMoment(moment: string | null | undefined): string {
  if (!moment) return ''
  const at = new Date(Date.parse(moment) + CHINA)
  if (Number.isNaN(at.getTime())) return moment
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `3天前`, `3 days ago`; under a minute `刚刚` / `just now`. */
export function formatAgo(moment: string | null | undefined, lang: Lang, now = Date.now()): string {
  if (!moment) return ''
  const seconds = (new Date(moment).getTime() - now) / 1000
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) {
      return new Intl.RelativeTimeFormat(lang, { numeric: 'always' }).format(Math.trunc(seconds / size), unit)
    }
  }
  return lang === 'en' ? 'just now' : '刚刚'
}

/** Whole years lived on `today`; `null` when the birth date is not known or lies ahead. */
export function ageOn(birth: string | null | undefined, today: string): number | null {
  if (!birth || birth > today) return null
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4))
  return today.slice(5, 10) < birth.slice(5, 10) ? years - 1 : years
}

export function today(now = new Date()): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
