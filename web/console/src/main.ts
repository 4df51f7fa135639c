import '@linli/shared/styles/tokens.css'
import './styles/element.css'
import './styles/base.css'
import './styles/print.css'

import { bootstrap } from './app/bootstrap.ts'

void bootstrap()
