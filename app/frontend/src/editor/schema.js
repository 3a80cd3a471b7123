// The narrative grammar as a ProseMirror schema: what app/narrative can hold is what can be written here, and no more.
//
// Two things differ, because an editor needs them: a cell and a new block hold an empty paragraph for the caret, and a
// table stands in a block together with its caption. Reading and writing know of both. The rules for parsing are for what
// the browser itself makes of typing only; narratives come in through `reading.js`.

import { Schema } from 'prosemirror-model'

/** How pictures that the store keeps are addressed by the browser. */
export const PICTURES = '/narrative/pictures'

/** The kinds of chart, as the grammar names them, with their names for people. */
export const CHART_KINDS = {
  column: 'Column chart',
  bar: 'Bar chart',
  line: 'Line chart',
  pie: 'Pie chart',
  stacked: 'Stacked chart'
}

const CELL = { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null }, rag: { default: null } }

function spans ({ colspan, rowspan, rag }) {
  return {
    colspan: colspan > 1 ? colspan : null,
    rowspan: rowspan > 1 ? rowspan : null,
    'data-rag': rag
  }
}

const nodes = {
  doc: { content: 'block+' },

  paragraph: {
    content: 'inline*',
    group: 'block simple',
    attrs: { numbered: { default: true } },
    parseDOM: [{ tag: 'p' }, { tag: 'div', priority: 10 }],
    toDOM: (node) => ['p', node.attrs.numbered ? {} : { 'data-number': 'no' }, 0]
  },

  heading: {
    content: 'inline*',
    group: 'block',
    attrs: { level: { default: 3 } },
    defining: true,
    parseDOM: [3, 4].map((level) => ({ tag: `h${level}`, attrs: { level } })),
    toDOM: (node) => [`h${node.attrs.level}`, 0]
  },

  blockquote: {
    content: 'simple+',
    group: 'block',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: () => ['blockquote', 0]
  },

  bullet_list: {
    content: 'list_item+',
    group: 'block simple list',
    parseDOM: [{ tag: 'ul' }],
    toDOM: () => ['ul', 0]
  },

  ordered_list: {
    content: 'list_item+',
    group: 'block simple list',
    attrs: { type: { default: '1' }, start: { default: 1 } },
    parseDOM: [{ tag: 'ol' }],
    toDOM: ({ attrs }) => [
      'ol',
      { type: attrs.type === '1' ? null : attrs.type, start: attrs.start === 1 ? null : attrs.start },
      0
    ]
  },

  list_item: {
    content: 'simple+',
    defining: true,
    parseDOM: [{ tag: 'li' }],
    toDOM: () => ['li', 0]
  },

  titled_table: {
    content: 'table_caption table',
    group: 'block',
    attrs: { landscape: { default: false } },
    isolating: true,
    toDOM: ({ attrs }) => ['div', { class: 'app-editor-figure', 'data-page': attrs.landscape ? 'landscape' : null }, 0]
  },

  chart: {
    content: 'table_caption table figure_caption',
    group: 'block',
    attrs: { kind: { default: 'column' }, tableShown: { default: true }, landscape: { default: false } },
    isolating: true,
    toDOM: ({ attrs }) => [
      'div',
      { class: 'app-editor-figure', 'data-chart': attrs.kind, 'data-page': attrs.landscape ? 'landscape' : null },
      0
    ]
  },

  picture: {
    content: 'figure_caption',
    group: 'block',
    attrs: { digest: {}, alt: { default: '' }, landscape: { default: false } },
    isolating: true,
    draggable: true,
    toDOM: ({ attrs }) => [
      'figure',
      { class: 'app-editor-figure', 'data-page': attrs.landscape ? 'landscape' : null },
      ['img', { src: `${PICTURES}/${attrs.digest}`, alt: attrs.alt, draggable: 'false' }],
      ['figcaption', 0]
    ]
  },

  table_caption: {
    content: 'inline*',
    defining: true,
    isolating: true,
    toDOM: () => ['p', { class: 'app-editor-caption' }, 0]
  },

  figure_caption: {
    content: 'inline*',
    defining: true,
    isolating: true,
    toDOM: () => ['p', { class: 'app-editor-caption' }, 0]
  },

  table: {
    content: 'table_row+',
    tableRole: 'table',
    isolating: true,
    toDOM: () => ['table', ['tbody', 0]]
  },

  table_row: {
    content: '(table_cell | table_header)*',
    tableRole: 'row',
    attrs: { head: { default: false } },
    toDOM: ({ attrs }) => ['tr', attrs.head ? { class: 'app-editor-head' } : {}, 0]
  },

  table_cell: {
    content: 'simple+',
    tableRole: 'cell',
    attrs: CELL,
    isolating: true,
    toDOM: ({ attrs }) => ['td', spans(attrs), 0]
  },

  table_header: {
    content: 'simple+',
    tableRole: 'header_cell',
    attrs: { ...CELL, scope: { default: 'col' } },
    isolating: true,
    toDOM: ({ attrs }) => ['th', { scope: attrs.scope, ...spans(attrs) }, 0]
  },

  text: { group: 'inline' },

  hard_break: {
    inline: true,
    group: 'inline',
    selectable: false,
    linebreakReplacement: true,
    parseDOM: [{ tag: 'br' }],
    toDOM: () => ['br']
  }
}

// From outside in, as canonical HTML nests them.
const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [{ tag: 'a[href]', getAttrs: (element) => ({ href: element.getAttribute('href') }) }],
    toDOM: ({ attrs }) => ['a', { href: attrs.href, tabindex: '-1' }, 0]
  },
  redact: {
    attrs: { reason: { default: '' } },
    inclusive: false,
    parseDOM: [{ tag: 'mark', getAttrs: (element) => ({ reason: element.dataset.redact || '' }) }],
    toDOM: ({ attrs }) => ['mark', { 'data-redact': attrs.reason }, 0]
  },
  strong: { parseDOM: [{ tag: 'strong' }, { tag: 'b' }], toDOM: () => ['strong', 0] },
  em: { parseDOM: [{ tag: 'em' }, { tag: 'i' }], toDOM: () => ['em', 0] },
  u: { parseDOM: [{ tag: 'u' }], toDOM: () => ['u', 0] },
  s: { parseDOM: [{ tag: 's' }, { tag: 'strike' }], toDOM: () => ['s', 0] },
  sub: { excludes: 'sub sup', parseDOM: [{ tag: 'sub' }], toDOM: () => ['sub', 0] },
  sup: { excludes: 'sub sup', parseDOM: [{ tag: 'sup' }], toDOM: () => ['sup', 0] }
}

export const schema = new Schema({ nodes, marks })
