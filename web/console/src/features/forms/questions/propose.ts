/** Which data element a question may fill: by its name, by its label, and only where the kinds can meet. */
import type { Question } from '@linli/shared/api/collect.ts'
import type { Entity, Field, FieldKind } from '@linli/shared/api/types.ts'

export interface Proposal {
  element: string
  entity: Entity
  field: Field
  /** 0 to 1. */
  score: number
  why: 'name' | 'label' | 'part'
}

/** From this on it is offered unasked. */
export const OFFERED = 0.8

const KINDS: Record<string, FieldKind['kind'][]> = {
  date: ['date', 'time'],
  datetime: ['time', 'date'],
  time: ['time'],
  integer: ['integer', 'decimal', 'money', 'text', 'phone', 'identity_number'],
  decimal: ['decimal', 'money', 'integer'],
  range: ['integer', 'decimal'],
  select_one: ['code', 'codes', 'bool', 'text'],
  select_multiple: ['codes', 'text'],
}
const NOT_DATA = new Set(['note', 'acknowledge', 'trigger', 'audit', 'image', 'audio', 'video', 'file'])

/** Whether an answer of this type can be kept in such a field. */
export function fits(type: string, kind: FieldKind['kind']): boolean {
  const base = type.split(' ')[0]!.replace('_from_file', '')
  if (NOT_DATA.has(base) || kind === 'ref') return false
  const kinds = KINDS[base]
  return kinds ? kinds.includes(kind) : !['bool', 'codes'].includes(kind)
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s_\-·:：*？?（()）。.，,]/g, '')
    .replace(/^(请输入|请填写|您的|本人)/, '')

export const elementOf = (entity: Entity, field: Field): string =>
  field.element ?? `${entity.name}/${field.name}`

function score(question: Question, field: Field): [number, Proposal['why']] | null {
  if (plain(question.name) === plain(field.name)) return [0.95, 'name']
  const labels = Object.values(question.label).map(plain).filter(Boolean)
  const names = [field.label.zh, field.label.en].map(plain).filter(Boolean)
  if (labels.some((label) => names.includes(label))) return [0.9, 'label']
  const parts = labels.some((label) => names.some((name) => name.length > 1 && label.includes(name)))
  return parts ? [0.6, 'part'] : null
}

/** Best first. A register that the form saves to comes before others. */
export function proposals(question: Question, entities: Iterable<Entity>, lists: string[]): Proposal[] {
  const found = new Map<string, Proposal>()
  for (const entity of entities) {
    const home = lists.includes(entity.name) ? 0.04 : 0
    for (const field of entity.fields) {
      if (!fits(question.type, field.kind.kind)) continue
      const held = score(question, field)
      if (!held) continue
      const element = elementOf(entity, field)
      const proposal = { element, entity, field, score: held[0] + home, why: held[1] }
      if ((found.get(element)?.score ?? 0) < proposal.score) found.set(element, proposal)
    }
  }
  return [...found.values()].sort((one, other) => other.score - one.score)
}
