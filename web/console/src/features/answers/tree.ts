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

/** Files, what the form works out, and what is masked are not typed over. */
export function mayType(node: AnswerNode): boolean {
  if (node.kind !== 'question' || ANSWERED_ELSEWHERE.has(node.type.split(' ')[0] ?? '')) return false
  return !(node.value === null && (node.shown ?? '') !== '')
}

/** Only what differs from the answer; blank is `null`. */
export function changesOf(nodes: AnswerNode[], typed: Record<string, string>): Record<string, string | null> {
  const changes: Record<string, string | null> = {}
  for (const node of questionsOf(nodes)) {
    const text = typed[node.path]
    if (text === undefined || text === (node.value ?? '')) continue
    changes[node.path] = text === '' ? null : text
  }
  return changes
}
