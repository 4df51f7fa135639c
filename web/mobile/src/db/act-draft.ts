/** The form of a case's action that was begun: a draft that belongs to the action, not to the list of forms. */
const OF = 'case:'

export const actDraft = (id: string, action: string): string => `${OF}${id}:${action}`

/** The case and action a draft belongs to; `null` for a form of its own or of a visit. */
export function actOf(assignment: string | null): { id: string; action: string } | null {
  if (!assignment?.startsWith(OF)) return null
  const [id = '', action = ''] = assignment.slice(OF.length).split(':')
  return { id, action }
}
