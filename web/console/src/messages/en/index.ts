import type { Messages } from '../shape.ts'
import common from './common.ts'
import manage from './manage.ts'
import sheets from './sheets.ts'
import work from './work.ts'

const en: Messages = { ...common, ...work, ...sheets, ...manage }
export default en
