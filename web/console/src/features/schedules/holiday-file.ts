/** A year's public-holiday table out of a CSV or Excel file: columns for the day, whether it is worked, and its name. */
import type { HolidayDay } from '@linli/shared/api/flow.ts'

import { sheetRows } from '@/lib/xlsx-read.ts'

export interface HolidayFile {
  days: HolidayDay[]
  /** Rows that are no day, as they stand in the file, with their number. */
  wrong: { row: number; text: string }[]
}

const WORKED = /班|work|上班/i
const FREE = /假|休|holiday|rest|off/i
/** Days of Excel count from the end of 1899. */
const EPOCH = Date.UTC(1899, 11, 30)

/** `2026-10-01`, `2026/10/1`, `2026年10月1日`, or a day number of Excel → ISO; empty when it is no day. */
export function dayOf(text: string): string {
  const trimmed = text.trim()
  if (/^\d{5}(\.0+)?$/.test(trimmed))
    return new Date(EPOCH + Number(trimmed) * 86_400_000).toISOString().slice(0, 10)
  const [, year, month, day] = /^(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D.*)?$/.exec(trimmed) ?? []
  if (!year) return ''
  const iso = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
  const parsed = new Date(`${iso}T00:00:00Z`)
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== iso ? '' : iso
}

/** Lines of a CSV, with quotes. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  const clean = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  for (let at = 0; at < clean.length; at += 1) {
    const letter = clean[at]!
    if (quoted && letter === '"' && clean[at + 1] === '"') {
      cell += '"'
      at += 1
    } else if (letter === '"') quoted = !quoted
    else if (!quoted && (letter === ',' || letter === '\t' || letter === ';')) {
      rows.at(-1)!.push(cell)
      cell = ''
    } else if (!quoted && letter === '\n') {
      rows.at(-1)!.push(cell)
      cell = ''
      rows.push([])
    } else cell += letter
  }
  rows.at(-1)!.push(cell)
  return rows
}

/** Rows of a table → days. The first row may be a heading; what is neither is told, never dropped in silence. */
export function daysOf(rows: string[][]): HolidayFile {
  const found: HolidayFile = { days: [], wrong: [] }
  const seen = new Set<string>()
  rows.forEach((cells, at) => {
    const filled = cells.map((cell) => cell.trim())
    if (filled.every((cell) => cell === '')) return
    const where = filled.findIndex((cell) => dayOf(cell) !== '')
    const date = where < 0 ? '' : dayOf(filled[where]!)
    const rest = filled.filter((_, place) => place !== where)
    if (!date && at === 0) return
    if (!date || seen.has(date)) {
      found.wrong.push({ row: at + 1, text: filled.join(' ') })
      return
    }
    const kindAt = rest.findIndex((cell) => WORKED.test(cell) || FREE.test(cell))
    const kind =
      kindAt >= 0 && WORKED.test(rest[kindAt]!) && !/不上班/.test(rest[kindAt]!) ? 'workday' : 'holiday'
    const name = rest.find((cell, place) => place !== kindAt && cell !== '') ?? rest[kindAt] ?? ''
    seen.add(date)
    found.days.push({ date, kind, name: name.slice(0, 40) })
  })
  found.days.sort((one, other) => one.date.localeCompare(other.date))
  return found
}

/** Reads the file. GB 18030, which Excel writes for CSV on Chinese machines, is told from UTF-8 by its bytes. */
export async function readHolidays(file: File): Promise<HolidayFile> {
  const bytes = await file.arrayBuffer()
  if (/\.xlsx$/i.test(file.name)) return daysOf(await sheetRows(bytes))
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    text = new TextDecoder('gb18030').decode(bytes)
  }
  return daysOf(csvRows(text))
}
