import { describe, expect, it, vi } from 'vitest'

import { barsAcross, columns, heat, lines } from './options.ts'
import type { Palette } from './palette.ts'

vi.stubGlobal('matchMedia', () => ({ matches: true }))
const look: Palette = {
  series: ['c1', 'c2'],
  ramp: ['r1', 'r5'],
  ink: 'i',
  text: 't',
  quiet: 'q',
  line: 'l',
  ground: 'g',
  ok: 'ok',
  bad: 'bad',
  font: 'f',
  size: 12,
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const series = (option: Record<string, unknown>): any => (option.series as unknown[])[0]

describe('drawings', () => {
  it('an area without a value has no bar, not a bar of 0', () => {
    const option = barsAcross(look, [{ label: '甲', value: null, shown: '数据不足' }])
    expect(series(option).data[0].value).toBe('-')
    expect(series(columns(look, [{ label: '甲', value: null, shown: '' }])).data[0]).toBe('-')
  })
  it('what falls short of the target has another colour and the target is drawn', () => {
    const bars = [
      { label: '甲', value: 3, shown: '3', missed: true },
      { label: '乙', value: 9, shown: '9', missed: false },
    ]
    const drawn = series(barsAcross(look, bars, 5))
    expect(drawn.data.map((one: { itemStyle: { color: string } }) => one.itemStyle.color)).toEqual([
      'c2',
      'c1',
    ])
    expect(drawn.markLine.data).toEqual([{ xAxis: 5 }])
    expect(series(barsAcross(look, bars)).markLine).toBeUndefined()
  })
  it('a line breaks where there was no value', () => {
    const option = lines(
      look,
      [
        { on: '2026-01-31', value: 3 },
        { on: '2026-02-28', value: null },
      ],
      String,
      10,
    )
    expect(series(option).data).toEqual([3, '-'])
    expect((option.series as { data: unknown[] }[])[1]!.data).toEqual([10, 10])
  })
  it('names in tips are text, whatever they hold', () => {
    const option = barsAcross(look, [{ label: '<img src=x>', value: 1, shown: '1' }])
    const tip = (option.tooltip as { formatter: (at: unknown) => string }).formatter([{ dataIndex: 0 }])
    expect(tip).toContain('&lt;img')
  })
  it('a heat map without answers divides by nothing', () => {
    const option = heat(look, ['甲'], ['乙'], [{ row: 0, column: 0, value: 0, shown: '0' }])
    expect((option.visualMap as { max: number }).max).toBe(1)
  })
  it('stands still where stillness was asked for', () => {
    expect(columns(look, []).animation).toBe(false)
  })
})
