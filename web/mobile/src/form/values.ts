/**
 * A form in the place of a case's fields: questions that bear a field's name fill that field, and show what the case says
 * already. Names are local names: prefixes are the form's.
 */
import { parseMoney } from '@linli/shared/format/number.ts'
import type { Field, FieldKind, Value, Values } from '@linli/shared/api/types.ts'

import type { Prefill } from '@m/api/types.ts'

const parse = (xml: string): Document => new DOMParser().parseFromString(xml, 'text/xml')
const local = (name: string): string => name.slice(name.indexOf(':') + 1)

/** Leaves of an element with their paths, those of repeats once. */
function leaves(element: Element, at: string): { name: string; path: string; text: string }[] {
  const path = `${at}/${local(element.nodeName)}`
  if (!element.children.length)
    return [{ name: local(element.nodeName), path, text: element.textContent?.trim() ?? '' }]
  return [...element.children].flatMap((child) => leaves(child, path))
}

/** An answer as the kind of field writes it; what cannot be read is left to the server to refuse. */
function valueOf(kind: FieldKind, text: string): Value {
  switch (kind.kind) {
    case 'integer':
      return Number.isInteger(Number(text)) ? Number(text) : text
    case 'money':
      return parseMoney(text) ?? text
    case 'bool':
      return ['true', '1', 'yes'].includes(text.toLowerCase())
    case 'codes':
      return text.split(/\s+/).filter(Boolean)
    case 'date':
      return text.slice(0, 10)
    default:
      return text
  }
}

/** What a finished instance says of the fields; the first of a name counts, and blank answers say nothing. */
export function valuesOf(xml: string, fields: readonly Field[]): Values {
  const values: Values = {}
  const known = new Map(fields.map((field) => [field.name, field]))
  for (const { name, text } of leaves(parse(xml).documentElement, '')) {
    const field = known.get(name)
    if (field && text && !(name in values)) values[name] = valueOf(field.kind, text)
  }
  return values
}

function textOf(kind: FieldKind, value: Value): string {
  if (kind.kind === 'money') return String(Number(value) / 100)
  return Array.isArray(value) ? value.join(' ') : String(value)
}

/** Names of everything a form fills in, what it works out included. */
export function namesOf(xform: string): string[] {
  const primary = [...parse(xform).getElementsByTagName('*')].find(
    (element) => local(element.nodeName) === 'instance',
  )?.firstElementChild
  return primary ? [...new Set(leaves(primary, '').map((leaf) => leaf.name))] : []
}

/** What a case says, by the places of a form's questions. `label`: the case, as the source of each value. */
export function prefillOf(
  xform: string,
  fields: readonly Field[],
  values: Values,
  from: { label: string; at: string; by: string },
): Prefill {
  const primary = [...parse(xform).getElementsByTagName('*')].find(
    (element) => local(element.nodeName) === 'instance',
  )?.firstElementChild
  const prefill: Prefill = {}
  for (const { name, path } of primary ? leaves(primary, '') : []) {
    const field = fields.find((one) => one.name === name)
    const value = values[name]
    if (!field || value === undefined || value === null || value === '') continue
    const text = textOf(field.kind, value)
    prefill[path] = { value: text, shown: text, source: { kind: 'case', ...from } }
  }
  return prefill
}
