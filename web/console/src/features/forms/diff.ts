/** Two versions of a form, told as changes: renamed questions are one change, not a loss and a gain. */
import type { Question, Texts, VersionDiff } from '@linli/shared/api/collect.ts'

export interface Change {
  kind: 'added' | 'removed' | 'renamed' | 'changed'
  path: string
  label: Texts
  name: string
  parts: { part: string; old: string | null; new: string | null }[]
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? path
const said = (question: Question): string =>
  `${question.type}|${Object.entries(question.label)
    .filter(([, text]) => text)
    .sort()
    .join('|')}`
const speaks = (question: Question): boolean => Object.values(question.label).some(Boolean)

/** Removed first: answers to those questions are what a reader must think about. */
export function changesOf(diff: VersionDiff): Change[] {
  const left = new Map(diff.added.filter(speaks).map((question) => [said(question), question]))
  const renamed: Change[] = []
  const removed: Change[] = []
  for (const question of diff.removed) {
    const next = speaks(question) ? left.get(said(question)) : undefined
    if (next) {
      left.delete(said(next))
      renamed.push({
        kind: 'renamed',
        path: next.path,
        label: next.label,
        name: next.name,
        parts: [{ part: 'path', old: question.path, new: next.path }],
      })
    } else {
      removed.push({
        kind: 'removed',
        path: question.path,
        label: question.label,
        name: question.name,
        parts: [],
      })
    }
  }
  const moved = new Set(renamed.map((change) => change.path))
  const added = diff.added
    .filter((question) => !moved.has(question.path))
    .map((question): Change => ({
      kind: 'added',
      path: question.path,
      label: question.label,
      name: question.name,
      parts: [],
    }))
  const changed = diff.changed.map((entry): Change => ({
    kind: 'changed',
    path: entry.path,
    label: entry.label,
    name: nameOf(entry.path),
    parts: entry.what.filter((part) => part.old !== part.new),
  }))
  return [...removed, ...renamed, ...changed.filter((change) => change.parts.length > 0), ...added]
}
