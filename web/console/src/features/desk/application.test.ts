import { describe, expect, it } from 'vitest'

import type { ServiceItem, ServiceItemDetail } from '@linli/shared/api/flow.ts'
import type { Field } from '@linli/shared/api/types.ts'

import { applicationOf, byFit, emptyApplication, lacksAt, missingPapers, prefilled } from './application.ts'

const field = (name: string, required = false): Field => ({ name, required }) as Field
const item = {
  code: 'elder',
  fields: [field('phone', true), field('bank', true), field('remark')],
  prefill: { phone: { value: '13900000001', shown: '139****0001', source: '走访 2026-09-18' } },
  materials: [
    { name: 'photo', label: '照片', kind: 'paper', needed: false, why: 'optional', source: null },
    { name: 'booklet', label: '户口簿', kind: 'held', needed: false, why: 'verified', source: '居民登记册' },
    { name: 'card', label: '银行卡', kind: 'paper', needed: true, why: null, source: null },
    { name: 'lease', label: '租约', kind: 'paper', needed: true, why: null, source: null },
  ],
} as unknown as ServiceItemDetail

describe('an application at the counter', () => {
  it('is filled in with what the register knows, over nothing that was typed', () => {
    expect(prefilled(item, {})).toEqual({ phone: '13900000001', bank: null, remark: null })
    expect(prefilled(item, { phone: '13900000002', bank: '' })).toMatchObject({
      phone: '13900000002',
      bank: null,
    })
  })
  it('asks for no paper that data has verified, and says of the rest what is still to bring', () => {
    const draft = { ...emptyApplication(), handed: { card: true, booklet: true } }
    expect(missingPapers(item, draft)).toEqual(['租约'])
    expect(applicationOf(draft, item, 'a', 'c').materials).toEqual({ card: 'paper' })
  })
  it('that does not fit is taken in only when someone says so', () => {
    const unfit = { ...item, fits: 'no' as const }
    expect(lacksAt('check', emptyApplication(), unfit)).toEqual(['despite'])
    const draft = { ...emptyApplication(), despite: true }
    expect(lacksAt('check', draft, unfit)).toEqual([])
    expect(applicationOf(draft, unfit, 'a', 'c').despite).toBe(true)
  })
  it('of somebody who is in no register tells who they are', () => {
    const stranger = { name: ' 甲 ', identity_number: '', phone: '13900000001' }
    expect(applicationOf({ ...emptyApplication(), stranger }, item, 'a', 'c').person).toEqual({
      name: '甲',
      phone: '13900000001',
    })
  })
  it('goes on only with a person, an item and what must be said', () => {
    const draft = emptyApplication()
    expect(lacksAt('who', draft, null)).toEqual(['person'])
    draft.stranger = { name: '甲', identity_number: '', phone: ' ' }
    expect(lacksAt('who', draft, null)).toEqual(['person'])
    draft.stranger.phone = '13900000001'
    expect(lacksAt('who', draft, null)).toEqual([])
    expect(lacksAt('what', draft, null)).toEqual(['item'])
    draft.values = { phone: '13900000001' }
    expect(lacksAt('fill', draft, item)).toEqual(['bank'])
  })
  it('a missing paper does not stop it, a proxy without a name does', () => {
    const draft = emptyApplication()
    expect(lacksAt('check', draft, item)).toEqual([])
    draft.proxy = { name: '', phone: '13900000001', relation: 'family' }
    expect(lacksAt('check', draft, item)).toEqual(['proxy'])
  })
  it('says by whom and through which channel it came', () => {
    const draft = {
      ...emptyApplication(),
      person: { id: 'r1', name: '甲' },
      values: { phone: '1', remark: '' },
    }
    expect(applicationOf(draft, item, '230102003001', 'c1')).toMatchObject({
      item: 'elder',
      person: { id: 'r1' },
      values: { phone: '1' },
      channel: 'counter',
      by_proxy: null,
      client_id: 'c1',
    })
    const proxy = { name: '乙', phone: '13900000002', relation: 'family' }
    expect(applicationOf({ ...draft, proxy }, item, 'a', 'c')).toMatchObject({
      channel: 'proxy',
      by_proxy: proxy,
    })
  })
  it('items that fit come first, those that do not last', () => {
    const of = (code: string, fits: ServiceItem['fits']): ServiceItem => ({ code, fits }) as ServiceItem
    const sorted = byFit([of('no', 'no'), of('maybe', 'unknown'), of('yes', 'yes'), of('open', null)])
    expect(sorted.map((entry) => entry.code)).toEqual(['yes', 'maybe', 'open', 'no'])
  })
})
