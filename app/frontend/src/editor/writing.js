// Document → HTML of the grammar, written as app/narrative writes it. The server cleans it again: blanks that only the
// editor needs, and whatever a person has not finished, go there.

import { schema } from './schema.js'

const { nodes } = schema

/** The document as HTML; nothing at all when nothing is written in it. */
export function write (doc) {
  return written(doc)
}

function written (parent) {
  let html = ''
  parent.forEach((node) => {
    html += WRITERS[node.type.name](node)
  })
  return html
}

const WRITERS = {
  paragraph: (node) =>
    isBlank(node) ? '' : `<p${node.attrs.numbered ? '' : ' data-number="no"'}>${line(node)}</p>`,
  heading: (node) => (isBlank(node) ? '' : `<h${node.attrs.level}>${line(node)}</h${node.attrs.level}>`),
  blockquote: (node) => around('blockquote', written(node)),
  bullet_list: (node) => around('ul', written(node)),
  ordered_list: ({ attrs: { type, start }, content }) => {
    const said = attributes({ type: type !== '1' && type, start: start !== 1 && String(start) })
    const items = written(content)
    return items && `<ol${said}>${items}</ol>`
  },
  list_item: (node) => around('li', written(node)),
  titled_table: (node) => {
    const table = writtenTable(node.child(0), node.child(1))
    return node.attrs.landscape ? `<figure data-page="landscape">${table}</figure>` : table
  },
  chart: writtenChart,
  picture: writtenPicture
}

function around (tag, inside) {
  return inside && `<${tag}>${inside}</${tag}>`
}

// Tables and figures

function writtenTable (caption, table) {
  let head = ''
  let body = ''
  table.forEach((row) => {
    if (row.attrs.head && !body) head += writtenRow(row)
    else body += writtenRow(row)
  })
  const title = around('caption', isBlank(caption) ? '' : line(caption))
  return `<table>${title}${around('thead', head)}${around('tbody', body)}</table>`
}

function writtenRow (row) {
  let cells = ''
  row.forEach((cell) => {
    const { scope, colspan, rowspan, rag } = cell.attrs
    const tag = cell.type === nodes.table_header ? 'th' : 'td'
    const said = { scope, colspan: colspan > 1 && colspan, rowspan: rowspan > 1 && rowspan, 'data-rag': rag }
    cells += `<${tag}${attributes(said)}>${written(cell)}</${tag}>`
  })
  return `<tr>${cells}</tr>`
}

function writtenChart (node) {
  const { kind, tableShown, landscape } = node.attrs
  const said = { 'data-chart': kind, 'data-table': !tableShown && 'hide', 'data-page': landscape && 'landscape' }
  return `<figure${attributes(said)}>${writtenTable(node.child(0), node.child(1))}${figcaption(node.child(2))}</figure>`
}

function writtenPicture (node) {
  const { digest, alt, landscape } = node.attrs
  const page = attributes({ 'data-page': landscape && 'landscape' })
  return `<figure${page}><img src="${digest}" alt="${escapedAttribute(alt)}">${figcaption(node.child(0))}</figure>`
}

function figcaption (caption) {
  return around('figcaption', isBlank(caption) ? '' : line(caption))
}

function attributes (said) {
  return Object.entries(said)
    .filter(([, value]) => value)
    .map(([name, value]) => ` ${name}="${escapedAttribute(String(value))}"`)
    .join('')
}

// Words

/** Whether nothing is written there: no-break spaces and the like are for the server to judge. */
function isBlank (node) {
  return !/[^ \t\r\n]/.test(node.textContent)
}

const LAYERS = [
  ['link', (mark) => `<a href="${escapedAttribute(mark.attrs.href)}">`, '</a>'],
  ['redact', (mark) => `<mark data-redact="${escapedAttribute(mark.attrs.reason)}">`, '</mark>'],
  ...['strong', 'em', 'u', 's', 'sub', 'sup'].map((name) => [name, () => `<${name}>`, `</${name}>`])
]

/** The words of a block, each layer of marks around as many neighbours as bear it. */
function line (node) {
  const inlines = []
  node.forEach((inline) => inlines.push(inline))
  return layered(inlines, 0)
}

function layered (inlines, layer) {
  if (layer === LAYERS.length) return inlines.map((one) => (one.isText ? escaped(one.text) : '<br>')).join('')
  const [name, opening, closing] = LAYERS[layer]
  let html = ''
  for (let first = 0, next; first < inlines.length; first = next) {
    const mark = markOf(inlines[first], name)
    next = first + 1
    while (next < inlines.length && isSame(mark, markOf(inlines[next], name))) next += 1
    const inside = layered(inlines.slice(first, next), layer + 1)
    html += mark ? opening(mark) + inside + closing : inside
  }
  return html
}

function markOf (inline, name) {
  return (inline.isText && inline.marks.find((mark) => mark.type.name === name)) || null
}

function isSame (one, other) {
  return one === other || Boolean(one && other && one.eq(other))
}

function escaped (words) {
  const plain = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // At the beginning it would join with the “>” before it when somebody brings the HTML to Unicode's NFC.
  return plain.startsWith('\u0338') ? `&#824;${plain.slice(1)}` : plain
}

function escapedAttribute (words) {
  return escaped(words).replaceAll('"', '&quot;')
}
