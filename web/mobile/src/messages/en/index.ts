import type { Messages } from '../shape.ts'
import cases from './cases.ts'
import forms from './forms.ts'
import resident from './resident.ts'
import work from './work.ts'

export default { ...work, ...forms, ...cases, ...resident } satisfies Messages
