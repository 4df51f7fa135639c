/** Two versions of a form, told as changes: renamed questions are one change, not a loss and a gain. */
import type { Question, Texts, VersionDiff } from '@linli/shared/api/collect.ts'

export interface Change {
  kind: 'added' | 'removed' | 'renamed' | 'changed'
  path: string
  label: Texts
  name: string
  parts: { part: string; old: unknown; new: unknown }[]
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? path
const said = (question: Question): string =>
  `${question.type}|${Object.entries(question.label)
    .filter(([, text]) => text)
    .sort()
    .join('|')}`
const speaks = (question: Question): boolean => Object.values(question.label).some(Boolean)

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** One side of a change as a line: texts and choices in the reader's language; `null` where nothing was said. */
export function partText(
  value: unknown,
  say: (texts: Texts) => string,
  words: { yes: string; no: string; comma: string },
): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (Array.isArray(value)) {
    const lines = value.map((entry) => partText(entry, say, words)).filter((line) => line !== null)
    return lines.length ? lines.join(words.comma) : null
  }
  if (typeof value !== 'object') return String(value)
  if ('value' in value && 'label' in value) return say(value.label as Texts) || String(value.value)
  if ('list' in value && 'property' in value) return `${String(value.list)} / ${String(value.property)}`
  return say(value as Texts) || null
}

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
    parts: entry.what.filter((part) => !same(part.old, part.new)),
  }))
  return [...removed, ...renamed, ...changed.filter((change) => change.parts.length > 0), ...added]
}
