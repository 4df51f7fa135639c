/** What stands behind a chart: the same figures as a table, for screen readers, for the keyboard and for Excel. */
import type { Cell } from '@/lib/xlsx.ts'

export interface ChartTable {
  columns: string[]
  rows: {
    /** Numbers as numbers: they go into the workbook. */
    cells: Cell[]
    /** How the cells are read on the page, where that differs. */
    shown?: string[]
  }[]
}
