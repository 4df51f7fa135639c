import type { Messages } from '../shape.ts'
import forms from './forms.ts'
import work from './work.ts'

export default { ...work, ...forms } satisfies Messages
