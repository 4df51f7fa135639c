import { expect, it } from 'vitest'

import type { ConflictField } from '@linli/shared/api/collect.ts'

import { allOf, complete, settled } from './choices.ts'

const field = (name: string): ConflictField => ({
  field: name,
  label: name,
  base: null,
  current: 'a',
  submitted: 'b',
  current_by: '',
  current_at: '',
})
const FIELDS = [field('phone'), field('address')]

it('a conflict is settled only when every field has a choice', () => {
  expect(complete(FIELDS, { phone: 'current' })).toBe(false)
  expect(complete(FIELDS, { phone: 'current', address: 'submitted' })).toBe(true)
  expect(complete([], {})).toBe(false)
})
it('choices of another conflict are not sent', () => {
  expect(settled(FIELDS, { phone: 'submitted', stray: 'current' })).toEqual({ phone: 'submitted' })
})
it('one side can be taken whole', () => {
  expect(allOf(FIELDS, 'current')).toEqual({ phone: 'current', address: 'current' })
})
