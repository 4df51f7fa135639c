/** The instance's XML: reading its id, putting known values into it. Names are local names: prefixes are the form's. */
import type { Prefill } from '@m/api/types.ts'

const parse = (xml: string): Document => new DOMParser().parseFromString(xml, 'text/xml')
const write = (doc: Document): string => new XMLSerializer().serializeToString(doc)
const local = (name: string): string => name.slice(name.indexOf(':') + 1)
const children = (element: Element, name: string): Element[] =>
  [...element.children].filter((child) => local(child.nodeName) === name)
const idElement = (doc: Document): Element | undefined =>
  [...doc.getElementsByTagName('*')].find((element) => local(element.nodeName) === 'instanceID')

export function instanceIdOf(xml: string): string | null {
  return idElement(parse(xml))?.textContent?.trim() || null
}

/** An instance begun elsewhere may lack the id that makes sending it twice harmless. */
export function withInstanceId(xml: string, id: string): string {
  const doc = parse(xml)
  const element = idElement(doc)
  if (!element || element.textContent?.trim()) return xml
  element.textContent = id
  return write(doc)
}

/** `/data/hh/phone`, `/data/member[2]/name` → the element, if the instance has it. */
function find(doc: Document, path: string): Element | null {
  const [root, ...steps] = path.split('/').filter(Boolean)
  let at: Element | null = doc.documentElement
  if (!root || local(at.nodeName) !== local(root)) return null
  for (const step of steps) {
    const [, name, place] = step.match(/^([^[]+)(?:\[(\d+)\])?$/) ?? []
    if (!name || !at) return null
    at = children(at, local(name))[Number(place ?? 1) - 1] ?? null
  }
  return at
}

/** What is known, written into a fresh instance. Answers `missing` for paths the instance does not have (yet). */
export function prefilled(xml: string, prefill: Prefill): { xml: string; missing: string[] } {
  const doc = parse(xml)
  const missing: string[] = []
  for (const [path, { value }] of Object.entries(prefill)) {
    const element = find(doc, path)
    if (element && element.children.length === 0) element.textContent = value
    else missing.push(path)
  }
  return { xml: write(doc), missing }
}

/** The engine's reference of a node without its places in repeats: `/data/m[1]/name` → `/data/m/name`. */
export const plainPath = (reference: string): string => reference.replace(/\[\d+\]/g, '')
