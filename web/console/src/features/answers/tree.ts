/** An answer as the tree of its form: where the flags are, and what an editor changed. */
import type { AnswerNode, Flag } from '@linli/shared/api/collect.ts'

export interface FlaggedAnswer {
  path: string
  node: AnswerNode
  flag: Flag
}

export function flagged(nodes: AnswerNode[]): FlaggedAnswer[] {
  return nodes.flatMap((node) => [
    ...node.flags.map((flag) => ({ path: node.path, node, flag })),
    ...flagged(node.children),
  ])
}

export function questionsOf(nodes: AnswerNode[]): AnswerNode[] {
  return nodes.flatMap((node) => (node.kind === 'question' ? [node] : questionsOf(node.children)))
}

/** A group nobody was asked takes no room. */
export function isBlank(node: AnswerNode): boolean {
  return node.kind === 'question'
    ? (node.shown ?? node.value ?? '') === '' && node.flags.length === 0
    : node.children.every(isBlank)
}

const ANSWERED_ELSEWHERE = new Set([
  'image',
  'audio',
  'video',
  'file',
  'signature',
  'calculate',
  'note',
  'audit',
])

/** Files and what the form works out are not typed over; a masked answer may be replaced. */
export const mayType = (node: AnswerNode): boolean =>
  node.kind === 'question' && !ANSWERED_ELSEWHERE.has(node.type)

/** Whether several choices are one answer. */
export const several = (node: AnswerNode): boolean => ['select_multiple', 'rank'].includes(node.type)

/** What an input begins with: nothing of an answer that is only shown masked. */
export const before = (node: AnswerNode): string => (node.masked ? '' : (node.value ?? ''))

/** Only what differs from the answer; an empty text takes it away. */
export function changesOf(nodes: AnswerNode[], typed: Record<string, string>): Record<string, string> {
  const changes: Record<string, string> = {}
  for (const node of questionsOf(nodes)) {
    const text = typed[node.path]
    if (text === undefined || text === before(node)) continue
    changes[node.path] = text
  }
  return changes
}
