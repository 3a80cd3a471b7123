// What a person can do to a text, each with its name, its keys and its place in the toolbars: the one list from which
// toolbars, key bindings and the keyboard help are made.

import { lift, setBlockType, toggleMark, wrapIn } from 'prosemirror-commands'
import { redo, undo } from 'prosemirror-history'

import { keyHelp } from './keys.js'
import * as lists from './lists.js'
import { editLink, editNumbering, editPicture, editRating, editRedaction, addPicture, showKeys } from './questions.js'
import { CHART_KINDS, schema } from './schema.js'
import * as tables from './tables.js'

const { nodes, marks } = schema

/** Whether the whole selection bears the mark, or what is typed next would. */
function hasMark (type) {
  return (state) => {
    const { empty, $from, ranges } = state.selection
    if (empty) return Boolean(type.isInSet(state.storedMarks || $from.marks()))
    return ranges.every(({ $from: from, $to: to }) => {
      let all = true
      state.doc.nodesBetween(from.pos, to.pos, (node) => {
        if (node.isText && !type.isInSet(node.marks)) all = false
      })
      return all
    })
  }
}

function mark (name, label, sign, key, look = null) {
  const type = marks[name]
  return { name, label, sign, key, look: look || name, run: toggleMark(type), isOn: hasMark(type) }
}

function isIn (type, attrs = {}) {
  return (state) => {
    const { $from } = state.selection
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      const node = $from.node(depth)
      if (node.type === type) return Object.entries(attrs).every(([name, value]) => node.attrs[name] === value)
    }
    return false
  }
}

/** A block of this type, or a paragraph again. */
function toggleBlock (type, attrs) {
  const is = isIn(type, attrs)
  return (state, dispatch) => (is(state) ? setBlockType(nodes.paragraph) : setBlockType(type, attrs))(state, dispatch)
}

function heading (level, label, key) {
  const attrs = { level }
  return { name: `heading-${level}`, label, key, run: toggleBlock(nodes.heading, attrs), isOn: isIn(nodes.heading, attrs) }
}

const isUnnumbered = isIn(nodes.paragraph, { numbered: false })

/** A paragraph of the text itself without the number that the paper gives it, or with it again. */
function toggleNumber (state, dispatch) {
  const { $from } = state.selection
  if ($from.depth !== 1 || $from.parent.type !== nodes.paragraph) return false
  return setParagraphs({ numbered: isUnnumbered(state) })(state, dispatch)
}

function setParagraphs (attrs) {
  return (state, dispatch) => {
    const { tr } = state
    const { from, to } = state.selection
    state.doc.nodesBetween(from, to, (node, pos, parent) => {
      if (parent === state.doc && node.type === nodes.paragraph) tr.setNodeMarkup(pos, null, attrs)
      return parent === state.doc
    })
    if (dispatch) dispatch(tr)
    return true
  }
}

function list (type, label, sign, key = null) {
  return {
    name: `list-${type || 'bullets'}`,
    label,
    sign,
    key,
    run: lists.toggleList(type),
    isOn: (state) => lists.isInList(state, type)
  }
}

/** The main toolbar, in groups. */
export const WRITING = [
  [
    mark('strong', 'Bold', 'B', 'Mod-b'),
    mark('em', 'Italic', 'I', 'Mod-i'),
    mark('u', 'Underline', 'U', 'Mod-u'),
    mark('s', 'Strikethrough', 'S', 'Mod-Shift-x'),
    mark('sup', 'Superscript', 'x²', 'Mod-.'),
    mark('sub', 'Subscript', 'x₂', 'Mod-,')
  ],
  [
    heading(3, 'Heading', 'Mod-Alt-3'),
    heading(4, 'Subheading', 'Mod-Alt-4'),
    {
      name: 'quotation',
      label: 'Quotation',
      key: 'Mod-Alt-5',
      run: (state, dispatch) => (isIn(nodes.blockquote)(state) ? lift : wrapIn(nodes.blockquote))(state, dispatch),
      isOn: isIn(nodes.blockquote)
    },
    {
      name: 'unnumbered',
      label: 'No number',
      hint: 'This paragraph has no number of its own where the paper numbers its paragraphs',
      run: toggleNumber,
      isOn: isUnnumbered
    }
  ],
  [
    list(null, 'Bulleted list', '•', 'Mod-Shift-8'),
    list('1', 'Numbered list', '1.', 'Mod-Shift-7'),
    list('a', 'Lettered list', 'a.', 'Mod-Shift-6'),
    list('i', 'Roman numbered list', 'i.', 'Mod-Shift-5'),
    { name: 'numbering', label: 'Numbering…', ask: editNumbering, can: (state) => Boolean(lists.listAround(state)) },
    { name: 'outdent', label: 'Move item out', sign: '⇤', key: 'Mod-[', run: lists.outdent },
    { name: 'indent', label: 'Move item in', sign: '⇥', key: 'Mod-]', run: lists.indent }
  ],
  [
    { name: 'link', label: 'Link…', key: 'Mod-k', ask: editLink, isOn: isLinked, can: canLink },
    { name: 'table', label: 'Table', enters: true, run: (state, dispatch) => tables.insertBlock(tables.newTable(2, 3))(state, dispatch) },
    { name: 'picture', label: 'Picture…', ask: addPicture, can: (state) => tables.insertBlock(nodes.paragraph.create())(state) },
    {
      name: 'redact',
      label: 'Redact…',
      hint: 'The public copy leaves these words out',
      key: 'Mod-Shift-l',
      ask: editRedaction,
      isOn: hasMark(marks.redact),
      can: (state) => !state.selection.empty || hasMark(marks.redact)(state)
    }
  ],
  [
    { name: 'undo', label: 'Undo', sign: '↶', key: 'Mod-z', run: undo },
    { name: 'redo', label: 'Redo', sign: '↷', key: 'Mod-y', otherKeys: ['Mod-Shift-z'], run: redo },
    { name: 'keys', label: 'Keyboard help', sign: '?', ask: (view) => showKeys(view, keyHelp(allTools())) }
  ]
]

