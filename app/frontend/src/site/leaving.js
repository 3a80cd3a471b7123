// A form marked with data-guard asks before what was typed, and is neither kept nor saved, is left behind.
const dirty = new WeakSet()

document.addEventListener('input', event => {
  const form = event.target.form ?? event.target.closest?.('form')
  if (form?.matches('[data-guard]')) dirty.add(form)
})
document.addEventListener('submit', event => dirty.delete(event.target))
window.addEventListener('beforeunload', event => {
  const unsaved = [...document.querySelectorAll('form[data-guard]')].some(form => dirty.has(form))
  if (unsaved) event.preventDefault()
})

// What is kept while it is typed: see app/web/pages/unsent.py. What could not be kept is said, and nothing is put in
// the place of the page.
document.addEventListener('htmx:config:request', event => {
  const { form, body } = event.detail.ctx.request
  if (!form?.matches('[data-guard]')) return
  // Files travel once, with what is saved.
  for (const [name, value] of [...body]) if (value instanceof window.File) body.delete(name)
})
document.addEventListener('htmx:before:response', event => {
  const form = event.target.closest?.('form[data-guard]')
  if (!form) return
  if (event.detail.ctx.response.status < 400) {
    if (!holdsFiles(form)) dirty.delete(form)
  } else {
    event.preventDefault()
    cannotKeep(form)
  }
})
document.addEventListener('htmx:error', event => {
  const form = event.target.closest?.('form[data-guard]')
  if (form) cannotKeep(form)
})

function holdsFiles (form) {
  return [...form.querySelectorAll('input[type=file]')].some(field => field.files.length > 0)
}

function cannotKeep (form) {
  const line = form.querySelector('[role=status]#kept')
  if (line) line.textContent = 'This could not be kept just now. Save it, or copy it before you leave the page.'
}
