// What every page gets on top of what it can do without: components of the Design System, and htmx where a page asks.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
  createAll
} from 'govuk-frontend'
import { SortableTable } from '@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs'
import 'htmx.org'
import './site/leaving.js'
import { stack } from './site/tables.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

const components = [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
  SortableTable
]

function enhance (scope) {
  for (const component of components) createAll(component, undefined, scope)
  stack(scope)
}

enhance(document)
document.addEventListener('htmx:after:swap', event => enhance(event.target))
