import { describe, expect, it } from 'vitest'

import { ageOn, formatAgo, formatDay, formatMoment } from './date.ts'
import { checkCreditCode, checkIdentity, identityBirth, identitySex, normaliseIdentity } from './identity.ts'
import { formatBytes, formatMoney, parseMoney } from './number.ts'

describe('dates', () => {
  it('are read the Chinese way and the ISO way', () => {
    expect(formatDay('2026-03-05', 'zh-CN')).toBe('2026年3月5日')
    expect(formatDay('2026-03-05', 'en')).toBe('2026-03-05')
    expect(formatDay(null, 'en')).toBe('')
  })
  it('that are not moments are shown as they came', () => {
    expect(formatMoment('soon')).toBe('soon')
  })
  it("are told in China's time wherever the machine is", () => {
    expect(formatMoment('2026-11-23T17:30:00Z')).toBe('2026-11-24 01:30')
  })
  it('count an age only after the birthday', () => {
    expect(ageOn('1966-11-24', '2026-11-23')).toBe(59)
    expect(ageOn('1966-11-23', '2026-11-23')).toBe(60)
    expect(ageOn('2027-01-01', '2026-11-23')).toBeNull()
  })
  it('say how long ago', () => {
    const now = Date.parse('2026-11-23T10:00:00Z')
    expect(formatAgo('2026-11-20T10:00:00Z', 'zh-CN', now)).toBe('3天前')
    expect(formatAgo('2026-11-23T09:59:50Z', 'en', now)).toBe('just now')
  })
})

describe('money', () => {
  it('is whole fen and never floats', () => {
    expect(parseMoney('1,234.5')).toBe(123450)
    expect(parseMoney('0.29')).toBe(29)
    expect(parseMoney('-0.05')).toBe(-5)
    expect(parseMoney('1.234')).toBeNull()
    expect(parseMoney('')).toBeNull()
    expect(formatMoney(123450)).toBe('1,234.50')
    expect(formatMoney(-5)).toBe('-0.05')
  })
  it('survives being shown and read again', () => {
    for (const fen of [0, 1, 99, 100, 78000, 123456789]) expect(parseMoney(formatMoney(fen))).toBe(fen)
  })
})

it('sizes are told in units a person reads', () => {
  expect(formatBytes(900)).toBe('900 B')
  expect(formatBytes(48_300_112)).toBe('46.1 MB')
})

describe('an identity number', () => {
  it('of the standard’s example holds', () => {
    expect(checkIdentity('11010519491231002X')).toBeNull()
    expect(identityBirth('11010519491231002X')).toBe('1949-12-31')
    expect(identitySex('11010519491231002X')).toBe('2')
  })
  it('names what is wrong with it', () => {
    expect(checkIdentity('110105')).toBe('length')
    expect(checkIdentity('1101051949123100X2')).toBe('characters')
    expect(checkIdentity('110105194913310020')).toBe('birth')
    expect(checkIdentity('110105194912310021')).toBe('check')
  })
  it('typed with full-width digits and blanks is the same number', () => {
    expect(normaliseIdentity('１１０１０５ 19491231 002x')).toBe('11010519491231002X')
  })
})

it('a credit code is checked by its last character', () => {
  expect(checkCreditCode('91350100M000100Y43')).toBeNull()
  expect(checkCreditCode('91350100M000100Y44')).toBe('check')
  expect(checkCreditCode('91350100I000100Y43')).toBe('characters')
})
