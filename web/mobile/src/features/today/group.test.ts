import { describe, expect, it } from 'vitest'

import type { Assignment } from '@m/api/types.ts'

import { buildingsOf, chipsOf, daysLeft, matches } from './group.ts'

const one = (id: string, area: string, record: string, subtitle: string, state = 'open'): Assignment =>
  ({
    id,
    area: { code: area, name: area },
    record: { entity: 'people/household', id: record, title: `户${record}` },
    subtitle,
    state,
  }) as unknown as Assignment
const isOpen = (assignment: Assignment): boolean => assignment.state === 'open'

describe('the list', () => {
  it('walks buildings and doors by number, not by digit', () => {
    const buildings = buildingsOf(
      [
        one('1', '12号楼', 'a', '1单元101'),
        one('2', '2号楼', 'b', '1单元1101'),
        one('3', '2号楼', 'c', '1单元201'),
      ],
      isOpen,
    )
    expect(buildings.map((building) => building.name)).toEqual(['2号楼', '12号楼'])
    expect(buildings[0]!.doors.map((door) => door.subtitle)).toEqual(['1单元201', '1单元1101'])
  })
  it('knocks once at a door for all its tasks, open while any of them is', () => {
    const [building] = buildingsOf([one('1', 'x', 'a', '101', 'done'), one('2', 'x', 'a', '101')], isOpen)
    expect(building!.doors).toHaveLength(1)
    expect(building!.doors[0]!.assignments.map((assignment) => assignment.id)).toEqual(['1', '2'])
    expect(building!.open).toBe(1)
  })
  it('knocks once for the household and the elder at one address, and names the household', () => {
    const elder = {
      ...one('1', 'x', 'e', '1单元101'),
      record: { entity: 'people/resident', id: 'e', title: '陈丽华' },
    }
    const [building] = buildingsOf([elder, one('2', 'x', 'h', '1单元101')], isOpen)
    expect(building!.doors.map((door) => [door.title, door.assignments.length])).toEqual([['户h', 2]])
  })
  it('takes no subtitle without a number for an address', () => {
    expect(
      buildingsOf([one('1', 'x', 'a', '居民'), one('2', 'x', 'b', '居民')], isOpen)[0]!.doors,
    ).toHaveLength(2)
  })
  it('says a task once at a door, however many people behind it are asked', () => {
    const asked = (id: string, task: string, state = 'open'): Assignment => ({
      ...one(id, 'x', id, '1单元101', state),
      task: { id: task, title: task } as Assignment['task'],
    })
    const [building] = buildingsOf(
      [asked('1', '高龄核验'), asked('2', '高龄核验'), asked('3', '高龄核验', 'done'), asked('4', '入户')],
      isOpen,
    )
    const chips = chipsOf(building!.doors[0]!, (assignment) => assignment.state)
    expect(chips.map(({ task, state, times }) => [task, state, times])).toEqual([
      ['高龄核验', 'open', 2],
      ['高龄核验', 'done', 1],
      ['入户', 'open', 1],
    ])
  })
  it('finds by every word typed', () => {
    const assignment = one('1', '3号楼', 'a', '2单元302')
    expect(matches(assignment, '3号楼 302')).toBe(true)
    expect(matches(assignment, '3号楼 401')).toBe(false)
    expect(matches(assignment, '  ')).toBe(true)
  })
})

it('days are counted from midnight to midnight', () => {
  expect(daysLeft('2026-11-30', '2026-11-23')).toBe(7)
  expect(daysLeft('2026-11-23', '2026-11-23')).toBe(0)
  expect(daysLeft('2026-03-01T00:00:00Z', '2026-03-02')).toBe(-1)
})
