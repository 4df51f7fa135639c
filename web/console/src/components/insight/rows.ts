/** What a mark of a chart opens: the rows of this figure, with the figure's own filter. */
import type { ParamValue } from '@linli/shared/api/insight.ts'

export interface RowsOf {
  id: string
  label: string
  area: { code: string; name: string }
  as_of?: string
  part?: string
  /** One bar of a distribution: the register's field and the bar's code; an empty code: those whose field is not known. */
  field?: string
  code?: string
  params?: Record<string, ParamValue>
}
