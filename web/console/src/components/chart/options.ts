/** The drawings that more than one page shows, as ECharts options. Pure: figures and a palette in, an option out. */
import type { Point } from '@linli/shared/api/insight.ts'

import { base, categoryAxis, valueAxis, type Palette } from './palette.ts'

export interface Bar {
  label: string
  value: number | null
  shown: string
  /** Falls short of the target. */
  missed?: boolean | null
}

const tip = (bars: Bar[]) => (params: { dataIndex: number }[] | { dataIndex: number }) => {
  const bar = bars[(Array.isArray(params) ? params[0] : params)?.dataIndex ?? -1]
  return bar ? `${escape(bar.label)}<br/><b>${escape(bar.shown)}</b>` : ''
}
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Bars from above to below, as the list is; the target as a line. */
export function barsAcross(
  look: Palette,
  bars: Bar[],
  target: number | null = null,
): Record<string, unknown> {
  return {
    ...base(look),
    tooltip: { ...(base(look).tooltip as object), axisPointer: { type: 'shadow' }, formatter: tip(bars) },
    grid: { left: 8, right: 64, top: 10, bottom: 8, containLabel: true },
    xAxis: valueAxis(
      look,
      target !== null && bars.every((bar) => (bar.value ?? 0) < target) ? { max: target } : {},
    ),
    yAxis: categoryAxis(
      look,
      bars.map((bar) => bar.label),
      {
        inverse: true,
        axisLabel: { color: look.text, fontSize: look.size, width: 120, overflow: 'truncate' },
      },
    ),
    series: [
      {
        type: 'bar',
        barMaxWidth: 18,
        data: bars.map((bar) => ({
          value: bar.value ?? '-',
          itemStyle: { color: bar.missed ? look.series[1] : look.series[0], borderRadius: [0, 4, 4, 0] },
          label: { formatter: bar.shown },
        })),
        label: {
          show: true,
          position: 'right',
          color: look.text,
          fontSize: look.size,
          // Stays readable where the target's line runs through it.
          textBorderColor: look.ground,
          textBorderWidth: 4,
        },
        ...(target !== null && { markLine: lineAt(target, look) }),
      },
    ],
  }
}

/** Columns side by side: a distribution. */
export function columns(look: Palette, bars: Bar[]): Record<string, unknown> {
  return {
    ...base(look),
    tooltip: { ...(base(look).tooltip as object), axisPointer: { type: 'shadow' }, formatter: tip(bars) },
    grid: { left: 8, right: 20, top: 10, bottom: 8, containLabel: true },
    xAxis: categoryAxis(
      look,
      bars.map((bar) => bar.label),
      {
        axisLabel: {
          color: look.text,
          fontSize: look.size,
          interval: 0,
          width: 72,
          overflow: 'break',
          lineHeight: Math.round(look.size * 1.25),
        },
      },
    ),
    yAxis: valueAxis(look, { minInterval: 1 }),
    series: [
      {
        type: 'bar',
        barMaxWidth: 36,
        itemStyle: { borderRadius: [4, 4, 0, 0] },
        data: bars.map((bar) => bar.value ?? '-'),
      },
    ],
  }
}

/** A figure over time; broken where there was none; the target as a line. */
export function lines(
  look: Palette,
  points: Point[],
  format: (value: number) => string,
  target: number | null = null,
): Record<string, unknown> {
  const bars = points.map((point) => ({
    label: point.on,
    value: point.value,
    shown: point.value === null ? '—' : format(point.value),
  }))
  return {
    ...base(look),
    tooltip: { ...(base(look).tooltip as object), formatter: tip(bars) },
    xAxis: categoryAxis(
      look,
      points.map((point) => point.on.slice(0, 7)),
      { boundaryGap: false },
    ),
    yAxis: valueAxis(look, {
      scale: true,
      axisLabel: { color: look.quiet, fontSize: look.size, formatter: format },
    }),
    grid: { left: 8, right: 28, top: 24, bottom: 8, containLabel: true },
    series: [
      {
        type: 'line',
        data: points.map((point) => point.value ?? '-'),
        symbolSize: 7,
        lineStyle: { width: 2.4 },
        areaStyle: { opacity: 0.08 },
      },
      // A line of its own, so that the axis reaches as far as the target.
      ...(target === null
        ? []
        : [
            {
              type: 'line',
              silent: true,
              symbol: 'none',
              animation: false,
              data: points.map(() => target),
              lineStyle: { width: 1.2, type: 'dashed', color: look.quiet },
            },
          ]),
    ],
  }
}

function lineAt(at: number, look: Palette): object {
  return {
    symbol: 'none',
    silent: true,
    z: 1,
    lineStyle: { color: look.quiet, type: 'dashed' },
    label: { show: false },
    data: [{ xAxis: at }],
  }
}

export interface HeatCell {
  row: number
  column: number
  value: number
  shown: string
}
/** Rows by columns, the darker the more. */
export function heat(
  look: Palette,
  rows: string[],
  across: string[],
  cells: HeatCell[],
): Record<string, unknown> {
  const values = cells.map((cell) => cell.value)
  const most = Math.max(...values, 0)
  return {
    ...base(look),
    tooltip: {
      ...(base(look).tooltip as object),
      trigger: 'item',
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const cell = cells[dataIndex]
        return cell
          ? `${escape(rows[cell.row] ?? '')} × ${escape(across[cell.column] ?? '')}<br/><b>${escape(cell.shown)}</b>`
          : ''
      },
    },
    grid: { left: 8, right: 12, top: 8, bottom: 8, containLabel: true },
    xAxis: categoryAxis(look, across, {
      position: 'top',
      axisLabel: { color: look.text, fontSize: look.size, interval: 0, width: 84, overflow: 'break' },
    }),
    yAxis: categoryAxis(look, rows, {
      inverse: true,
      axisLabel: { color: look.text, fontSize: look.size, width: 130, overflow: 'break' },
    }),
    visualMap: { show: false, min: 0, max: most || 1, inRange: { color: look.ramp } },
    series: [
      {
        type: 'heatmap',
        itemStyle: { borderColor: look.ground, borderWidth: 2 },
        label: { show: true, fontSize: look.size },
        data: cells.map((cell) => ({
          value: [cell.column, cell.row, cell.value],
          label: {
            formatter: cell.shown,
            color: most > 0 && cell.value / most > 0.62 ? look.ground : look.ink,
          },
        })),
      },
    ],
  }
}
