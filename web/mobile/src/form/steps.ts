/**
 * A form as the pages a person turns: a question a page, a field list a page, and after a repeat's entries the page that
 * asks for one more. Pure over the engine's tree, recomputed whenever relevance changes.
 */
import type {
  AnyChildNode,
  AnyNode,
  GeneralChildNode,
  RepeatRangeNode,
  RepeatRangeUncontrolledNode,
  RootNode,
} from '@getodk/xforms-engine'

export interface Crumb {
  /** Label of a group, or of one entry of a repeat with its number. */
  label: string
  number?: number
}

export interface Step {
  /** The node's id: stable while other questions come and go. */
  id: string
  kind: 'question' | 'list' | 'repeat'
  node: AnyChildNode
  trail: Crumb[]
  /** The entry of a repeat it lies in, when a person may remove it. */
  entry?: { range: RepeatRangeUncontrolledNode; at: number }
}

export const isRepeat = (node: AnyNode): node is RepeatRangeNode => node.nodeType.startsWith('repeat-range')

/** Whether a person sees it at all. */
export function isShown(node: AnyChildNode): boolean {
  if (node.nodeType === 'model-value' || !node.currentState.relevant) return false
  if (node.nodeType === 'group') return node.currentState.hasRelevantBodyNodes
  return true
}

const onOnePage = (node: AnyChildNode): boolean => {
  const appearances = node.appearances as unknown as Record<string, boolean> | null
  return !!appearances && (appearances['field-list'] === true || appearances['table-list'] === true)
}

const labelOf = (node: AnyNode): string => node.currentState.label?.asString.trim() ?? ''

/** Entries of a repeat belong to it, or to the group that names it. */
export function repeatLabel(node: RepeatRangeNode): string {
  return labelOf(node) || (node.parent.nodeType === 'group' ? labelOf(node.parent) : '')
}

/** `户 › 子女 2`. */
export const trailText = (step: Step): string =>
  step.trail.map(({ label, number }) => (number ? `${label} ${number}` : label)).join(' › ')

export function stepsOf(root: RootNode): Step[] {
  return root.currentState.children.flatMap((node) => walk(node, []))
}

function walk(node: GeneralChildNode, trail: Crumb[]): Step[] {
  if (!isShown(node)) return []
  if (node.nodeType === 'group') {
    const label = labelOf(node)
    if (onOnePage(node)) return [{ id: node.nodeId, kind: 'list', node, trail }]
    // A group that only holds a repeat is the repeat's name, said once.
    const inner = node.currentState.children
    const named = label && !(inner.length === 1 && isRepeat(inner[0]!)) ? [...trail, { label }] : trail
    return inner.flatMap((child: GeneralChildNode) => walk(child, named))
  }
  if (isRepeat(node)) {
    const label = repeatLabel(node)
    const range = node.nodeType === 'repeat-range:uncontrolled' ? node : null
    const entries = node.currentState.children.flatMap((entry, at): Step[] => {
      const inside = [...trail, { label, number: at + 1 }]
      const pages = onOnePage(node)
        ? [{ id: entry.nodeId, kind: 'list' as const, node: entry, trail: inside }]
        : entry.currentState.children.flatMap((child) => walk(child, inside))
      return range ? pages.map((page) => ({ entry: { range, at }, ...page })) : pages
    })
    return range ? [...entries, { id: node.nodeId, kind: 'repeat', node, trail }] : entries
  }
  return [{ id: node.nodeId, kind: 'question', node, trail }]
}

/** All questions a person can answer below a node, in order. */
export function questionsOf(node: AnyNode): AnyChildNode[] {
  const children = node.currentState.children as readonly AnyChildNode[] | null
  if (!children) return node.nodeType === 'root' ? [] : [node as AnyChildNode]
  return children.filter(isShown).flatMap(questionsOf)
}

export function isAnswered(node: AnyChildNode): boolean {
  const value = node.currentState.value as unknown
  if (Array.isArray(value)) return value.length > 0
  return value !== null && value !== undefined && value !== '' && value !== false
}

/** `English (en)`, `zh-CN` → `en`, `zh`; `null` when a form's language carries no code. */
export function languageCode(language: string): string | null {
  return (
    language
      .match(/\(([a-z]{2,3})(?:[-_]\w+)*\)\s*$|^([a-z]{2,3})(?:[-_]\w+)*$/i)
      ?.slice(1)
      .find(Boolean)
      ?.toLowerCase() ?? null
  )
}

/** Every node below, shown or not: what has to be looked at for files. */
export function* everyNode(node: AnyNode): Generator<AnyNode> {
  yield node
  for (const child of (node.currentState.children ?? []) as readonly AnyNode[]) yield* everyNode(child)
}
