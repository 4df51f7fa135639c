import { expect, it } from 'vitest'

import { nameBelow, shortAddress } from './place-name.ts'

const area = (full_name: string) => ({ code: '1', name: full_name.split(' / ').at(-1)!, full_name })
const GRID = area('哈尔滨市 / 南岗区 / 七政街道 / 焊接社区 / 焊接第1网格')
const STAIR = area('哈尔滨市 / 南岗区 / 七政街道 / 焊接社区 / 焊接第1网格 / 1号楼 / 2单元')

it('an address is told without the areas everybody there knows, and never as nothing', () => {
  expect(shortAddress('哈尔滨市南岗区七政街道和平路55号1号楼2单元302', STAIR)).toBe('和平路55号1号楼2单元302')
  expect(shortAddress('和平路55号', STAIR)).toBe('和平路55号')
  expect(shortAddress('哈尔滨市', STAIR)).toBe('哈尔滨市')
  expect(shortAddress('和平路', null)).toBe('和平路')
})
it('two stairs of the same name are told apart by their buildings', () => {
  expect(nameBelow(STAIR, GRID)).toBe('1号楼 2单元')
  expect(nameBelow(GRID, GRID)).toBe('焊接第1网格')
  expect(nameBelow(STAIR, area('哈尔滨市 / 道里区'))).toBe('2单元')
  expect(nameBelow({ code: '1', name: '3号楼' }, GRID)).toBe('3号楼')
})
