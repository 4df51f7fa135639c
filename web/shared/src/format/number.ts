/** `1234567` → `1,234,567`. */
export function formatCount(count: number | null | undefined): string {
  return count === null || count === undefined ? '' : count.toLocaleString('en-US')
}

/** Fen → yuan text with separators: `123456` → `1,234.56`. */
export function formatMoney(fen: number | null | undefined): string {
  if (fen === null || fen === undefined) return ''
  const sign = fen < 0 ? '-' : ''
  const whole = Math.floor(Math.abs(fen) / 100)
  const rest = String(Math.abs(fen) % 100).padStart(2, '0')
  return `${sign}${formatCount(whole)}.${rest}`
}

/** What a person types as yuan → whole fen; `null` when it is not an amount with at most two places. */
export function parseMoney(text: string): number | null {
  const match = text.replace(/[,，\s¥￥]/g, '').match(/^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/)
  if (!match) return null
  const fen = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0') || 0)
  return match[1] ? -fen : fen
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)}%`
}
