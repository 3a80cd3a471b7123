"""What a narrative is made of: frozen blocks and the runs of text inside them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Mark: TypeAlias = Literal["strong", "em", "u", "s", "sub", "sup"]
"""Emphasis that a run of text may carry; `sub` and `sup` exclude one another."""

NumberType: TypeAlias = Literal["1", "a", "A", "i", "I"]
"""How an ordered list counts, in HTML's own words."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that look alike: never empty, in Unicode's NFC, without line breaks.

    `href` is the address that the run links to; `redact` is the reason for which a public copy leaves it out
    (empty when no reason is given), None when it is public.
    """

    text: str
    marks: frozenset[Mark] = frozenset()
    href: str | None = None
    redact: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A new line within a paragraph."""


Inline: TypeAlias = Run | Break


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; it holds at least one run with more than white space.

    Where the paper numbers its paragraphs, `numbered` is False for one that goes on without a number of its own.
    """

    inlines: tuple[Inline, ...]
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a narrative: level 3 or 4, as in `h3` and `h4`."""

    level: Literal[3, 4]
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: paragraphs and further lists, at least one."""

    blocks: tuple["Paragraph | ListBlock", ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list with at least one item; `number_type` is None for bullets, and `start` then 1."""

    items: tuple[Item, ...]
    number_type: NumberType | None = None
    start: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody else: paragraphs and lists, at least one."""

    blocks: tuple["Paragraph | ListBlock", ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `column` is the grid column, from 0, where it begins. `scope` says what a heading cell heads, None for a
    data cell. `rag` is the token of a rating whose colour the cell takes.
    """

    blocks: tuple["Paragraph | ListBlock", ...]
    column: int
    colspan: int = 1
    rowspan: int = 1
    scope: Literal["col", "row"] | None = None
    rag: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the cells that begin in it, from left to right."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells fill a grid of `columns` columns exactly, without gap or overlap.

    `head` rows are repeated on every page. A cell never spans from the head into the body.
    """

    caption: tuple[Inline, ...]
    head: tuple[Row, ...]
    body: tuple[Row, ...]
    columns: int


ChartKind: TypeAlias = Literal["column", "bar", "line", "pie", "stacked"]
"""How a chart shows its numbers: upright or lying bars, lines, one circle, upright bars on top of one another."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture, known by the SHA-256 of its bytes, and what it shows in words (never empty)."""

    digest: str
    alt: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart drawn from the numbers of its table; `charts.data_of` reads them without an error.

    The table is printed below the chart when `table_shown`; a table that is not is plain words and numbers.
    """

    kind: ChartKind
    table: Table
    table_shown: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """Something to look at, with a caption below it; `landscape` gives it a turned page of its own.

    A table is a figure for the turned page only, and has its caption itself.
    """

    content: Picture | Chart | Table
    caption: tuple[Inline, ...] = ()
    landscape: bool = False


Block: TypeAlias = Paragraph | Heading | ListBlock | Quote | Table | Figure
