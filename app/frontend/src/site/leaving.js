// A form marked with data-guard asks before what was typed and not yet saved is left behind.
const dirty = new WeakSet()

document.addEventListener('input', event => {
  const form = event.target.form ?? event.target.closest?.('form')
  if (form?.matches('[data-guard]')) dirty.add(form)
})
document.addEventListener('submit', event => dirty.delete(event.target))
document.addEventListener('app:saved', event => dirty.delete(event.target.closest('form')))
window.addEventListener('beforeunload', event => {
  const unsaved = [...document.querySelectorAll('form[data-guard]')].some(form => dirty.has(form))
  if (unsaved) event.preventDefault()
})
