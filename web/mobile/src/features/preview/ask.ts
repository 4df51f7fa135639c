/** Which form is asked in a frame of the console, and how frame and page speak. */
import { get, path } from '@linli/shared/api/request.ts'

import type { AskedForm } from '@m/api/types.ts'

/** The address of the form that a query names: of a case's action, of a flow that is opened, of a service item. */
export function askedBy(query: URLSearchParams): Promise<AskedForm> {
  const of = (name: string): string => query.get(name) ?? ''
  if (query.has('case')) return get<AskedForm>(path`/cases/${of('case')}/form`, { action: of('action') })
  if (query.has('item')) {
    const person = query.get('person')
    return get<AskedForm>(path`/service/items/${of('item')}/form`, person ? { person } : {})
  }
  const [pack = '', flow = ''] = of('flow').split('/')
  return get<AskedForm>(path`/flows/${pack}/${flow}/form`)
}

export type Told =
  | { kind: 'linli.asks'; names: string[] }
  | { kind: 'linli.answer'; xml: string; files: File[] }
  | { kind: 'linli.changed' }

/** Tells the page around this frame; only a page of this very house is listened to, and told. */
export function tellPage(told: Told): void {
  if (parent !== window) parent.postMessage(told, location.origin)
}
