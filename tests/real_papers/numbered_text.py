"""Reads the plain text of a published paper whose paragraphs carry numbers, line by line.

What is known of such a text: every paragraph is a line; `#` opens a heading, `- ` a bullet, `- i. ` a roman item, tabs
stand between cells; `**` and `*` are emphasis, `<sup>` is itself; a page break tears a paragraph in two.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tests.real_papers.comparison import words_of

MARKED = re.compile(r"(?:- )?(?P<number>\d{1,2}\.(?:\d{1,2})?|[ivx]+\.)\s+(?=\S)|(?P<bullet>- )(?=\S)")
BEFORE_NUMBER = re.compile(r"(?<=:)(?=\*\*\d)")
"""Where the name of a band and the number below it were run together."""

EMPHASIS = re.compile(r"\*{1,2}|</?sup>")
FINISHED = (".", ":", ";", "?", "!", '"', "”")
BULLET = "•"


@dataclass
class Line:
    """A paragraph, heading, list item or cell: the number printed before it (`•` for a bullet), and its text."""

    text: str
    number: str = ""
    is_heading: bool = False
    cells: list[str] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """The text without emphasis."""
        return EMPHASIS.sub("", self.text).strip()


def read_lines(text: str) -> list[Line]:
    """The lines of the paper in order; a paragraph that a page break tore apart is one."""
    lines: list[Line] = []
    for raw in text.replace("\f", "\n").splitlines():
        for piece in BEFORE_NUMBER.split(raw.strip(" ")):
            if not piece:
                continue
            line = _line(piece)
            if lines and _goes_on(lines[-1], line):
                lines[-1].text += f" {line.text}"
            else:
                lines.append(line)
    return lines


def _line(raw: str) -> Line:
    if raw.startswith("#"):
        return Line(raw.lstrip("# ").strip("*"), is_heading=True)
    if "\t" in raw:
        return Line(raw, cells=[cell.strip() for cell in raw.split("\t")])
    found = MARKED.match(raw.removeprefix("**") if re.match(r"\*\*\d", raw) else raw)
    if found is None:
        return Line(raw)
    lost = "**" if re.match(r"\*\*\d", raw) else ""
    return Line(lost + raw.removeprefix(lost)[found.end() :], BULLET if found["bullet"] else found["number"])


def _goes_on(last: Line, line: Line) -> bool:
    """Whether a line begins as no sentence does, below one that does not end."""
    unfinished = not last.plain.endswith(FINISHED) and not last.is_heading and not last.cells
    return unfinished and not line.number and not line.cells and line.plain[:1].islower()


def markup(text: str) -> str:
    """The text as narrative: emphasis and raised letters are themselves."""
    escaped = html.escape(text, quote=False).replace("&lt;sup&gt;", "<sup>").replace("&lt;/sup&gt;", "</sup>")
    strong = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaped)
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", strong)


def paragraph(text: str, *, numbered: bool = True) -> str:
    """One paragraph of a narrative; without `numbered`, one that goes on without a number of its own."""
    return f"<p>{markup(text)}</p>" if numbered else f'<p data-number="no">{markup(text)}</p>'


def items(lines: list[Line]) -> str:
    """List items as lists: roman items count, and bullets below a bullet in bold stand inside it."""
    if lines[0].number != BULLET:
        return f'<ol type="i">{"".join(f"<li>{paragraph(line.text)}</li>" for line in lines)}</ol>'
    groups: list[list[Line]] = []
    for line in lines:
        if not groups or line.text.startswith("**") or not groups[0][0].text.startswith("**"):
            groups.append([line])
        else:
            groups[-1].append(line)
    points = (paragraph(first.text) + (items(inner) if inner else "") for first, *inner in groups)
    return f"<ul>{''.join(f'<li>{point}</li>' for point in points)}</ul>"


def prose(lines: list[Line], *, numbered: bool) -> dict[str, str]:
    """Paragraphs and lists as the facts file takes them; `numbered` ones go on without a number where they have none.

    A paragraph in quotation marks is a quotation.
    """
    blocks: list[str] = []
    pending = list(lines)
    while pending:
        kind = _kind(pending[0])
        length = next((n for n, line in enumerate(pending) if _kind(line) != kind), len(pending))
        if kind == "text":
            length = 1
            line = pending[0]
            block = paragraph(line.text, numbered=not numbered or bool(line.number) or not blocks)
            is_quoted = re.fullmatch(r'["“].*["”]', line.text) is not None
            blocks.append(f"<blockquote>{block}</blockquote>" if is_quoted else block)
        else:
            blocks.append(items(pending[:length]))
        del pending[:length]
    return {"format": "html", "value": "".join(blocks)}


def _kind(line: Line) -> Literal["text", "bullet", "roman"]:
    if line.number == BULLET:
        return "bullet"
    return "roman" if re.fullmatch(r"[ivx]+\.", line.number) else "text"


def in_small_letters(name: str) -> str:
    """A name that stands in capitals, as it is stored: words with a capital, what stands in brackets as it is."""
    small = {"and", "of", "the", "to", "for", "in"}
    words = name.split()
    return " ".join(
        word if word.startswith("(") else word.lower() if place and word.lower() in small else word.capitalize()
        for place, word in enumerate(words)
    )


# What the comparison holds against the document


def paper_lines(text: str, title_ends: str) -> list[tuple[str, list[str]]]:
    """Printed number and words of every line of the published paper; lines up to `title_ends` are read as one.

    A full stop or colon that ends a heading is the paper's typist's: none is held against the document.
    """
    opening, found, body = text.partition(title_ends) if title_ends else ("", "", text)
    lines = [Line(" ".join(opening.split()))] if opening.strip() else []
    lines += read_lines(found + body)
    return list(_held(lines))


def _held(lines: list[Line]) -> Iterator[tuple[str, list[str]]]:
    for line in lines:
        for words in line.cells or [line.plain]:
            yield line.number, held_words(words)


def held_words(text: str) -> list[str]:
    """The words of a line; a short one without its last full stop or colon."""
    words = words_of(EMPHASIS.sub("", text))
    if words and len(words) <= 14:
        words[-1] = words[-1].rstrip(".:")
    return words
