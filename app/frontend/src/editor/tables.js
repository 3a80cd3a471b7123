// Tables: made, grown, cut, merged, and what heads them. Rows that head a table come first, and no cell reaches from
// them into the rows below.

import { NodeSelection, Plugin, Selection, TextSelection } from 'prosemirror-state'
import {
  TableMap,
  addColumnAfter,
  addColumnBefore,
  addRow,
  deleteColumn,
  deleteRow,
  isInTable,
  mergeCells,
  selectedRect,
  splitCell
} from 'prosemirror-tables'

import { schema } from './schema.js'

const { nodes } = schema

/** The most columns of a table, as in Word. */
const MAX_COLUMNS = 63

/** The block around the selection that holds a table or shows a picture, with its position, or null. */
export function figureAround (state) {
  const { selection } = state
  const types = [nodes.titled_table, nodes.chart, nodes.picture]
  if (selection instanceof NodeSelection && types.includes(selection.node.type)) {
    return { node: selection.node, pos: selection.from }
  }
  const { $from } = selection
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    if (types.includes($from.node(depth).type)) return { node: $from.node(depth), pos: $from.before(depth) }
  }
  return null
}

/** A block with a table of empty cells below a row of empty heads. */
export function newTable (rows, columns) {
  const paragraph = nodes.paragraph.create()
  const row = (type, head) =>
    nodes.table_row.create({ head }, Array.from({ length: columns }, () => type.create(null, paragraph)))
  return nodes.titled_table.create(null, [
    nodes.table_caption.create(),
    nodes.table.create(null, [
      row(nodes.table_header, true),
      ...Array.from({ length: rows }, () => row(nodes.table_cell, false))
    ])
  ])
}

/** A command that puts a block after the one of the selection, or in the place of an empty paragraph. */
export function insertBlock (block) {
  return (state, dispatch) => {
    const { $from } = state.selection
    if (figureAround(state)) return false
    if (!dispatch) return true
    const { tr } = state
    const outermost = $from.depth ? $from.node(1) : null
    const isEmpty = outermost && outermost.type === nodes.paragraph && !outermost.content.size
    const from = isEmpty ? $from.before(1) : $from.depth ? $from.after(1) : $from.pos
    tr.replaceWith(from, isEmpty ? $from.after(1) : from, block)
    tr.setSelection(Selection.near(tr.doc.resolve(block.type === nodes.picture ? from + 1 : firstCell(from, block)), 1))
    dispatch(tr.scrollIntoView())
    return true
  }
}

function firstCell (pos, block) {
  return pos + 1 + block.child(0).nodeSize + 1
}

/** A command that puts a row above (0) or below (1) the selected ones; among the heads it is one of them. */
export function insertRow (below) {
  return (state, dispatch) => {
    if (!isInTable(state)) return false
    if (!dispatch) return true
    const rect = selectedRect(state)
    const at = below ? rect.bottom : rect.top
    const beside = rect.table.child(below ? at - 1 : at)
    const isHead = beside.attrs.head && (!below || (at < rect.map.height && rect.table.child(at).attrs.head))
    const tr = addRow(state.tr, rect, at)
    const pos = rect.tableStart + rowOffset(tr.doc.nodeAt(rect.tableStart - 1), at)
    tr.setNodeMarkup(pos, null, { head: Boolean(isHead) })
    dispatch(withCellTypes(tr, pos))
    return true
  }
}

/** A new row's cells, as its place asks: heads above, names of rows where the first column has them. */
function withCellTypes (tr, pos) {
  const row = tr.doc.nodeAt(pos)
  const table = tr.doc.resolve(pos).parent
  const isNamed = rowsBelowHead(table).some((other) => other !== row && isName(other.firstChild))
  row.forEach((cell, offset, index) => {
    const named = !row.attrs.head && index === 0 && isNamed
    const type = row.attrs.head || named ? nodes.table_header : nodes.table_cell
    const said = type === nodes.table_header ? { scope: named ? 'row' : 'col' } : {}
    const { colspan, rowspan } = cell.attrs
    tr.setNodeMarkup(pos + 1 + offset, type, { colspan, rowspan, ...said })
  })
  return tr
}

function rowsBelowHead (table) {
  return children(table).filter((row) => !row.attrs.head)
}

function isName (cell) {
  return Boolean(cell) && cell.type === nodes.table_header && cell.attrs.scope === 'row'
}

function children (node) {
  const found = []
  node.forEach((child) => found.push(child))
  return found
}

function rowOffset (table, index) {
  let offset = 0
  for (let before = 0; before < index; before += 1) offset += table.child(before).nodeSize
  return offset
}

