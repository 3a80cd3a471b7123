// A picture of a chart while its table is written: what the document will show, nearly. Numbers are read as
// app/narrative/charts.py reads them; the server says in the end whether a chart can be drawn.

import { schema } from './schema.js'
import { svg } from './elements.js'

const NUMBER = /^([-\u2212]?)([£$€]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?(%?)$/
const MISSING = new Set(['', '-', '–', '—', 'n/a', 'N/A'])
const COLOURS = 8 // in the style sheet, one after another, as in the document
const WIDTH = 640
const HEIGHT = 300

/** The words and numbers of a chart's table: { categories, series: [{ name, numbers }], problem }. */
export function dataOf (table, kind) {
  const rows = children(table).map((row) => children(row))
  if (!table.child(0).attrs.head || rows.length < 2 || rows[0].length < 2 || table.child(1).attrs.head) {
    return { problem: 'The table needs one row of headings, a column of names and numbers beside them.' }
  }
  if (rows.flat().some((cell) => cell.attrs.colspan > 1 || cell.attrs.rowspan > 1)) {
    return { problem: 'The table has merged cells. Split them first.' }
  }
  const names = rows[0].slice(1).map(words)
  if (names.some((name) => !name)) return { problem: 'Give every column of numbers a heading.' }
  if (kind === 'pie' && names.length > 1) return { problem: 'A pie shows one column of numbers.' }
  const categories = rows.slice(1).map((row) => words(row[0]))
  if (categories.some((name) => !name)) return { problem: 'Give every row a name in its first cell.' }
  const series = names.map((name, column) => ({ name, numbers: rows.slice(1).map((row) => words(row[column + 1])) }))
  for (const one of series) {
    for (const [row, written] of one.numbers.entries()) {
      const value = valueOf(written)
      if (Number.isNaN(value)) return { problem: `“${written}” beside “${categories[row]}” is not a number such as 1,250, £3.5 or 12%.` }
      if (kind === 'pie' && value < 0) return { problem: `“${written}” is negative; a pie shows shares.` }
      one.numbers[row] = value
    }
  }
  return { categories, series }
}

function children (node) {
  const found = []
  node.forEach((child) => found.push(child))
  return found
}

function words (cell) {
  return cell.textBetween(0, cell.content.size, ' ', ' ').split(/\s+/).filter(Boolean).join(' ')
}

/** The number as written, null when it is not known, NaN when it is none. */
function valueOf (written) {
  if (MISSING.has(written)) return null
  const found = NUMBER.exec(written)
  if (!found) return Number.NaN
  const [, minus, , whole, part, percent] = found
  return (Number(`${whole.replaceAll(',', '')}.${part || 0}`) / (percent ? 100 : 1)) * (minus ? -1 : 1)
}

/** An SVG of the chart; what it says is said by the table beside it. */
export function drawn ({ categories, series }, kind, percent) {
  const marks = kind === 'pie' ? pie(categories, series[0].numbers) : plotted(categories, series, kind, percent)
  const legend = kind !== 'pie' && series.length > 1 ? legendOf(series) : []
  const said = `Chart: ${series.map((one) => one.name).join(', ')}`
  const height = HEIGHT + (legend.length ? 24 : 0)
  const root = svg('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': said, class: 'app-chart' })
  root.append(...marks, ...legend)
  return root
}

function legendOf (series) {
  const step = WIDTH / series.length
  return series.flatMap(({ name }, index) => [
    svg('rect', { x: index * step + 8, y: HEIGHT + 6, width: 12, height: 12, class: colour(index) }),
    text(index * step + 26, HEIGHT + 16, shortened(name, step / 8))
  ])
}

function colour (index) {
  return `app-chart__series app-chart__series--${index % COLOURS}`
}

function text (x, y, said, anchor = 'start') {
  const element = svg('text', { x, y, 'text-anchor': anchor })
  element.textContent = said
  return element
}

function shortened (said, length) {
  return said.length > length ? `${said.slice(0, Math.max(1, Math.floor(length) - 1))}…` : said
}

/** A scale with round steps from the least to the greatest value, nought among them. */
function scaleOf (least, greatest) {
  const span = greatest - least || 1
  const power = 10 ** Math.floor(Math.log10(span / 4))
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => span / one <= 5)
  const bottom = Math.floor(least / step) * step
  const top = Math.ceil(greatest / step) * step || step
  const ticks = []
  for (let tick = bottom; tick <= top + step / 2; tick += step) ticks.push(Number(tick.toPrecision(12)))
  return { bottom, top: ticks.at(-1), ticks }
}

function plotted (categories, series, kind, percent) {
  const sums = categories.map((_, row) => series.map((one) => one.numbers[row] || 0))
  const total = (numbers, sign) => numbers.filter((one) => one * sign > 0).reduce((sum, one) => sum + one, 0)
  const values =
    kind === 'stacked' ? sums.flatMap((one) => [total(one, 1), total(one, -1)]) : series.flatMap((one) => one.numbers)
  const scale = scaleOf(Math.min(0, ...values), Math.max(0, ...values))
  return kind === 'bar' ? lying(categories, series, scale, percent) : upright(categories, series, scale, kind, percent)
}

function label (tick, percent) {
  return percent ? `${Number((tick * 100).toPrecision(6))}%` : tick.toLocaleString('en-GB')
}

