/** Days and times of a form, in the phone's own time zone as XForms wants them. */

const two = (part: number): string => String(part).padStart(2, '0')

/** Minutes east of UTC → `+08:00`. */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** The phone's offset on that day, as JavaScript counts it the other way round. */
export function offsetOn(day: string, time: string): string {
  return offsetText(-new Date(`${day}T${time}:00`).getTimezoneOffset())
}

export const dateTime = (day: string, time: string): string => `${day}T${time}:00.000${offsetOn(day, time)}`
export const timeOnly = (day: string, time: string): string => `${time}:00.000${offsetOn(day, time)}`

/** What an instance holds → the wall clock of whoever wrote it. */
export function parts(value: string | null): { day: string | null; time: string | null } {
  const match = value?.match(/^(?:(\d{4}-\d{2}-\d{2})T?)?(?:(\d{2}:\d{2}))?/)
  return { day: match?.[1] ?? null, time: match?.[2] ?? null }
}
