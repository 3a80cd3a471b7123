// A document shown in the page: loaded only by the frame of the preview.
import { parseAsync, renderDocument } from 'docx-preview'

const OPTIONS = { keepOrigin: true, ignoreLastRenderedPageBreak: true, renderAltChunks: false, renderComments: false }

const DRAWING = 'http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing'

const pages = document.getElementById('pages')
const said = document.getElementById('said')
const size = document.getElementById('size')

try {
  await show()
} catch (problem) {
  say(problem.detail ?? 'The document cannot be shown here. Download it instead.')
  document.body.dataset.state = 'failed'
}

async function show () {
  const answer = await fetch(pages.dataset.document, { headers: { Accept: 'application/problem+json' } })
  if (!answer.ok) throw await answer.json()
  const read = await parseAsync(await answer.blob(), OPTIONS)
  pages.append(...await renderDocument(read, OPTIONS))
  describePictures(read)
  nameHeadings()
  keepLinksOutside()
  fit()
  say('')
  document.body.dataset.state = 'shown'
}

function say (words) {
  said.textContent = words
}

// The library forgets what pictures are called; those of the text come in the order of the document.
function describePictures (read) {
  const drawings = [...read.documentPart._xmlDocument.getElementsByTagNameNS(DRAWING, 'docPr')]
    .filter(properties => properties.parentElement.getElementsByTagNameNS('*', 'blip').length)
    .map(properties => properties.getAttribute('descr') ?? '')
  const shown = [...pages.querySelectorAll('img')]
  const inText = shown.filter(picture => !picture.closest('header, footer'))
  for (const picture of shown) picture.alt = ''
  if (inText.length === drawings.length) inText.forEach((picture, place) => { picture.alt = drawings[place] })
}

// The levels of headings follow each other without a gap, also where those of the document do not.
function nameHeadings () {
  let last = 1
  for (const paragraph of pages.querySelectorAll('p[class*="docx_heading"]')) {
    const level = /docx_heading(\d)/.exec(paragraph.className)?.[1]
    if (!level || !paragraph.textContent.trim()) continue
    paragraph.setAttribute('role', 'heading')
    last = Math.min(Number(level) + 1, last + 1, 6)
    paragraph.setAttribute('aria-level', last)
  }
}

// A link of the document opens a window of its own, or leads to a place in the document; others lead nowhere.
function keepLinksOutside () {
  for (const link of pages.querySelectorAll('a')) {
    const address = link.getAttribute('href') ?? ''
    if (/^(https?|mailto):/i.test(address)) {
      link.target = '_blank'
      link.rel = 'noopener noreferrer'
    } else if (!/^#./.test(address)) {
      link.removeAttribute('href')
    }
  }
}

// Pages are as wide as paper: on a small screen they are shown smaller, and in full size where somebody asks.
function fit () {
  const full = size.getAttribute('aria-pressed') === 'true'
  pages.style.zoom = 1
  const share = pages.clientWidth / pages.scrollWidth
  size.hidden = share >= 1 && !full
  if (!full && share < 1) pages.style.zoom = share
}

size.addEventListener('click', () => {
  size.setAttribute('aria-pressed', String(size.getAttribute('aria-pressed') !== 'true'))
  fit()
})
window.addEventListener('resize', fit)