function upright (categories, series, scale, kind, percent) {
  const [left, right, top, bottom] = [64, WIDTH - 8, 12, HEIGHT - 36]
  const y = (value) => bottom - ((value - scale.bottom) / (scale.top - scale.bottom)) * (bottom - top)
  const step = (right - left) / categories.length
  const marks = scale.ticks.flatMap((tick) => [
    svg('line', { x1: left, x2: right, y1: y(tick), y2: y(tick), class: 'app-chart__line' }),
    text(left - 6, y(tick) + 4, label(tick, percent), 'end')
  ])
  categories.forEach((name, row) => {
    marks.push(text(left + step * (row + 0.5), HEIGHT - 16, shortened(name, step / 7), 'middle'))
  })
  if (kind === 'line') return [...marks, ...series.flatMap((one, index) => lineOf(one, index, left, step, y))]
  const width = kind === 'stacked' ? step * 0.56 : (step * 0.64) / series.length
  categories.forEach((_, row) => {
    const reached = { up: 0, down: 0 }
    series.forEach((one, index) => {
      const value = one.numbers[row] || 0
      const side = value < 0 ? 'down' : 'up'
      const from = kind === 'stacked' ? reached[side] : 0
      reached[side] = from + value
      const x = kind === 'stacked' ? left + step * (row + 0.22) : left + step * (row + 0.18) + width * index
      const [high, low] = [y(Math.max(from, from + value)), y(Math.min(from, from + value))]
      marks.push(svg('rect', { x, y: high, width, height: low - high, class: colour(index) }))
    })
  })
  return marks
}

function lineOf ({ numbers }, index, left, step, y) {
  const at = (row) => [left + step * (row + 0.5), y(numbers[row])]
  let path = ''
  const dots = []
  numbers.forEach((value, row) => {
    if (value === null) return
    const [x, high] = at(row)
    path += `${row && numbers[row - 1] !== null ? 'L' : 'M'}${x} ${high}`
    dots.push(svg('circle', { cx: x, cy: high, r: 4, class: colour(index) }))
  })
  return [svg('path', { d: path, class: `app-chart__path app-chart__path--${index % COLOURS}` }), ...dots]
}

function lying (categories, series, scale, percent) {
  const [left, right, top, bottom] = [160, WIDTH - 24, 8, HEIGHT - 28]
  const x = (value) => left + ((value - scale.bottom) / (scale.top - scale.bottom)) * (right - left)
  const step = (bottom - top) / categories.length
  const width = (step * 0.64) / series.length
  const marks = scale.ticks.flatMap((tick) => [
    svg('line', { x1: x(tick), x2: x(tick), y1: top, y2: bottom, class: 'app-chart__line' }),
    text(x(tick), HEIGHT - 10, label(tick, percent), 'middle')
  ])
  // The first lies at the bottom, as in the document.
  categories.forEach((name, row) => {
    const begin = bottom - step * (row + 1)
    marks.push(text(left - 6, begin + step / 2 + 4, shortened(name, 20), 'end'))
    series.forEach((one, index) => {
      const ends = [x(0), x(one.numbers[row] || 0)]
      const height = { y: begin + step * 0.18 + width * (series.length - 1 - index), height: width }
      marks.push(svg('rect', { x: Math.min(...ends), width: Math.abs(ends[1] - ends[0]), ...height, class: colour(index) }))
    })
  })
  return marks
}

function pie (categories, numbers) {
  const sum = numbers.reduce((all, one) => all + (one || 0), 0)
  if (!sum) return []
  const [x, y, radius] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 34]
  const point = (share, far) => {
    const angle = 2 * Math.PI * share - Math.PI / 2
    return [x + Math.cos(angle) * far, y + Math.sin(angle) * far]
  }
  let begin = 0
  return numbers.flatMap((value, row) => {
    if (!value) return []
    const share = value / sum
    const [from, to, beside] = [point(begin, radius), point(begin + share, radius), point(begin + share / 2, radius + 14)]
    begin += share
    const slice =
      share === 1
        ? svg('circle', { cx: x, cy: y, r: radius, class: colour(row) })
        : svg('path', {
          d: `M${x} ${y}L${from.join(' ')}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${to.join(' ')}Z`,
          class: `${colour(row)} app-chart__slice`
        })
    const said = `${shortened(categories[row], 24)}: ${Math.round(share * 100)}%`
    return [slice, text(beside[0], beside[1] + 4, said, beside[0] < x ? 'end' : 'start')]
  })
}

/** How a chart looks in the editor: its picture or what stands in the way of it, above the table. */
export class ChartView {
  constructor (node) {
    this.dom = document.createElement('div')
    this.picture = document.createElement('div')
    this.picture.className = 'app-editor-chart'
    this.picture.contentEditable = 'false'
    this.contentDOM = document.createElement('div')
    this.dom.append(this.picture, this.contentDOM)
    this.update(node)
  }

  update (node) {
    if (node.type !== schema.nodes.chart) return false
    const { kind, landscape, tableShown } = node.attrs
    this.dom.className = `app-editor-figure${tableShown ? '' : ' app-editor-figure--unprinted'}`
    this.dom.toggleAttribute('data-page', landscape)
    if (this.drawnOf !== node.child(1) || this.kind !== kind) {
      const found = dataOf(node.child(1), kind)
      const percent = node.child(1).textContent.includes('%')
      this.picture.replaceChildren(found.problem ? problem(found.problem) : drawn(found, kind, percent));
      [this.drawnOf, this.kind] = [node.child(1), kind]
    }
    return true
  }

  ignoreMutation (mutation) {
    return mutation.type !== 'selection' && !this.contentDOM.contains(mutation.target)
  }
}

function problem (said) {
  const element = document.createElement('p')
  element.className = 'app-editor-chart__problem'
  element.textContent = `No chart yet. ${said}`
  return element
}
