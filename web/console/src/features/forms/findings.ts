/** What a check found, in the order a person mends it: sheets with errors first, in each the errors first. */
import type { Finding } from '@linli/shared/api/collect.ts'

export interface SheetFindings {
  sheet: string
  errors: number
  findings: Finding[]
}

const place = (finding: Finding): number => finding.row ?? 0

export function groupFindings(findings: Finding[]): SheetFindings[] {
  const sheets = new Map<string, Finding[]>()
  for (const finding of findings) sheets.set(finding.sheet, [...(sheets.get(finding.sheet) ?? []), finding])
  return [...sheets]
    .map(([sheet, held]) => ({
      sheet,
      errors: held.filter((finding) => finding.severity === 'error').length,
      findings: [...held].sort(
        (one, other) =>
          Number(one.severity === 'warning') - Number(other.severity === 'warning') ||
          place(one) - place(other),
      ),
    }))
    .sort((one, other) => Number(other.errors > 0) - Number(one.errors > 0))
}

export const countErrors = (findings: Finding[]): number =>
  findings.filter((finding) => finding.severity === 'error').length

/** The findings a refused upload carries in its problem, if it carries any. */
export function findingsOf(problem: Record<string, unknown>): Finding[] | null {
  return Array.isArray(problem.findings) ? (problem.findings as Finding[]) : null
}
