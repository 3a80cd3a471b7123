// A list in a table stacks on a small screen: each cell bears the name of its column, for the style sheet to show.
// Without this it scrolls. Roles are named because a browser forgets what a table is when it is laid out otherwise.
const ROLES = { TABLE: 'table', THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell' }

export function stack (scope) {
  for (const table of scope.querySelectorAll('.app-scroll > .govuk-table')) {
    const columns = [...(table.tHead?.rows[0]?.cells ?? [])].map(cell => cell.textContent.trim())
    if (!columns[0] || !isList(table)) continue
    for (const part of table.querySelectorAll('thead, tbody, tr, td, th')) {
      part.setAttribute('role', ROLES[part.tagName] ?? (part.scope === 'row' ? 'rowheader' : 'columnheader'))
    }
    for (const cell of table.querySelectorAll('tbody td')) cell.dataset.column = columns[cell.cellIndex] ?? ''
    table.setAttribute('role', ROLES.TABLE)
    table.classList.add('app-stacks')
  }
}

// Every row begins with what it is about, and no cell spans others.
function isList (table) {
  const rows = [...table.tBodies].flatMap(body => [...body.rows])
  return rows.every(row => row.cells[0]?.scope === 'row') && !table.querySelector('[colspan], [rowspan]')
}
