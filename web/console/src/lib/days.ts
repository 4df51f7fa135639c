/** The same day some years before; the 29th of February becomes the 28th where there is none. */
export function yearsBefore(day: string, years: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year - years, month, 0)).getUTCDate()
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${String(year - years).padStart(4, '0')}-${two(month)}-${two(Math.min(date, last))}`
}
