import { describe, expect, it } from 'vitest'

import type { Flow, FlowAction } from '@linli/shared/api/flow.ts'

import { ANY, layoutFlow, placeInOrder, textWidth, waysOf, type Box, type Drawing } from './diagram.ts'

type Small = Pick<Flow, 'states' | 'actions'>
function flow(states: string[], ...ways: [name: string, from: string, to: string | null][]): Small {
  return {
    states: states.map((name) => ({ name, label: name, phase: 'working' })),
    actions: ways.map(
      ([name, from, to]) =>
        ({ name, label: name, kind: 'step', from: from.split(','), to, by: [] }) as FlowAction,
    ),
  }
}
const draw = (small: Small): Drawing =>
  layoutFlow(small, { state: (name) => `环节${name}`, actions: (names) => names.join('、') })
const meet = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width - 0.01 &&
  other.x < one.x + one.width - 0.01 &&
  one.y < other.y + other.height - 0.01 &&
  other.y < one.y + one.height - 0.01
function overlaps(drawing: Drawing): number {
  const boxes: Box[] = [...drawing.nodes, ...drawing.edges.map((edge) => edge.label)]
  return boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) => meet(one, other))).length
}
/** Every action as often as the flow leads it somewhere else. */
function led(small: Small): string[] {
  return small.actions
    .flatMap((action) =>
      action.from
        .filter((from) => action.to && from !== action.to)
        .map((from) => `${from}-${action.name}-${action.to}`),
    )
    .sort()
}
const drawnWays = (drawing: Drawing): string[] =>
  drawing.edges.flatMap((edge) => edge.actions.map((name) => `${edge.from}-${name}-${edge.to}`)).sort()

const incident = flow(
  ['reported', 'filed', 'dispatched', 'handled', 'checked', 'closed', 'cancelled'],
  ['verify', 'reported', 'filed'],
  ['untrue', 'reported', 'cancelled'],
  ['dispatch', 'filed', 'dispatched'],
  ['feedback', 'dispatched', 'handled'],
  ['give_back', 'dispatched', 'filed'],
  ['check', 'handled', 'checked'],
  ['rework', 'handled,checked', 'dispatched'],
  ['close', 'checked', 'closed'],
  ['reopen', 'closed', 'dispatched'],
  ['cancel', ANY, 'cancelled'],
  ['comment', ANY, null],
)

describe('a flow drawn', () => {
  it('has no box over another', () => {
    expect(overlaps(draw(incident))).toBe(0)
  })
  it('shows every edge once', () => {
    expect(drawnWays(draw(incident))).toEqual(led(incident))
  })
  it('lies within its own size', () => {
    const drawing = draw(incident)
    for (const box of [...drawing.nodes, ...drawing.edges.map((edge) => edge.label)]) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(drawing.width)
      expect(box.y + box.height).toBeLessThanOrEqual(drawing.height)
    }
  })
  it('leads downwards; only returns and reopenings go up', () => {
    const drawing = draw(incident)
    const y = (name: string): number => drawing.nodes.find((node) => node.name === name)!.y
    for (const edge of drawing.edges)
      expect([edge.from, y(edge.to) < y(edge.from)]).toEqual([edge.from, edge.back])
    expect(drawing.edges.filter((edge) => edge.back).flatMap((edge) => edge.actions)).toEqual([
      'give_back',
      'rework',
      'rework',
      'reopen',
    ])
  })
  it('lets no two lines begin or end at one point', () => {
    const ends = draw(incident).edges.flatMap((edge) => {
      const numbers = [...edge.path.matchAll(/-?[\d.]+/g)].map((match) => Number(match[0]))
      return [numbers.slice(0, 2).join(), numbers.slice(-2).join()]
    })
    expect(new Set(ends).size).toBe(ends.length)
  })
  it('puts actions that go the same way on one line', () => {
    const ways = waysOf(flow(['a', 'b'], ['pass', 'a', 'b'], ['wave', 'a', 'b'], ['stay', 'a', 'a']))
    expect(ways).toEqual([{ from: 'a', to: 'b', actions: ['pass', 'wave'] }])
  })
  it('draws what may be done everywhere as one line, not as a line from everywhere', () => {
    const states = ['a', 'b', 'c', 'd', 'end']
    const small = flow(states, ['cancel', 'a,b,c,d', 'end'], ['some', 'a,b,c', 'd'])
    small.states[4]!.phase = 'done'
    expect(waysOf(small).map((way) => `${way.from}>${way.to}`)).toEqual(['*>end', 'a>d', 'b>d', 'c>d'])
  })
  it('is the same every time', () => {
    expect(draw(incident)).toEqual(draw(incident))
  })
  it('survives any flow: circles, islands, one state, states nobody declared', () => {
    let seed = 7
    const next = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * below)
    }
    for (let round = 0; round < 120; round += 1) {
      const names = Array.from({ length: 1 + next(11) }, (_, at) => `s${at}`)
      const ways = Array.from({ length: next(24) }, (_, at): [string, string, string | null] => [
        `a${at}`,
        next(9) ? `s${next(names.length)}` : ANY,
        next(8) ? `s${next(names.length)}` : null,
      ])
      const small = flow(names, ...ways)
      const drawing = draw(small)
      expect(overlaps(drawing)).toBe(0)
      expect(drawnWays(drawing)).toEqual(led(small))
      expect(drawing.nodes.filter((node) => node.name !== ANY)).toHaveLength(names.length)
    }
    expect(draw(flow(['a'], ['go', 'a', 'nowhere'])).edges).toEqual([])
  })
})

it('boxes in a row keep their order and gaps and move as little as they must', () => {
  expect(placeInOrder([10, 10, 50], [20, 20])).toEqual([0, 20, 50])
  expect(placeInOrder([5, 1], [1])).toEqual([2.5, 3.5])
})
it('a Chinese character is wider than a Latin one', () => {
  expect(textWidth('核实', 10)).toBe(20)
  expect(textWidth('ab', 10)).toBe(12)
})
