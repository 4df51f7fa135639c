/** The board: which columns a case may be moved to, and by which action. */
import type { BoardColumn, Case, CaseAction, Flow, FlowAction } from '@linli/shared/api/flow.ts'

import { byClock } from '@/lib/clock.ts'

const ended = (phase: string | undefined): boolean => phase === 'done' || phase === 'cancelled'

/** Whether `action` may begin in `state`; `*` is every state that is not ended. */
export function leaves(flow: Flow, action: FlowAction, state: string): boolean {
  if (action.from.includes(state)) return true
  const held = flow.states.find((entry) => entry.name === state)
  return action.from.includes('*') && !ended(held?.phase)
}

/** Target states by what leads there, in the flow's order. Actions of the system are nobody's to take. */
export function movesFrom(flow: Flow, state: string): { state: string; actions: FlowAction[] }[] {
  const ways = new Map<string, FlowAction[]>()
  for (const action of flow.actions) {
    if (!action.to || action.to === state || action.kind === 'merge' || !leaves(flow, action, state)) continue
    if (action.by.length && action.by.every((who) => who === 'system')) continue
    ways.set(action.to, [...(ways.get(action.to) ?? []), action])
  }
  return flow.states
    .filter((entry) => ways.has(entry.name))
    .map((entry) => ({ state: entry.name, actions: ways.get(entry.name)! }))
}

/** Of what this case offers me, the actions that lead to `target`. */
export function offered(flow: Flow, actions: CaseAction[], from: string, target: string): CaseAction[] {
  const leading = new Set(
    movesFrom(flow, from)
      .filter((move) => move.state === target)
      .flatMap((move) => move.actions.map((action) => action.name)),
  )
  return actions.filter((action) => leading.has(action.name))
}

/** Columns in the flow's order, every state with one even when nothing stands there; cards by their clock. */
export function columnsOf(flow: Flow, columns: BoardColumn[]): BoardColumn[] {
  const held = new Map(columns.map((column) => [column.state.name, column]))
  const own = flow.states.map(
    (state) => held.get(state.name) ?? { state, count: 0, overdue: 0, items: [] as Case[] },
  )
  // A case that runs on an older version of the flow may stand in a state the present one has not.
  const old = columns.filter((column) => !flow.states.some((state) => state.name === column.state.name))
  return [...own, ...old].map((column) => ({ ...column, items: [...column.items].sort(byClock) }))
}

/** The board after a case has moved, before the server is asked again. */
export function moved(columns: BoardColumn[], one: Case): BoardColumn[] {
  return columns.map((column) => {
    const held = column.items.find((entry) => entry.id === one.id)
    const here = column.state.name === one.state.name
    if (!held && !here) return column
    const rest = column.items.filter((entry) => entry.id !== one.id)
    return {
      ...column,
      count: column.count - Number(Boolean(held)) + Number(here),
      overdue: column.overdue - Number(Boolean(held?.overdue)) + Number(here && one.overdue),
      items: here ? [...rest, one].sort(byClock) : rest,
    }
  })
}
