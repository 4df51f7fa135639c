/** Area levels below an area: what a figure can be parted by. */
import type { AreaLevel } from '@linli/shared/api/types.ts'

/** Levels whose areas lie below one of `kind`, nearest first, of those wanted; nothing wanted: all. */
export function levelsBelow(
  levels: AreaLevel[],
  kind: string | undefined,
  wanted: string[] = [],
): AreaLevel[] {
  const rank = levels.find((level) => level.kind === kind)?.rank ?? -1
  return levels
    .filter((level) => level.rank > rank && (wanted.length === 0 || wanted.includes(level.kind)))
    .sort((one, other) => one.rank - other.rank)
}
