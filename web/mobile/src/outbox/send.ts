/** How each kind of item reaches the server. */
import { cases } from '@m/api/cases.ts'
import { collect, submissionForm, visits } from '@m/api/collect.ts'
import type { NamedBlob } from '@m/db/drafts.ts'

import type { OutboxItem } from './item.ts'

export async function sendItem(item: OutboxItem, files: NamedBlob[]): Promise<unknown> {
  const body = item.body
  if (!body) return item.answer
  switch (body.kind) {
    case 'submission':
      return collect.submit(submissionForm(body.xml, files, { assignment: item.assignment }))
    case 'visit':
      return visits.send(body.visit)
    case 'unreachable':
      return collect.unreachable(item.assignment ?? '', { note: body.note, at: body.at }, item.id)
    case 'no-licence':
      return collect.noLicence(item.assignment ?? '', body.note, item.id)
    case 'case': {
      // The same again opens the same case: photos that did not get through are sent to it.
      const { id, number } = await cases.open(body.open)
      if (files.length) await cases.addFiles(id, files, `${item.id}-files`)
      return { id, number }
    }
    case 'case-act': {
      if (files.length) await cases.addFiles(body.case, files, `${item.id}-files`)
      const { id, number, state } = await cases.act(body.case, body.action, body.act)
      return { id, number, state }
    }
  }
}
