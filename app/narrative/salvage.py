"""What somebody pasted, as far as a narrative can hold it: what it cannot is left out and named, every word stays."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.errors import Invalid
from app.narrative.canonical import blocks_of
from app.narrative.characters import NOT_XML
from app.narrative.cleaning import require_length
from app.narrative.links import permitted_link
from app.narrative.markup import NOT_HELD, Element, repaired, tree_of
from app.narrative.pasted import meant
from app.narrative.refusals import LinkNotAllowed, TooDeep, TooLong
from app.narrative.writing import written_blocks

MAX_PASTED = 1_000_000
"""Characters on a clipboard: word processors say everything ten times."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_RAG = re.compile(r"[a-z]+(?:-[a-z]+)*")
# Where the grammar has no place for a table.
_NARROW = frozenset({"td", "th", "li", "blockquote", "caption", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"})
# Elements that a browser opens again in every block until they are ended: word processors end theirs, and their repair
# takes time in the square of those that are not.
_BEGUN = re.compile(r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>]", re.IGNORECASE)
_MOST_OPEN = 2_000
_PICTURES = "Pictures were left out. Add each with its description."
_SHOWN = 5  # links that are named


@dataclass(frozen=True)
class Salvaged:
    """A narrative in canonical form, and a sentence for each kind of thing that was left out."""

    html: str
    left_out: tuple[str, ...]


def salvaged(pasted: str) -> Salvaged:
    """What a narrative can hold of the HTML of a clipboard.

    Pictures that are not stored, forms, drawings and embedded things are left out; links that a paper may not have
    leave their words, tables inside of tables their cells as paragraphs. Raises a refusal of this package for the rest.
    """
    if len(pasted) > MAX_PASTED:
        raise TooLong(len(pasted), MAX_PASTED)
    _require_ended(pasted)
    markup = repaired(NOT_XML.sub("", pasted))
    sieve = _Sieve()
    try:
        html = written_blocks(blocks_of(meant(tree_of(markup))))
    except Invalid:
        tree = meant(tree_of(markup, whole=True))
        tree.children = list(sieve.sifted(tree, is_narrow=False))
        html = written_blocks(blocks_of(tree))
    require_length(html)
    return Salvaged(html, tuple(sieve.said()))


def _require_ended(pasted: str) -> None:
    found = _BEGUN.findall(pasted)
    if len(found) - 2 * found.count("/") > _MOST_OPEN:
        raise TooDeep("elements", _MOST_OPEN)


@dataclass(slots=True)
class _Sieve:
    """Lets through what the grammar holds, and remembers what it does not."""

    things: dict[str, None] = field(default_factory=dict)
    links: dict[str, None] = field(default_factory=dict)

    def said(self) -> Iterator[str]:
        """What was left out, a sentence each."""
        yield from self.things
        if self.links:
            named = ", ".join(f"“{words}”" for words in list(self.links)[:_SHOWN])
            yield f"Links that a paper cannot have were left out, their words stay: {named}."

    def sifted(self, element: Element, *, is_narrow: bool) -> Iterator[Element | str]:
        """The content of the element that can be held."""
        inside = is_narrow or element.tag in _NARROW
        for child in element.children:
            if isinstance(child, str):
                yield child
            else:
                yield from self.let_through(child, is_narrow=inside)

    def let_through(self, element: Element, *, is_narrow: bool) -> Iterator[Element | str]:
        """The element, or what of it can be held."""
        tag = element.tag
        if tag == "img":
            if _is_stored(element) and not is_narrow:
                yield element
            else:
                self.things[_PICTURES] = None
            return
        element.children = list(self.sifted(element, is_narrow=is_narrow))
        if tag in NOT_HELD:
            self.things[f"{NOT_HELD[tag][0].upper()}{NOT_HELD[tag][1:]} was left out."] = None
            yield Element("span", {}, element.children)
        elif tag == "a":
            yield self._link(element)
        elif tag == "table" and is_narrow:
            self.things["A table inside a table or a list became paragraphs."] = None
            yield Element("div", {}, list(_flattened(element)))
        elif tag == "figure" and (is_narrow or not _shows_something(element)):
            yield Element("div", {}, element.children)
        else:
            if not _RAG.fullmatch(element.attributes.get("data-rag", "")):
                element.attributes.pop("data-rag", None)
            yield element

    def _link(self, element: Element) -> Element:
        href = element.attributes.get("data-href", element.attributes.get("href"))
        if href is None:
            return element
        words = _words(element)
        try:
            permitted_link(NOT_XML.sub("", href), words)
        except LinkNotAllowed:
            if words:
                self.links[words[:60]] = None
            return Element("span", {}, element.children)
        return element


def _is_stored(picture: Element) -> bool:
    source = picture.attributes.get("data-src", picture.attributes.get("src", "")).strip().lower()
    return bool(_DIGEST.fullmatch(source) and picture.attributes.get("alt", "").strip())


def _shows_something(element: Element) -> bool:
    return any(child.tag in {"img", "table"} or _shows_something(child) for child in element.elements())


def _flattened(table: Element) -> Iterator[Element | str]:
    """What the cells hold, each apart from the others."""
    for part in table.elements():
        if part.tag in {"td", "th", "caption"}:
            yield Element("div", {}, part.children)
        else:
            yield from _flattened(part)


def _words(element: Element) -> str:
    return " ".join("".join(c if isinstance(c, str) else _words(c) for c in element.children).split())
