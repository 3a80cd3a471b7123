"""The numbers of a chart: what a figure's table says, as categories and series."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.narrative.blocks import Break, Cell, ChartKind, Inline, Paragraph, Row, Run, Table
from app.narrative.refusals import ChartNotDrawn

MAX_NUMBERS = 2_000
"""Numbers of one chart; nobody can tell more of them apart."""

_NUMBER = re.compile(
    r"(?P<minus>[-\u2212]?)(?P<unit>[£$€]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]+))?(?P<percent>%?)"
)
_MISSING = frozenset({"", "-", "–", "—", "n/a", "N/A"})
_MOST_DIGITS = 15  # what a spreadsheet can hold


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: its value (a percentage as its share of one), and how it is written.

    `unit` is a sign of currency or empty, `decimals` the digits after the point as written.
    """

    value: Decimal
    unit: str = ""
    grouped: bool = False
    decimals: int = 0
    percent: bool = False

    def __str__(self) -> str:
        shown = abs(self.value) * (100 if self.percent else 1)
        digits = f"{shown:,.{self.decimals}f}" if self.grouped else f"{shown:.{self.decimals}f}"
        return f"{'-' if self.value < 0 else ''}{self.unit}{digits}{'%' if self.percent else ''}"

    @property
    def number_format(self) -> str:
        """The same way of writing, as spreadsheets name it."""
        whole = "#,##0" if self.grouped else "0"
        unit = f'"{self.unit}"' if self.unit else ""
        return unit + whole + ("." + "0" * self.decimals if self.decimals else "") + ("%" if self.percent else "")


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers with its name; None where nothing is known."""

    name: str
    numbers: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class ChartData:
    """What a chart shows: a number, or None, for each of `categories` in each of `series`; `corner` names them."""

    corner: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]


def data_of(table: Table, kind: ChartKind) -> ChartData:
    """The numbers of a table with one row of heads above, and a name in the first cell of every row below.

    Raises `ChartNotDrawn` with the cell that is in the way.
    """
    if len(table.head) != 1 or not table.body or table.columns < 2:
        raise ChartNotDrawn("its table needs one row of headings, a column of names and numbers beside them.")
    if (table.columns - 1) * len(table.body) > MAX_NUMBERS:
        raise ChartNotDrawn(f"its table has more than {MAX_NUMBERS:,} numbers.")
    rows = [*table.head, *table.body]
    if any(cell.colspan > 1 or cell.rowspan > 1 for row in rows for cell in row.cells):
        raise ChartNotDrawn("its table has merged cells.")
    corner, *names = [words_of(cell) for cell in table.head[0].cells]
    for column, name in enumerate(names, 2):
        if not name:
            raise ChartNotDrawn(f"column {column} of its table has no heading.")
    if kind == "pie" and len(names) != 1:
        raise ChartNotDrawn("a pie shows one column of numbers.")
    categories = tuple(words_of(row.cells[0]) for row in table.body)
    for number, category in enumerate(categories, 1):
        if not category:
            raise ChartNotDrawn(f"row {number} of its table has no name.")
    columns = [tuple(_number(row, column, kind) for row in table.body) for column in range(1, table.columns)]
    return ChartData(corner, categories, tuple(map(Series, names, columns)))


def words_of(cell: Cell) -> str:
    """The words of a cell of a chart's table, in one line. Raises `ChartNotDrawn` for what is no plain text."""
    lines = [_line(block.inlines) for block in cell.blocks if isinstance(block, Paragraph)]
    if len(lines) != len(cell.blocks):
        raise ChartNotDrawn("its table holds a list.")
    return " ".join(" ".join(lines).split())


def _line(inlines: Iterable[Inline]) -> str:
    if any(isinstance(inline, Run) and inline.redact is not None for inline in inlines):
        raise ChartNotDrawn("words that the public copy leaves out cannot stand in its table.")
    return "".join(" " if isinstance(inline, Break) else inline.text for inline in inlines)


def _number(row: Row, column: int, kind: ChartKind) -> Number | None:
    words = words_of(row.cells[column])
    if words in _MISSING:
        return None
    found = _NUMBER.fullmatch(words)
    where = f"“{words}” beside “{words_of(row.cells[0])}”"
    if not found:
        raise ChartNotDrawn(f"{where} is not a number such as 1,250, £3.5 or 12%.")
    whole, part = found["whole"].replace(",", ""), found["part"] or ""
    if len((whole + part).lstrip("0")) > _MOST_DIGITS:
        raise ChartNotDrawn(f"{where} has more than {_MOST_DIGITS} digits.")
    value = Decimal(f"{whole}.{part}" if part else whole) / (100 if found["percent"] else 1)
    if found["minus"] and kind == "pie" and value:
        raise ChartNotDrawn(f"{where} is negative; a pie shows shares.")
    return Number(
        value=-value if found["minus"] and value else value,
        unit=found["unit"],
        grouped="," in found["whole"],
        decimals=len(part),
        percent=bool(found["percent"]),
    )


def plain_table(data: ChartData) -> Table:
    """The table of a chart that is not printed: headings, names and numbers, without any look."""
    heads = tuple(_cell(words, column, "col") for column, words in enumerate([data.corner, *_names(data.series)]))
    return Table(
        caption=(),
        head=(Row(heads),),
        body=tuple(Row(_row(data, number)) for number in range(len(data.categories))),
        columns=len(heads),
    )


def _names(series: Sequence[Series]) -> list[str]:
    return [one.name for one in series]


def _row(data: ChartData, number: int) -> tuple[Cell, ...]:
    numbers = [one.numbers[number] for one in data.series]
    name = _cell(data.categories[number], 0, "row")
    return name, *(_cell("" if it is None else str(it), column) for column, it in enumerate(numbers, 1))


def _cell(words: str, column: int, scope: Literal["col", "row"] | None = None) -> Cell:
    return Cell(blocks=(Paragraph((Run(words),)),) if words else (), column=column, scope=scope)
