import { useI18n } from 'vue-i18n'

import type { Unit } from '@linli/shared/api/insight.ts'

import { formatNumber } from '@/lib/figures.ts'

/** What a number of an indicator needs to be written. */
export interface Written {
  unit: Unit
  decimals: number
  suffix?: string | null
}

/** Figures in words: `83.3%`, `3,210 元`, `+2.1 个百分点`; a value that cannot be is never written as 0. */
export function useFigureText(): {
  unit: (of: Written) => string
  value: (of: Written, value: number | null | undefined) => string
  /** Where the unit is said beside: the number, with the per cent that people expect. */
  brief: (of: Written, value: number) => string
  change: (of: Written, change: number | null | undefined) => string
} {
  const { t } = useI18n()
  const tail = (of: Written, unit: Unit): string => {
    const words = of.suffix || (unit === 'count' || unit === 'per' ? '' : t(`insight.unit.${unit}`))
    return words && unit !== 'percent' ? ` ${words}` : words
  }
  const unit = (of: Written): string => tail(of, of.unit).trim()
  return {
    unit,
    value: (of, value) =>
      value === null || value === undefined
        ? t('insight.no_value')
        : formatNumber(value, of.decimals) + tail(of, of.unit),
    brief: (of, value) => formatNumber(value, of.decimals) + (of.unit === 'percent' ? '%' : ''),
    change: (of, change) => {
      if (change === null || change === undefined) return ''
      const asUnit: Unit = of.unit === 'percent' ? 'points' : of.unit
      const text = formatNumber(change, of.decimals)
      return `${change > 0 ? '+' : ''}${text}${of.unit === 'percent' ? tail({ ...of, suffix: null }, asUnit) : tail(of, asUnit)}`
    },
  }
}
