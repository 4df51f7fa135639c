import type { Import, ImportRow, ImportState, Mapping, Outcome, SheetTable } from '@linli/shared/api/types.ts'

export const OUTCOMES: Outcome[] = ['new', 'changed', 'conflict', 'duplicate', 'error', 'same']

export const OUTCOME_TONE: Record<Outcome, string> = {
  new: 'ok',
  changed: 'info',
  same: '',
  conflict: 'warn',
  duplicate: 'warn',
  error: 'bad',
}
export const STATE_TONE: Record<ImportState, string> = {
  matching: 'warn',
  checked: 'info',
  applying: 'info',
  applied: 'ok',
  undone: '',
  failed: 'bad',
}

/** The wizard's step that a state stands at. */
export function stepOf(state: ImportState): number {
  if (state === 'matching') return 1
  return state === 'checked' || state === 'failed' ? 2 : 3
}

/** The mapping as the matching proposes it. */
export function proposed(table: SheetTable): Mapping {
  return Object.fromEntries(
    table.columns.map((column) => [String(column.column), column.match?.element ?? null]),
  )
}

/** The table that is most likely the ledger: the one with most rows among those with most matched columns. */
export function bestTable(sheets: Import['sheets']): { sheet: string; table: number } | null {
  const all = sheets.flatMap((sheet) => sheet.tables.map((table) => ({ sheet: sheet.name, table })))
  const matched = (table: SheetTable): number => table.columns.filter((column) => column.match).length
  all.sort((one, other) => matched(other.table) - matched(one.table) || other.table.rows - one.table.rows)
  return all[0] ? { sheet: all[0].sheet, table: all[0].table.table } : null
}

/** Whether a person still has something to say about a row. */
export const waits = (row: ImportRow): boolean =>
  ['duplicate', 'conflict'].includes(row.outcome) && !row.decision
