/** Where a resident is on these pages: an address each, so that a QR code or a message leads there. */
export type View = 'home' | 'report' | 'items' | 'item' | 'follow'
export interface At {
  area: string
  view: View
  /** Code of an item. */
  item: string
  number: string
  code: string
}

/** `/r/230103013010/items/GL-01`, `/r/230103013010/follow?number=…&code=…` */
export function atOf(pathname: string, search: string): At {
  const [, , area = '', view = 'home', item = ''] = pathname.split('/').map(decodeURIComponent)
  const query = new URLSearchParams(search)
  const known = ['report', 'items', 'follow'].includes(view) ? (view as View) : 'home'
  return {
    area,
    view: known === 'items' && item ? 'item' : known,
    item,
    number: query.get('number') ?? '',
    code: query.get('code') ?? '',
  }
}

export function addressOf({ area, view, item, number, code }: At): string {
  const steps = view === 'home' ? [area] : view === 'item' ? [area, 'items', item] : [area, view]
  const query =
    view === 'follow' && number ? `?${new URLSearchParams({ number, ...(code ? { code } : {}) })}` : ''
  return `/r/${steps.map(encodeURIComponent).join('/')}${query}`
}

/** Receipts are kept on this device, newest first: a resident should not have to write a code down. */
const KEY = 'linli.resident.receipts'
export interface Kept {
  number: string
  code: string
  title: string
  at: number
}
export function receipts(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as Kept[]
  } catch {
    return []
  }
}
export function keepReceipt(kept: Kept): void {
  const others = receipts().filter((one) => one.number !== kept.number)
  localStorage.setItem(KEY, JSON.stringify([kept, ...others].slice(0, 30)))
}
