import { expect, it } from 'vitest'

import type { Entity, Field, FieldKind } from '@linli/shared/api/types.ts'

import { fits, OFFERED, proposals } from './propose.ts'
import { question } from './question.fixture.ts'

const field = (name: string, zh: string, kind: FieldKind): Field => ({
  name,
  label: { zh, en: name },
  kind,
  required: false,
  unique: false,
  sensitivity: 'open',
  filter: false,
  search: false,
  off_by_default: false,
})
const entity = (name: string, fields: Field[]): Entity =>
  ({ name, label: { zh: name, en: name }, fields }) as unknown as Entity
const RESIDENT = entity('people/resident', [
  field('phone', '联系电话', { kind: 'phone' }),
  field('birth_date', '出生日期', { kind: 'date' }),
  field('household', '户', { kind: 'ref', entity: 'people/household' }),
])
const HOUSEHOLD = entity('people/household', [field('phone', '电话', { kind: 'phone' })])

it('a question of the same name is offered, first for the register the form saves to', () => {
  const found = proposals(question('/data/phone'), [HOUSEHOLD, RESIDENT], ['people/resident'])
  expect(found.map((entry) => entry.element)).toEqual(['people/resident/phone', 'people/household/phone'])
  expect(found[0]!.score).toBeGreaterThanOrEqual(OFFERED)
})
it('a question of the same label is offered whatever it is named', () => {
  const [found] = proposals(question('/data/q7', { label: { zh: '请填写联系电话：' } }), [RESIDENT], [])
  expect(found).toMatchObject({ element: 'people/resident/phone', why: 'label' })
})
it('a label that only holds the name is a guess and not offered unasked', () => {
  const [found] = proposals(question('/data/q7', { label: { zh: '紧急时的联系电话是多少' } }), [RESIDENT], [])
  expect(found!.score).toBeLessThan(OFFERED)
})
it('a date is never proposed for a phone, nor anything for a note', () => {
  expect(proposals(question('/data/phone', { type: 'date' }), [RESIDENT], [])).toEqual([])
  expect(fits('note', 'text')).toBe(false)
  expect(fits('select_one yes_no', 'bool')).toBe(true)
  expect(fits('select_multiple tags', 'code')).toBe(false)
})
