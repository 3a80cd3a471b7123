// The narrative editor: loaded only by pages that have one.

import { enhance } from './editor/field.js'

enhance(document)
// What htmx brings into the page later on may hold text areas, too.
for (const name of ['htmx:after:swap', 'htmx:afterSwap', 'htmx:load']) {
  document.addEventListener(name, () => enhance(document))
}
