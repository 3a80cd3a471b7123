"""The regions of a document read back: what each stored text that it prints says now, after whoever edited it."""

from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from lxml import etree

from app.narrative import clean
from app.word.container import CONTENT_TYPES, DOCUMENT, read_members
from app.word.marks import Mark, marks_in, name_in
from app.word.namespaces import MC, w
from app.word.narrating import BodyReader, Narrated, opened
from app.word.parts import parts_of_kinds
from app.word.reading import words_of_paragraph
from app.word.templates import FILLED_KINDS

_START, _END = w("bookmarkStart"), w("bookmarkEnd")
_FLOWS = {
    w(name) for name in ("body", "tc", "hdr", "ftr", "footnote", "endnote", "comment", "txbxContent", "sdtContent")
}
"""What holds paragraphs and tables."""
_BOXES = _FLOWS - {w("sdtContent")}  # a content control may stand among runs, too


@dataclass(frozen=True, slots=True)
class Region:
    """What a document says where it prints one stored text: a reading for each time, in the order of the document.

    There are none where the document was made with the text and its bookmarks are gone: somebody deleted it.
    """

    readings: tuple[Narrated, ...]

    @property
    def html(self) -> str:
        """The text as canonical narrative, as it stands where it is printed first; empty where it is gone."""
        return self.readings[0].html if self.readings else ""

    @property
    def agrees(self) -> bool:
        """Whether the text says the same wherever it is printed."""
        return len({reading.html for reading in self.readings}) <= 1


def regions(document: bytes) -> dict[str, Region]:
    """Each stored text that the document prints and marks, by its key, in the order of printing.

    A narrative comes back as narrative, but for what no full paper shows (marks of redaction); a plain text as its
    words, without the look that the template gives them. Empty for a document that marks nothing. Raises
    `UnreadableTemplate` when the bytes are no document, and the refusals of `app.narrative.clean`.
    """
    members = read_members(document)
    marks = marks_in(members)
    found: dict[str, list[Narrated]] = {mark.key: [] for mark in marks.values()}
    if not marks:
        return {}
    parts = parts_of_kinds(members[CONTENT_TYPES], FILLED_KINDS)
    for part in sorted(parts, key=lambda name: (name != DOCUMENT, name)):
        if b"bookmarkStart" in members.get(part, b""):
            reader = BodyReader.of_part(members, part)
            for name, stretch in _stretches(reader.root, marks):
                found[marks[name].key].append(_read(reader, marks[name], stretch))
    return {key: Region(tuple(readings)) for key, readings in found.items()}


class _Stretch(NamedTuple):
    """Where a bookmark begins and ends, and the paragraphs, in order, of which it holds something."""

    begins: etree._Element
    ends: etree._Element
    paragraphs: Sequence[etree._Element]


def _read(reader: BodyReader, mark: Mark, stretch: _Stretch) -> Narrated:
    if not stretch.paragraphs:
        return Narrated("", {})
    if mark.heading_level is None:
        words = "\n\n".join(words_of_paragraph(_trimmed(paragraph, stretch)) for paragraph in stretch.paragraphs)
        return Narrated(clean(words, "text"), {})
    if mark.in_line:
        return reader.narrated_lines([_trimmed(paragraph, stretch) for paragraph in stretch.paragraphs])
    blocks = [_trimmed(block, stretch) for block in _blocks(_flow(mark, stretch), stretch)]
    return reader.narrated(blocks, mark.heading_level)


# Where the stretches are


