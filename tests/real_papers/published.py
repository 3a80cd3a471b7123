"""The paper's side of the comparison for papers of prose, lists and tables: line by line as they stand in the text.

Nothing is known here of the reading from which the facts are made. Left out are page marks, marks of headings and
lists, and the lettering of pictures (lines of one word each, set apart), since pictures are lost in such a text.
"""

import re
from collections.abc import Iterator

from tests.real_papers.comparison import Words, words_of
from tests.real_papers.paper_text import BULLET, PAGE_MARK, SECTION, unmarked

HASHES = re.compile(r"#+ ")
LETTERING = re.compile(r"(?<=\n\n)(?:\w+\n){2,}(?=\n)")


def without_lettering(text: str) -> str:
    """The text without what was printed inside a picture."""
    return LETTERING.sub("", text)


def published_words(text: str) -> dict[str, Words]:
    """Printed number → what stands under that heading in the published paper, rows of tables from left to right."""
    sections: dict[str, Words] = {}
    now: Words | None = None
    for line in published_lines(text):
        heading = SECTION.fullmatch(unmarked(line))
        if heading:
            now = sections.setdefault(heading["number"], Words(heading["heading"].strip()))
        elif now:
            now.words += [word for cell in line.split("\t") for word in words_of(_bare(cell))]
    return sections


def published_lines(text: str) -> Iterator[str]:
    """The lines of a text that are its own: no empty ones, no page marks, no lettering."""
    for line in without_lettering(text.replace("\f", "\n")).splitlines():
        plain = HASHES.sub("", line).strip(" ")
        if plain.strip() and not PAGE_MARK.fullmatch(plain):
            yield plain


def _bare(cell: str) -> str:
    plain = unmarked(cell).strip()
    marker = BULLET.match(plain)
    return plain[marker.end() :] if marker else plain


def published_columns(text: str, columns: int) -> list[list[list[str]]]:
    """The words of each table with one label more than these columns: of the labels, then of each column downwards.

    A table begins with a row that has words in its label only; a row may lack the cell of the label.
    """
    tables: list[list[list[str]]] = []
    for line in published_lines(text):
        cells = line.split("\t")
        if len(cells) > columns and not any(cells[1:]):
            tables.append([[] for _ in range(columns + 1)])
        if len(cells) >= columns:
            padded = cells if len(cells) > columns else ["", *cells]
            for words, cell in zip(tables[-1], padded, strict=True):
                words.extend(words_of(_bare(re.sub(r"</?p>", "", cell))))
    return tables
