import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { catalogue as api } from '@linli/shared/api/client.ts'
import type { AreaLevel, Catalogue, CodeList, Entity, Field, Label } from '@linli/shared/api/types.ts'

import { usePreferences } from './preferences.ts'

/** What the packs declare: registers, code lists, levels and roles, with labels in the person's language. */
export const useCatalogue = defineStore('catalogue', () => {
  const preferences = usePreferences()
  const current = shallowRef<Catalogue | null>(null)

  const entities = computed(
    () => new Map((current.value?.entities ?? []).map((entity) => [entity.name, entity])),
  )
  const lists = computed(() => new Map((current.value?.code_lists ?? []).map((list) => [list.name, list])))
  const codes = computed(() => {
    const all = new Map<string, Map<string, Label>>()
    for (const list of lists.value.values()) {
      all.set(list.name, new Map(list.codes.map((code) => [code.code, code.label])))
    }
    return all
  })
  const levels = computed<AreaLevel[]>(() => current.value?.levels ?? [])

  function text(label: Label | string | null | undefined): string {
    if (!label) return ''
    if (typeof label === 'string') return label
    return preferences.lang === 'en' ? label.en || label.zh : label.zh
  }

  const entity = (name: string): Entity | undefined => entities.value.get(name)
  const list = (name: string): CodeList | undefined => lists.value.get(name)
  const field = (entityName: string, name: string): Field | undefined =>
    entity(entityName)?.fields.find((entry) => entry.name === name)

  /** `entity/field` or a shared data element → its field. */
  function element(name: string): { entity: Entity; field: Field } | undefined {
    for (const held of entities.value.values()) {
      const found = held.fields.find((entry) => (entry.element ?? `${held.name}/${entry.name}`) === name)
      if (found) return { entity: held, field: found }
    }
    return undefined
  }

  function code(listName: string, value: unknown): string {
    const label = codes.value.get(listName)?.get(String(value))
    return label ? text(label) : String(value)
  }

  function level(kind: string | undefined): string {
    return text(levels.value.find((entry) => entry.kind === kind)?.label) || (kind ?? '')
  }

  function role(name: string): string {
    return text(current.value?.roles.find((entry) => entry.name === name)?.label) || name
  }

  async function ensure(): Promise<boolean> {
    if (current.value) return true
    try {
      current.value = await api.get()
      return true
    } catch {
      return false
    }
  }

  function forget(): void {
    current.value = null
  }

  return { current, entities, levels, text, entity, list, field, element, code, level, role, ensure, forget }
})
