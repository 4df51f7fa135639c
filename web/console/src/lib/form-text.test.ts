import { expect, it } from 'vitest'

import { textIn } from './form-text.ts'

it('a form speaks the reader’s language where it has it', () => {
  expect(textIn({ zh: '电话', en: 'Phone' }, 'en')).toBe('Phone')
  expect(textIn({ zh: '电话', en: 'Phone' }, 'zh-CN')).toBe('电话')
})
it('a form without languages speaks as it is', () => {
  expect(textIn({ default: '电话' }, 'en')).toBe('电话')
})
it('a form in a third language is shown in it rather than blank', () => {
  expect(textIn({ Français: 'Téléphone' }, 'zh-CN')).toBe('Téléphone')
  expect(textIn({ zh: '', Français: 'Téléphone' }, 'zh-CN')).toBe('Téléphone')
  expect(textIn(null, 'en')).toBe('')
})
