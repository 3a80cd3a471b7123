// Questions that the editor asks: a modal dialog with labelled fields, its errors beside them.

import { element } from './elements.js'

let asked = 0

/**
 * Asks in a modal dialog beside the editor, and gives the focus back when it closes.
 *
 * `fields` are { name, label, hint, kind: "text" | "number" | "area" | "file" | "radios", value, options, accept }.
 * `save(values)` is called with the values by name; it answers with nothing when all is well, else with the errors by
 * name of field; it may take its time. `more` is a second answer, { label, run }.
 */
export function ask ({ place, title, fields, saveLabel = 'Save', save, more = null, closed }) {
  asked += 1
  const id = `app-dialog-${asked}`
  const groups = fields.map((field) => GROUPS[field.kind || 'text'](field, `${id}-${field.name}`))
  const saveButton = element('button', { type: 'submit', class: 'govuk-button' }, saveLabel)
  const buttons = [saveButton]
  if (more) buttons.push(button(more.label, () => { more.run(); dialog.close() }, 'govuk-button--warning'))
  buttons.push(button('Cancel', () => dialog.close(), 'govuk-button--secondary'))
  const form = element(
    'form',
    { novalidate: true },
    element('h2', { class: 'govuk-heading-m', id }, title),
    ...groups.map((group) => group.element),
    element('div', { class: 'govuk-button-group' }, ...buttons)
  )
  const dialog = element('dialog', { class: 'app-editor-dialog', 'aria-labelledby': id }, form)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    event.stopPropagation()
    if (saveButton.hasAttribute('aria-disabled')) return
    saveButton.setAttribute('aria-disabled', 'true')
    const errors = await save(Object.fromEntries(groups.map((group) => [group.name, group.value()])))
    saveButton.removeAttribute('aria-disabled')
    if (!errors) {
      dialog.close()
      return
    }
    groups.forEach((group) => group.say(errors[group.name]))
    groups.find((group) => errors[group.name])?.focus()
  })
  // What is typed into the questions is no change of the form around the editor.
  for (const name of ['input', 'change', 'keydown']) dialog.addEventListener(name, (event) => event.stopPropagation())
  dialog.addEventListener('close', () => {
    dialog.remove()
    closed()
  });
  // Outside of the form: forms do not stand inside one another.
  (place.closest('form')?.parentNode || place).append(dialog)
  dialog.showModal()
  groups[0]?.focus()
  return dialog
}

/** Shows something to read in a modal dialog. */
export function show ({ place, title, content, closed }) {
  asked += 1
  const id = `app-dialog-${asked}`
  const close = button('Close', () => dialog.close(), 'govuk-button--secondary')
  const heading = element('h2', { class: 'govuk-heading-m', id }, title)
  const dialog = element('dialog', { class: 'app-editor-dialog', 'aria-labelledby': id }, heading, content, close)
  dialog.addEventListener('close', () => {
    dialog.remove()
    closed()
  });
  (place.closest('form')?.parentNode || place).append(dialog)
  dialog.showModal()
  close.focus()
}

function button (label, run, look) {
  const made = element('button', { type: 'button', class: `govuk-button ${look}` }, label)
  made.addEventListener('click', run)
  return made
}

const GROUPS = {
  text: (field, id) => single(field, id, element('input', { type: 'text', class: 'govuk-input' })),
  number: (field, id) =>
    single(field, id, element('input', { type: 'text', inputmode: 'numeric', class: 'govuk-input govuk-input--width-5' })),
  area: (field, id) => single(field, id, element('textarea', { rows: 3, class: 'govuk-textarea' })),
  file: (field, id) =>
    single(field, id, element('input', { type: 'file', accept: field.accept, class: 'govuk-file-upload' })),
  radios
}

function single ({ name, label, hint, value = '', file = null }, id, input) {
  input.id = id
  input.autocomplete = 'off'
  if (input.type === 'file') {
    if (file) input.files = listOf(file)
  } else {
    input.value = value
  }
  const said = hint ? [element('div', { id: `${id}-hint`, class: 'govuk-hint' }, hint)] : []
  const labelled = element('label', { class: 'govuk-label', for: id }, label)
  const group = element('div', { class: 'govuk-form-group' }, labelled, ...said, input)
  return {
    name,
    element: group,
    value: () => (input.type === 'file' ? input.files[0] || null : input.value),
    focus: () => input.focus(),
    say: (message) => {
      tell(group, input, message, id, Boolean(hint))
      const look = input.classList[0]
      input.classList.toggle(`${look}--error`, Boolean(message))
    }
  }
}

function listOf (file) {
  const transfer = new DataTransfer()
  transfer.items.add(file)
  return transfer.files
}

function radios ({ name, label, hint, value, options }, id) {
  const items = Object.entries(options).map(([key, words], index) => {
    const input = element('input', {
      type: 'radio',
      class: 'govuk-radios__input',
      name: id,
      id: `${id}-${index}`,
      value: key,
      checked: key === value
    })
    const labelled = element('label', { class: 'govuk-label govuk-radios__label', for: `${id}-${index}` }, words)
    return element('div', { class: 'govuk-radios__item' }, input, labelled)
  })
  const said = hint ? [element('div', { id: `${id}-hint`, class: 'govuk-hint' }, hint)] : []
  const field = element(
    'fieldset',
    { class: 'govuk-fieldset', 'aria-describedby': hint ? `${id}-hint` : null },
    element('legend', { class: 'govuk-fieldset__legend' }, label),
    ...said,
    element('div', { class: 'govuk-radios govuk-radios--small' }, ...items)
  )
  const group = element('div', { class: 'govuk-form-group' }, field)
  const chosen = () => group.querySelector('input:checked')
  return {
    name,
    element: group,
    value: () => chosen()?.value ?? null,
    focus: () => (chosen() || group.querySelector('input')).focus(),
    say: (message) => tell(group, field, message, id, Boolean(hint))
  }
}

/** The message beside the field, or none. */
function tell (group, described, message, id, hasHint) {
  group.querySelector('.govuk-error-message')?.remove()
  group.classList.toggle('govuk-form-group--error', Boolean(message))
  const ids = hasHint ? [`${id}-hint`] : []
  if (message) {
    const hidden = element('span', { class: 'govuk-visually-hidden' }, 'Error: ')
    const said = element('p', { id: `${id}-error`, class: 'govuk-error-message' }, hidden, message);
    (described.tagName === 'FIELDSET' ? described.querySelector('.govuk-radios') : described).before(said)
    ids.push(`${id}-error`)
  }
  if (ids.length) described.setAttribute('aria-describedby', ids.join(' '))
  else described.removeAttribute('aria-describedby')
  if (message && described.tagName !== 'FIELDSET') described.setAttribute('aria-invalid', 'true')
  else described.removeAttribute('aria-invalid')
}
