import { useI18n } from 'vue-i18n'

import { clockUnits, type ClockWords } from '@/lib/clock.ts'

/** A clock as a sentence: `剩 2 个工作日 3 小时`, `超期 1 天`. */
export function useClockText(): (words: ClockWords) => string {
  const { t } = useI18n()
  return (words) => {
    if (words.state === 'none') return ''
    const { key, values } = clockUnits(words)
    const time = t(`clock.unit.${key}`, values)
    return t(`clock.${words.state}`, { time })
  }
}
