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

/** What was confirmed before, else what the matcher proposes. */
export function choicesOf(fill: Fill): TableChoice[] {
  return fill.sheets.flatMap((sheet) =>
    sheet.tables.map((table) => {
      const proposed = Object.fromEntries(
        table.columns.map((column) => [String(column.column), column.match?.element ?? null]),
      )
      const chosen = fill.chosen.find((one) => one.sheet === sheet.name && one.table === table.table)
      const fits = table.shape === 'cross' || table.columns.some((column) => column.match)
      return {
        sheet: sheet.name,
        table,
        on: fill.chosen.length ? Boolean(chosen?.entity) : Boolean(table.entity) && fits,
        entity: chosen?.entity ?? table.entity ?? '',
        filter: (chosen ? chosen.filter : table.filter) ?? '',
        mapping: { ...proposed, ...chosen?.mapping },
        clear: chosen?.clear_sensitive ?? false,
      }
    }),
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
