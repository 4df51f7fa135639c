import { expect, it } from 'vitest'

import { queryOfUrl, urlOfQuery } from './query.ts'

it('filters survive the address bar, and other things in it stay', () => {
  const query = { state: 'received', flagged: true, q: '王', from: '2026-11-01' }
  const url = urlOfQuery(query, { tab: 'summary', state: 'accepted', to: '2026-01-01' })
  expect(url).toEqual({ tab: 'summary', state: 'received', flagged: 'true', q: '王', from: '2026-11-01' })
  expect(queryOfUrl(url)).toMatchObject(query)
})
it('what is not a day is no day', () => {
  expect(queryOfUrl({ from: 'yesterday', to: ['2026-01-01'] })).toMatchObject({
    from: undefined,
    to: undefined,
  })
})
