// What the editor asks the server: to clean what is pasted, and to keep pictures.

import { PICTURES } from './schema.js'

/** The server said no, in a sentence for the person. */
export class Refused extends Error {}

/** The pasted HTML in canonical form, with a sentence for each thing that was left out: { html, left_out }. */
export async function cleaned (html) {
  return answer(await fetch('/narrative/pasted', { method: 'POST', body: html, headers: { 'Content-Type': 'text/html' } }))
}

/** Keeps the picture; answers with its digest: { digest, width, height }. */
export async function kept (file) {
  const body = new FormData()
  body.append('file', file)
  return answer(await fetch(PICTURES, { method: 'POST', body }))
}

async function answer (response) {
  const isJson = (response.headers.get('Content-Type') || '').includes('json')
  if (response.ok && isJson) return response.json()
  const said = isJson ? await response.json() : {}
  throw new Refused(said.detail || said.title || 'The service did not take it. Try again.')
}
