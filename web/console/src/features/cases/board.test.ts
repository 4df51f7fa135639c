import { describe, expect, it } from 'vitest'

import type { BoardColumn, Case, CaseAction, Flow, FlowAction, FlowState } from '@linli/shared/api/flow.ts'

import { columnsOf, moved, movesFrom, offered } from './board.ts'

const state = (name: string, phase: FlowState['phase']): FlowState => ({ name, label: name, phase })
const action = (
  name: string,
  from: string[],
  to: string | null,
  more: Partial<FlowAction> = {},
): FlowAction => ({
  name,
  label: name,
  kind: 'step',
  from,
  to,
  by: ['handler'],
  ...more,
})
const flow = {
  states: [state('new', 'new'), state('work', 'working'), state('closed', 'done')],
  actions: [
    action('take', ['new'], 'work'),
    action('cancel', ['*'], 'closed'),
    action('close', ['work'], 'closed'),
    action('note', ['*'], null, { kind: 'comment' }),
    action('expire', ['new'], 'closed', { by: ['system'] }),
    action('reopen', ['closed'], 'work'),
  ],
} as unknown as Flow
const one = (id: string, at: string, more: Partial<Case> = {}): Case =>
  ({ id, state: state(at, 'working'), overdue: false, due: null, opened: id, ...more }) as Case

describe('where a case may be moved', () => {
  it('is told by the flow, without what only the system does', () => {
    expect(
      movesFrom(flow, 'new').map((move) => [move.state, move.actions.map((entry) => entry.name)]),
    ).toEqual([
      ['work', ['take']],
      ['closed', ['cancel']],
    ])
  })
  it('"any state" is no ended one', () => {
    expect(movesFrom(flow, 'closed').map((move) => move.state)).toEqual(['work'])
  })
  it('a drop offers only what the server offers this person', () => {
    const mine = [{ name: 'cancel' }, { name: 'note' }] as CaseAction[]
    expect(offered(flow, mine, 'work', 'closed').map((entry) => entry.name)).toEqual(['cancel'])
    expect(offered(flow, mine, 'new', 'work')).toEqual([])
  })
})

describe('the board', () => {
  const columns: BoardColumn[] = [
    {
      state: state('work', 'working'),
      count: 30,
      overdue: 1,
      items: [one('b', 'work'), one('a', 'work', { overdue: true })],
    },
    { state: state('gone', 'working'), count: 1, overdue: 0, items: [one('old', 'gone')] },
  ]
  it('has a column for every state of the flow, and keeps those of an older version', () => {
    const shown = columnsOf(flow, columns)
    expect(shown.map((column) => column.state.name)).toEqual(['new', 'work', 'closed', 'gone'])
    expect(shown[1]!.items.map((entry) => entry.id)).toEqual(['a', 'b'])
  })
  it('a moved case is counted in one column only', () => {
    const after = moved(columnsOf(flow, columns), one('a', 'closed', { overdue: true }))
    expect(after.map((column) => [column.state.name, column.count, column.overdue])).toEqual([
      ['new', 0, 0],
      ['work', 29, 0],
      ['closed', 1, 1],
      ['gone', 1, 0],
    ])
    expect(after.flatMap((column) => column.items).filter((entry) => entry.id === 'a')).toHaveLength(1)
  })
})
