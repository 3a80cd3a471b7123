// What keys do in the text. Tab leaves the field, as everywhere on the page, except where it has something to do that
// loses nothing: between the cells of a table, and before the first character of a list item. Escape, then Tab, leaves
// from anywhere (WCAG 2.1.2).

import { baseKeymap, chainCommands, exitCode, setBlockType } from 'prosemirror-commands'
import { inputRules, undoInputRule, wrappingInputRule } from 'prosemirror-inputrules'
import { keymap } from 'prosemirror-keymap'
import { Plugin, TextSelection } from 'prosemirror-state'
import { CellSelection, goToNextCell, isInTable } from 'prosemirror-tables'

import * as lists from './lists.js'
import { schema } from './schema.js'
import { figureAround } from './tables.js'

const { nodes } = schema

const IS_MAC = /Mac|iP(?:hone|ad)/.test(navigator.platform)

/** What is said to those who use the keyboard, beside the field. */
export const HINT =
  'Text editor. Alt and F10 go to its tools. In a table Tab goes to the next cell, at the beginning of a list item it ' +
  'moves the item in; Escape, then Tab, always leaves the editor.'

/** The plug-ins for keys; `tools` have their keys with them, `use(tool, view)` uses one, `goToTools()` goes there. */
export function keys ({ tools, use, goToTools }) {
  const ofTools = {}
  for (const tool of tools) {
    for (const key of [tool.key, ...(tool.otherKeys || [])].filter(Boolean)) {
      ofTools[key] = (_state, _dispatch, view) => use(tool, view) || true
    }
  }
  return [
    leaving(),
    inputRules({ rules: RULES }),
    keymap({ ...ofTools, 'Alt-F10': () => goToTools() || true }),
    keymap({
      Enter: chainCommands(leaveCaption, lists.newItem),
      'Shift-Enter': lineBreak,
      Tab: tab(1),
      'Shift-Tab': tab(-1),
      Backspace: chainCommands(undoInputRule, plainAgain)
    }),
    keymap({ ...baseKeymap, 'Mod-Enter': exitCode })
  ]
}

/** Behind everything else: where the selected cells cannot grow, the browser does not select letters instead. */
export const lastKeys = keymap(
  Object.fromEntries(
    ['Left', 'Right', 'Up', 'Down'].map((way) => [
      `Shift-Arrow${way}`,
      (state) => state.selection instanceof CellSelection
    ])
  )
)

/** Pairs of words: what is done, and with which keys. */
export function keyHelp (tools) {
  return [
    ['Go to the tools', named('Alt-F10')],
    ['Leave the text', `${named('Escape')}, then Tab`],
    ['Next or previous cell', 'Tab or Shift + Tab in a table'],
    ['Select cells', 'Shift + arrow keys in a table'],
    ['Move a list item in or out', 'Tab or Shift + Tab at its beginning'],
    ['New line in a paragraph', named('Shift-Enter')],
    ...tools.filter((tool) => tool.key).map((tool) => [tool.label.replace('…', ''), named(tool.key)]),
    ['Begin a list', '“- ”, “1. ”, “a. ” or “i. ” at the beginning of a paragraph']
  ]
}

/** The keys as they are written on keyboards. */
export function named (key) {
  return key
    .split(/-(?!$)/)
    .map((part) => ({ Mod: IS_MAC ? 'Cmd' : 'Ctrl' })[part] || (part.length === 1 ? part.toUpperCase() : part))
    .join(' + ')
}

const isLeaving = new WeakSet()

/** After Escape the next Tab is the browser's. */
function leaving () {
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown (view, event) {
          if (event.key === 'Escape') isLeaving.add(view)
          else if (event.key !== 'Tab' && event.key !== 'Shift') isLeaving.delete(view)
          return isLeaving.has(view) && event.key === 'Tab'
        },
        blur (view) {
          isLeaving.delete(view)
          return false
        }
      }
    }
  })
}

function tab (direction) {
  const move = direction > 0 ? lists.indent : lists.outdent
  return (state, dispatch) => {
    if (isInTable(state)) return goToNextCell(direction)(state, dispatch)
    const found = lists.listAround(state)
    if (!found || !lists.isAtItemStart(state) || (direction < 0 && found.levels === 1)) return false
    return move(state, dispatch)
  }
}

function lineBreak (state, dispatch) {
  if (!state.selection.$from.parent.inlineContent) return false
  if (dispatch) dispatch(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView())
  return true
}

/** From a caption on: into the table, or behind the figure. */
function leaveCaption (state, dispatch) {
  const { $from } = state.selection
  const { type } = $from.parent
  if (type !== nodes.table_caption && type !== nodes.figure_caption) return false
  if (!dispatch) return true
  const { tr } = state
  if (type === nodes.table_caption) {
    tr.setSelection(TextSelection.near(tr.doc.resolve($from.after() + 1), 1))
  } else {
    const { node, pos } = figureAround(state)
    const end = pos + node.nodeSize
    tr.insert(end, nodes.paragraph.create()).setSelection(TextSelection.create(tr.doc, end + 1))
  }
  dispatch(tr.scrollIntoView())
  return true
}

/** Backspace before a heading makes it a paragraph. */
function plainAgain (state, dispatch) {
  const { $from, empty } = state.selection
  if (!empty || $from.parentOffset || $from.parent.type !== nodes.heading) return false
  return setBlockType(nodes.paragraph)(state, dispatch)
}

const RULES = [
  wrappingInputRule(/^\s*[-*•]\s$/, nodes.bullet_list),
  wrappingInputRule(/^(\d{1,4})[.)]\s$/, nodes.ordered_list, (match) => ({ type: '1', start: Number(match[1]) }), () => false),
  wrappingInputRule(/^([aAiI])[.)]\s$/, nodes.ordered_list, (match) => ({ type: match[1], start: 1 }), () => false)
]
