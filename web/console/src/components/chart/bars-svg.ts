/** Shares with their intervals as a drawing of its own: what the page shows with plain boxes, as a file. */
import { token } from './palette.ts'

export interface ShareBarLine {
  label: string
  share: number
  low: number | null
  high: number | null
  shown: string
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export function barsSvg(lines: ShareBarLine[]): string {
  const [left, across, step] = [190, 360, 30]
  const font = escape(token('--font'))
  const drawn = lines.map((line, at) => {
    const y = 8 + at * step
    const [from, to] = [left + (line.low ?? 0) * across, left + (line.high ?? 0) * across]
    const whisker =
      line.low === null || line.high === null
        ? ''
        : `<path d="M${from.toFixed(1)} ${y + 9}H${to.toFixed(1)}M${from.toFixed(1)} ${y + 5}v8M${to.toFixed(1)} ${y + 5}v8" stroke="${token('--c2')}" stroke-width="2"/>`
    return `<text x="${left - 10}" y="${y + 14}" text-anchor="end" fill="${token('--text')}">${escape(line.label)}</text><rect x="${left}" y="${y}" width="${across}" height="18" rx="4" fill="${token('--sunken')}"/><rect x="${left}" y="${y}" width="${(line.share * across).toFixed(1)}" height="18" rx="4" fill="${token('--c1')}"/>${whisker}<text x="${left + across + 10}" y="${y + 14}" fill="${token('--text')}">${escape(line.shown)}</text>`
  })
  const height = lines.length * step + 8
  return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="${height}" viewBox="0 0 640 ${height}" font-family="${font}" font-size="13">${drawn.join('')}</svg>`
}
