/**
 * Lays out a flow as a layered drawing (Sugiyama's way: turn back edges round, layer by longest path, order by
 * barycentre, then place each layer by least squares with the order kept). Labels of edges are boxes of their own, so
 * nothing is ever written over something else. Pure: the same flow gives the same drawing.
 */
import type { Flow } from '@linli/shared/api/flow.ts'

export const ANY = '*'
/** Box sizes and gaps, in the drawing's units (CSS pixels at full size). */
const NODE = { height: 46, min: 104 }
const LABEL = { height: 20 }
const GAP = { x: 24, y: 20 }
const MARGIN = 16

export interface Box {
  x: number
  y: number
  width: number
  height: number
}
export interface DrawnNode extends Box {
  name: string
}
export interface DrawnEdge {
  from: string
  to: string
  /** Names of the actions that go this way. */
  actions: string[]
  /** Against the stream: a return or a reopening. */
  back: boolean
  label: Box
  path: string
}
export interface Drawing {
  width: number
  height: number
  nodes: DrawnNode[]
  edges: DrawnEdge[]
}
export interface Texts {
  state: (name: string) => string
  actions: (names: string[]) => string
}

interface Item {
  key: string
  width: number
  height: number
  layer: number
  x: number
  /** What it is drawn as: a state, the place of a label, or a bend. */
  as: 'node' | 'label' | 'bend'
}
interface Way {
  from: string
  to: string
  actions: string[]
  back: boolean
  /** From top to bottom, ends included. */
  chain: Item[]
}

/** Width of a line of text: a Chinese character is about twice as wide as a Latin one. */
export function textWidth(text: string, size: number): number {
  let units = 0
  for (const letter of text) units += letter.charCodeAt(0) > 0x2e7f ? 1 : 0.56
  return Math.ceil(units * size)
}

/** One way for each pair of states, with all actions that go it; "from any state" leaves one small node of its own. */
export function waysOf(
  flow: Pick<Flow, 'states' | 'actions'>,
): { from: string; to: string; actions: string[] }[] {
  const known = new Set(flow.states.map((state) => state.name))
  const ways = new Map<string, { from: string; to: string; actions: string[] }>()
  const running = flow.states
    .filter((state) => !['done', 'cancelled'].includes(state.phase))
    .map((state) => state.name)
  for (const action of flow.actions) {
    if (!action.to || !known.has(action.to)) continue
    // "From any state" comes written out; drawn so, it would be a line from everywhere.
    const everywhere = running.length > 3 && running.every((name) => action.from.includes(name))
    const starts = everywhere ? [ANY, ...action.from.filter((name) => !running.includes(name))] : action.from
    for (const from of starts) {
      if (from === action.to || (from !== ANY && !known.has(from))) continue
      const key = `${from}\n${action.to}`
      const way = ways.get(key)
      if (!way) ways.set(key, { from, to: action.to, actions: [action.name] })
      else if (!way.actions.includes(action.name)) way.actions.push(action.name)
    }
  }
  return [...ways.values()]
}

/** Edges that close a circle, found by walking from the start in the flow's own order. */
function backEdges(names: string[], ways: { from: string; to: string }[]): Set<{ from: string; to: string }> {
  const back = new Set<{ from: string; to: string }>()
  const state = new Map<string, 'open' | 'done'>()
  const rank = new Map(names.map((name, at) => [name, at]))
  const visit = (name: string): void => {
    state.set(name, 'open')
    const out = ways
      .filter((way) => way.from === name)
      .sort((one, other) => rank.get(one.to)! - rank.get(other.to)!)
    for (const way of out) {
      if (state.get(way.to) === 'open') back.add(way)
      else if (!state.has(way.to)) visit(way.to)
    }
    state.set(name, 'done')
  }
  for (const name of names) if (!state.has(name)) visit(name)
  return back
}

function layersOf(names: string[], down: { from: string; to: string }[]): Map<string, number> {
  const layer = new Map<string, number>()
  const of = (name: string): number => {
    const held = layer.get(name)
    if (held !== undefined) return held
    const above = down.filter((way) => way.to === name).map((way) => of(way.from) + 1)
    const own = Math.max(0, ...above)
    layer.set(name, own)
    return own
  }
  names.forEach(of)
  // A node without anything above stands right above the first it leads to, not at the very top.
  for (const name of names) {
    if (down.some((way) => way.to === name)) continue
    const below = down.filter((way) => way.from === name).map((way) => layer.get(way.to)!)
    if (below.length) layer.set(name, Math.max(0, Math.min(...below) - 1))
  }
  return layer
}