def _stretches(root: etree._Element, names: Container[str]) -> list[tuple[str, _Stretch]]:
    """The stretches of the bookmarks with these names, in the order of the part.

    LibreOffice begins a bookmark over several paragraphs twice, with two ids, and ends only the second one: what
    counts is the first beginning and the last end of a name.
    """
    elements = list(_seen(root))
    order = {element: number for number, element in enumerate(elements)}
    begins: dict[str, etree._Element] = {}
    ends: dict[str, etree._Element] = {}
    names_of: dict[str, str] = {}
    for element in elements:
        identifier, name = element.get(w("id"), ""), name_in(element.get(w("name"), ""))
        if element.tag == _START and name in names:
            names_of[identifier] = name
            begins.setdefault(name, element)
        elif element.tag == _END and identifier in names_of:
            ends[names_of[identifier]] = element
    paragraphs = [element for element in elements if element.tag == w("p")]
    places = [order[paragraph] for paragraph in paragraphs]
    found = []
    for name, begin in begins.items():
        if name in ends:
            first = bisect_left(places, _first(begin, order))
            beyond = bisect_left(places, _beyond(begin, ends[name], order))
            found.append((name, _Stretch(begin, ends[name], paragraphs[first:beyond])))
    return found


def _seen(root: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and bookmarks in order, without those of fallbacks, which say again what stands before them."""
    for element in root.iter(w("p"), _START, _END):
        if not any(True for _ in element.iterancestors(f"{{{MC}}}Fallback")):
            yield element


def _first(begins: etree._Element, order: Mapping[etree._Element, int]) -> int:
    """The place from which on paragraphs stand in the stretch."""
    around = _paragraph_around(begins)
    return order[begins if around is None else around]


def _beyond(begins: etree._Element, ends: etree._Element, order: Mapping[etree._Element, int]) -> int:
    """The place from which on paragraphs stand in the stretch no more."""
    around = _paragraph_around(ends)
    if around is None:
        return order[ends]
    # Word moves an end that stands between paragraphs to the beginning of the next one.
    holds_some = around is _paragraph_around(begins) or next(_runs(around, before=ends), None) is not None
    return order[ends] if holds_some else order[around]


def _paragraph_around(element: etree._Element) -> etree._Element | None:
    """The paragraph in which the element stands among runs; a text box in a paragraph holds paragraphs of its own."""
    around = next((above for above in element.iterancestors() if above.tag == w("p") or above.tag in _BOXES), None)
    return around if around is not None and around.tag == w("p") else None


def _runs(
    paragraph: etree._Element, *, before: etree._Element | None = None, after: etree._Element | None = None
) -> Iterator[etree._Element]:
    """The runs of a paragraph before or after an element in it."""
    passed = False
    for element in paragraph.iter(w("r"), _START, _END):
        if element is before:
            return
        if element.tag == w("r") and (passed or after is None):
            yield element
        passed = passed or element is after


# What stands in a stretch


def _flow(mark: Mark, stretch: _Stretch) -> etree._Element:
    """What holds all blocks of the stretch."""
    begins = stretch.begins
    if mark.in_table and _paragraph_around(begins) is not None:
        begins = next(begins.iterancestors(w("tbl")), begins)
    around = set(stretch.paragraphs[-1].iterancestors())
    return next(element for element in begins.iterancestors() if element in around and element.tag in _FLOWS)


def _blocks(flow: etree._Element, stretch: _Stretch) -> Iterator[etree._Element]:
    """The paragraphs of the stretch that stand in this flow, and the tables that it reaches into."""
    wanted = set(stretch.paragraphs)
    first = stretch.paragraphs[0]
    child = next(element for element in (first, *first.iterancestors()) if element.getparent() is flow)
    for element in opened(chain([child], child.itersiblings())):
        if not wanted:
            return
        inside = wanted.intersection(element.iter(w("p")))
        wanted -= inside
        if inside:
            yield element


def _trimmed(block: etree._Element, stretch: _Stretch) -> etree._Element:
    """The block; of a paragraph that somebody joined with one beside it, what stands in the stretch."""
    if block.tag != w("p"):
        return block
    outside = [
        *(_runs(block, before=stretch.begins) if _paragraph_around(stretch.begins) is block else ()),
        *(_runs(block, after=stretch.ends) if _paragraph_around(stretch.ends) is block else ()),
    ]
    if not outside:
        return block
    runs = list(block.iter(w("r")))
    copy = deepcopy(block)
    for original, run in zip(runs, list(copy.iter(w("r"))), strict=True):
        if original in outside and (parent := run.getparent()) is not None:
            parent.remove(run)
    return copy
