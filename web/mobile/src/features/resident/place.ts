/** Where a resident is on these pages: an address each, so that a QR code or a message leads there. */
export type View = 'home' | 'report' | 'items' | 'item' | 'follow' | 'book' | 'certificates' | 'meeting'
export interface At {
  area: string
  view: View
  /** Code of an item. */
  item: string
  number: string
  code: string
  /** Id of a meeting, and the token of the code on its wall. */
  meeting: string
  token: string
}
const VIEWS: readonly string[] = ['report', 'items', 'follow', 'book', 'certificates']
export const HOME: Omit<At, 'area'> = { view: 'home', item: '', number: '', code: '', meeting: '', token: '' }

/** A step of an address; what is no text is nothing. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return ''
  }
}

/** `/r/230103013010/items/GL-01`, `/r/230103013010/follow?number=…&code=…`, `/r/case/SJ-…?code=…`, `/r/meeting/{case}?token=…` */
export function atOf(pathname: string, search: string): At {
  const [, , area = '', view = 'home', item = ''] = pathname.split('/').map(decoded)
  const query = new URLSearchParams(search)
  if (area === 'meeting')
    return { ...HOME, area: '', view: 'meeting', meeting: view, token: query.get('token') ?? '' }
  // As printed receipts have it: a case needs no area to be found.
  if (area === 'case')
    return { ...HOME, area: '', view: 'follow', number: view, code: query.get('code') ?? '' }
  const known = VIEWS.includes(view) ? (view as View) : 'home'
  return {
    ...HOME,
    area,
    view: known === 'items' && item ? 'item' : known,
    item: known === 'book' ? (query.get('item') ?? '') : known === 'items' ? item : '',
    number: query.get('number') ?? '',
    code: query.get('code') ?? '',
  }
}

export function addressOf({ area, view, item, number, code, meeting, token }: At): string {
  const of = (steps: string[], query: Record<string, string> = {}): string => {
    const said = Object.entries(query).filter(([, text]) => text)
    const after = said.length ? `?${new URLSearchParams(said)}` : ''
    return `/r/${steps.map(encodeURIComponent).join('/')}${after}`
  }
  if (view === 'meeting') return of(['meeting', meeting], { token })
  if (view === 'follow' && number && !area) return of(['case', number], { code })
  if (view === 'home') return of([area])
  if (view === 'item') return of([area, 'items', item])
  if (view === 'book') return of([area, 'book'], { item })
  return of([area, view], view === 'follow' && number ? { number, code } : {})
}

/** Receipts are kept on this device, newest first: a resident should not have to write a code down. */
const KEY = 'linli.resident.receipts'
export interface Kept {
  number: string
  code: string
  title: string
  at: number
}
/** An appointment that was made here. */
export interface Booked {
  id: string
  code: string
  title: string
  day: string
  slot: string
}
const BOOKED = 'linli.resident.appointments'

function read<T>(key: string): T[] {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(held) ? (held as T[]) : []
  } catch {
    return []
  }
}
const write = (key: string, all: unknown[]): void =>
  localStorage.setItem(key, JSON.stringify(all.slice(0, 30)))

export const receipts = (): Kept[] => read<Kept>(KEY)
export function keepReceipt(kept: Kept): void {
  write(KEY, [kept, ...receipts().filter((one) => one.number !== kept.number)])
}
/** Appointments of today and later, soonest first. */
export const booked = (today: string): Booked[] =>
  read<Booked>(BOOKED)
    .filter((one) => one.day >= today)
    .sort((a, b) => `${a.day} ${a.slot}`.localeCompare(`${b.day} ${b.slot}`))
export function keepBooked(kept: Booked): void {
  write(BOOKED, [kept, ...read<Booked>(BOOKED).filter((one) => one.id !== kept.id)])
}
export function dropBooked(id: string): void {
  write(
    BOOKED,
    read<Booked>(BOOKED).filter((one) => one.id !== id),
  )
}
