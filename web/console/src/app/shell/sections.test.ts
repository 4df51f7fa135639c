import { beforeEach, describe, expect, it } from 'vitest'

import { entryOf, useFolds, type Section } from './sections.ts'

const section = (id: string, folded = false): Section => ({ id, title: id, items: [], folded })
beforeEach(() => localStorage.clear())

it('a page belongs to the nearest entry above it, and to one only', () => {
  const paths = ['/', '/cases', '/cases/board']
  expect(entryOf(paths, '/cases/12')).toBe('/cases')
  expect(entryOf(paths, '/cases/board')).toBe('/cases/board')
  expect(entryOf(paths, '/casesx')).toBeUndefined()
  expect(entryOf(paths, '/')).toBe('/')
})
describe('a folded section', () => {
  it('stays as it was left, on this device', () => {
    const folds = useFolds()
    expect([folds.isOpen(section('a')), folds.isOpen(section('b', true))]).toEqual([true, false])
    folds.toggle(section('a'))
    folds.toggle(section('b', true))
    const again = useFolds()
    expect([again.isOpen(section('a')), again.isOpen(section('b', true))]).toEqual([false, true])
  })
  it('that is damaged on the device is as if never folded', () => {
    localStorage.setItem('linli.nav', '{')
    expect(useFolds().isOpen(section('a'))).toBe(true)
  })
})