/** A command that puts a column left (0) or right (1) of the selected ones. */
export function insertColumn (right) {
  return (state, dispatch) => {
    if (!isInTable(state) || selectedRect(state).map.width === MAX_COLUMNS) return false
    return (right ? addColumnAfter : addColumnBefore)(state, dispatch)
  }
}

/** Take out the selected rows; with all of them the table. */
export function removeRow (state, dispatch) {
  if (!isInTable(state)) return false
  const { top, bottom, map } = selectedRect(state)
  return (top === 0 && bottom === map.height ? removeFigure : deleteRow)(state, dispatch)
}

/** Take out the selected columns; with all of them the table. */
export function removeColumn (state, dispatch) {
  if (!isInTable(state)) return false
  const { left, right, map } = selectedRect(state)
  return (left === 0 && right === map.width ? removeFigure : deleteColumn)(state, dispatch)
}

/** Take out the table with its caption, or the chart, or the picture. */
export function removeFigure (state, dispatch) {
  const found = figureAround(state)
  if (!found) return false
  if (dispatch) {
    const { tr } = state
    const end = found.pos + found.node.nodeSize
    const isAlone = state.doc.childCount === 1
    tr.replaceWith(found.pos, end, isAlone ? nodes.paragraph.create() : [])
    dispatch(tr.setSelection(Selection.near(tr.doc.resolve(Math.min(found.pos, tr.doc.content.size)), -1)).scrollIntoView())
  }
  return true
}

/** Make one cell of the selected ones, unless some head the table and others do not. */
export function merge (state, dispatch) {
  if (!isInTable(state)) return false
  const { top, bottom, table } = selectedRect(state)
  if (table.child(top).attrs.head !== table.child(bottom - 1).attrs.head) return false
  return mergeCells(state, dispatch)
}

/** Make as many cells of the merged one as it was made of. */
export const split = splitCell

/** Whether the table's first row heads it. */
export function hasHeaderRow (state) {
  return isInTable(state) && selectedRect(state).table.child(0).attrs.head
}

/** Make the first row the head of the table, or all rows that head it ordinary ones. */
export function toggleHeaderRow (state, dispatch) {
  if (!isInTable(state)) return false
  const { table, tableStart, map } = selectedRect(state)
  const isHead = !table.child(0).attrs.head
  if (!isHead && table.type.name === 'table' && figureAround(state).node.type === nodes.chart) return false
  if (!dispatch) return true
  const { tr } = state
  const rows = isHead ? heightOf(table.child(0)) : children(table).filter((row) => row.attrs.head).length
  for (let index = 0; index < Math.min(rows, map.height); index += 1) {
    const pos = tableStart + rowOffset(table, index)
    tr.setNodeMarkup(pos, null, { head: isHead })
    table.child(index).forEach((cell, offset) => {
      const attrs = { ...cell.attrs }
      delete attrs.scope
      if (isHead) tr.setNodeMarkup(pos + 1 + offset, nodes.table_header, { ...attrs, scope: 'col' })
      else if (!isName(cell)) tr.setNodeMarkup(pos + 1 + offset, nodes.table_cell, attrs)
    })
  }
  dispatch(tr)
  return true
}

function heightOf (row) {
  return Math.max(1, ...children(row).map((cell) => cell.attrs.rowspan))
}

/** Whether the rows begin with their names. */
export function hasRowNames (state) {
  return isInTable(state) && rowsBelowHead(selectedRect(state).table).some((row) => isName(row.firstChild))
}

/** Make the cells of the first column the names of their rows, or ordinary ones. */
export function toggleRowNames (state, dispatch) {
  if (!isInTable(state)) return false
  const { table, tableStart, map } = selectedRect(state)
  if (!rowsBelowHead(table).length) return false
  if (!dispatch) return true
  const wanted = !hasRowNames(state)
  const { tr } = state
  for (let index = 0; index < map.height; index += 1) {
    if (table.child(index).attrs.head) continue
    const offset = map.map[index * map.width]
    const cell = table.nodeAt(offset)
    const attrs = { ...cell.attrs }
    delete attrs.scope
    if (wanted) tr.setNodeMarkup(tableStart + offset, nodes.table_header, { ...attrs, scope: 'row' })
    else if (isName(cell)) tr.setNodeMarkup(tableStart + offset, nodes.table_cell, attrs)
  }
  dispatch(tr)
  return true
}

