import { expect, it } from 'vitest'

import { question } from './question.fixture.ts'
import { treeOf, type GroupNode, type TreeNode } from './tree.ts'

const shape = (nodes: TreeNode[]): unknown =>
  nodes.map((node) => (node.kind === 'group' ? [node.name, shape(node.children)] : node.question.name))

it('questions lie in the groups their form puts them in, in its order', () => {
  const tree = treeOf([
    question('/data/name'),
    question('/data/hh/head'),
    question('/data/hh/home/street'),
    question('/data/hh/home/door'),
    question('/data/note'),
  ])
  expect(shape(tree)).toEqual(['name', ['hh', ['head', ['home', ['street', 'door']]]], 'note'])
  expect((tree[1] as GroupNode).questions).toBe(3)
})
it('the outermost group whose questions all repeat is the repeat', () => {
  const [group] = treeOf([
    question('/data/hh/address'),
    question('/data/hh/member/name', { repeat: true }),
    question('/data/hh/member/job/kind', { repeat: true }),
  ]) as [GroupNode]
  expect(group.repeat).toBe(false)
  const member = group.children[1] as GroupNode
  expect(member.repeat).toBe(true)
  expect((member.children[1] as GroupNode).repeat).toBe(false)
})
it('two groups of one name that are apart stay apart', () => {
  const tree = treeOf([question('/data/a/x'), question('/data/y'), question('/data/a/z')])
  expect(shape(tree)).toEqual([['a', ['x']], 'y', ['a', ['z']]])
  expect(new Set(tree.map((node) => node.key)).size).toBe(3)
})
