"""Turned pages: sections of their own within a section of the template, with its headers and footers."""

from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from app.word.namespaces import w
from app.word.refusals import PageNotTurned

# Marks of the converter, which knows nothing of the section around; they are replaced before the document is saved.
_MARK = "turn"
TURN_BEGINS = f'<w:sectPr {_MARK}="begins"/>'
TURN_ENDS = f'<w:sectPr {_MARK}="ends"/>'

_FEW = 800  # characters that may stand on a turned page above its table: about a third of it

_BOOKMARKS = {w("bookmarkStart"), w("bookmarkEnd")}
# What stands before the page's type in a section's properties.
_BEFORE_TYPE = {w("headerReference"), w("footerReference"), w("footnotePr"), w("endnotePr")}


def with_turned_pages(document_xml: bytes, headings: Collection[str]) -> bytes:
    """The document part with sections around what was marked; headings right above a turned page go with it.

    So do the few words between two turned pages of which the second begins with a table.

    `headings` are the ids of heading styles. Raises `PageNotTurned` for a mark outside the body.
    """
    root = etree.fromstring(document_xml)
    body = root.find(w("body"))
    sections = list(root.iter(w("sectPr")))
    around: dict[etree._Element, _Section] = {}
    current = _Section(etree.Element(w("sectPr")))
    for element in reversed(sections):
        if _MARK not in element.attrib:
            current = _Section(element)
        around[element] = current
    for element in sections:
        if _MARK in element.attrib:
            paragraph = _paragraph_of(element)
            if paragraph is None or paragraph.getparent() is not body:
                raise PageNotTurned("word/document.xml")
            if element.get(_MARK) == "begins":
                _begin(paragraph, element, around[element], headings)
            else:
                _end(paragraph, element, around[element])
    for section in dict.fromkeys(around.values()):
        section.finish()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


@dataclass(eq=False, slots=True)
class _Section:
    """A section of the template, to be cut into several."""

    properties: etree._Element
    pristine: etree._Element = field(init=False)
    is_cut: bool = False
    ends_turned: bool = False

    def __post_init__(self) -> None:
        self.pristine = deepcopy(self.properties)

    def piece(self, *, turned: bool) -> etree._Element:
        """The properties of the next piece: the first one begins as the section does, the others on a new page."""
        made = deepcopy(self.pristine)
        if self.is_cut:
            _go_on(made)
        self.is_cut = True
        if turned:
            _turn(made)
        return made

    def finish(self) -> None:
        """The section's own properties hold for its last piece."""
        if self.is_cut or self.ends_turned:
            last = self.piece(turned=self.ends_turned)
            self.properties[:] = list(last)


def _paragraph_of(element: etree._Element) -> etree._Element | None:
    properties = element.getparent()
    return properties.getparent() if properties is not None and properties.tag == w("pPr") else None


def _begin(carrier: etree._Element, mark: etree._Element, section: _Section, headings: Collection[str]) -> None:
    """The section ends before the carrier: in the paragraph before it where there is one."""
    if going_along := list(_going_along(carrier, headings)):
        going_along[-1].addprevious(carrier)
    before = _neighbour(carrier, following=False)
    if before is not None and _section_in(before) is None:
        piece = section.piece(turned=False)
        if before.tag != w("p"):
            _replace(mark, piece)
            return
        properties = before.find(w("pPr"))
        if properties is None:
            properties = etree.Element(w("pPr"))
            before.insert(0, properties)
        properties.append(piece)
    _remove(carrier)


def _going_along(carrier: etree._Element, headings: Collection[str]) -> Iterator[etree._Element]:
    """What stands above a turned page and goes with it, from below.

    Headings do, and above a table a few words that would stand alone on an upright page between two turned ones.
    """
    few = list(_words_between(carrier)) if _opens_with_table(carrier) else []
    if few:
        yield from few
        return
    before = _neighbour(carrier, following=False)
    while before is not None and _style_of(before) in headings and _section_in(before) is None:
        yield before
        before = _neighbour(before, following=False)


def _opens_with_table(carrier: etree._Element) -> bool:
    """Whether a table comes first on the turned page, with its caption or without: it takes the room that is left."""
    first = _neighbour(carrier, following=True)
    if first is not None and first.tag == w("p") and next(first.iter(w("drawing")), None) is None:
        first = _neighbour(first, following=True)
    return first is not None and first.tag == w("tbl")


def _words_between(carrier: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs back to the end of another turned page; none where they are many, or more than words."""
    found: list[etree._Element] = []
    characters = 0
    before = _neighbour(carrier, following=False)
    while before is not None and before.tag == w("p") and next(before.iter(w("drawing")), None) is None:
        if (section := _section_in(before)) is not None:
            yield from found if _is_turned(section) else ()
            return
        characters += sum(len(text.text or "") for text in before.iter(w("t")))
        if characters > _FEW:
            return
        found.append(before)
        before = _neighbour(before, following=False)


def _is_turned(properties: etree._Element) -> bool:
    size = properties.find(w("pgSz"))
    return size is not None and size.get(w("orient")) == "landscape"


def _end(paragraph: etree._Element, mark: etree._Element, section: _Section) -> None:
    if _closes(_neighbour(paragraph, following=True), section):
        # Nothing follows: the section of the template itself ends turned, without an empty page.
        section.ends_turned = True
        _remove(mark)
    else:
        _replace(mark, section.piece(turned=True))


def _closes(element: etree._Element | None, section: _Section) -> bool:
    """Whether the element does nothing but end the section."""
    if element is None or element is section.properties:
        return True
    return _section_in(element) is section.properties and element.find(w("r")) is None


def _neighbour(element: etree._Element, *, following: bool) -> etree._Element | None:
    return next((n for n in element.itersiblings(preceding=not following) if n.tag not in _BOOKMARKS), None)


def _style_of(element: etree._Element) -> str | None:
    style = element.find(f"{w('pPr')}/{w('pStyle')}") if element.tag == w("p") else None
    return style.get(w("val")) if style is not None else None


def _section_in(element: etree._Element) -> etree._Element | None:
    return element.find(f"{w('pPr')}/{w('sectPr')}") if element.tag == w("p") else None


def _replace(mark: etree._Element, piece: etree._Element) -> None:
    if (parent := mark.getparent()) is not None:
        parent.replace(mark, piece)


def _remove(element: etree._Element) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def _go_on(properties: etree._Element) -> None:
    """A later piece begins on a new page, has no first page of its own and does not count from the start."""
    for child in list(properties.iter(w("type"), w("titlePg"))):
        properties.remove(child)
    for numbers in properties.iter(w("pgNumType")):
        numbers.attrib.pop(w("start"), "")
    begins = etree.Element(w("type"), {w("val"): "nextPage"})
    properties.insert(sum(1 for _ in _leading(properties)), begins)


def _leading(properties: etree._Element) -> Iterator[etree._Element]:
    return (child for child in properties if child.tag in _BEFORE_TYPE)


def _turn(properties: etree._Element) -> None:
    size = properties.find(w("pgSz"))
    if size is None:
        size = etree.Element(w("pgSz"), {w("w"): "11906", w("h"): "16838"})
        place = sum(1 for child in properties if child.tag in _BEFORE_TYPE | {w("type")})
        properties.insert(place, size)
    if size.get(w("orient")) != "landscape":
        across, down = size.get(w("w"), "11906"), size.get(w("h"), "16838")
        size.set(w("w"), down)
        size.set(w("h"), across)
        size.set(w("orient"), "landscape")
