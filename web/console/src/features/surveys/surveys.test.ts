import { describe, expect, it } from 'vitest'

import type { ScriptQuestion } from '@linli/shared/api/survey.ts'

import { clockText, lacking, resultOf } from './interview/script.ts'
import { effectOf, intervalText, pText, verdictOf } from './words.ts'

const question = (name: string, more: Partial<ScriptQuestion> = {}): ScriptQuestion => ({
  name,
  label: name,
  hint: null,
  kind: 'text',
  required: true,
  choices: [],
  ...more,
})
const questions = [
  question('age', { kind: 'integer' }),
  question('needs', { kind: 'choices' }),
  question('thanks', { kind: 'note' }),
  question('more', { required: false }),
]
const outcome = { disposition: 'completed' as const, callBackAt: null, notes: '' }

describe('an interview', () => {
  it('is whole when every required question has an answer; notes ask nothing', () => {
    expect(lacking(questions, { age: ' ', needs: [] }).map((one) => one.name)).toEqual(['age', 'needs'])
    expect(lacking(questions, { age: '40', needs: ['a'] })).toEqual([])
  })
  it('that lacks answers is not completed, but may be partial', () => {
    expect(resultOf(questions, { age: '40' }, outcome)).toEqual({ problem: 'lacking' })
    expect(resultOf(questions, { age: '40', more: '' }, { ...outcome, disposition: 'partial' })).toEqual({
      result: { disposition: 'partial', call_back_at: null, notes: '', answers: { age: '40' } },
    })
  })
  it('to be called back needs a time that lies ahead', () => {
    const back = { ...outcome, disposition: 'call_back' as const }
    const now = Date.parse('2026-11-23T08:00:00Z')
    expect(resultOf([], {}, back, now)).toEqual({ problem: 'when' })
    expect(resultOf([], {}, { ...back, callBackAt: '2026-11-23T07:59:00Z' }, now)).toEqual({
      problem: 'past',
    })
    expect(resultOf([], {}, { ...back, callBackAt: '2026-11-23T09:00:00Z' }, now)).toHaveProperty('result')
  })
  it('that nobody answered sends no answers', () => {
    const sent = resultOf(questions, { age: '40' }, { ...outcome, disposition: 'no_answer', notes: ' 关机 ' })
    expect(sent).toEqual({
      result: { disposition: 'no_answer', call_back_at: null, notes: '关机', answers: {} },
    })
  })
  it('shows how long the number is still held', () => {
    expect([125, 9.9, -3].map(clockText)).toEqual(['2:05', '0:09', '0:00'])
  })
})
describe('a cross table in words', () => {
  it('says no more than the test bears', () => {
    expect(verdictOf({ p: null, warnings: [] })).toBe('untested')
    expect(verdictOf({ p: 0.001, warnings: ['expected < 5'] })).toBe('doubtful')
    expect(verdictOf({ p: 0.05, warnings: [] })).toBe('no_link')
    expect(verdictOf({ p: 0.049, warnings: [] })).toBe('link')
  })
  it('marks the strength by the size of the table', () => {
    expect(effectOf(0.25, 2, 2)).toBe('small')
    expect(effectOf(0.25, 3, 5)).toBe('medium')
    expect(effectOf(0.05, 2, 2)).toBe('none')
    expect(effectOf(0.6, 2, 4)).toBe('large')
  })
  it('writes a p value as far as it goes', () => {
    expect([pText(0.0312), pText(0.0000004)]).toEqual(['= 0.031', '< 0.001'])
    expect(intervalText(0.4119, 0.4951)).toBe('41.2%–49.5%')
    expect(intervalText(null, 0.4)).toBe('')
  })
})
