import { useI18n } from 'vue-i18n'

import type { Entity } from '@linli/shared/api/types.ts'

import { useCatalogue } from '@/stores/catalogue.ts'

/** A row's register and every register that its reference fields lead to, nearest first. */
export function partsOf(entities: Map<string, Entity>, start: Entity | undefined): Entity[] {
  const parts: Entity[] = start ? [start] : []
  for (const part of parts) {
    for (const field of part.fields) {
      const next = field.kind.kind === 'ref' ? entities.get(field.kind.entity) : undefined
      if (next && !parts.includes(next)) parts.push(next)
    }
  }
  return parts
}

export interface ElementGroup {
  label: string
  options: { value: string; label: string }[]
}

/** What a column may stand for: data elements by register, and `@area/…`, `@age`, `@sequence`. */
export function useElements(): {
  label: (element: string) => string
  groups: (entity: Entity | undefined, forFill: boolean) => ElementGroup[]
} {
  const catalogue = useCatalogue()
  const { t } = useI18n()

  function label(element: string): string {
    if (element.startsWith('@area/')) return t('match.area', { level: catalogue.level(element.slice(6)) })
    if (element === '@age' || element === '@sequence') return t(`match.special.${element.slice(1)}`)
    return catalogue.text(catalogue.element(element)?.field.label) || element
  }

  function groups(entity: Entity | undefined, forFill: boolean): ElementGroup[] {
    const seen = new Set<string>()
    const registers = partsOf(catalogue.entities, entity).map((part) => ({
      label: catalogue.text(part.label),
      options: part.fields
        .filter((field) => field.kind.kind !== 'ref' && !field.off_by_default)
        .map((field) => ({
          value: field.element ?? `${part.name}/${field.name}`,
          label: catalogue.text(field.label),
        }))
        .filter((option) => !seen.has(option.value) && seen.add(option.value)),
    }))
    const names = catalogue.levels.filter((level) => level.rank >= 3).map((level) => `@area/${level.kind}`)
    const more = [...names, ...(forFill ? ['@age', '@sequence'] : [])]
    return [
      ...registers,
      { label: t('match.others'), options: more.map((value) => ({ value, label: label(value) })) },
    ].filter((group) => group.options.length > 0)
  }

  return { label, groups }
}
