// A text area becomes an editor. The area stays in the form, out of sight, and always says what the editor says.

import { gapCursor } from 'prosemirror-gapcursor'
import { history } from 'prosemirror-history'
import { EditorState, Plugin } from 'prosemirror-state'
import { tableEditing } from 'prosemirror-tables'
import { Decoration, DecorationSet, EditorView } from 'prosemirror-view'

import { ChartView } from './charts.js'
import { ABOUT_FIGURES, WRITING, allTools, use } from './commands.js'
import { element } from './elements.js'
import { HINT, keys, lastKeys } from './keys.js'
import { moved, pasting } from './paste.js'
import { addPicture } from './questions.js'
import { read } from './reading.js'
import { schema } from './schema.js'
import { tidy } from './tables.js'
import { Toolbar } from './toolbar.js'
import { write } from './writing.js'

const { nodes } = schema
const PAUSE = 300 // milliseconds after which the form is told what was typed

/** The text areas that are editors now, each with its field. */
const FIELDS = new WeakMap()

/** Makes an editor of each text area inside `root` that asks for one and is none yet. */
export function enhance (root) {
  for (const area of root.querySelectorAll('textarea[data-editor]')) {
    if (FIELDS.has(area) || isBegun(area)) continue
    const isEntered = area === document.activeElement
    FIELDS.set(area, new Field(area))
    if (isEntered) FIELDS.get(area).view.focus()
  }
}

/** Whether somebody has begun to write in the area as it is, before the editor arrived: it stays as it is, then. */
function isBegun (area) {
  return area.value !== area.defaultValue && !saysHtml(area)
}

/** Whether the area says HTML: sent back by the server, or given again by the browser after going back. */
function saysHtml (area) {
  const format = formatOf(area)
  return format?.value === 'html' && (format.defaultValue === 'html' || area.value !== area.defaultValue)
}

/** The field that says in which format the area is written, if there is one. */
function formatOf (area) {
  return area.form?.elements.namedItem(area.dataset.editorFormat || `${area.name}_format`) || null
}

class Field {
  constructor (area) {
    this.area = area
    this.form = area.form
    this.format = formatOf(area)
    const html = saysHtml(area) ? area.value : area.dataset.editor
    const { id } = area
    const described = [...(area.getAttribute('aria-describedby') || '').split(' ').filter(Boolean), `${id}-keys`]
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`)
    if (label) label.id ||= `${id}-label`

    // The form hears of changes from the area, when it says them.
    const stop = (event) => event.stopPropagation()
    this.status = element('div', { class: 'app-editor__status', role: 'status' })
    this.dom = element('div', { class: 'app-editor' })
    this.dom.addEventListener('input', stop)
    area.before(this.dom)
    area.id = `${id}-source`
    area.hidden = true
    document.getElementById(`${id}-how`)?.remove() // how to write without an editor

    this.view = new EditorView(null, {
      state: EditorState.create({ doc: read(html), plugins: this.plugins() }),
      attributes: {
        id,
        class: 'app-editor__text',
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-describedby': described.join(' '),
        ...(label ? { 'aria-labelledby': label.id } : { 'aria-label': area.getAttribute('aria-label') || 'Text' }),
        ...(area.getAttribute('aria-invalid') ? { 'aria-invalid': 'true' } : {}),
        ...(area.required ? { 'aria-required': 'true' } : {})
      },
      nodeViews: { chart: (node) => new ChartView(node) },
      dispatchTransaction: (transaction) => this.dispatch(transaction)
    })
    const bars = [{ label: 'Formatting', groups: WRITING }, ...ABOUT_FIGURES]
    const called = label ? `: ${label.textContent.trim()}` : ''
    this.toolbars = bars.map(
      (bar) => new Toolbar(this.view, { ...bar, label: `${bar.label}${called}`, controls: id })
    )
    this.dom.append(
      ...this.toolbars.map((bar) => bar.dom),
      this.view.dom,
      element('div', { id: `${id}-keys`, class: 'govuk-visually-hidden' }, HINT),
      this.status
    )
    if (area.classList.contains('govuk-textarea--error')) this.dom.classList.add('app-editor--error')
    label?.addEventListener('click', () => this.view.focus())
    this.form?.addEventListener('formdata', (event) => this.tell(event.formData))
    this.view.dom.addEventListener('blur', () => this.tell())
    this.write()
  }

  plugins () {
    return [
      ...keys({ tools: allTools(), use, goToTools: () => this.toolbars[0].focus() }),
      pasting({ say: (words) => this.say(words), addPicture: (file) => addPicture(this.view, file) }),
      history(),
      tidy,
      captions,
      headings(levelBefore(this.area)),
      gapCursor(),
      tableEditing(),
      lastKeys
    ]
  }

  dispatch (transaction) {
    moved(this.view, transaction.mapping)
    const before = this.view.state.doc
    this.view.updateState(this.view.state.apply(transaction))
    for (const bar of this.toolbars) bar.update()
    if (this.view.state.doc === before) return
    this.isUntold = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tell(), PAUSE)
  }

  write () {
    this.area.value = write(this.view.state.doc)
    if (this.format) this.format.value = 'html'
  }

  /** The form, and whoever listens to it, knows what is written; `data` is what is being sent. */
  tell (data = null) {
    if (!this.isUntold) return
    clearTimeout(this.timer)
    this.isUntold = false
    this.write()
    data?.set(this.area.name, this.area.value)
    this.area.dispatchEvent(new Event('input', { bubbles: true }))
  }

  say (words) {
    this.status.textContent = words
  }
}

/** Empty captions say what goes there. */
const captions = new Plugin({
  props: {
    decorations (state) {
      const found = []
      state.doc.forEach((block, offset) => {
        block.forEach((child, within) => {
          const isCaption = child.type === nodes.table_caption || child.type === nodes.figure_caption
          if (!isCaption || child.content.size) return
          const from = offset + 1 + within
          const said = child.type === nodes.table_caption ? 'Caption of the table' : 'Caption'
          found.push(Decoration.node(from, from + child.nodeSize, { 'data-placeholder': said }))
        })
      })
      return DecorationSet.create(state.doc, found)
    }
  }
})

/** Headings go on from the page's own, so that no level is left out on the way down. */
function headings (level) {
  return new Plugin({
    props: {
      decorations (state) {
        const found = []
        let first = false
        state.doc.forEach((block, offset) => {
          if (block.type !== nodes.heading) return
          first = first || block.attrs.level === 3
          const said = { 'aria-level': String(level + (first && block.attrs.level === 4 ? 2 : 1)) }
          found.push(Decoration.node(offset, offset + block.nodeSize, said))
        })
        return DecorationSet.create(state.doc, found)
      }
    }
  })
}

/** The level of the last heading before the element. */
function levelBefore (element) {
  const before = [...document.querySelectorAll('h1, h2, h3, h4, h5')].filter(
    (heading) => !heading.closest('.app-editor') && heading.compareDocumentPosition(element) & window.Node.DOCUMENT_POSITION_FOLLOWING
  )
  return before.length ? Number(before[before.length - 1].nodeName[1]) : 1
}
