/** The last parts of a full name: `… / 安祥社区 / 第一网格 / 1号楼`. The whole belongs into a title. */
export function shortPath(full: string | undefined, parts = 3): string {
  const names = (full ?? '').split(' / ')
  return names.length > parts ? `… / ${names.slice(-parts).join(' / ')}` : names.join(' / ')
}
