import type { AnyChildNode, RootNode } from '@getodk/xforms-engine'
import { describe, expect, it } from 'vitest'

import { isAnswered, languageCode, questionsOf, stepsOf } from './steps.ts'

let ids = 0
/** A node as the engine shows it, as far as pages need it. */
function node(
  nodeType: string,
  more: Record<string, unknown> = {},
  children: AnyChildNode[] | null = null,
): AnyChildNode {
  ids += 1
  const { label = '', appearances = {}, relevant = true, value = null } = more
  const made = {
    nodeType,
    nodeId: `node:${ids}`,
    appearances,
    parent: { nodeType: 'root' },
    currentState: {
      relevant,
      value,
      children,
      hasRelevantBodyNodes: (children ?? []).some((child) => child.currentState.relevant),
      label: label ? { asString: label } : null,
    },
  }
  for (const child of children ?? []) Object.assign(child, { parent: made })
  return made as unknown as AnyChildNode
}
const ask = (label: string, more: Record<string, unknown> = {}): AnyChildNode =>
  node('input', { label, ...more })
const root = (...children: AnyChildNode[]): RootNode => node('root', {}, children) as unknown as RootNode
const pages = (of: RootNode): string[] =>
  stepsOf(of).map(({ kind, node: at, trail }) =>
    [
      ...trail.map(({ label, number }) => label + (number ?? '')),
      kind === 'question' ? at.currentState.label?.asString : kind,
    ].join(' › '),
  )

describe('the pages of a form', () => {
  it('are its questions, each under the groups it lies in', () => {
    expect(
      pages(root(ask('a'), node('group', { label: '户' }, [ask('b'), node('group', {}, [ask('c')])]))),
    ).toEqual(['a', '户 › b', '户 › c'])
  })
  it('leave out what is calculated and what does not apply', () => {
    const empty = node('group', { label: '空' }, [ask('x', { relevant: false })])
    expect(pages(root(node('model-value'), ask('no', { relevant: false }), empty, ask('yes')))).toEqual([
      'yes',
    ])
  })
  it('show a field list at once', () => {
    const list = node('group', { label: '表', appearances: { 'field-list': true } }, [ask('a'), ask('b')])
    expect(pages(root(list))).toEqual(['list'])
    expect(questionsOf(list)).toHaveLength(2)
  })
  it('name entries of a repeat by their number and end with one more', () => {
    const entry = (): AnyChildNode => node('repeat-instance', {}, [ask('姓名')])
    const repeat = node('repeat-range:uncontrolled', {}, [entry(), entry()])
    const steps = stepsOf(root(node('group', { label: '子女' }, [repeat])))
    expect(pages(root(node('group', { label: '子女' }, [repeat])))).toEqual([
      '子女1 › 姓名',
      '子女2 › 姓名',
      'repeat',
    ])
    expect(steps.map((step) => step.entry?.at)).toEqual([0, 1, undefined])
  })
  it('offer no more entries, and none to remove, where the form counts them', () => {
    const repeat = node('repeat-range:controlled', { label: '子女' }, [
      node('repeat-instance', {}, [ask('姓名')]),
    ])
    const steps = stepsOf(root(repeat))
    expect(pages(root(repeat))).toEqual(['子女1 › 姓名'])
    expect(steps[0]!.entry).toBeUndefined()
  })
})

it('nothing, an empty choice and an open acknowledgement are no answers; zero is one', () => {
  expect([null, '', [], false].map((value) => isAnswered(ask('a', { value })))).toEqual([
    false,
    false,
    false,
    false,
  ])
  expect([0, 'x', ['a'], true].map((value) => isAnswered(ask('a', { value })))).toEqual([
    true,
    true,
    true,
    true,
  ])
})

it('a language is known by its code, wherever the form writes it', () => {
  expect(['English (en)', '中文 (zh-CN)', 'zh', '中文', ''].map(languageCode)).toEqual([
    'en',
    'zh',
    'zh',
    null,
    null,
  ])
})
