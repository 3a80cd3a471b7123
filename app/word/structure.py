"""Whether a document says what its parts are: headings, lists, captions, tables and links, not their mere looks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from lxml import etree

from app.word.appearance import Appearances
from app.word.container import DOCUMENT
from app.word.located import (
    BODY,
    Barrier,
    Grid,
    OpenedDocument,
    Standing,
    Where,
    is_continued,
    span_of,
    words_in,
)
from app.word.namespaces import R, w
from app.word.quoting import quoted
from app.word.reading import is_on, words_of_paragraph

_LONGEST_HEADING = 100  # characters; what is longer is a sentence that somebody stresses
_LONGEST_ADDRESS = 40  # characters of an address that may stand as it is
_SENTENCE_ENDS = tuple(".!?…,;")
_BULLET = re.compile(r"\s*[•·▪●◦‣⁃■□➢✓][ \t\u00a0]+\S")
_DASH = re.compile(r"\s*[-–—*o][ \t\u00a0]+\S")
_NUMBER = re.compile(r"\s*\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)][ \t\u00a0]+\S")
_HEADING_NUMBER = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}[.)])[ \t\u00a0]+\S")
_CAPTION = re.compile(r"(?:Table|Figure|Chart|Diagram|Picture) \d+\b")
_BLANKS = re.compile(r"[ \u00a0]{3,}|\t[ \u00a0]*\t|\n[ \u00a0]*\n")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_EMPTY_LINKS = frozenset(
    (
        *("here", "click here", "click", "link", "this link", "this", "this page", "page", "website"),
        *("read more", "more", "see more", "details", "more details"),
    )
)
_FIELD_LINK = re.compile(r"\s*HYPERLINK\b")
_ROW_HEAD = "firstColumn"


def structure(opened: OpenedDocument) -> Iterator[Barrier]:
    """What a screen reader cannot tell of the document, though a sighted reader may guess it."""
    yield from _headings(opened)
    yield from _made_by_hand(opened)
    yield from _captions(opened)
    yield from _gaps(opened)
    yield from _tables(opened)
    yield from _links(opened)


def _headings(opened: OpenedDocument) -> Iterator[Barrier]:
    before = 0
    for standing in opened.standing:
        if standing.level is None or standing.member != DOCUMENT:
            continue
        if not standing.words.strip():
            what = "A heading has no words. Take it away, or give it some."
            yield Barrier("empty-heading", standing.where, what)
            continue
        if standing.level > before + 1:
            after = f"a heading of level {before}" if before else "no heading at all"
            what = f"A heading of level {standing.level} follows {after}; levels may not be skipped on the way down."
            yield Barrier("heading-jump", standing.where, what)
        if not standing.numbered and _HEADING_NUMBER.match(standing.words):
            what = "The number of this heading is typed. Let Word number it, so that it stays right."
            yield Barrier("typed-number", standing.where, what)
        before = standing.level
    if not before:
        what = "The document has no headings. Give its sections real heading styles."
        yield Barrier("no-headings", Where(BODY), what)


def _made_by_hand(opened: OpenedDocument) -> Iterator[Barrier]:
    """Headings and lists that only look like it."""
    looks = Appearances(opened)
    plain = [standing for standing in opened.standing if standing.level is None and not standing.numbered]
    for standing in plain:
        if _is_fake_heading(opened, standing, looks):
            what = "The paragraph looks like a heading but is none. Give it a heading style."
            yield Barrier("fake-heading", standing.where, what)
    for standing in plain:
        if _BULLET.match(standing.words):
            what = "The bullet is typed. Make it a list of Word’s, so that it is read as one."
            yield Barrier("typed-bullet", standing.where, what)
    for before, standing in _neighbours(plain):
        for code, pattern, name in (("typed-bullet", _DASH, "bullets"), ("typed-number", _NUMBER, "numbers")):
            if pattern.match(before.words) and pattern.match(standing.words):
                what = f"The {name} of this list are typed. Make it a list of Word’s, so that it is read as one."
                yield Barrier(code, standing.where, what)


def _neighbours(plain: Sequence[Standing]) -> Iterator[tuple[Standing, Standing]]:
    """Paragraphs right behind each other."""
    for before, standing in pairwise(plain):
        if before.element.getnext() is standing.element:
            yield before, standing


def _is_fake_heading(opened: OpenedDocument, standing: Standing, looks: Appearances) -> bool:
    words = standing.words.strip()
    if standing.member != DOCUMENT or standing.cell or not words or len(words) > _LONGEST_HEADING:
        return False
    if words.endswith(_SENTENCE_ENDS) or opened.style_name(standing.style) in {"title", "subtitle", "caption"}:
        return False
    runs = [run for run in standing.element.iter(w("r")) if "".join(t.text or "" for t in run.iter(w("t"))).strip()]
    if is_on(looks.letters_of(standing).get("b")):  # a style of the template, such as that of a note
        return False
    return bool(runs) and all(looks.of(run, standing).bold for run in runs)


def _captions(opened: OpenedDocument) -> Iterator[Barrier]:
    for standing in opened.standing:
        if standing.member != DOCUMENT or standing.cell or opened.style_name(standing.style) == "caption":
            continue
        if _CAPTION.match(standing.words) and any(_is_figure(e) for e in _beside(standing.element)):
            what = "The paragraph looks like a caption but is none. Give it the style Caption."
            yield Barrier("fake-caption", standing.where, what)


def _beside(element: etree._Element) -> Iterator[etree._Element]:
    return (beside for beside in (element.getprevious(), element.getnext()) if beside is not None)


def _is_figure(element: etree._Element) -> bool:
    if element.tag == w("tbl"):
        return True
    return not words_of_paragraph(element).strip() and next(element.iter(w("drawing"), w("pict")), None) is not None


# Spacing


def _gaps(opened: OpenedDocument) -> Iterator[Barrier]:
    for standing in opened.standing:
        if _is_empty(standing):
            what = "An empty paragraph keeps things apart. Take it away and let the style make the distance."
            yield Barrier("empty-paragraph", standing.where, what)
        if _BLANKS.search(standing.words):
            what = "Blanks, tabs or empty lines put words into place. Use a table, a list or the style’s distances."
            yield Barrier("blanks", standing.where, what)


def _is_empty(standing: Standing) -> bool:
    """Whether the paragraph does nothing but take up room."""
    element = standing.element
    if standing.shows or standing.numbered or element.find(f"{w('pPr')}/{w('sectPr')}") is not None:
        return False
    if standing.level is not None or any(br.get(w("type")) == "page" for br in element.iter(w("br"))):
        return False
    if standing.member != DOCUMENT:
        return False
    if standing.cell is not None:  # Word wants a paragraph at the end of every cell
        return element.getnext() is not None or _is_paragraph(element.getprevious())
    return not _holds_tables_apart(element)


def _holds_tables_apart(element: etree._Element) -> bool:
    """Whether Word would put the paragraph there by itself: between tables, and between a table and the end."""
    before, after = element.getprevious(), element.getnext()
    ends = after is None or after.tag in {w("tbl"), w("sectPr")}
    return before is not None and before.tag == w("tbl") and ends


def _is_paragraph(element: etree._Element | None) -> bool:
    return element is not None and element.tag == w("p")


# Tables


def _tables(opened: OpenedDocument) -> Iterator[Barrier]:
    for grid in opened.grids:
        if grid.depth > 1:
            what = "A table stands inside another one. Make it a table of its own, or lines of text."
            yield Barrier("nested-table", grid.where, what)
            continue
        if len(grid.rows) > 1 and not grid.heads(0) and not _has_row_heads(grid):
            what = (
                "The table has no header row. Mark its first row as one (Layout > Repeat Header Rows), or its first "
                "column where that names the rows (Table Design > First Column)."
            )
            yield Barrier("no-header-row", grid.where, what)
        for row, cells in enumerate(grid.rows):
            if grid.heads(row):
                yield from _header_cells(grid, row, cells)


def _has_row_heads(grid: Grid) -> bool:
    if _ROW_HEAD in grid.looks and not _states_its_cells(grid):
        return True
    firsts = [cells[0][1] for cells in grid.rows if cells]
    return all(_is_head(cell, 2) or is_continued(cell) for cell in firsts)


def _states_its_cells(grid: Grid) -> bool:
    """Whether cells say by themselves what they are, so that the look of the table says nothing."""
    return next(grid.element.iter(w("cnfStyle")), None) is not None


def _is_head(cell: etree._Element, place: int) -> bool:
    stated = cell.find(f"{w('tcPr')}/{w('cnfStyle')}")
    return stated is not None and stated.get(w("val"), "")[place : place + 1] == "1"


def _header_cells(grid: Grid, row: int, cells: Sequence[tuple[int, etree._Element]]) -> Iterator[Barrier]:
    for column, cell in cells:
        where = replace(grid.where, row=row + 1, column=column + 1, quoted=quoted(words_in(cell)))
        if span_of(cell) > 1 or cell.find(f"{w('tcPr')}/{w('vMerge')}") is not None:
            if not is_continued(cell):
                what = "A cell of the header row is merged with others. Give every column a heading of its own."
                yield Barrier("merged-header", where, what)
        elif not words_in(cell):
            what = "A cell of the header row is empty. Say what its column holds."
            yield Barrier("empty-header", where, what)


# Links


def _links(opened: OpenedDocument) -> Iterator[Barrier]:
    for standing in opened.standing:
        for words in _link_words(standing.element):
            said = " ".join(words.split())
            where = replace(standing.where, quoted=quoted(said) or standing.where.quoted)
            if not said:
                yield Barrier("poor-link", where, "A link has no words. Say where it leads.")
            elif said.casefold().strip(" .:>»→") in _EMPTY_LINKS:
                what = f"A link says “{said}”; read on its own it does not say where it leads. Name what is there."
                yield Barrier("poor-link", where, what)
            elif len(said) > _LONGEST_ADDRESS and _ADDRESS.fullmatch(said):
                what = "A link shows a long address. Name what is there instead; Word keeps the address behind it."
                yield Barrier("poor-link", where, what)


def _link_words(paragraph: etree._Element) -> Iterator[str]:
    for link in paragraph.iter(w("hyperlink")):
        if link.get(f"{{{R}}}id") or link.get(w("anchor")):
            yield words_of_paragraph(link)
    for simple in paragraph.iter(w("fldSimple")):
        if _FIELD_LINK.match(simple.get(w("instr"), "")):
            yield words_of_paragraph(simple)
    yield from _complex_links(paragraph)


def _complex_links(paragraph: etree._Element) -> Iterator[str]:
    """The words of links that are written as fields: begin, code, separate, words, end."""
    fields: list[tuple[list[str], list[str]]] = []
    showing: list[bool] = []
    for element in paragraph.iter(w("fldChar"), w("instrText"), w("t")):
        if element.tag == w("t"):
            if showing and showing[-1]:
                fields[-1][1].append(element.text or "")
        elif element.tag == w("instrText"):
            if fields:
                fields[-1][0].append(element.text or "")
        elif element.get(w("fldCharType")) == "begin":
            fields.append(([], []))
            showing.append(False)
        elif element.get(w("fldCharType")) == "separate" and showing:
            showing[-1] = True
        elif fields:
            code, words = fields.pop()
            showing.pop()
            if _FIELD_LINK.match("".join(code)):
                yield "".join(words)
