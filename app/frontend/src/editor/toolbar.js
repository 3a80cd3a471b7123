// Toolbars: one stop for Tab each, arrow keys within (the pattern of WAI-ARIA's authoring practices).

import { canUse, use } from './commands.js'
import { element } from './elements.js'
import { named } from './keys.js'

/** A toolbar with groups of tools for the view; `update()` after every change. */
export class Toolbar {
  constructor (view, { label, groups, isShown = () => true, controls }) {
    this.view = view
    this.isShown = isShown
    this.tools = groups.flat().map((tool) => ({ tool, button: buttonOf(tool) }))
    const boxes = groups.map((group) =>
      element('div', { class: 'app-editor-tools__group' }, ...group.map((tool) => this.buttonFor(tool)))
    )
    const said = { class: 'app-editor-tools', role: 'toolbar', 'aria-label': label, 'aria-controls': controls }
    this.dom = element('div', said, ...boxes)
    this.stop = 0
    this.dom.addEventListener('click', (event) => this.click(event))
    this.dom.addEventListener('keydown', (event) => this.key(event))
    // The caret stays where it is when a tool is used by mouse.
    this.dom.addEventListener('mousedown', (event) => event.preventDefault())
    this.update()
  }

  buttonFor (tool) {
    return this.tools.find((one) => one.tool === tool).button
  }

  update () {
    const { state } = this.view
    this.dom.hidden = !this.isShown(state)
    if (this.dom.hidden) return
    this.tools.forEach(({ tool, button }, index) => {
      set(button, 'aria-disabled', canUse(tool, state) ? null : 'true')
      if (tool.isOn) set(button, 'aria-pressed', String(Boolean(tool.isOn(state))))
      set(button, 'tabindex', index === this.stop ? '0' : '-1')
    })
  }

  focus () {
    this.tools[this.stop].button.focus()
  }

  click (event) {
    const index = this.tools.findIndex(({ button }) => button.contains(event.target))
    if (index === -1) return
    this.stop = index
    const { tool, button } = this.tools[index]
    if (button.getAttribute('aria-disabled') !== 'true') {
      // By keyboard the focus stays in the toolbar, unless the tool takes it away with it.
      const isByKeyboard = event.detail === 0
      use(tool, this.view)
      if (!tool.ask && (!isByKeyboard || this.dom.hidden || tool.enters)) this.view.focus()
    }
    this.update()
  }

  key (event) {
    const last = this.tools.length - 1
    const next = {
      ArrowRight: this.stop === last ? 0 : this.stop + 1,
      ArrowLeft: this.stop === 0 ? last : this.stop - 1,
      Home: 0,
      End: last
    }[event.key]
    if (event.key === 'Escape') {
      event.preventDefault()
      this.view.focus()
    } else if (next !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault()
      this.stop = next
      this.update()
      this.focus()
    }
  }
}

function set (button, name, value) {
  if (button.getAttribute(name) === value) return
  if (value === null) button.removeAttribute(name)
  else button.setAttribute(name, value)
}

function buttonOf ({ name, label, sign, hint, key, look }) {
  const words = label.replace('…', '')
  const title = [words, hint && `– ${hint}`, key && `(${named(key)})`].filter(Boolean).join(' ')
  const said = {
    type: 'button',
    class: `app-editor-tools__tool${look ? ` app-editor-tools__tool--${look}` : ''}`,
    'data-tool': name,
    title: sign || hint || key ? title : null
  }
  if (!sign) return element('button', said, label)
  return element(
    'button',
    said,
    element('span', { 'aria-hidden': 'true' }, sign),
    element('span', { class: 'govuk-visually-hidden' }, words)
  )
}
