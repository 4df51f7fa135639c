import type { Entity, Fill, FillChoice, FillTable, Mapping } from '@linli/shared/api/types.ts'

/** A table of the template as the person has set it. */
export interface TableChoice {
  sheet: string
  table: FillTable
  on: boolean
  entity: string
  filter: string
  mapping: Mapping
  clear: boolean
}

export function choicesOf(fill: Fill): TableChoice[] {
  return fill.sheets.flatMap((sheet) =>
    sheet.tables.map((table) => ({
      sheet: sheet.name,
      table,
      on: Boolean(table.entity) && (table.shape === 'cross' || table.columns.some((column) => column.match)),
      entity: table.entity ?? '',
      filter: table.filter ?? '',
      mapping: Object.fromEntries(
        table.columns.map((column) => [String(column.column), column.match?.element ?? null]),
      ),
      clear: false,
    })),
  )
}

/** A cross table is counted by its own heads; there is nothing to map. */
export const isCross = (table: FillTable): boolean => table.shape === 'cross'

/** What to send: only tables that are on, know their register and have a matched column. */
export function chosenTables(choices: TableChoice[], purpose: string): FillChoice[] {
  return choices
    .filter(
      (choice) =>
        choice.on && choice.entity && (isCross(choice.table) || Object.values(choice.mapping).some(Boolean)),
    )
    .map((choice) => ({
      sheet: choice.sheet,
      table: choice.table.table,
      entity: choice.entity,
      filter: choice.filter.trim() || null,
      mapping: choice.mapping,
      ...(choice.clear ? { clear_sensitive: true, purpose } : {}),
    }))
}

/** Whether a table's mapping would show sensitive fields. */
export function holdsSensitive(choice: TableChoice, entities: Entity[]): boolean {
  const sensitive = new Set(
    entities.flatMap((entity) =>
      entity.fields
        .filter((field) => field.sensitivity === 'sensitive')
        .map((field) => field.element ?? `${entity.name}/${field.name}`),
    ),
  )
  return Object.values(choice.mapping).some((element) => element !== null && sensitive.has(element))
}