/** A command that gives the selected cells this rating, or takes it away (null). */
export function setRating (rag) {
  return (state, dispatch) => {
    if (!isInTable(state)) return false
    if (!dispatch) return true
    const { table, tableStart, map, ...rect } = selectedRect(state)
    const { tr } = state
    for (const offset of map.cellsInRect(rect)) {
      tr.setNodeMarkup(tableStart + offset, null, { ...table.nodeAt(offset).attrs, rag })
    }
    dispatch(tr)
    return true
  }
}

/** The rating of the cell with the caret, or null. */
export function ratingOf (state) {
  if (!isInTable(state)) return null
  const { table, map, left, top } = selectedRect(state)
  return table.nodeAt(map.map[top * map.width + left]).attrs.rag
}

/** Whether the figure has a turned page of its own. */
export function isLandscape (state) {
  const found = figureAround(state)
  return Boolean(found) && found.node.attrs.landscape
}

/** Give the figure a turned page of its own, or take it back. */
export function toggleLandscape (state, dispatch) {
  const found = figureAround(state)
  return found ? setFigure({ landscape: !found.node.attrs.landscape })(state, dispatch) : false
}

/** A command that changes what is said of the figure. */
export function setFigure (attrs) {
  return (state, dispatch) => {
    const found = figureAround(state)
    if (!found) return false
    if (dispatch) {
      const { tr } = state
      tr.setNodeMarkup(found.pos, null, { ...found.node.attrs, ...attrs })
      if (state.selection instanceof NodeSelection) tr.setSelection(NodeSelection.create(tr.doc, found.pos))
      dispatch(tr)
    }
    return true
  }
}

/** A command that draws a chart of the table, or (null) leaves the table alone. */
export function setChart (kind) {
  return (state, dispatch) => {
    const found = figureAround(state)
    if (!found || found.node.type === nodes.picture) return false
    if (found.node.type === nodes.chart && kind) return setFigure({ kind })(state, dispatch)
    if (found.node.type === nodes.titled_table && !kind) return false
    if (dispatch) dispatch(turned(state, found, kind))
    return true
  }
}

function turned (state, { node, pos }, kind) {
  const { landscape } = node.attrs
  const [caption, table, below] = children(node)
  const titled = caption.content.size || !below ? caption : nodes.table_caption.create(null, below.content)
  const made = kind
    ? nodes.chart.create({ kind, landscape }, [caption, table, nodes.figure_caption.create()])
    : nodes.titled_table.create({ landscape }, [titled, table])
  const { tr, selection } = state
  tr.replaceWith(pos, pos + node.nodeSize, made)
  // The caret stays in its cell; the caption may have grown before it.
  const grown = titled.nodeSize - caption.nodeSize
  const at = Math.min(selection.from + (kind ? 0 : grown), pos + made.nodeSize - 1)
  return tr.setSelection(TextSelection.near(tr.doc.resolve(at)))
}

/** Keeps tables such as the grammar allows, and a place to write behind the last block. */
export const tidy = new Plugin({
  appendTransaction (transactions, _before, state) {
    if (!transactions.some((transaction) => transaction.docChanged)) return null
    const { tr } = state
    state.doc.forEach((block, pos) => {
      if (block.type === nodes.titled_table || block.type === nodes.chart) {
        tidyHead(tr, block.child(1), pos + 1 + block.child(0).nodeSize)
      }
    })
    const last = state.doc.lastChild
    if (last.isAtom || last.type.spec.isolating) tr.insert(tr.doc.content.size, nodes.paragraph.create())
    return tr.docChanged ? tr : null
  }
})

/** Rows below the first that heads nothing head nothing; cells that reach over the border are cut there. */
function tidyHead (tr, table, pos) {
  const rows = children(table)
  const height = rows.findIndex((row) => !row.attrs.head)
  if (height === -1) return
  rows.forEach((row, index) => {
    if (index > height && row.attrs.head) {
      tr.setNodeMarkup(tr.mapping.map(pos + 1 + rowOffset(table, index)), null, { head: false })
    }
  })
  if (!height) return
  const map = TableMap.get(table)
  for (const offset of new Set(map.map.slice((height - 1) * map.width, height * map.width))) {
    const { top, bottom, left } = map.findCell(offset)
    if (bottom <= height) continue
    const cell = table.nodeAt(offset)
    tr.setNodeMarkup(tr.mapping.map(pos + 1 + offset), null, { ...cell.attrs, rowspan: height - top })
    const rest = nodes.table_cell.create(
      { colspan: cell.attrs.colspan, rowspan: bottom - height },
      nodes.paragraph.create()
    )
    tr.insert(tr.mapping.map(pos + 1 + map.positionAt(height, left, table)), rest)
  }
}
