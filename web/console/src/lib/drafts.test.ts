import { beforeEach, describe, expect, it } from 'vitest'

import { Drafts } from './drafts.ts'

let now = 0
let drafts: Drafts
beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  now = 1_000
  drafts = new Drafts(localStorage, sessionStorage, () => now)
})
const secret = new Set(['identity_number'])
const values = { name: '王秀英', identity_number: '11010519491231002X' }

describe('a draft', () => {
  it('holds all that was typed', () => {
    drafts.keep('me:people/resident:1', { values, version: 3 }, secret)
    expect(drafts.find('me:people/resident:1')).toMatchObject({ values, version: 3, at: 1_000 })
  })
  it('never leaves a sensitive value on the device after the browser is closed', () => {
    drafts.keep('k', { values, version: 3 }, secret)
    expect(JSON.stringify({ ...localStorage })).not.toContain('11010519491231002X')
    sessionStorage.clear()
    expect(drafts.find('k')?.values).toEqual({ name: '王秀英' })
  })
  it('is gone once dropped', () => {
    drafts.keep('k', { values, version: 3 }, secret)
    drafts.drop('k')
    expect(drafts.find('k')).toBeNull()
  })
  it('of a month ago is pruned, a fresh one and other keys are not', () => {
    localStorage.setItem('other', 'x')
    drafts.keep('old', { values: { a: '1' }, version: 1 }, secret)
    now += 31 * 86_400_000
    drafts.keep('new', { values: { a: '1' }, version: 1 }, secret)
    drafts.prune()
    expect(drafts.find('old')).toBeNull()
    expect(drafts.find('new')).not.toBeNull()
    expect(localStorage.getItem('other')).toBe('x')
  })
  it('that is damaged is no draft', () => {
    localStorage.setItem('linli.draft:k', '{')
    expect(drafts.find('k')).toBeNull()
  })
  it('is no error on a full device', () => {
    const full = new Drafts(
      {
        ...localStorage,
        setItem: () => {
          throw new DOMException('full')
        },
        getItem: () => null,
        removeItem: () => {},
        key: () => null,
        length: 0,
      },
      sessionStorage,
      () => now,
    )
    expect(() => full.keep('k', { values, version: 1 }, secret)).not.toThrow()
  })
})
