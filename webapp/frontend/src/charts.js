// Charts of reports, drawn from the numbers that stand in the table beside them.
// <div class="kt-chart" data-chart='{"kind": "bar", "stacked": true, "across": true, "categories": ["…"],
// "divisor": 1000000, "unit": "万元", "series": [{"name": "…", "tone": "red", "values": [fen], "links": ["…"],
// "kind": "line", "share": true}]}'>. A click on a bar follows its link; the table has the same links for everybody.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

const NARROW = 520
const drawn = new Map()

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function numbers(spec) {
  const language = document.documentElement.lang || 'en'
  const short = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  const long = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return {
    short: (fen) => short.format(fen / spec.divisor),
    long: (fen) => `¥${long.format(fen / 100)}`,
    share: (points) => `${short.format(points / 100)}%`
  }
}

function seriesOf(spec, show) {
  return spec.series.map((one) => ({
    name: one.name,
    type: one.kind ?? spec.kind,
    stack: spec.stacked && !one.kind ? 'all' : undefined,
    data: one.values,
    yAxisIndex: one.share ? 1 : 0,
    barMaxWidth: 34,
    symbolSize: 6,
    connectNulls: false,
    itemStyle: { color: colour(`--tblr-${one.tone}`) },
    lineStyle: { width: 2 },
    emphasis: { focus: 'none' },
    tooltip: { valueFormatter: (value) => (value == null ? '—' : one.share ? show.share(value) : show.long(value)) }
  }))
}

function axes(spec, show, isNarrow) {
  const quiet = colour('--kt-quiet')
  const line = { lineStyle: { color: colour('--kt-line') } }
  const words = { color: quiet, fontSize: 12, hideOverlap: true }
  const names = {
    type: 'category', data: spec.categories, inverse: Boolean(spec.across), axisTick: { show: false }, axisLine: line,
    axisLabel: { ...words, width: spec.across ? (isNarrow ? 76 : 150) : undefined, overflow: 'truncate' }
  }
  const money = {
    type: 'value', name: spec.unit, nameLocation: 'end', nameGap: spec.across ? 6 : 12, nameTextStyle: { color: quiet, align: spec.across && !isNarrow ? 'left' : spec.across ? 'right' : 'center' }, splitNumber: isNarrow ? 3 : 5,
    axisLabel: { ...words, formatter: (fen) => show.short(fen) }, splitLine: line
  }
  const shares = {
    type: 'value', min: 0, max: (range) => Math.max(10000, range.max), splitNumber: isNarrow ? 3 : 5,
    axisLabel: { ...words, formatter: (points) => show.share(points) }, splitLine: { show: false }
  }
  const upright = spec.series.some((one) => one.share) ? [money, shares] : [money]
  return spec.across ? { xAxis: money, yAxis: names } : { xAxis: names, yAxis: upright }
}

function optionsOf(box, spec) {
  const show = numbers(spec)
  const isNarrow = box.clientWidth < NARROW
  const text = colour('--kt-text')
  return {
    animation: false,
    aria: { enabled: true, decal: { show: false } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: spec.across ? 48 : 12, top: isNarrow ? 56 : 44, bottom: 4, containLabel: true },
    legend: { type: 'scroll', top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 12, textStyle: { color: text }, pageIconColor: text, pageTextStyle: { color: text } },
    // Drawn on the canvas: a tooltip of HTML would need inline styles, which the pages do not allow.
    tooltip: {
      trigger: 'axis', axisPointer: { type: spec.kind === 'bar' ? 'shadow' : 'line' }, renderMode: 'richText', confine: true,
      backgroundColor: colour('--kt-surface'), borderColor: colour('--kt-line-strong'), textStyle: { color: text, fontSize: 12 }
    },
    series: seriesOf(spec, show),
    ...axes(spec, show, isNarrow)
  }
}

function draw(box) {
  const spec = JSON.parse(box.dataset.chart)
  const chart = echarts.init(box, null, { renderer: 'canvas' })
  drawn.set(box, { chart, spec })
  chart.setOption(optionsOf(box, spec))
  chart.on('click', ({ seriesIndex, dataIndex }) => {
    const link = spec.series[seriesIndex].links?.[dataIndex]
    if (link) location.assign(link)
  })
  new ResizeObserver(() => {
    chart.resize()
    chart.setOption(optionsOf(box, spec))
  }).observe(box)
}

function drawAnew() {
  for (const [box, { chart, spec }] of drawn) chart.setOption(optionsOf(box, spec), { notMerge: true })
}

for (const box of document.querySelectorAll('[data-chart]')) draw(box)
new MutationObserver(drawAnew).observe(document.documentElement, { attributes: true, attributeFilter: ['data-bs-theme'] })
