/** A task being written: what it still lacks before it may be sent, and what goes to the server. */
import type { RecordRef, Task, TaskBody } from '@linli/shared/api/collect.ts'
import type { AreaRef } from '@linli/shared/api/types.ts'

import { filterTexts, parseFilters, type Filters } from '@/lib/filters.ts'

export interface TaskDraft {
  title: string
  kind: Task['kind']
  form: string | null
  fields: string[]
  entity: string
  area: AreaRef | null
  filters: Filters
  /** The filled template whose gaps are asked for; then the population is theirs. */
  fill: { id: string; file_name: string } | null
  basisItem: RecordRef | null
  /** Adds to the item; it never stands for one. */
  basisText: string
  purpose: string
  deadline: string
  expires: string
}

export type Lack =
  | 'title'
  | 'form'
  | 'fields'
  | 'entity'
  | 'area'
  | 'basis'
  | 'purpose'
  | 'deadline'
  | 'deadline_past'
  | 'expires'
  | 'expires_early'

/** The step of the wizard on which each is mended. */
export const STEP_OF: Record<Lack, number> = {
  title: 0,
  form: 0,
  fields: 0,
  entity: 1,
  area: 1,
  basis: 2,
  purpose: 2,
  deadline: 2,
  deadline_past: 2,
  expires: 2,
  expires_early: 2,
}

export function newDraft(area: AreaRef | null, entity: string): TaskDraft {
  return {
    title: '',
    kind: 'visit',
    form: null,
    fields: [],
    entity,
    area,
    filters: {},
    fill: null,
    basisItem: null,
    basisText: '',
    purpose: '',
    deadline: '',
    expires: '',
  }
}

const said = (text: string): boolean => text.trim().length >= 2

/** Why it may not be sent yet. Without basis, purpose and expiry nothing goes down to a grid. */
export function lacks(draft: TaskDraft, today: string): Lack[] {
  const found: Lack[] = []
  if (!said(draft.title)) found.push('title')
  if (draft.kind === 'form' && !draft.form) found.push('form')
  if (draft.kind === 'visit' && draft.fields.length === 0 && !draft.fill) found.push('fields')
  if (!draft.fill && !draft.entity) found.push('entity')
  if (!draft.area) found.push('area')
  if (!draft.basisItem) found.push('basis')
  if (!said(draft.purpose)) found.push('purpose')
  if (!draft.deadline) found.push('deadline')
  else if (draft.deadline < today) found.push('deadline_past')
  if (!draft.expires) found.push('expires')
  else if (draft.deadline && draft.expires < draft.deadline) found.push('expires_early')
  return found
}

/** Whether a step of the wizard has all it needs. */
export const stepDone = (draft: TaskDraft, step: number, today: string): boolean =>
  lacks(draft, today).every((lack) => STEP_OF[lack] !== step)

export function bodyOf(draft: TaskDraft): TaskBody {
  return {
    title: draft.title.trim(),
    kind: draft.kind,
    form: draft.kind === 'form' ? draft.form : null,
    fields: draft.kind === 'visit' ? draft.fields : [],
    area: draft.area?.code ?? '',
    basis: {
      item: draft.basisItem ? { entity: draft.basisItem.entity, id: draft.basisItem.id } : null,
      text: draft.basisText.trim(),
    },
    purpose: draft.purpose.trim(),
    deadline: draft.deadline || null,
    expires: draft.expires || null,
    population: {
      entity: draft.entity,
      area: draft.area?.code ?? '',
      filters: draft.fill ? [] : filterTexts(draft.filters),
      fill: draft.fill?.id ?? null,
    },
  }
}

export function draftOf(task: Task): TaskDraft {
  return {
    title: task.title,
    kind: task.kind,
    form: task.form?.id ?? null,
    fields: [...task.fields],
    entity: task.population.entity,
    area: task.population.area,
    filters: parseFilters(task.population.filters),
    fill: task.population.fill,
    basisItem: task.basis.item,
    basisText: task.basis.text ?? '',
    purpose: task.purpose,
    deadline: task.deadline ?? '',
    expires: task.expires ?? '',
  }
}

/** `430` → hours and minutes to read. */
export function hoursOf(minutes: number): { hours: number; minutes: number } {
  const whole = Math.round(minutes)
  return { hours: Math.floor(whole / 60), minutes: whole % 60 }
}
