"""Reads the plain text of a published paper: the structure that was left when its layout was lost.

What is known of such a text: page breaks tear paragraphs apart and leave the marking on a line of its own; a wrapped
line of a list item begins with a space; now and then a list item has lost its marker, or a torn paragraph has gained
one; tables are lines of cells between tabs; underlining is `<u>…</u>`, bold `<b>…</b>` or `**…**`, italics `<i>…</i>`
or `*…*`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

PAGE_MARK = re.compile(r"OFFICIAL(?:-SENSITIVE)?")
SECTION = re.compile(r"(?P<number>\d{1,2}\.\d{1,2}) (?P<heading>\S.*)")
BULLET = re.compile(r"- (?=\S)")
ORDERED = re.compile(r"(?:- )?(?P<number>[ivx]+|[a-h])\. (?=\S)")
TAG = re.compile(r"</?[ubi]>")
EMPHASIS = re.compile(r"(\*{1,2})(?=[^\s*])(.+?)(?<=[^\s*])\1")
RECIPIENT = re.compile(r"Report to:? *")
FINISHED = (".", ":", ";", "?", "!")
TORN_AFTER = re.compile(
    r"(?:^|\s)(?:a|an|and|are|by|for|from|has|in|is|of|or|that|the|to|with|\d{1,2}(?:st|nd|rd|th))$"
)
"""A text that ends so was torn apart by a page break, however the next one begins."""

Marker = Literal["", "-", "i", "a"]
"""None, a bullet, a roman number or a letter."""


def unmarked(text: str) -> str:
    """A text without the marks of underlining, bold and italics."""
    return EMPHASIS.sub(r"\2", TAG.sub("", text))


@dataclass
class Piece:
    """A paragraph, a list item (with its marker and, where it has one, its number) or a table row (with its cells)."""

    text: str = ""
    marker: Marker = ""
    number: str = ""
    cells: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The text without emphasis."""
        return unmarked(self.text).strip()


@dataclass
class Section:
    """A numbered heading and what stands under it."""

    number: str
    heading: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass
class PaperText:
    """The whole paper: title line, recipient, front sheet by its labels (lower case, no colon), sections."""

    programme: str
    recipient: str
    front_sheet: dict[str, str]
    sections: dict[str, Section]


def read_paper(text: str) -> PaperText:
    """The structure of a scrutiny paper's text: all of it but for page marks and list markers."""
    lines = [
        line.rstrip(" ") for line in text.replace("\f", "\n").splitlines() if not PAGE_MARK.fullmatch(line.strip())
    ]
    first = next(index for index, line in enumerate(lines) if SECTION.fullmatch(line))
    opening = [line for line in lines[:first] if line]
    untabbed = [line for line in opening if "\t" not in line]
    return PaperText(
        programme=untabbed[0],
        recipient=RECIPIENT.sub("", untabbed[1]),
        front_sheet=_front_sheet([line for line in opening if "\t" in line]),
        sections={section.number: section for section in _sections(lines[first:])},
    )


def _front_sheet(rows: list[str]) -> dict[str, str]:
    """Label → value; a label or a value that runs over two rows is one."""
    joined: list[tuple[str, str]] = []
    for row in rows:
        label, value = (cell.strip() for cell in row.split("\t", 1))
        if joined and (not label or not value):
            label, value = (f"{above} {cell}".strip() for above, cell in zip(joined.pop(), (label, value), strict=True))
        joined.append((label, value))
    return {label.rstrip(":").casefold(): value for label, value in joined}


def _sections(lines: list[str]) -> Iterator[Section]:
    section, gap = None, True
    for line in lines:
        heading = SECTION.fullmatch(line)
        if heading:
            if section:
                yield section
            section = Section(heading["number"], TAG.sub("", heading["heading"]))
        elif section and line.strip():
            _add(section.pieces, line, after_gap=gap)
        gap = not line.strip()
    if section:
        yield section


def _add(pieces: list[Piece], line: str, *, after_gap: bool) -> None:
    """The line continues the last piece or opens a new one."""
    piece = _piece(line)
    last = pieces[-1] if pieces else None
    if last and not last.cells and not piece.cells and _continues(last, piece, line, after_gap=after_gap):
        last.text = f"{last.text} {piece.text}"
    else:
        pieces.append(piece)


def _piece(line: str) -> Piece:
    if "\t" in line:
        return Piece(cells=tuple(cell.strip() for cell in line.rstrip("\t").split("\t")))
    ordered = ORDERED.match(line)
    if ordered:
        marker: Marker = "i" if set(ordered["number"]) <= set("ivx") else "a"
        return Piece(line[ordered.end() :].strip(), marker, ordered["number"])
    if BULLET.match(line) or line.startswith(" "):
        return Piece(line.strip().removeprefix("- "), "-")
    return Piece(line)


def _continues(last: Piece, piece: Piece, line: str, *, after_gap: bool) -> bool:
    torn = TORN_AFTER.search(last.plain) is not None
    if after_gap:
        return torn or (not piece.marker and not last.plain.endswith(FINISHED) and _begins_inside(piece.plain))
    if line.startswith(" "):
        return not last.plain.endswith(FINISHED)
    return not piece.marker


def _begins_inside(text: str) -> bool:
    """Whether a text begins as no sentence does."""
    return text[0].islower() or text[0] == "("
