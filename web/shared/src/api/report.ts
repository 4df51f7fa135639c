/** Shapes of written reports. */
import type { Param } from './insight.ts'

export interface Report {
  /** `pack/name`. */
  id: string
  title: string
  about: string
  /** Area levels it is written for. */
  levels: string[]
  params: Param[]
}
export type ReportFormat = 'html' | 'docx' | 'md'
export interface ReportQuery {
  area?: string
  as_of?: string
  /** An earlier day: adds what changed since. */
  against?: string
}
