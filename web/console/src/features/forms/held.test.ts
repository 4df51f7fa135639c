import { expect, it } from 'vitest'

import type { FormVersion, Held, HeldQuestion } from '@linli/shared/api/collect.ts'

import { blockersOf, mayPublish, toneOf, withoutReason } from './held.ts'

const asked = (
  path: string,
  coverage: number,
  needs: boolean,
  reason: string | null = null,
): HeldQuestion => ({
  path,
  element: `people/resident${path}`,
  label: path,
  entity: 'people/resident',
  records: 100,
  known: coverage * 100,
  coverage,
  needs_reason: needs,
  reason,
  by_area: [],
})
const held = (...questions: HeldQuestion[]): Held => ({ area: { code: '1', name: '安祥社区' }, questions })
const draft = (part: Partial<FormVersion> = {}): FormVersion =>
  ({ findings: [], media: [], questions: [], ...part }) as unknown as FormVersion

it('a question already held needs a reason, best known first; a blank is no reason', () => {
  const open = withoutReason(
    held(
      asked('/a', 0.82, true),
      asked('/b', 0.97, true, ' '),
      asked('/c', 0.9, true, '年审核对'),
      asked('/d', 0.2, false),
    ),
  )
  expect(open.map((question) => question.path)).toEqual(['/b', '/a'])
})
it('a draft with an error, a missing file or a missing reason cannot be published', () => {
  const fine = held(asked('/a', 0.9, true, '年审核对'))
  expect(mayPublish(draft(), fine)).toBe(true)
  expect(mayPublish(draft(), held(asked('/a', 0.9, true)))).toBe(false)
  const finding = {
    severity: 'error',
    sheet: 'survey',
    row: 2,
    column: null,
    code: 'x',
    message: '',
  } as const
  expect(mayPublish(draft({ findings: [finding] }), fine)).toBe(false)
  expect(mayPublish(draft({ findings: [{ ...finding, severity: 'warning' }] }), fine)).toBe(true)
  const file = {
    name: 'map.png',
    kind: 'file',
    entity: null,
    present: false,
    size: null,
    hash: null,
  } as const
  expect(blockersOf(draft({ media: [file] }), fine).media).toEqual(['map.png'])
  expect(mayPublish(draft({ media: [file] }), fine)).toBe(false)
})
it('registers that a form asks for are not files to upload', () => {
  const list = {
    name: 'residents.csv',
    kind: 'entity_list',
    entity: 'people/resident',
    present: false,
    size: null,
    hash: null,
  } as const
  expect(mayPublish(draft({ media: [list] }), held())).toBe(true)
})
it('nothing is published before what is held is known', () => {
  expect(mayPublish(draft(), null)).toBe(false)
  expect([toneOf(0.8), toneOf(0.5), toneOf(0)]).toEqual(['warn', 'info', ''])
})
