import { expect, it } from 'vitest'

import type { Field, FieldKind } from '@linli/shared/api/types.ts'

import { prefillOf, valuesOf } from './values.ts'

const field = (name: string, kind: FieldKind): Field => ({ name, kind }) as Field
const FIELDS = [
  field('result', { kind: 'long_text' }),
  field('cost', { kind: 'money' }),
  field('people', { kind: 'integer' }),
  field('checked_ok', { kind: 'bool' }),
  field('on', { kind: 'date' }),
  field('kinds', { kind: 'codes', list: 'x' }),
]
const XML = `<h:data xmlns:h="x"><h:g><h:result> 已修好 </h:result><h:cost>12.5</h:cost></h:g><people>3</people>
  <checked_ok>yes</checked_ok><on>2026-11-23T08:00:00+08:00</on><kinds>a b</kinds><other>x</other><result>再</result>
  <meta><instanceID>uuid:1</instanceID></meta></h:data>`

it('questions that bear a field’s name fill it, in the way its kind is written', () => {
  expect(valuesOf(XML, FIELDS)).toEqual({
    result: '已修好',
    cost: 1250,
    people: 3,
    checked_ok: true,
    on: '2026-11-23',
    kinds: ['a', 'b'],
  })
})
it('blank answers say nothing, and what is no number is left for the server to refuse', () => {
  expect(valuesOf('<d><result/><people>drei</people></d>', FIELDS)).toEqual({ people: 'drei' })
})
it('what the case says stands in the form already, with its source', () => {
  const xform =
    '<h:html xmlns:h="h" xmlns="x"><h:head><model><instance><data><g><result/><cost/></g><people/></data></instance>' +
    '<instance id="list"><root><result/></root></instance></model></h:head></h:html>'
  const from = { label: 'SJ-2026-000001', at: '2026-11-23T00:00:00Z', by: '王' }
  const prefill = prefillOf(xform, FIELDS, { result: '旧', cost: 1250, people: null }, from)
  expect(Object.entries(prefill).map(([path, one]) => [path, one.value, one.source.label])).toEqual([
    ['/data/g/result', '旧', 'SJ-2026-000001'],
    ['/data/g/cost', '12.5', 'SJ-2026-000001'],
  ])
})
