import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { catalogue as api } from '@linli/shared/api/client.ts'
import { formatDay, formatMoment } from '@linli/shared/format/date.ts'
import { formatMoney } from '@linli/shared/format/number.ts'
import type { Catalogue, Code, Entity, Field, Label, Value } from '@linli/shared/api/types.ts'

import { i18n } from '@m/app/i18n.ts'
import { keep, kept } from '@m/db/db.ts'

import { usePreferences } from './preferences.ts'
import { useSession } from './session.ts'

/** The registers' fields and codes: kept on the phone, refreshed with every synchronisation. */
export const useCatalogue = defineStore('catalogue', () => {
  const held = shallowRef<Catalogue | null>(null)
  const entities = computed(
    () => new Map((held.value?.entities ?? []).map((entity) => [entity.name, entity])),
  )
  const lists = computed(() => new Map((held.value?.code_lists ?? []).map((list) => [list.name, list.codes])))

  async function restore(): Promise<void> {
    held.value ??= (await kept<Catalogue>(await useSession().store(), 'catalogue'))?.value ?? null
  }
  async function refresh(): Promise<void> {
    held.value = await api.get()
    await keep(await useSession().store(), 'catalogue', held.value, Date.now())
  }

  const text = (label: Label | string | null | undefined): string => {
    if (!label || typeof label === 'string') return label ?? ''
    return usePreferences().lang === 'en' ? label.en || label.zh : label.zh || label.en
  }
  const entity = (name: string): Entity | undefined => entities.value.get(name)
  const field = (of: string, name: string): Field | undefined =>
    entity(of)?.fields.find((one) => one.name === name)
  const codes = (list: string): Code[] => lists.value.get(list) ?? []
  const code = (list: string, value: Value): string =>
    text(codes(list).find((one) => one.code === String(value))?.label) || String(value ?? '')

  /** One line of text for any value. */
  function shown(of: Field | undefined, value: Value | undefined): string {
    if (value === null || value === undefined || value === '') return ''
    if (!of) return String(value)
    const kind = of.kind
    const { t } = i18n.global
    switch (kind.kind) {
      case 'date':
        return formatDay(String(value), usePreferences().lang)
      case 'time':
        return formatMoment(String(value))
      case 'money':
        return `¥ ${formatMoney(Number(value))}`
      case 'bool':
        return value ? t('common.yes') : t('common.no')
      case 'code':
        return code(kind.list, value)
      case 'codes':
        return (Array.isArray(value) ? value : [String(value)])
          .map((one) => code(kind.list, one))
          .join(t('common.comma'))
      case 'decimal':
        return kind.unit ? `${value} ${kind.unit}` : String(value)
      default:
        return String(value)
    }
  }

  return { held, restore, refresh, text, entity, field, codes, shown }
})
