/** What every part of the mock answers with. */
import { refOf } from '../data.ts'
import type { Answer } from '../handlers.ts'

export const ok = (body: unknown, status = 200): Answer => ({ status, body })
export const problem = (
  status: number,
  code: string,
  title: string,
  detail = '',
  more: object = {},
): Answer => ({ status, body: { type: `/problems/${code}`, status, code, title, detail, ...more } })
export const page = <T>(items: T[], query: URLSearchParams): Answer => {
  const from = Number(query.get('after') ?? 0)
  const limit = Number(query.get('limit') ?? 20)
  return ok({
    items: items.slice(from, from + limit),
    next: from + limit < items.length ? String(from + limit) : null,
  })
}
export const COMMUNITY = '230102003001'
export const grid = (n: number) => refOf(`${COMMUNITY}${String(((n - 1) % 8) + 1).padStart(3, '0')}`)
export const WORKERS = ['马春生', '何丽华', '宋伟', '于静', '姜磊', '冯敏', '林雪', '罗志强']
/** Finder patterns and modules drawn by a rule: it looks like a QR code and is none. */
export const QR = (() => {
  const size = 25
  let path = ''
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const corner = (x < 8 && y < 8) || (x > 16 && y < 8) || (x < 8 && y > 16)
      if (!corner && (x * 7 + y * 13 + x * y) % 5 < 2) path += `M${x} ${y}h1v1h-1z`
    }
  for (const [x, y] of [
    [0, 0],
    [18, 0],
    [0, 18],
  ] as const)
    path += `M${x} ${y}h7v7h-7zM${x + 1} ${y + 1}v5h5v-5zM${x + 2} ${y + 2}h3v3h-3z`
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 29 29"><rect x="-2" y="-2" width="29" height="29" fill="#fff"/><path fill-rule="evenodd" d="${path}"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(drawn)}`
})()
