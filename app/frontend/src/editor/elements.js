// Elements made by hand: no markup is ever read from a string here.

const SVG = 'http://www.w3.org/2000/svg'

/** An HTML element with these attributes (null and false leave one out, true is an empty one) and this content. */
export function element (tag, attributes = {}, ...content) {
  return filled(document.createElement(tag), attributes, content)
}

/** The same of an SVG element. */
export function svg (tag, attributes = {}, ...content) {
  return filled(document.createElementNS(SVG, tag), attributes, content)
}

function filled (made, attributes, content) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '')
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, String(value))
  }
  made.append(...content)
  return made
}
