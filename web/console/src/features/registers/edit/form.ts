import { computed, reactive, ref, shallowRef, watch } from 'vue'

import { checkIdentity, identityBirth, identitySex } from '@linli/shared/format/identity.ts'
import type { AreaRef, Entity, Field, LinliRecord, Values } from '@linli/shared/api/types.ts'

import { drafts } from '@/lib/drafts.ts'
import { changedValues, isBlank } from '@/lib/values.ts'

/** What `derived` fields would be, from the identity number in `values`; nothing when it is blank or wrong. */
export function derivedValues(entity: Entity, values: Values): Values {
  const derived: Values = {}
  for (const field of entity.fields) {
    const from = field.derived ? values[field.derived.from] : null
    if (typeof from !== 'string' || checkIdentity(from)) continue
    derived[field.name] = field.derived?.rule === 'sex' ? identitySex(from) : identityBirth(from)
  }
  return derived
}

/** A form over one record (or a new one) whose every keystroke is kept until it is saved or thrown away. */
export function useRecordForm(entity: Entity, draftKey: string) {
  const values = reactive<Values>({})
  const base = shallowRef<Values>({})
  const version = ref(0)
  const area = shallowRef<AreaRef | null>(null)
  const startArea = shallowRef<AreaRef | null>(null)
  const restoredAt = ref<number | null>(null)
  const record = shallowRef<LinliRecord | null>(null)
  const ready = ref(false)
  /** Sensitive fields that are to be blanked: a blank input alone means that they were left alone. */
  const cleared = reactive(new Set<string>())
  const sensitive = new Set(
    entity.fields.filter((field) => field.sensitivity === 'sensitive').map((field) => field.name),
  )

  const derived = computed(() => derivedValues(entity, values))
  /** Not typed by people while the field it is derived from is known. */
  function isDerived(field: Field): boolean {
    if (!field.derived) return false
    const from = field.derived.from
    const kept = Boolean(record.value?.masked[from]) && !cleared.has(from)
    return field.name in derived.value || (isBlank(values[from]) && kept)
  }
  const changed = computed(() => {
    const all = changedValues(base.value, values)
    for (const field of entity.fields) {
      if (isDerived(field)) delete all[field.name]
      // A masked field that was left alone is not being blanked.
      if (!sensitive.has(field.name) || !isBlank(values[field.name])) continue
      if (cleared.has(field.name)) all[field.name] = null
      else delete all[field.name]
    }
    return all
  })
  const dirty = computed(
    () => Object.keys(changed.value).length > 0 || area.value?.code !== startArea.value?.code,
  )

  /** Blanks a sensitive field that is known, or leaves it as it is after all. */
  function blank(field: string, on: boolean): void {
    if (on) cleared.add(field)
    else cleared.delete(field)
    values[field] = null
  }

  function begin(from: LinliRecord | null, where: AreaRef | null): void {
    record.value = from
    base.value = { ...from?.values }
    version.value = from?.version ?? 0
    startArea.value = where
    area.value = where
    cleared.clear()
    for (const field of entity.fields) values[field.name] = from?.values[field.name] ?? null
    const draft = drafts.find(draftKey)
    if (draft) {
      Object.assign(values, draft.values)
      for (const field of sensitive) if (draft.values[field] === null) cleared.add(field)
      if (draft.area) area.value = draft.area
      // What others changed meanwhile shows up as a stale edit, never as an overwrite.
      if (from && draft.version && draft.version < from.version && draft.base) {
        version.value = draft.version
        base.value = draft.base
        for (const field of entity.fields) {
          if (!(field.name in draft.values)) values[field.name] = draft.base[field.name] ?? null
        }
      }
      restoredAt.value = dirty.value ? draft.at : null
    }
    ready.value = true
  }

  watch(derived, (now) => Object.assign(values, now))
  watch(
    [changed, area],
    () => {
      if (!ready.value) return
      if (!dirty.value) drafts.drop(draftKey)
      else
        drafts.keep(
          draftKey,
          { values: changed.value, base: base.value, version: version.value, area: area.value },
          sensitive,
        )
    },
    { deep: true },
  )

  function discard(): void {
    drafts.drop(draftKey)
    restoredAt.value = null
    ready.value = false
    begin(record.value, startArea.value)
  }

  /** Go on from the version that someone else saved. */
  function rebase(current: LinliRecord, mine: Values): void {
    // A refusal may name the area by its path alone.
    record.value = current.area.code ? current : { ...current, area: record.value?.area ?? current.area }
    base.value = { ...current.values }
    version.value = current.version
    for (const field of sensitive) if (mine[field] !== null) cleared.delete(field)
    for (const field of entity.fields)
      values[field.name] = mine[field.name] ?? current.values[field.name] ?? null
  }

  function saved(): void {
    ready.value = false
    drafts.drop(draftKey)
  }

  return {
    values,
    base,
    version,
    area,
    record,
    restoredAt,
    changed,
    dirty,
    cleared,
    isDerived,
    blank,
    begin,
    discard,
    rebase,
    saved,
  }
}
