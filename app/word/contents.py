"""The contents list of a document, where its template has one: filled with the headings as they are printed.

Word fills such a list only when it is told to. So it is filled here, each entry leading to its heading. On which page
a heading stands, only Word knows: pages are left out, and whoever has Word bring the list up to date gets them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from app.word.located import heading_level
from app.word.namespaces import w
from app.word.numbers import number_at
from app.word.reading import Counter, Definitions, StyleSheet, words_of_paragraph

_CODE = re.compile(r"\s*TOC\b")
_LEVELS = re.compile(r'\\o\s+"?(\d)-(\d)"?')
_ALL_LEVELS = (1, 9)
_BOOKMARK = re.compile(r"_Toc(9[0-9]{8})")
_LAST_OF_WORD = 900_000_000  # Word hands out lower numbers
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class _Field(NamedTuple):
    """A field that spans whole paragraphs: those, the runs up to the end of its code, and the code."""

    paragraphs: Sequence[etree._Element]
    opening: Sequence[etree._Element]
    code: str


class _Entry(NamedTuple):
    heading: etree._Element
    level: int
    number: str
    words: str


def has_contents(document_xml: bytes) -> bool:
    """Whether the document part has a field that may be a contents list."""
    return b"<w:instrText" in document_xml and b"TOC" in document_xml


def with_contents(document_xml: bytes, styles_xml: bytes | None, numbering_xml: bytes | None) -> bytes:
    """The document part with its contents list filled; as it is where it has none, or one within other text."""
    root = etree.fromstring(document_xml)
    field = _contents(root)
    if field is None:
        return document_xml
    sheet = StyleSheet.read(styles_xml)
    entries = list(_entries(root, field, sheet, styles_xml, numbering_xml))
    if not entries:
        return document_xml
    names = _marked(root, entries)
    looks = {sheet.name(style).casefold(): style for style in sheet.names}
    written = [_paragraph(entry, name, field, looks) for entry, name in zip(entries, names, strict=True)]
    _surround(written, field.opening)
    for paragraph in written:
        field.paragraphs[0].addprevious(paragraph)
    for paragraph in field.paragraphs:
        if (parent := paragraph.getparent()) is not None:
            parent.remove(paragraph)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _contents(root: etree._Element) -> _Field | None:
    """The first contents list that has its paragraphs for itself."""
    for paragraph in root.iter(w("p")):
        opening = list(_opening(paragraph))
        code = "".join(text.text or "" for run in opening for text in run.iter(w("instrText")))
        if opening and _CODE.match(code):
            paragraphs = _up_to_its_end(paragraph)
            return _Field(paragraphs, opening, code) if paragraphs else None
    return None


def _opening(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The runs of the field with which the paragraph begins, from `begin` to `separate`."""
    for run in paragraph.iterchildren(w("r")):
        kinds = [mark.get(w("fldCharType")) for mark in run.iter(w("fldChar"))]
        if "end" in kinds or run.find(w("t")) is not None:
            return
        yield run
        if "separate" in kinds:
            return


def _up_to_its_end(first: etree._Element) -> list[etree._Element]:
    """The paragraphs of the field that this one begins; none where anything but the field stands in them."""
    found: list[etree._Element] = []
    depth = 0
    element: etree._Element | None = first
    while element is not None and element.tag == w("p") and next(element.iter(w("sectPr")), None) is None:
        found.append(element)
        for mark in element.iter(w("fldChar"), w("t")):
            depth += {"begin": 1, "end": -1}.get(mark.get(w("fldCharType"), ""), 0)
            if not depth and mark.tag == w("t"):
                return []
        if not depth:
            return found
        element = element.getnext()
    return []


def _entries(
    root: etree._Element, field: _Field, sheet: StyleSheet, styles_xml: bytes | None, numbering_xml: bytes | None
) -> Iterator[_Entry]:
    styles = etree.fromstring(styles_xml).iter(w("style")) if styles_xml else ()
    by_id = {style.get(w("styleId"), ""): style for style in styles}
    counter = Counter(Definitions.read(numbering_xml, sheet))
    asked = _LEVELS.search(field.code)
    lowest, highest = (int(asked.group(1)), int(asked.group(2))) if asked else _ALL_LEVELS
    for paragraph in root.iter(w("p")):
        style = sheet.of(paragraph)
        _, number = counter.numbered(paragraph, style, sheet)
        level = heading_level(paragraph, [by_id[name] for name in sheet.chain(style) if name in by_id])
        words = " ".join(words_of_paragraph(paragraph).split())
        if level is not None and lowest <= level <= highest and words and paragraph not in field.paragraphs:
            yield _Entry(paragraph, level, number, words)


def _marked(root: etree._Element, entries: Sequence[_Entry]) -> list[str]:
    """The names of the bookmarks that now stand around the headings."""
    marks = list(root.iter(w("bookmarkStart")))
    first = 1 + max((number_at(mark, "id") or 0 for mark in marks), default=-1)
    taken = [int(found.group(1)) for mark in marks if (found := _BOOKMARK.fullmatch(mark.get(w("name"), "")))]
    free = 1 + max(taken, default=_LAST_OF_WORD)
    names = []
    for place, entry in enumerate(entries):
        name, identifier = f"_Toc{free + place}", str(first + place)
        start = etree.Element(w("bookmarkStart"), {w("id"): identifier, w("name"): name})
        entry.heading.insert(1 if entry.heading.find(w("pPr")) is not None else 0, start)
        entry.heading.append(etree.Element(w("bookmarkEnd"), {w("id"): identifier}))
        names.append(name)
    return names


def _paragraph(entry: _Entry, name: str, field: _Field, looks: Mapping[str, str]) -> etree._Element:
    """One line of the list: the number as printed, and the words of the heading, leading to it."""
    own = field.paragraphs[0].find(f"{w('pPr')}/{w('pStyle')}")
    style = looks.get(f"toc {entry.level}") or (own.get(w("val")) if own is not None else None)
    paragraph = etree.Element(w("p"))
    if style:
        etree.SubElement(etree.SubElement(paragraph, w("pPr")), w("pStyle"), {w("val"): style})
    link = etree.SubElement(paragraph, w("hyperlink"), {w("anchor"): name, w("history"): "1"})
    text = etree.SubElement(etree.SubElement(link, w("r")), w("t"), {_SPACE: "preserve"})
    text.text = f"{entry.number} {entry.words}" if entry.number else entry.words
    return paragraph


def _surround(written: Sequence[etree._Element], opening: Sequence[etree._Element]) -> None:
    """The field begins before the first entry and ends after the last, and asks for no update."""
    place = 1 if written[0].find(w("pPr")) is not None else 0
    for run in reversed(opening):
        for mark in run.iter(w("fldChar")):
            mark.attrib.pop(w("dirty"), "")
        written[0].insert(place, run)
    end = etree.SubElement(written[-1], w("r"))
    etree.SubElement(end, w("fldChar"), {w("fldCharType"): "end"})
