/** Which questions the table shows: what this person chose, or the first few that say something in a table. */
import type { AnswerColumn } from '@linli/shared/api/collect.ts'

const FEW = 5
const UNFIT = new Set([
  'note',
  'image',
  'audio',
  'video',
  'file',
  'signature',
  'audit',
  'geotrace',
  'geoshape',
])

export function shownColumns(columns: AnswerColumn[], kept: string[]): AnswerColumn[] {
  const chosen = kept
    .map((path) => columns.find((column) => column.path === path))
    .filter((column): column is AnswerColumn => column !== undefined)
  if (chosen.length) return chosen
  return columns.filter((column) => !UNFIT.has(column.type.split(' ')[0] ?? '')).slice(0, FEW)
}

export const columnsKey = (form: string): string => `linli.answer-columns:${form}`

export function keptColumns(form: string): string[] {
  return (localStorage.getItem(columnsKey(form)) ?? '').split('\n').filter(Boolean)
}
