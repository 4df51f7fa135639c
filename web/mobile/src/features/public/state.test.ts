import { expect, it } from 'vitest'

import { ApiError, offlineError } from '@linli/shared/api/problem.ts'

import type { Draft } from '@m/db/db.ts'

import { closedBy, laterOf } from './state.ts'

const refusal = (status: number, code: string): ApiError => new ApiError({ status, code, title: '' })

it('every refusal of a link has its own words', () => {
  expect(
    ['used', 'closed', 'full', 'waiting'].map((state) => closedBy(refusal(410, `link.${state}`))),
  ).toEqual(['used', 'closed', 'full', 'waiting'])
  expect(closedBy(refusal(410, 'link.new_reason'))).toBe('closed')
  expect(closedBy(refusal(404, 'link.not_found'))).toBe('unknown')
  expect(closedBy(refusal(429, 'rate.limited'))).toBe('busy')
})
it('what was filled in last is what goes on, on whichever device', () => {
  const draft = (id: string, at: number): Draft => ({ id, at }) as Draft
  expect(laterOf(draft('phone', 1), draft('server', 2))?.id).toBe('server')
  expect(laterOf(draft('phone', 3), draft('server', 2))?.id).toBe('phone')
  expect(laterOf(null, draft('server', 2))?.id).toBe('server')
  expect(laterOf(null, null)).toBeNull()
})
it('no network and a broken server are told apart from a closed link', () => {
  expect([offlineError(), refusal(500, 'internal'), new Error('x')].map(closedBy)).toEqual([
    'offline',
    'failed',
    'failed',
  ])
})
