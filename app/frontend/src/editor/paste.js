// What comes from the clipboard: from this editor as it was, from elsewhere by way of the server, which knows what Word
// means; when that fails as plain words, and the person is told.

import { Fragment, Slice } from 'prosemirror-model'
import { Plugin, TextSelection } from 'prosemirror-state'
import { handlePaste, isInTable } from 'prosemirror-tables'

import { blocksIn } from './reading.js'
import { schema } from './schema.js'
import { Refused, cleaned } from './server.js'
import { write } from './writing.js'

const OURS = 'application/x-boardpapers-narrative'
const { nodes } = schema

/** Copying, cutting, pasting and dropping. `say` tells the person; `addPicture(file)` asks for what a picture shows. */
export function pasting ({ say, addPicture }) {
  const take = (view, data, event) => taken(view, data, event, { say, addPicture })
  return new Plugin({
    props: {
      handleDOMEvents: {
        copy: (view, event) => copy(view, event, false),
        cut: (view, event) => copy(view, event, true),
        paste (view, event) {
          event.preventDefault()
          take(view, event.clipboardData, event)
          return true
        },
        drop (view, event) {
          if (view.dragging) return false // from here to here
          event.preventDefault()
          const at = view.posAtCoords({ left: event.clientX, top: event.clientY })
          if (at) view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at.pos))))
          take(view, event.dataTransfer, event)
          return true
        }
      }
    }
  })
}

function copy (view, event, isCut) {
  const { selection } = view.state
  if (selection.empty) return true
  const slice = selection.content()
  event.preventDefault()
  event.clipboardData.clearData()
  event.clipboardData.setData(OURS, JSON.stringify(slice.toJSON()))
  event.clipboardData.setData('text/html', htmlOf(slice))
  event.clipboardData.setData('text/plain', slice.content.textBetween(0, slice.content.size, '\n\n', '\n'))
  if (isCut) view.dispatch(view.state.tr.deleteSelection().scrollIntoView().setMeta('uiEvent', 'cut'))
  return true
}

/** The slice as HTML for other programs. */
function htmlOf (slice) {
  const inside = unwrapped(slice.content)
  return write(Fragment.from(inside))
}

/** The content with parts of tables in a table of their own, and words in a paragraph. */
function unwrapped (content) {
  const first = content.firstChild
  if (!first) return []
  if (first.type === nodes.table_row) return titled(nodes.table.create(null, content))
  if (first.type === nodes.table) return titled(first)
  if (first.isInline) return [nodes.paragraph.create(null, content)]
  if (first.type === nodes.table_caption || first.type === nodes.figure_caption) return [nodes.paragraph.create(null, first.content)]
  if (first.type === nodes.list_item) return [nodes.bullet_list.create(null, content)]
  return content
}

function titled (table) {
  return [nodes.titled_table.create(null, [nodes.table_caption.create(), table])]
}

function taken (view, data, event, { say, addPicture }) {
  if (!data) return
  const ours = data.getData(OURS)
  const html = data.getData('text/html')
  const words = data.getData('text/plain')
  const picture = [...data.files].find((file) => file.type.startsWith('image/'))
  if (ours && putOurs(view, ours, event)) return
  // Of a copied picture Word says no more than where it lies on that machine; the picture itself comes beside it.
  const otherwise = picture && !words.trim() ? () => addPicture(picture) : null
  if (html) queueOf(view).add({ html, words, say, otherwise })
  else if (words) put(view, sliceOf(blocksOfText(words)))
  else if (picture) addPicture(picture)
}

function putOurs (view, json, event) {
  let slice
  try {
    slice = Slice.fromJSON(schema, JSON.parse(json))
    slice.content.forEach((node) => node.check())
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return false // somebody else's
    throw error
  }
  if (!handlePaste(view, event, slice)) put(view, slice)
  return true
}

/** Paragraphs of plain text: blank lines part them. */
function blocksOfText (words) {
  return words
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n\s*/)
    .filter((paragraph) => paragraph.trim())
    .map((paragraph) => {
      const lines = paragraph.trim().split('\n')
      const inlines = lines.flatMap((line, number) => [
        ...(number ? [nodes.hard_break.create()] : []),
        ...(line ? [schema.text(line)] : [])
      ])
      return nodes.paragraph.create(null, inlines)
    })
}

/** The blocks as something to put into a text: ends that are paragraphs join what is there. */
function sliceOf (blocks) {
  const content = Fragment.from(blocks)
  const isOpen = (node) => Number(Boolean(node) && node.type === nodes.paragraph)
  return new Slice(content, isOpen(content.firstChild), isOpen(content.lastChild))
}

function put (view, slice, selection = null) {
  const { tr } = view.state
  if (selection) tr.setSelection(TextSelection.between(tr.doc.resolve(selection.from), tr.doc.resolve(selection.to)))
  const alone = slice.content.childCount === 1 && slice.content.firstChild
  if (alone && alone.type === nodes.titled_table && isInTable(view.state)) {
    if (handlePaste(view, null, new Slice(Fragment.from(alone.child(1)), 0, 0))) return
  }
  tr.replaceSelection(slice)
  view.dispatch(tr.scrollIntoView().setMeta('paste', true).setMeta('uiEvent', 'paste'))
}

const QUEUES = new WeakMap()

function queueOf (view) {
  if (!QUEUES.has(view)) QUEUES.set(view, new Queue(view))
  return QUEUES.get(view)
}

/** To be told of every change of the text: what waits for the server moves with its place. */
export function moved (view, mapping) {
  QUEUES.get(view)?.move(mapping)
}

/** What waits for the server, in its order; each knows where it belongs while the person goes on writing. */
class Queue {
  constructor (view) {
    this.view = view
    this.places = new Set()
    this.last = Promise.resolve()
  }

  move (mapping) {
    for (const place of this.places) {
      place.from = mapping.map(place.from, -1)
      place.to = Math.max(place.from, mapping.map(place.to, place.isCaret ? -1 : 1))
    }
  }

  add ({ html, words, say, otherwise }) {
    const { from, to, empty } = this.view.state.selection
    const place = { from, to, isCaret: empty }
    this.places.add(place)
    const answer = answered(html, words)
    this.last = this.last.then(async () => {
      const { blocks, said } = await answer
      this.places.delete(place)
      if (this.view.isDestroyed) return
      if (!blocks.length && otherwise) {
        otherwise()
        return
      }
      if (blocks.length) put(this.view, sliceOf(blocks), place)
      say(said)
    })
  }
}

/** What was copied of the page or document that the clipboard tells of: the rest says how that looked. */
function fragmentOf (html) {
  const begin = html.indexOf('<!--StartFragment-->')
  const end = html.lastIndexOf('<!--EndFragment-->')
  return begin !== -1 && end > begin ? html.slice(begin, end) : html
}

async function answered (html, words) {
  try {
    const found = await cleaned(fragmentOf(html))
    const blocks = found.html ? blocksIn(found.html) : blocksOfText(words)
    return { blocks, said: found.left_out.join(' ') || 'Pasted.' }
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TypeError)) throw error // TypeError: no connection
    const why = error instanceof Refused ? error.message : 'The service cannot be reached.'
    return { blocks: blocksOfText(words), said: `Pasted as plain text. ${why}` }
  }
}
