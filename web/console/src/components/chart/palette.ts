/** The design tokens as colours that a drawing can be given, and the looks that all charts share. */
import { rampToken } from '@/lib/figures.ts'

export interface Palette {
  series: string[]
  ramp: string[]
  ink: string
  text: string
  quiet: string
  line: string
  ground: string
  ok: string
  bad: string
  font: string
  size: number
}

export const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export function palette(): Palette {
  const scale = Number(token('--scale')) || 1
  return {
    series: [1, 2, 3, 4, 5, 6].map((n) => token(`--c${n}`)),
    ramp: [0, 1, 2, 3, 4].map((at) => token(rampToken(at, 5))),
    ink: token('--text'),
    text: token('--text-2'),
    quiet: token('--text-3'),
    line: token('--line'),
    ground: token('--surface'),
    ok: token('--ok'),
    bad: token('--bad'),
    font: token('--font'),
    size: Math.round(12 * scale),
  }
}

/** Axis, grid and tip alike on every chart; still where the person asked for stillness. */
export function base(look: Palette): Record<string, unknown> {
  return {
    color: look.series,
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    animationDuration: 400,
    textStyle: { fontFamily: look.font, fontSize: look.size, color: look.text },
    grid: { left: 8, right: 20, top: 24, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: look.ground,
      borderColor: look.line,
      textStyle: { color: look.text, fontSize: look.size, fontFamily: look.font },
    },
  }
}
export const categoryAxis = (look: Palette, data: string[], more: object = {}): object => ({
  type: 'category',
  data,
  axisLine: { lineStyle: { color: look.line } },
  axisTick: { show: false },
  axisLabel: { color: look.text, fontSize: look.size },
  ...more,
})
export const valueAxis = (look: Palette, more: object = {}): object => ({
  type: 'value',
  splitLine: { lineStyle: { color: look.line } },
  axisLabel: { color: look.quiet, fontSize: look.size },
  ...more,
})
