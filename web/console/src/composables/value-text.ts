import { useI18n } from 'vue-i18n'

import { formatMoment } from '@linli/shared/format/date.ts'
import { formatMoney } from '@linli/shared/format/number.ts'
import type { Field, Value } from '@linli/shared/api/types.ts'

import { useCatalogue } from '@/stores/catalogue.ts'

/** One line of text for any value: in histories, comparisons and chips. */
export function useValueText(): (field: Field | undefined, value: Value) => string {
  const catalogue = useCatalogue()
  const { t } = useI18n()

  return (field, value) => {
    if (value === null || value === undefined || value === '') return ''
    if (!field) return String(value)
    const kind = field.kind
    switch (kind.kind) {
      case 'time':
        return formatMoment(String(value))
      case 'money':
        return `¥ ${formatMoney(Number(value))}`
      case 'bool':
        return value ? t('common.yes') : t('common.no')
      case 'code':
        return catalogue.code(kind.list, value)
      case 'codes':
        return (Array.isArray(value) ? value : [value])
          .map((code) => catalogue.code(kind.list, code))
          .join(t('common.comma'))
      case 'decimal':
        return kind.unit ? `${value} ${kind.unit}` : String(value)
      default:
        return String(value)
    }
  }
}
