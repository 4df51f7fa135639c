/** The day's list as a worker walks it: building by building, door by door, one visit for all tasks of a household. */
import type { AreaRef } from '@linli/shared/api/types.ts'

import type { Assignment } from '@m/api/types.ts'
import { nameBelow, shortAddress } from '@m/lib/place-name.ts'

export interface Door {
  id: string
  title: string
  subtitle: string
  assignments: Assignment[]
}

export interface Building {
  code: string
  name: string
  doors: Door[]
  open: number
}

const collator = new Intl.Collator('zh-CN', { numeric: true })

/** `12号楼` before `2号楼` is how machines walk. */
export const inOrder = (one: string, other: string): number => collator.compare(one, other)

/**
 * The household and the elder behind one door are one visit: same area, same address. An address has a number; a
 * subtitle without one (`居民`) says nothing about doors.
 */
const doorOf = (one: Assignment): string => (/\d/.test(one.subtitle) ? one.subtitle : one.record.id)

/** The household names the door better than its members; several people without one are all named. */
function titleOf(assignments: Assignment[]): string {
  const household = assignments.find((one) => one.record.entity.endsWith('/household'))
  return household?.record.title ?? [...new Set(assignments.map((one) => one.record.title))].join('、')
}

/**
 * Groups by area, merges assignments behind the same door, sorts by number. `isOpen` decides what still has to be done;
 * areas are named as seen from `own`.
 */
export function buildingsOf(
  assignments: Assignment[],
  isOpen: (one: Assignment) => boolean,
  own: AreaRef | null = null,
): Building[] {
  const buildings = new Map<string, { name: string; doors: Map<string, Door> }>()
  for (const one of assignments) {
    const building = buildings.get(one.area.code) ?? {
      name: nameBelow(one.area, own),
      doors: new Map<string, Door>(),
    }
    buildings.set(one.area.code, building)
    const door = building.doors.get(doorOf(one))
    if (door) {
      door.assignments.push(one)
      door.title = titleOf(door.assignments)
    } else
      building.doors.set(doorOf(one), {
        id: `${one.area.code} ${doorOf(one)}`,
        title: one.record.title,
        subtitle: shortAddress(one.subtitle, one.area),
        assignments: [one],
      })
  }
  return [...buildings]
    .map(([code, { name, doors }]) => {
      const sorted = [...doors.values()].sort(
        (one, other) => inOrder(one.subtitle, other.subtitle) || inOrder(one.title, other.title),
      )
      return {
        code,
        name,
        doors: sorted,
        open: sorted.filter((door) => door.assignments.some(isOpen)).length,
      }
    })
    .sort((one, other) => inOrder(one.name, other.name))
}

export interface Chip {
  key: string
  task: string
  state: string
  /** How many of the door's assignments it stands for. */
  times: number
}

/** What a door says of its tasks: each task once in each state, however many people behind the door it concerns. */
export function chipsOf(door: Door, stateOf: (one: Assignment) => string): Chip[] {
  const chips = new Map<string, Chip>()
  for (const one of door.assignments) {
    const state = stateOf(one)
    const key = `${one.task.id} ${state}`
    const chip = chips.get(key) ?? { key, task: one.task.title, state, times: 0 }
    chip.times += 1
    chips.set(key, chip)
  }
  return [...chips.values()]
}

/** Name, address or area contains what was typed; several words must all be found. */
export function matches(one: Assignment, typed: string): boolean {
  const text = `${one.record.title} ${one.subtitle} ${one.area.name}`.toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => text.includes(word))
}

/** Whole days from today until the deadline; negative when it has passed. */
export function daysLeft(deadline: string, today: string): number {
  return Math.round(
    (Date.parse(`${deadline.slice(0, 10)}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000,
  )
}
