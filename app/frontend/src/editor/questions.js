// The dialogs of the editor: links, numbering, pictures, ratings, redaction, keys.

import { ask, show } from './dialogs.js'
import { element } from './elements.js'
import { listAround, setNumbering } from './lists.js'
import { schema } from './schema.js'
import { Refused, kept } from './server.js'
import { figureAround, insertBlock, ratingOf, setFigure, setRating } from './tables.js'

const { nodes, marks } = schema

const PICTURE_KINDS = 'image/png,image/jpeg,image/gif,image/webp,image/bmp,image/tiff'
const ADDRESS = /^(?:https?:\/\/[^\s/?#]+|mailto:[^\s@]+@[^\s@]+)/i

function about (view, question) {
  ask({ place: view.dom, closed: () => view.focus(), ...question })
}

/** What the mark with the caret in it covers, or the selection: { from, to, mark }. */
function stretch (state, type) {
  const { from, to, empty, $from } = state.selection
  const beside = [$from.nodeBefore, $from.nodeAfter].find((node) => node && type.isInSet(node.marks))
  const found = empty ? beside && type.isInSet(beside.marks) : markWithin(state, from, to, type)
  if (!found || !empty) return { from, to, mark: found || null }
  let start = $from.start()
  let [begin, end] = [$from.pos, $from.pos]
  $from.parent.forEach((node) => {
    const stop = start + node.nodeSize
    if (found.isInSet(node.marks) && start <= $from.pos && stop >= $from.pos) {
      begin = Math.min(begin, start)
      end = Math.max(end, stop)
    }
    start = stop
  })
  return { from: begin, to: end, mark: found }
}

function markWithin (state, from, to, type) {
  let found = null
  state.doc.nodesBetween(from, to, (node) => {
    found = found || type.isInSet(node.marks) || null
  })
  return found
}

/** Where words lead. */
export function editLink (view) {
  const { from, to, mark } = stretch(view.state, marks.link)
  const words = view.state.doc.textBetween(from, to, ' ')
  const fields = [
    { name: 'href', label: 'Address', hint: 'For example https://www.example.org or name@example.org', value: mark?.attrs.href }
  ]
  if (!words) fields.push({ name: 'words', label: 'Words that carry the link' })
  about(view, {
    title: mark ? 'Change the link' : 'Add a link',
    fields,
    save: (values) => {
      const href = asAddress(values.href)
      if (!href) return { href: 'Enter a complete web or e-mail address' }
      const link = marks.link.create({ href })
      const { tr } = view.state
      if (words) tr.removeMark(from, to, marks.link).addMark(from, to, link)
      else tr.replaceSelectionWith(schema.text(values.words.trim() || href, [link]), false)
      view.dispatch(tr.removeStoredMark(marks.link))
      return null
    },
    more: mark && { label: 'Remove the link', run: () => view.dispatch(view.state.tr.removeMark(from, to, marks.link)) }
  })
}

function asAddress (typed) {
  const address = typed.trim()
  if (/^[^\s@:/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`
  const complete = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`
  return ADDRESS.test(complete) && (/^mailto:/i.test(complete) || /[.:[]|localhost/.test(complete.slice(8))) ? complete : null
}

/** Why words are left out of the public copy. */
export function editRedaction (view) {
  const { from, to, mark } = stretch(view.state, marks.redact)
  about(view, {
    title: 'Leave out of the public copy',
    fields: [
      {
        name: 'reason',
        label: 'Reason (optional)',
        hint: 'For example the section of the law: s40. The public copy does not print it.',
        value: mark?.attrs.reason
      }
    ],
    save: ({ reason }) => {
      const redact = marks.redact.create({ reason: reason.split(/\s+/).filter(Boolean).join(' ') })
      view.dispatch(view.state.tr.removeMark(from, to, marks.redact).addMark(from, to, redact))
      return null
    },
    more: mark && { label: 'Do not leave out', run: () => view.dispatch(view.state.tr.removeMark(from, to, marks.redact)) }
  })
}

const TYPES = { 1: '1, 2, 3', a: 'a, b, c', A: 'A, B, C', i: 'i, ii, iii', I: 'I, II, III' }

/** How the list counts, and from where. */
export function editNumbering (view) {
  const { node } = listAround(view.state)
  const { type = '1', start = 1 } = node.attrs
  about(view, {
    title: 'Numbering of the list',
    fields: [
      { name: 'type', label: 'Numbers', kind: 'radios', options: TYPES, value: type },
      { name: 'start', label: 'First number', hint: 'For example 3, for iii or c', kind: 'number', value: String(start) }
    ],
    save: (values) => {
      const first = Number(values.start.trim() || Number.NaN)
      if (!Number.isInteger(first) || first < 0 || first > 32767) return { start: 'Enter a whole number from 0 to 32,767' }
      setNumbering({ type: values.type, start: first })(view.state, view.dispatch)
      return null
    }
  })
}

const DESCRIBE = 'Say what it shows, for readers who cannot see it'

/** A new picture, with what it shows; `file` is one that was pasted or dropped. */
export function addPicture (view, file = null) {
  about(view, {
    title: 'Add a picture',
    saveLabel: 'Add the picture',
    fields: [
      { name: 'file', label: 'Picture file', hint: 'PNG, JPEG, GIF, WebP, BMP or TIFF', kind: 'file', accept: PICTURE_KINDS, file },
      { name: 'alt', label: 'Description', hint: DESCRIBE, kind: 'area' }
    ],
    save: async ({ file: chosen, alt }) => {
      const errors = {}
      if (!chosen) errors.file = 'Choose a picture file'
      if (!alt.trim()) errors.alt = 'Describe the picture'
      if (Object.keys(errors).length) return errors
      try {
        const { digest } = await kept(chosen)
        const picture = nodes.picture.create({ digest, alt: alt.trim() }, nodes.figure_caption.create())
        insertBlock(picture)(view.state, view.dispatch)
        return null
      } catch (error) {
        if (error instanceof Refused) return { file: error.message }
        if (error instanceof TypeError) return { file: 'The service cannot be reached. Try again.' }
        throw error
      }
    }
  })
}

/** What the picture shows. */
export function editPicture (view) {
  const { node } = figureAround(view.state)
  about(view, {
    title: 'Description of the picture',
    fields: [{ name: 'alt', label: 'Description', hint: DESCRIBE, kind: 'area', value: node.attrs.alt }],
    save: ({ alt }) => {
      if (!alt.trim()) return { alt: 'Describe the picture' }
      setFigure({ alt: alt.trim() })(view.state, view.dispatch)
      return null
    }
  })
}

const RATINGS = { '': 'None', red: 'Red', amber: 'Amber', green: 'Green', grey: 'Grey' }

/** The rating whose colour the selected cells take. */
export function editRating (view) {
  const now = ratingOf(view.state) || ''
  const options = now in RATINGS ? RATINGS : { ...RATINGS, [now]: now }
  about(view, {
    title: 'Rating of the cell',
    fields: [
      { name: 'rag', label: 'Colour', hint: 'Write the rating in the cell as well: colour never speaks alone.', kind: 'radios', options, value: now }
    ],
    save: ({ rag }) => {
      setRating(rag || null)(view.state, view.dispatch)
      return null
    }
  })
}

/** Which keys do what: pairs of words. */
export function showKeys (view, help) {
  const rows = help.map(([does, keys]) =>
    element(
      'tr',
      { class: 'govuk-table__row' },
      element('th', { scope: 'row', class: 'govuk-table__header' }, does),
      element('td', { class: 'govuk-table__cell' }, keys)
    )
  )
  const table = element('table', { class: 'govuk-table' }, element('tbody', {}, ...rows))
  show({ place: view.dom, title: 'Keys in the editor', content: table, closed: () => view.focus() })
}
