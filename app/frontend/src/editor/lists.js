// Lists: begun, ended, turned into one another, and their items moved in and out.

import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list'

import { schema } from './schema.js'

const { bullet_list: bullets, ordered_list: numbers, list_item: item } = schema.nodes

/** The most lists inside one another, as in Word. */
const MAX_LEVELS = 9

// How numbers look one level further in.
const NEXT_TYPE = { 1: 'a', a: 'i', i: '1', A: '1', I: 'A' }

/** The innermost list around the selection with its position and how many lists are there, or null. */
export function listAround (state) {
  const { $from } = state.selection
  let found = null
  let levels = 0
  for (let depth = 1; depth <= $from.depth; depth += 1) {
    const node = $from.node(depth)
    if (!node.type.isInGroup('list')) continue
    levels += 1
    found = { node, pos: $from.before(depth), levels }
  }
  return found
}

/** Whether the selection is in a list of this kind: `type` is null for bullets. */
export function isInList (state, type) {
  const found = listAround(state)
  return Boolean(found) && (type ? found.node.type === numbers && found.node.attrs.type === type : found.node.type === bullets)
}

/** A command that makes the selection a list of this kind, or ends such a list: `type` is null for bullets. */
export function toggleList (type) {
  const wanted = type ? numbers : bullets
  return (state, dispatch) => {
    const found = listAround(state)
    if (!found) return wrapInList(wanted, type ? { type, start: 1 } : null)(state, dispatch)
    if (isInList(state, type)) return liftListItem(item)(state, dispatch)
    const attrs = type ? { type, start: found.node.attrs.start || 1 } : null
    if (dispatch) dispatch(state.tr.setNodeMarkup(found.pos, wanted, attrs))
    return true
  }
}

/** A command that says how the list around the selection counts. */
export function setNumbering (attrs) {
  return (state, dispatch) => {
    const found = listAround(state)
    if (!found) return false
    if (dispatch) dispatch(state.tr.setNodeMarkup(found.pos, numbers, attrs))
    return true
  }
}

/** One level further in, counted as papers count there: 1, a, i. */
export function indent (state, dispatch) {
  const found = listAround(state)
  if (!found || found.levels === MAX_LEVELS) return false
  return sinkListItem(item)(state, dispatch && ((tr) => dispatch(withNextType(tr, found))))
}

function withNextType (tr, before) {
  const { $from } = tr.selection
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth)
    if (node.type !== numbers) continue
    // A list that was there before keeps its own way.
    const isNew = node.childCount === 1 && node.attrs.type === '1' && before.node.type === numbers
    return isNew ? tr.setNodeMarkup($from.before(depth), null, { type: NEXT_TYPE[before.node.attrs.type], start: 1 }) : tr
  }
  return tr
}

/** One level further out; out of the list from the first. */
export const outdent = liftListItem(item)

/** A new item; out of the list from an empty one. */
export const newItem = splitListItem(item)

/** Whether the caret stands before the first character of a list item. */
export function isAtItemStart (state) {
  const { $from, empty } = state.selection
  return empty && $from.parentOffset === 0 && $from.depth > 1 && $from.node(-1).type === item && $from.index(-1) === 0
}
