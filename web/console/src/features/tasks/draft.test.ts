import { expect, it } from 'vitest'

import type { Task } from '@linli/shared/api/collect.ts'

import { bodyOf, draftOf, hoursOf, lacks, newDraft, stepDone, type TaskDraft } from './draft.ts'

const TODAY = '2026-11-23'
const AREA = { code: '230102003001', name: '安祥社区' }
const whole = (part: Partial<TaskDraft> = {}): TaskDraft => ({
  ...newDraft(AREA, 'people/resident'),
  title: '高龄津贴年审',
  fields: ['people/resident/phone'],
  basisItem: { entity: 'duty/duty_list_item', id: '1', title: '老年人福利补贴' },
  purpose: '核对高龄津贴对象',
  deadline: '2026-12-10',
  expires: '2027-01-10',
  ...part,
})

it('a whole task lacks nothing', () => {
  expect(lacks(whole(), TODAY)).toEqual([])
})
it('a task without basis, purpose, deadline and expiry is not sent', () => {
  expect(lacks(whole({ basisItem: null, purpose: ' ', deadline: '', expires: '' }), TODAY)).toEqual([
    'basis',
    'purpose',
    'deadline',
    'expires',
  ])
})
it('a document adds to an item of the responsibility list and never stands for one', () => {
  expect(lacks(whole({ basisItem: null, basisText: '市政府令第12号' }), TODAY)).toEqual(['basis'])
})
it('a task ends after its deadline, and its deadline lies ahead', () => {
  expect(lacks(whole({ expires: '2026-12-01' }), TODAY)).toEqual(['expires_early'])
  expect(lacks(whole({ deadline: '2026-11-22' }), TODAY)).toEqual(['deadline_past'])
  expect(lacks(whole({ deadline: TODAY, expires: TODAY }), TODAY)).toEqual([])
})
it('a form task needs its form, a visit the fields it looks at or a template’s gaps', () => {
  expect(lacks(whole({ kind: 'form' }), TODAY)).toEqual(['form'])
  expect(lacks(whole({ fields: [] }), TODAY)).toEqual(['fields'])
  expect(lacks(whole({ fields: [], fill: { id: 'f', file_name: 'a.xlsx' } }), TODAY)).toEqual([])
})
it('each step knows whether it is done', () => {
  const draft = whole({ purpose: '' })
  expect([0, 1, 2].map((step) => stepDone(draft, step, TODAY))).toEqual([true, true, false])
})
it('only what belongs to the kind is sent, and a template’s gaps carry no filter', () => {
  const draft = whole({ kind: 'form', form: 'f1', filters: { sex: { of: 'in', values: ['2'] } } })
  expect(bodyOf(draft)).toMatchObject({
    form: 'f1',
    fields: [],
    population: { filters: ['sex:2'], fill: null },
  })
  expect(bodyOf({ ...draft, fill: { id: 'x', file_name: 'a' } }).population).toMatchObject({
    filters: [],
    fill: 'x',
  })
  expect(bodyOf(whole({ form: 'f1' }))).toMatchObject({ form: null, deadline: '2026-12-10' })
})
it('a task read back and sent again is the same', () => {
  const draft = whole({
    filters: { birth_date: { of: 'between', from: '', to: '1946-12-31' } },
    basisText: '年审',
  })
  const task = {
    ...bodyOf(draft),
    form: null,
    basis: { item: draft.basisItem, text: draft.basisText },
    population: { entity: draft.entity, area: AREA, filters: ['birth_date:..1946-12-31'], fill: null },
  } as unknown as Task
  expect(bodyOf(draftOf(task))).toEqual(bodyOf(draft))
})
it('minutes are read as hours', () => {
  expect(hoursOf(430)).toEqual({ hours: 7, minutes: 10 })
  expect(hoursOf(59.6)).toEqual({ hours: 1, minutes: 0 })
})
