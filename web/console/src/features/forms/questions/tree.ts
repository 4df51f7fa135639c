/** Questions as the form has them, one after another, made into the tree of its groups. */
import type { Question } from '@linli/shared/api/collect.ts'

export interface GroupNode {
  kind: 'group'
  /** Names from the root: `hh/member`. */
  key: string
  name: string
  /** Asked again for every member, every dwelling … */
  repeat: boolean
  questions: number
  children: TreeNode[]
}
export interface QuestionNode {
  kind: 'question'
  key: string
  question: Question
}
export type TreeNode = GroupNode | QuestionNode

export function treeOf(questions: Question[]): TreeNode[] {
  const root: GroupNode = { kind: 'group', key: '', name: '', repeat: false, questions: 0, children: [] }
  for (const question of questions) {
    let at = root
    for (const name of question.groups) {
      const key = at.key ? `${at.key}/${name}` : name
      const last = at.children.at(-1)
      // A group named again later in the form is another stretch of questions, not the same box.
      let next = last?.kind === 'group' && last.name === name ? last : undefined
      if (!next) {
        next = {
          kind: 'group',
          key: `${key}@${question.path}`,
          name,
          repeat: false,
          questions: 0,
          children: [],
        }
        at.children.push(next)
      }
      next.questions += 1
      at = next
    }
    at.children.push({ kind: 'question', key: question.path, question })
  }
  markRepeats(root.children)
  return root.children
}

const everyRepeats = (node: TreeNode): boolean =>
  node.kind === 'question' ? node.question.repeat : node.children.every(everyRepeats)

/** The outermost group whose questions all repeat is the one that repeats. */
function markRepeats(nodes: TreeNode[]): void {
  for (const node of nodes) {
    if (node.kind === 'question') continue
    if (everyRepeats(node)) node.repeat = true
    else markRepeats(node.children)
  }
}
