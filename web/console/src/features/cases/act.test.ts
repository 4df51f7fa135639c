import { describe, expect, it } from 'vitest'

import type { CaseAction } from '@linli/shared/api/flow.ts'
import type { Field } from '@linli/shared/api/types.ts'

import { assignee, bodyOf, emptyAct, keptValues, lacks, restoredAct, secretNames, sorted } from './act.ts'

const field = (name: string, more: Partial<Field> = {}): Field =>
  ({ name, required: false, sensitivity: 'open', kind: { kind: 'text', max: 9 }, ...more }) as Field
const action = (more: Partial<CaseAction> = {}): CaseAction => ({
  name: 'feedback',
  label: '反馈',
  kind: 'step',
  fields: [field('result'), field('phone', { sensitivity: 'sensitive' })],
  required: ['result'],
  assign: null,
  reason: false,
  confirm: null,
  place: 'no',
  files: 'no',
  form: null,
  blocked: null,
  ...more,
})

describe('what an action still lacks', () => {
  it('is its required fields, its reason, its addressee, its place and its photo', () => {
    const strict = action({
      reason: true,
      assign: { party: 'handler', label: '处置单位', kind: 'unit', many: false, candidates_url: '' },
      place: 'required',
      files: 'required',
    })
    expect(lacks(strict, emptyAct())).toEqual(['field:result', 'assign', 'note', 'place', 'files'])
  })
  it('is nothing once all is there; a blank note is no reason', () => {
    const asked = action({ reason: true })
    expect(lacks(asked, { ...emptyAct(), values: { result: 'x' }, note: '  ' })).toEqual(['note'])
    expect(lacks(asked, { ...emptyAct(), values: { result: 'x' }, note: '已修好' })).toEqual([])
  })
})

describe('what is sent', () => {
  it('is only what the action asks, with the version it was decided on', () => {
    const draft = { ...emptyAct(), values: { result: 'x', other: 'y' }, files: ['a.jpg'], note: ' 好 ' }
    expect(bodyOf(action(), draft, { phone: null }, 7, 'c1')).toEqual({
      version: 7,
      client_id: 'c1',
      values: { result: 'x' },
      note: '好',
    })
  })
  it('leaves alone what was not touched, above all what is masked', () => {
    const draft = { ...emptyAct(), values: { result: '旧', phone: null } }
    expect(bodyOf(action({ required: [] }), draft, { result: '旧' }, 1, 'c').values).toBeUndefined()
    expect(bodyOf(action(), draft, { result: '旧' }, 1, 'c').values).toEqual({ result: '旧' })
  })
  it('names units, accounts, and roles at an area', () => {
    expect(assignee('u:01')).toEqual({ unit: '01' })
    expect(assignee('a:02')).toEqual({ account: '02' })
    expect(assignee('r:network/grid@230102003001')).toEqual({ role: 'network/grid', area: '230102003001' })
  })
})

describe('a draft of an action', () => {
  it('comes back as it was typed', () => {
    const draft = { ...emptyAct(), values: { result: 'x' }, note: '等配件', assign: ['u:1'] }
    expect(restoredAct(keptValues(draft))).toEqual(draft)
  })
  it('keeps words and personal fields out of lasting storage', () => {
    expect([...secretNames(action())]).toEqual(['@note', 'phone'])
  })
})

it('what moves the case comes first; what is blocked is shown, but aside', () => {
  const all = [
    action({ name: 'merge', kind: 'merge' }),
    action({ name: 'close', kind: 'close', blocked: '还有 2 家没有反馈' }),
    action({ name: 'back', kind: 'return' }),
    action({ name: 'go' }),
    action({ name: 'say', kind: 'comment' }),
  ]
  const { main, more } = sorted(all)
  expect(main.map((entry) => entry.name)).toEqual(['go', 'back'])
  expect(more.map((entry) => entry.name)).toEqual(['merge', 'close'])
})
