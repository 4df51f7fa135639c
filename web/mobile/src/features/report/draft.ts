/** What is being reported: kept on the phone from the first word on. */
import type { NewCase } from '@linli/shared/api/flow.ts'
import type { Code } from '@linli/shared/api/types.ts'

export const FLOW = 'grid/incident'
export const CLASSES = 'grid/incident_class'

export interface ReportDraft {
  text: string
  kind: string | null
  address: string
  danger: boolean
}
export const emptyDraft = (): ReportDraft => ({ text: '', kind: null, address: '', danger: false })

export const isEmpty = (draft: ReportDraft): boolean =>
  !draft.text.trim() && !draft.kind && !draft.address.trim() && !draft.danger

/** Classes a person may choose: those without classes below them. */
export function leavesOf(codes: Code[]): Code[] {
  const parents = new Set(codes.map((code) => code.parent).filter(Boolean))
  return codes.filter((code) => !code.retired && !parents.has(code.code))
}

interface Known {
  area: string
  id: string
  place: { lat: number; lon: number } | null
  /** What is said where nothing was written: the class, or that it is in the recording or the photo. */
  fallback: string
}

export function caseOf(draft: ReportDraft, { area, id, place, fallback }: Known): NewCase {
  const address = draft.address.trim()
  return {
    flow: FLOW,
    area,
    client_id: id,
    values: {
      text: draft.text.trim() || fallback,
      origin: 'worker',
      ...(draft.kind ? { kind: draft.kind } : {}),
      ...(address ? { address } : {}),
      ...(draft.danger ? { danger: true } : {}),
    },
    ...(place ? { place: { ...place, text: address } } : {}),
  }
}
