/** Indicators as the page lists them: by group, as searched. */
import type { Reading } from '@linli/shared/api/insight.ts'

export const GROUPS = [
  'network',
  'party',
  'duty',
  'facility',
  'workforce',
  'society',
  'information',
  'emergency',
  'survey',
  'grid',
  'service',
] as const

export interface Wanted {
  words: string
  group: string
  /** Only those that answer a figure of the report. */
  figures: boolean
  /** Only those that have no value, or miss their target. */
  trouble: boolean
}

const matches = (reading: Reading, wanted: Wanted): boolean =>
  (!wanted.group || reading.group === wanted.group) &&
  (!wanted.figures || reading.figures.length > 0) &&
  (!wanted.trouble || reading.value === null || reading.target?.met === false) &&
  (!wanted.words ||
    [reading.label, reading.about, reading.id, ...reading.figures.map(String)].some((text) =>
      text.toLowerCase().includes(wanted.words.toLowerCase()),
    ))

/** In the order of the groups, unknown groups last; within one by the figure they answer. */
export function grouped(items: Reading[], wanted: Wanted): { group: string; items: Reading[] }[] {
  const groups = new Map<string, Reading[]>()
  for (const reading of items.filter((one) => matches(one, wanted)))
    groups.set(reading.group, [...(groups.get(reading.group) ?? []), reading])
  const place = (group: string): number => {
    const at = (GROUPS as readonly string[]).indexOf(group)
    return at < 0 ? GROUPS.length : at
  }
  const first = (reading: Reading): number => reading.figures[0] ?? 1_000
  return [...groups]
    .sort(([one], [other]) => place(one) - place(other) || one.localeCompare(other))
    .map(([group, held]) => ({ group, items: held.sort((one, other) => first(one) - first(other)) }))
}