/** Positions nearest to `wanted` (least squares) that keep the order and the gaps: pool adjacent violators. */
export function placeInOrder(wanted: number[], gaps: number[]): number[] {
  const offset = [0]
  for (let at = 1; at < wanted.length; at += 1) offset.push(offset[at - 1]! + gaps[at - 1]!)
  const pools: { sum: number; count: number }[] = []
  wanted.forEach((want, at) => {
    pools.push({ sum: want - offset[at]!, count: 1 })
    while (pools.length > 1) {
      const [one, other] = [pools.at(-2)!, pools.at(-1)!]
      if (one.sum / one.count <= other.sum / other.count) break
      pools.splice(-2, 2, { sum: one.sum + other.sum, count: one.count + other.count })
    }
  })
  return pools
    .flatMap((pool) => Array<number>(pool.count).fill(pool.sum / pool.count))
    .map((at, index) => at + offset[index]!)
}

const mean = (numbers: number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

function order(layers: Item[][], near: (item: Item, up: boolean) => Item[]): void {
  for (let sweep = 0; sweep < 12; sweep += 1) {
    const up = sweep % 2 === 0
    for (const layer of up ? layers : [...layers].reverse()) {
      const at = new Map(
        layers.flatMap((row) => row.map((item, index) => [item, index / row.length] as const)),
      )
      const weight = new Map(
        layer.map((item) => {
          const others = near(item, up)
          return [item, others.length ? mean(others.map((other) => at.get(other)!)) : at.get(item)!] as const
        }),
      )
      layer.sort((one, other) => weight.get(one)! - weight.get(other)!)
    }
  }
}

function place(layers: Item[][], near: (item: Item, up: boolean) => Item[]): void {
  for (const layer of layers) {
    let x = 0
    for (const item of layer) {
      item.x = x + item.width / 2
      x += item.width + GAP.x
    }
  }
  for (let sweep = 0; sweep < 16; sweep += 1) {
    const up = sweep % 2 === 0
    for (const layer of up ? layers : [...layers].reverse()) {
      const wanted = layer.map((item) => {
        const others = sweep < 12 ? near(item, up) : [...near(item, true), ...near(item, false)]
        return others.length ? mean(others.map((other) => other.x)) : item.x
      })
      const gaps = layer.slice(1).map((item, index) => (item.width + layer[index]!.width) / 2 + GAP.x)
      placeInOrder(wanted, gaps).forEach((x, index) => (layer[index]!.x = x))
    }
  }
}

/** A smooth line through the middles, leaving and arriving straight. */
function curve(points: [number, number][]): string {
  const round = (n: number): number => Math.round(n * 10) / 10
  let text = `M${round(points[0]![0])} ${round(points[0]![1])}`
  for (let at = 1; at < points.length; at += 1) {
    const [x0, y0] = points[at - 1]!
    const [x1, y1] = points[at]!
    const bend = (y1 - y0) * 0.5
    text += `C${round(x0)} ${round(y0 + bend)} ${round(x1)} ${round(y1 - bend)} ${round(x1)} ${round(y1)}`
  }
  return text
}

export function layoutFlow(flow: Pick<Flow, 'states' | 'actions'>, texts: Texts): Drawing {
  const plain = waysOf(flow)
  const any = plain.some((way) => way.from === ANY)
  const names = [...flow.states.map((state) => state.name), ...(any ? [ANY] : [])]
  const back = backEdges(names, plain)
  const down = plain.map((way) => (back.has(way) ? { ...way, from: way.to, to: way.from } : way))
  const layer = layersOf(names, down)

  const nodes = new Map<string, Item>(
    names.map((name) => [
      name,
      {
        key: name,
        as: 'node',
        width: Math.max(name === ANY ? 0 : NODE.min, textWidth(texts.state(name), 14) + 32),
        height: name === ANY ? 30 : NODE.height,
        layer: layer.get(name)! * 2,
        x: 0,
      },
    ]),
  )
  const ways: Way[] = plain.map((way, at) => {
    const [top, bottom] = [nodes.get(down[at]!.from)!, nodes.get(down[at]!.to)!]
    const chain: Item[] = [top]
    for (let step = top.layer + 1; step < bottom.layer; step += 1) {
      const first = step === top.layer + 1
      chain.push({
        key: `${at}:${step}`,
        as: first ? 'label' : 'bend',
        width: first ? textWidth(texts.actions(way.actions), 12) + 14 : 8,
        height: first ? LABEL.height : 0,
        layer: step,
        x: 0,
      })
    }
    chain.push(bottom)
    return { ...way, back: back.has(way), chain }
  })

  const items = [...new Set([...nodes.values(), ...ways.flatMap((way) => way.chain)])]
  const layers: Item[][] = []
  for (const item of items) (layers[item.layer] ??= []).push(item)
  const above = new Map<Item, Item[]>()
  const below = new Map<Item, Item[]>()
  for (const { chain } of ways) {
    for (let at = 1; at < chain.length; at += 1) {
      below.set(chain[at - 1]!, [...(below.get(chain[at - 1]!) ?? []), chain[at]!])
      above.set(chain[at]!, [...(above.get(chain[at]!) ?? []), chain[at - 1]!])
    }
  }
  const near = (item: Item, up: boolean): Item[] => (up ? above : below).get(item) ?? []
  const rows = layers.filter((row) => row?.length)
  order(rows, near)
  place(rows, near)
  return drawn(rows, ways, nodes)
}

/** Lines that share a side of a box leave it side by side, in the order of where they go: they neither meet nor cross. */
function portsOf(ways: Way[]): Map<Way, { top: number; bottom: number }> {
  const ports = new Map(ways.map((way) => [way, { top: 0, bottom: 0 }]))
  for (const side of ['top', 'bottom'] as const) {
    const end = (way: Way): Item => (side === 'top' ? way.chain[0]! : way.chain.at(-1)!)
    const next = (way: Way): Item => (side === 'top' ? way.chain[1]! : way.chain.at(-2)!)
    for (const item of new Set(ways.map(end))) {
      const here = ways.filter((way) => end(way) === item).sort((one, other) => next(one).x - next(other).x)
      const step = Math.min(26, (item.width - 28) / Math.max(1, here.length - 1))
      here.forEach((way, at) => (ports.get(way)![side] = (at - (here.length - 1) / 2) * step))
    }
  }
  return ports
}

function drawn(rows: Item[][], ways: Way[], nodes: Map<string, Item>): Drawing {
  const left = Math.min(...rows.flat().map((item) => item.x - item.width / 2))
  const middle = new Map<number, number>()
  let y = MARGIN
  for (const row of rows) {
    const height = Math.max(...row.map((item) => item.height), 8)
    middle.set(row[0]!.layer, y + height / 2)
    y += height + GAP.y
  }
  const box = (item: Item): Box => ({
    x: item.x - left + MARGIN - item.width / 2,
    y: middle.get(item.layer)! - item.height / 2,
    width: item.width,
    height: item.height,
  })
  const port = portsOf(ways)
  const edges = ways.map((way): DrawnEdge => {
    const centre = (item: Item): [number, number] => [item.x - left + MARGIN, middle.get(item.layer)!]
    const points = way.chain.map(centre)
    const [top, bottom] = [points[0]!, points.at(-1)!]
    top[0] += port.get(way)!.top
    bottom[0] += port.get(way)!.bottom
    // The line ends at the boxes' rims, a little before the arrow's head.
    top[1] += way.chain[0]!.height / 2 + (way.back ? 5 : 0)
    bottom[1] -= way.chain.at(-1)!.height / 2 + (way.back ? 0 : 5)
    return {
      from: way.from,
      to: way.to,
      actions: way.actions,
      back: way.back,
      label: box(way.chain[1]!),
      path: curve(way.back ? points.reverse() : points),
    }
  })
  const right = Math.max(...rows.flat().map((item) => item.x + item.width / 2))
  return {
    width: Math.ceil(right - left + 2 * MARGIN),
    height: Math.ceil(y - GAP.y + MARGIN),
    nodes: [...nodes.values()].map((item) => ({ name: item.key, ...box(item) })),
    edges,
  }
}
