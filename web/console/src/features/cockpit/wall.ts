/** What a wall shows, one panel after the other. */
import type { Cockpit } from '@linli/shared/api/insight.ts'

export type Panel =
  | { kind: 'standing'; from: number }
  | { kind: 'concerns' }
  | { kind: 'areas'; at: number }
  | { kind: 'trends'; from: number }
  | { kind: 'distributions' }
  | { kind: 'departments' }

/** As many cards as can be read from across a room. */
export const CARDS = 12
export const TRENDS = 4
/** Maps of so many figures, then the round starts anew. */
const MAPS = 4

/** Only what there is something of to show, in the order a leader asks: where we stand, what is wrong, where. */
export function panelsOf(cockpit: Cockpit, choices: number): Panel[] {
  const pages = (of: number, size: number): number[] =>
    Array.from({ length: Math.ceil(of / size) }, (_, at) => at * size)
  const lines = cockpit.trends.filter(
    (trend) => trend.points.filter((point) => point.value !== null).length > 1,
  ).length
  return [
    ...pages(cockpit.standing.length, CARDS).map((from): Panel => ({ kind: 'standing', from })),
    ...(cockpit.worse.length + cockpit.blank.length ? [{ kind: 'concerns' } as const] : []),
    ...pages(cockpit.children.length ? Math.min(choices, MAPS) : 0, 1).map((at): Panel => ({
      kind: 'areas',
      at,
    })),
    ...pages(lines, TRENDS).map((from): Panel => ({ kind: 'trends', from })),
    ...(cockpit.distributions.length ? [{ kind: 'distributions' } as const] : []),
    ...(cockpit.departments.length ? [{ kind: 'departments' } as const] : []),
  ]
}

/** The panel after or before, round and round; stays at the first when there is none. */
export const turn = (at: number, step: number, of: number): number => (of ? (at + step + of) % of : 0)
