import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'

import type { Entity, Field, LinliRecord } from '@linli/shared/api/types.ts'

import { derivedValues, useRecordForm } from './form.ts'

const field = (name: string, kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  name,
  label: { zh: name, en: name },
  kind,
  required: false,
  unique: false,
  sensitivity: 'open',
  filter: false,
  search: false,
  off_by_default: false,
  ...more,
})
const entity = {
  name: 'people/resident',
  fields: [
    field('name', { kind: 'person_name' }),
    field('identity_number', { kind: 'identity_number' }, { sensitivity: 'sensitive' }),
    field('sex', { kind: 'code', list: 'people/sex' }, { derived: { rule: 'sex', from: 'identity_number' } }),
    field('birth_date', { kind: 'date' }, { derived: { rule: 'birth_date', from: 'identity_number' } }),
  ],
} as unknown as Entity
const record = (version = 3, values: LinliRecord['values'] = { name: '王秀英', sex: '2' }): LinliRecord =>
  ({
    id: '1',
    version,
    values,
    masked: { identity_number: '110105********002X' },
    refs: {},
    area: { code: 'a', name: 'A' },
  }) as unknown as LinliRecord
const area = { code: 'a', name: 'A' }

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

describe('the form of a record', () => {
  it('derives sex and birth date only from a number that holds', () => {
    expect(derivedValues(entity, { identity_number: '11010519491231002X' })).toEqual({
      sex: '2',
      birth_date: '1949-12-31',
    })
    expect(derivedValues(entity, { identity_number: '110105194912310021' })).toEqual({})
  })
  it('sends only what was changed, and never blanks a masked field that was left alone', () => {
    const form = useRecordForm(entity, 'k')
    form.begin(record(), area)
    expect(form.dirty.value).toBe(false)
    form.values.name = '王秀瑛'
    expect(form.changed.value).toEqual({ name: '王秀瑛' })
  })
  it('blanks a masked field only when told to, remembers it in the draft, and takes it back', async () => {
    const form = useRecordForm(entity, 'k')
    form.begin(record(), area)
    form.blank('identity_number', true)
    expect(form.changed.value).toEqual({ identity_number: null })
    expect(form.isDerived(entity.fields[2]!), 'nothing to derive from any more').toBe(false)
    await nextTick()
    const again = useRecordForm(entity, 'k')
    again.begin(record(), area)
    expect(again.changed.value).toEqual({ identity_number: null })
    again.blank('identity_number', false)
    expect(again.dirty.value).toBe(false)
    again.blank('identity_number', true)
    again.values.identity_number = '11010519491231002X'
    expect(again.changed.value.identity_number).toBe('11010519491231002X')
  })
  it('does not let people type what is derived', () => {
    const form = useRecordForm(entity, 'k')
    form.begin(record(), area)
    expect(form.isDerived(entity.fields[2]!)).toBe(true)
    form.values.sex = '1'
    expect(form.changed.value).toEqual({})
  })
  it('finds what was typed again after the page was closed', async () => {
    const form = useRecordForm(entity, 'k')
    form.begin(record(), area)
    form.values.name = '王秀瑛'
    await nextTick()
    const again = useRecordForm(entity, 'k')
    again.begin(record(), area)
    expect(again.values.name).toBe('王秀瑛')
    expect(again.restoredAt.value).not.toBeNull()
    again.discard()
    expect(again.values.name).toBe('王秀英')
    expect(again.dirty.value).toBe(false)
  })
  it('goes on from the version a draft began with, so that the other person’s edit is not overwritten', async () => {
    const form = useRecordForm(entity, 'k')
    form.begin(record(3), area)
    form.values.name = '王秀瑛'
    await nextTick()
    const again = useRecordForm(entity, 'k')
    again.begin(record(4, { name: '王修英', sex: '2' }), area)
    expect(again.version.value).toBe(3)
    expect(again.base.value.name).toBe('王秀英')
    expect(again.changed.value).toEqual({ name: '王秀瑛' })
  })
  it('leaves no draft once saved', async () => {
    const form = useRecordForm(entity, 'k')
    form.begin(record(), area)
    form.values.name = '王秀瑛'
    await nextTick()
    form.saved()
    expect(localStorage.length).toBe(0)
  })
})
