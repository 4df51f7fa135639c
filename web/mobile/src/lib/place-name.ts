/** Addresses and areas as the people who work there say them: without the city, the district and the street. */
import type { AreaRef } from '@linli/shared/api/types.ts'

const partsOf = (area: AreaRef): string[] => (area.full_name ?? area.name).split(' / ')

/** `哈尔滨市南岗区七政街道和平路55号1单元` in 七政街道 → `和平路55号1单元`. */
export function shortAddress(address: string, area: AreaRef | null | undefined): string {
  let rest = address
  for (const part of area ? partsOf(area) : [])
    if (rest.startsWith(part)) rest = rest.slice(part.length).trim()
  return rest || address
}

/** An area below one's own by what tells it from its neighbours: `1号楼 2单元`. */
export function nameBelow(area: AreaRef, own: AreaRef | null | undefined): string {
  const [parts, above] = [partsOf(area), own ? partsOf(own) : []]
  const common = above.every((part, at) => parts[at] === part) ? above.length : parts.length - 1
  return parts.slice(common).join(' ') || area.name
}
