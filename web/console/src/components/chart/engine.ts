/** The only module that knows ECharts. Loaded with the first chart, never before it. */
import { BarChart, HeatmapChart, LineChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([
  BarChart,
  HeatmapChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  SVGRenderer,
])

export interface Chart {
  show: (option: EChartsCoreOption) => void
  resize: () => void
  svg: () => string
  remove: () => void
}

/** A chart in a box; `pick` is told the place of a mark in its series' data. */
export function openChart(box: HTMLElement, pick: (at: number, series: number) => void): Chart {
  const chart = init(box, null, { renderer: 'svg' })
  chart.on('click', (event) => pick(event.dataIndex, event.seriesIndex ?? 0))
  return {
    show: (option) => chart.setOption(option, { notMerge: true }),
    resize: () => chart.resize(),
    svg: () => chart.renderToSVGString(),
    remove: () => chart.dispose(),
  }
}
