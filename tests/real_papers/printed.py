"""Reads the generated document back: front sheet, sections with their words, headings, lists and printed ratings.

What the format says in its own words (captions and column headings of the rating keys) is known here and left out.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from app import word
from tests.real_papers.comparison import Words, bare_words, words_of
from tests.real_papers.paper_facts import NOT_RATED, NOTE

SECTION_NUMBER = re.compile(r"\d{1,2}\.\d{1,2}")
TABLE_STYLES = {"Table Text", "Rating"}
KEY, DIMENSIONS_KEY = "Key to ratings: ", "How each dimension is judged: "
COLUMN_HEADINGS = {"Rating", "Meaning", "Dimension", "How it is judged"}
ITEM_NUMBER = re.compile(r"[ivx]+\. ")


@dataclass
class Printed:
    """The document as a reader sees it."""

    front_sheet: dict[str, str] = field(default_factory=dict)
    sections: dict[str, Words] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    """Number of a section → style of its heading."""
    headings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Number of a section → style and text of each heading below its own."""
    items: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Number of a section → printed number (or bullet) and text of each list item in it."""


def read_printed(document: bytes) -> Printed:
    """What the document prints, in order."""
    lines = word.outline(document)
    starts = [index for index, line in enumerate(lines) if _is_section(line)]
    printed = Printed(front_sheet=_front_sheet(lines[: starts[0]]))
    for start, end in pairwise([*starts, len(lines)]):
        heading = lines[start]
        printed.sections[heading.number] = _section(heading.text, lines[start + 1 : end])
        printed.styles[heading.number] = heading.style
        inside = lines[start + 1 : end]
        printed.headings[heading.number] = [(line.style, line.text) for line in inside if _is_heading(line)]
        printed.items[heading.number] = [(line.number, line.text) for line in inside if line.number]
    return printed


def _is_section(line: word.Line) -> bool:
    return line.style in {"Heading 1", "Heading 2"} and SECTION_NUMBER.fullmatch(line.number) is not None


def _is_heading(line: word.Line) -> bool:
    return re.fullmatch(r"(?:(?:Theme|Subtheme|Workstream) )?Heading(?: \d)?", line.style) is not None


def _front_sheet(lines: list[word.Line]) -> dict[str, str]:
    cells = [line.text for line in lines if line.style in TABLE_STYLES]
    return {label.casefold(): value for label, value in zip(cells[::2], cells[1::2], strict=True)}


def _section(heading: str, lines: list[word.Line]) -> Words:
    section = Words(heading)
    strip: list[str] = []
    title = ""
    in_key = False
    for line in lines:
        in_key = line.style == "Caption" or (in_key and line.style in TABLE_STYLES)
        if line.style == "Rating" and not in_key:
            strip.append(line.text.casefold())
            continue
        if strip:
            section.ratings.append((title, _ratings(strip)))
            strip = []
        if line.text == NOT_RATED:
            section.ratings.append((title, []))
            continue
        if _is_heading(line):
            title = line.text
        section.words += _words(line, in_key=in_key)
    return section


def _ratings(strip: list[str]) -> list[tuple[str, str]]:
    """A strip is a row of dimensions above a row of values."""
    half = len(strip) // 2
    dimensions = [dimension.removesuffix(" rag") for dimension in strip[:half]]
    return list(zip(dimensions, strip[half:], strict=True))


def _words(line: word.Line, *, in_key: bool) -> list[str]:
    if line.style == "Caption":
        return [] if line.text.startswith(DIMENSIONS_KEY) else words_of(line.text.removeprefix(KEY))
    if in_key and line.text in COLUMN_HEADINGS:
        return []
    if NOTE.match(line.text):
        return bare_words(line.text)
    if _is_heading(line):
        return words_of(line.text)
    number = ITEM_NUMBER.match(line.text)
    return words_of(line.text[number.end() :] if number else line.text)
