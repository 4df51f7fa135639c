import { expect, it } from 'vitest'

import type { Field } from '@linli/shared/api/types.ts'

import type { Item } from '@m/api/resident.ts'

import { applicationOf, askedFields, emptyApplication, keptOf, lacks } from './application.ts'

const field = (name: string, more: Partial<Field> = {}): Field =>
  ({ name, kind: { kind: 'text', max: 30 }, required: false, sensitivity: 'open', ...more }) as Field
const item = {
  code: 'MZ-03',
  materials: [],
  fields: [
    field('phone', { element: 'people/resident/phone', required: true }),
    field('bank_account', { required: true, sensitivity: 'sensitive' }),
    field('reason'),
  ],
} as unknown as Item
const filled = () => ({
  ...emptyApplication(),
  name: ' 王德福 ',
  identity_number: '11010519491231002x',
  phone: '13812345678',
  values: { bank_account: '6217', reason: '' },
})

it('what the applicant told once is not asked again by the item', () => {
  expect(askedFields(item).map((one) => one.name)).toEqual(['bank_account', 'reason'])
})
it('what is missing is named, a helper only when somebody helps', () => {
  expect(lacks(item, emptyApplication())).toEqual(['name', 'identity_number', 'phone', 'bank_account'])
  expect(lacks(item, filled())).toEqual([])
  expect(lacks(item, { ...filled(), identity_number: '110105194912310021' })).toEqual(['identity_number'])
  expect(lacks(item, { ...filled(), for_other: true })).toEqual([
    'helper.name',
    'helper.phone',
    'helper.relation',
  ])
})
it('an application says everything once, in normal form, and nothing that is empty', () => {
  const photo = new File(['1'], '银行卡.jpg')
  const sent = applicationOf(item, filled(), { area: '1', photos: { account: photo }, client_id: 'c' })
  expect(sent.person).toEqual({ name: '王德福', identity_number: '11010519491231002X', phone: '13812345678' })
  expect(sent.values).toEqual({ bank_account: '6217', phone: '13812345678' })
  expect(sent.materials).toEqual({ account: '银行卡.jpg' })
  expect(sent.by_proxy).toBeNull()
})
it('neither an identity number nor a sensitive answer is kept in the browser', () => {
  const kept = JSON.stringify(keptOf(item, { ...filled(), values: { bank_account: '6217', reason: '急' } }))
  expect(kept).not.toMatch(/6217|1949/)
  expect(kept).toContain('急')
})
