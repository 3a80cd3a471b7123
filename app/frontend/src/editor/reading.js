// Canonical HTML → document. Whatever is no canonical HTML is read as well as may be: the server has the last word.

import { Fragment } from 'prosemirror-model'

import { schema } from './schema.js'

const { nodes, marks } = schema

const MARKS = { STRONG: 'strong', EM: 'em', U: 'u', S: 's', SUB: 'sub', SUP: 'sup' }
const DIGEST = /^[0-9a-f]{64}$/

/** The document that the HTML says; an empty paragraph for nothing. */
export function read (html) {
  return nodes.doc.create(null, blocksIn(html))
}

/** The blocks that the HTML says, at least one. */
export function blocksIn (html) {
  const body = new DOMParser().parseFromString(`<!doctype html><body>${html}`, 'text/html').body
  return orParagraph(blocksOf(body))
}

function orParagraph (blocks) {
  return blocks.length ? blocks : [nodes.paragraph.create()]
}

function blocksOf (element) {
  const blocks = []
  let bare = [] // words that stand outside a paragraph
  const endBare = () => {
    if (bare.some((node) => !node.isText || /[^ \t\r\n]/.test(node.text))) blocks.push(nodes.paragraph.create(null, bare))
    bare = []
  }
  for (const child of element.childNodes) {
    const reader = BLOCKS[child.nodeName]
    if (reader) {
      endBare()
      blocks.push(...[reader(child)].flat())
    } else {
      bare.push(...inlinesOf(child, []))
    }
  }
  endBare()
  return blocks
}

const BLOCKS = {
  P: (element) => nodes.paragraph.create({ numbered: element.dataset.number !== 'no' }, inlinesIn(element)),
  H3: (element) => nodes.heading.create({ level: 3 }, inlinesIn(element)),
  H4: (element) => nodes.heading.create({ level: 4 }, inlinesIn(element)),
  UL: (element) => nodes.bullet_list.create(null, itemsOf(element)),
  OL: orderedList,
  BLOCKQUOTE: (element) => nodes.blockquote.create(null, orParagraph(simpleOf(element))),
  TABLE: (element) => nodes.titled_table.create(null, [captionOf(element), tableOf(element)]),
  FIGURE: figure,
  DIV: blocksOf
}

function simpleOf (element) {
  return blocksOf(element).filter((node) => node.type === nodes.paragraph || node.type.isInGroup('list'))
}

function orderedList (element) {
  const type = '1aAiI'.includes(element.getAttribute('type') || '1') ? element.getAttribute('type') || '1' : '1'
  const start = element.hasAttribute('start') ? Number.parseInt(element.getAttribute('start'), 10) : 1
  return nodes.ordered_list.create({ type, start: Number.isNaN(start) ? 1 : start }, itemsOf(element))
}

function itemsOf (element) {
  const items = [...element.children].filter((child) => child.nodeName === 'LI')
  const read = items.map((item) => nodes.list_item.create(null, orParagraph(simpleOf(item))))
  return read.length ? read : [nodes.list_item.create(null, nodes.paragraph.create())]
}

// Tables and figures

function captionOf (table) {
  return nodes.table_caption.create(null, table.caption ? inlinesIn(table.caption) : null)
}

function tableOf (table) {
  return nodes.table.create(
    null,
    [...table.rows].map((row) => nodes.table_row.create({ head: row.parentNode.nodeName === 'THEAD' }, cellsOf(row)))
  )
}

function cellsOf (row) {
  return [...row.cells].map((cell) => {
    const attrs = { colspan: cell.colSpan, rowspan: cell.rowSpan || 1, rag: cell.dataset.rag || null }
    const blocks = orParagraph(simpleOf(cell))
    return cell.nodeName === 'TH'
      ? nodes.table_header.create({ ...attrs, scope: cell.scope === 'row' ? 'row' : 'col' }, blocks)
      : nodes.table_cell.create(attrs, blocks)
  })
}

function figure (element) {
  const landscape = element.dataset.page === 'landscape'
  const table = element.querySelector('table')
  const image = element.querySelector('img')
  const described = element.querySelector('figcaption')
  const caption = nodes.figure_caption.create(null, described ? inlinesIn(described) : null)
  if (table && element.dataset.chart) {
    const attrs = { kind: element.dataset.chart, tableShown: element.dataset.table !== 'hide', landscape }
    return nodes.chart.create(attrs, [captionOf(table), tableOf(table), caption])
  }
  if (table) return nodes.titled_table.create({ landscape }, [captionOf(table), tableOf(table)])
  const digest = image ? image.getAttribute('src') : ''
  if (DIGEST.test(digest)) return nodes.picture.create({ digest, alt: image.getAttribute('alt') || '', landscape }, caption)
  return blocksOf(element)
}

// Words

function inlinesIn (element) {
  return Fragment.from([...element.childNodes].flatMap((child) => inlinesOf(child, [])))
}

function inlinesOf (node, around) {
  if (node.nodeType === Node.TEXT_NODE) return node.data ? [schema.text(node.data, around)] : []
  if (node.nodeName === 'BR') return [nodes.hard_break.create()]
  if (node.nodeType !== Node.ELEMENT_NODE) return []
  const mark = markOf(node)
  const within = mark ? mark.addToSet(around) : around
  return [...node.childNodes].flatMap((child) => inlinesOf(child, within))
}

function markOf (element) {
  if (MARKS[element.nodeName]) return marks[MARKS[element.nodeName]].create()
  if (element.nodeName === 'A' && element.hasAttribute('href')) {
    return marks.link.create({ href: element.getAttribute('href') })
  }
  if (element.nodeName === 'MARK' && element.hasAttribute('data-redact')) {
    return marks.redact.create({ reason: element.getAttribute('data-redact') })
  }
  return null
}