function isLinked (state) {
  return hasMark(marks.link)(state)
}

function canLink (state) {
  return !state.selection.empty || state.selection.$from.parent.inlineContent
}

const isOfType = (...types) => (state) => types.includes(tables.figureAround(state)?.node.type)

/** The toolbars that come when the caret is there. */
export const ABOUT_FIGURES = [
  {
    label: 'Table',
    isShown: isOfType(nodes.titled_table, nodes.chart),
    groups: [
      [
        { name: 'row-above', label: 'Row above', run: tables.insertRow(0) },
        { name: 'row-below', label: 'Row below', run: tables.insertRow(1), key: 'Mod-Alt-Enter' },
        { name: 'column-left', label: 'Column left', run: tables.insertColumn(0) },
        { name: 'column-right', label: 'Column right', run: tables.insertColumn(1) }
      ],
      [
        { name: 'delete-row', label: 'Delete row', run: tables.removeRow },
        { name: 'delete-column', label: 'Delete column', run: tables.removeColumn },
        { name: 'delete-table', label: 'Delete table', run: tables.removeFigure }
      ],
      [
        { name: 'merge', label: 'Merge cells', hint: 'Select cells with Shift and the arrow keys first', run: tables.merge },
        { name: 'split', label: 'Split cell', run: tables.split },
        { name: 'header-row', label: 'Header row', run: tables.toggleHeaderRow, isOn: tables.hasHeaderRow },
        { name: 'row-names', label: 'Row headings', run: tables.toggleRowNames, isOn: tables.hasRowNames },
        { name: 'rating', label: 'Rating…', ask: editRating, isOn: (state) => Boolean(tables.ratingOf(state)), can: tables.setRating(null) },
        { name: 'landscape', label: 'Landscape page', run: tables.toggleLandscape, isOn: tables.isLandscape }
      ]
    ]
  },
  {
    label: 'Chart',
    isShown: isOfType(nodes.titled_table, nodes.chart),
    groups: [
      [
        ...Object.entries(CHART_KINDS).map(([kind, label]) => ({
          name: `chart-${kind}`,
          label,
          run: (state, dispatch) => {
            const isSame = tables.figureAround(state)?.node.attrs.kind === kind
            return tables.setChart(isSame ? null : kind)(state, dispatch)
          },
          isOn: (state) => tables.figureAround(state)?.node.attrs.kind === kind
        })),
        {
          name: 'table-shown',
          label: 'Print the table too',
          run: (state, dispatch) => {
            const found = tables.figureAround(state)
            if (found?.node.type !== nodes.chart) return false
            return tables.setFigure({ tableShown: !found.node.attrs.tableShown })(state, dispatch)
          },
          isOn: (state) => tables.figureAround(state)?.node.attrs.tableShown === true
        }
      ]
    ]
  },
  {
    label: 'Picture',
    isShown: isOfType(nodes.picture),
    groups: [
      [
        { name: 'describe', label: 'Description…', ask: editPicture },
        { name: 'picture-landscape', label: 'Landscape page', run: tables.toggleLandscape, isOn: tables.isLandscape },
        { name: 'delete-picture', label: 'Delete picture', run: tables.removeFigure }
      ]
    ]
  }
]

/** Every tool of every toolbar. */
export function allTools () {
  return [...WRITING, ...ABOUT_FIGURES.flatMap((bar) => bar.groups)].flat()
}

/** Whether the tool can do something there. */
export function canUse (tool, state) {
  return tool.ask ? !tool.can || Boolean(tool.can(state)) : tool.run(state)
}

/** Uses the tool there, when it can do something. */
export function use (tool, view) {
  if (tool.ask) {
    if (!canUse(tool, view.state)) return false
    tool.ask(view)
    return true
  }
  return tool.run(view.state, view.dispatch, view)
}
