/** An application as it is written at the counter: person → item → what is filled in → what is still needed. */
import type { Application, Proxy, ServiceItem, ServiceItemDetail } from '@linli/shared/api/flow.ts'
import type { Field, Values } from '@linli/shared/api/types.ts'

import type { FilledForm } from '@/components/cases/answer.ts'
import { isBlank } from '@/lib/values.ts'

export type Step = 'who' | 'what' | 'fill' | 'check'
export const STEPS: Step[] = ['who', 'what', 'fill', 'check']

export interface ApplicationDraft {
  /** A resident of the register, or nobody of it and `name`, `phone` typed. */
  person: { id: string; name: string } | null
  stranger: { name: string; identity_number: string; phone: string } | null
  item: string | null
  values: Values
  /** Material → whether it was handed over. */
  handed: Record<string, boolean>
  proxy: Proxy | null
  /** The item's form, filled in, and the names of what it asks. */
  answer: FilledForm | null
  asked: string[]
  /** Taken in although a condition does not hold. */
  despite: boolean
}

export const emptyApplication = (): ApplicationDraft => ({
  person: null,
  stranger: null,
  item: null,
  values: {},
  handed: {},
  proxy: null,
  answer: null,
  asked: [],
  despite: false,
})

/** Items that fit first, then those one cannot tell yet; those that do not fit last, each with its reason. */
export function byFit(items: ServiceItem[]): ServiceItem[] {
  const rank = { yes: 0, unknown: 1, no: 2 }
  return [...items].sort(
    (one, other) => (one.fits ? rank[one.fits] : 1) - (other.fits ? rank[other.fits] : 1),
  )
}

/** What the register knows fills the fields; what someone typed is never overwritten. */
export function prefilled(item: ServiceItemDetail, typed: Values): Values {
  const values: Values = {}
  for (const field of item.fields) {
    const known = item.prefill[field.name]?.value ?? null
    const own = typed[field.name]
    values[field.name] = isBlank(own) ? known : own!
  }
  return values
}

export interface Paper {
  name: string
  label: string
  kind: 'form' | 'paper' | 'held'
  /** Not needed, and why: data verify it, or one may leave it out. */
  free: 'verified' | 'optional' | null
  source: string | null
  handed: boolean
}
export function papersOf(item: ServiceItemDetail, draft: ApplicationDraft): Paper[] {
  return item.materials.map((material) => ({
    name: material.name,
    label: material.label,
    kind: material.kind,
    free: material.needed ? null : material.why === 'verified' ? 'verified' : 'optional',
    source: material.source,
    handed: draft.handed[material.name] ?? false,
  }))
}

/** Fields that are asked beside the item's form. */
export const fieldsOf = (item: ServiceItemDetail | null, draft: ApplicationDraft): Field[] =>
  (item?.fields ?? []).filter((field) => !draft.asked.includes(field.name))

/** What keeps a step from being left. */
export function lacksAt(step: Step, draft: ApplicationDraft, item: ServiceItemDetail | null): string[] {
  if (step === 'who') {
    if (draft.person || (draft.stranger?.name.trim() && draft.stranger.phone.trim())) return []
    return ['person']
  }
  if (step === 'what') return draft.item ? [] : ['item']
  if (step === 'fill')
    return [
      ...fieldsOf(item, draft)
        .filter((field) => field.required && isBlank(draft.values[field.name]))
        .map((field) => field.name),
      ...(item?.form && !draft.answer ? ['answer'] : []),
    ]
  // A missing paper does not stop it: it is told once, in full, and asked for afterwards.
  const proxy = draft.proxy
  return [
    ...(proxy && !(proxy.name.trim() && proxy.phone.trim() && proxy.relation) ? ['proxy'] : []),
    ...(item?.fits === 'no' && !draft.despite ? ['despite'] : []),
  ]
}

/** Papers still to be brought: what the receipt lists, once and in full (一次性告知). */
export const missingPapers = (item: ServiceItemDetail, draft: ApplicationDraft): string[] =>
  papersOf(item, draft)
    .filter((paper) => !paper.free && !paper.handed)
    .map((paper) => paper.label)

export function applicationOf(
  draft: ApplicationDraft,
  item: ServiceItemDetail,
  area: string,
  client_id: string,
): Application {
  const materials: Record<string, string> = {}
  for (const paper of papersOf(item, draft)) {
    if (paper.handed && paper.free !== 'verified') materials[paper.name] = 'paper'
  }
  const { stranger } = draft
  return {
    item: item.code,
    person: draft.person
      ? { id: draft.person.id }
      : {
          name: stranger?.name.trim() ?? '',
          phone: stranger?.phone.trim() ?? '',
          ...(stranger?.identity_number.trim() && { identity_number: stranger.identity_number.trim() }),
        },
    area,
    values: Object.fromEntries(Object.entries(draft.values).filter(([, value]) => !isBlank(value))),
    materials,
    by_proxy: draft.proxy,
    channel: draft.proxy ? 'proxy' : 'counter',
    ...(draft.answer && { answer: draft.answer.xml }),
    ...(draft.despite && { despite: true }),
    client_id,
  }
}
