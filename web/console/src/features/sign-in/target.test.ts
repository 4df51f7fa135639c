import { expect, it } from 'vitest'

import { safeTarget } from './target.ts'

it('signing in never leads to another site', () => {
  expect(safeTarget('/registers/people/resident?q=1')).toBe('/registers/people/resident?q=1')
  for (const hostile of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    undefined,
    ['/a'],
    '/sign-in',
  ]) {
    expect(safeTarget(hostile)).toBe('/')
  }
})
