import { expect, it } from 'vitest'

import { problemKey, safeTarget } from './target.ts'
import zh from '@/messages/zh-CN/manage.ts'

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

it('every reason the single sign-on leads back with has words, and an address cannot bring its own', () => {
  const known = (key: string): boolean => {
    const name = /^sign_in\.problem\.([a-z_]+)\.title$/.exec(key)?.[1] ?? ''
    return name in zh.sign_in.problem
  }
  const codes = ['oidc.refused', 'oidc.unreachable', 'oidc.off', 'oidc.no_public_url', 'auth.oidc_unknown']
  for (const code of [...codes, 'auth.disabled', 'auth.locked', 'store.unavailable'])
    expect(problemKey(code, known)).toBe(`sign_in.problem.${code.replace('.', '_')}`)
  expect(problemKey('made.up', known)).toBe('sign_in.problem.other')
  expect(problemKey('<b>call 123</b>', known)).toBe('sign_in.problem.other')
  expect(problemKey(undefined, known)).toBe('')
})
