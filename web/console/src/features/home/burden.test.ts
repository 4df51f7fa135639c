import { expect, it } from 'vitest'

import { standing } from './burden.ts'

it('a ratio stands below, within or above the range, and stays on the bar', () => {
  expect(standing(516).state).toBe('above')
  expect(standing(400).state).toBe('within')
  expect(standing(300).state).toBe('within')
  expect(standing(120).state).toBe('below')
  expect(standing(null).state).toBe('unknown')
  expect(standing(5000).at).toBeLessThan(1)
})
