import { expect, it } from 'vitest'

import type { Finding } from '@linli/shared/api/collect.ts'

import { countErrors, findingsOf, groupFindings } from './findings.ts'

const finding = (severity: Finding['severity'], sheet: string, row: number | null): Finding => ({
  severity,
  sheet,
  row,
  column: 'type',
  code: 'x',
  message: '',
})

it('sheets with errors come first, and in each the errors by row', () => {
  const groups = groupFindings([
    finding('warning', 'settings', 2),
    finding('warning', 'survey', 3),
    finding('error', 'survey', 9),
    finding('error', 'survey', 4),
  ])
  expect(groups.map((group) => group.sheet)).toEqual(['survey', 'settings'])
  expect(groups[0]!.findings.map((entry) => [entry.severity, entry.row])).toEqual([
    ['error', 4],
    ['error', 9],
    ['warning', 3],
  ])
  expect(groups[0]!.errors).toBe(2)
})
it('a finding about the whole sheet comes before its rows', () => {
  const [group] = groupFindings([finding('error', 'choices', 2), finding('error', 'choices', null)])
  expect(group!.findings[0]!.row).toBeNull()
})
it('only errors count as errors, and a problem without findings has none to show', () => {
  expect(countErrors([finding('warning', 'a', 1), finding('error', 'a', 1)])).toBe(1)
  expect(findingsOf({ title: 'no' })).toBeNull()
  expect(findingsOf({ findings: [] })).toEqual([])
})
