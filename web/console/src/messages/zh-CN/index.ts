import collect from './collect.ts'
import common from './common.ts'
import flow from './flow.ts'
import insight from './insight.ts'
import manage from './manage.ts'
import moves from './moves.ts'
import office from './office.ts'
import sheets from './sheets.ts'
import surveys from './surveys.ts'
import tasks from './tasks.ts'
import work from './work.ts'

export default {
  ...common,
  ...work,
  ...sheets,
  ...manage,
  ...collect,
  ...tasks,
  ...flow,
  ...office,
  ...moves,
  ...insight,
  ...surveys,
}
