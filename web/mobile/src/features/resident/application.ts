/** An application as it is filled in: what may be sent, and what is kept in this tab until it was. */
import { checkIdentity, normaliseIdentity } from '@linli/shared/format/identity.ts'
import type { Field, Value, Values } from '@linli/shared/api/types.ts'

import type { Helper, Item, NewApplication } from '@m/api/resident.ts'

export interface Filled {
  name: string
  identity_number: string
  phone: string
  values: Values
  for_other: boolean
  helper: Helper
}
export const emptyApplication = (): Filled => ({
  name: '',
  identity_number: '',
  phone: '',
  values: {},
  for_other: false,
  helper: { name: '', phone: '', relation: '' },
})

/** Fields of an item that are asked once already, with the applicant. */
const ASKED: Record<string, 'name' | 'identity_number' | 'phone'> = {
  'people/resident/name': 'name',
  'people/resident/identity_number': 'identity_number',
  'people/resident/phone': 'phone',
}
export const askedFields = (item: Item): Field[] =>
  item.fields.filter((field) => !(field.element && field.element in ASKED))

const PHONE = /^[\d\s+()-]{5,20}$/
const blank = (value: Value | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)

/** Names of what is missing or cannot be right, in the order of the page. */
export function lacks(item: Item, filled: Filled): string[] {
  const lacking: string[] = []
  if (filled.name.trim().length < 2) lacking.push('name')
  if (checkIdentity(normaliseIdentity(filled.identity_number))) lacking.push('identity_number')
  if (!PHONE.test(filled.phone.trim())) lacking.push('phone')
  for (const field of askedFields(item))
    if (field.required && blank(filled.values[field.name])) lacking.push(field.name)
  if (filled.for_other) {
    const { name, phone, relation } = filled.helper
    if (name.trim().length < 2) lacking.push('helper.name')
    if (!PHONE.test(phone.trim())) lacking.push('helper.phone')
    if (!relation) lacking.push('helper.relation')
  }
  return lacking
}

export function applicationOf(
  item: Item,
  filled: Filled,
  known: { area: string; photos: Record<string, File>; client_id: string },
): NewApplication {
  const person = {
    name: filled.name.trim(),
    identity_number: normaliseIdentity(filled.identity_number),
    phone: filled.phone.trim(),
  }
  const said = askedFields(item).flatMap((field): [string, Value][] => {
    const value = filled.values[field.name]
    return blank(value) ? [] : [[field.name, value!]]
  })
  const same = item.fields.flatMap((field): [string, Value][] => {
    const of = field.element ? ASKED[field.element] : undefined
    return of ? [[field.name, person[of]]] : []
  })
  const { name, phone, relation } = filled.helper
  return {
    item: item.code,
    area: known.area,
    person,
    values: Object.fromEntries([...said, ...same]),
    materials: Object.fromEntries(Object.entries(known.photos).map(([of, file]) => [of, file.name])),
    by_proxy: filled.for_other ? { name: name.trim(), phone: phone.trim(), relation } : null,
    channel: 'phone',
    client_id: known.client_id,
  }
}

/** What a reload of the page may not lose. Identity numbers and sensitive answers are never written down. */
export function keptOf(item: Item, filled: Filled): Filled {
  const open = new Set(item.fields.filter((field) => field.sensitivity === 'open').map((field) => field.name))
  const values = Object.fromEntries(Object.entries(filled.values).filter(([name]) => open.has(name)))
  return { ...filled, identity_number: '', values }
}
