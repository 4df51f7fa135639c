import '@linli/shared/styles/tokens.css'
import './styles/base.css'
import './styles/vant.css'

import { bootstrap } from './app/bootstrap.ts'

void bootstrap()
