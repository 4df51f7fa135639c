/** Shapes of written reports. */

export interface Report {
  /** `pack/name`. */
  id: string
  label: string
  about: string
  /** Language it is written in. */
  lang: string
  /** Compares two days: cannot be written without the earlier one. */
  two_days: boolean
  /** The report that tells what changed between two days. */
  compare: string | null
  /** Words that the template leaves open. */
  params: { name: string; label: string; value: string }[]
}
export type ReportFormat = 'html' | 'docx' | 'md'
export interface ReportQuery {
  area?: string
  as_of?: string
  /** An earlier day to compare with. */
  against?: string
}
