"""How the cells of a table lie in its grid: spans that fit, short rows filled up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.narrative.blocks import Cell, Row
from app.narrative.refusals import SpansOverlap, TableTooLarge

MAX_COLUMNS = 63
"""Word shows no more."""
MAX_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table, whole: every place of `columns` columns belongs to exactly one cell."""

    head: tuple[Row, ...]
    body: tuple[Row, ...]
    columns: int


def laid_out(head: Sequence[Sequence[Cell]], body: Sequence[Sequence[Cell]]) -> Grid:
    """The cells placed in a grid as HTML places them, short rows filled with empty cells at their end.

    A cell that reaches below its group of rows ends with the group. Raises `SpansOverlap` and
    `TableTooLarge`.
    """
    placed_head, placed_body = _placed(head, 0), _placed(body, len(head))
    columns = max(placed_head.width, placed_body.width)
    if (cells := columns * (len(head) + len(body))) > MAX_CELLS:
        raise TableTooLarge(cells, "cells", MAX_CELLS)
    return Grid(tuple(placed_head.filled(columns)), tuple(placed_body.filled(columns)), columns)


@dataclass(frozen=True, slots=True)
class _Group:
    rows: list[list[Cell]]
    taken: list[set[int]]  # the columns of each row that a cell covers

    @property
    def width(self) -> int:
        return max((max(row) + 1 for row in self.taken if row), default=0)

    def filled(self, columns: int) -> Iterable[Row]:
        for cells, taken in zip(self.rows, self.taken, strict=True):
            empty = [Cell(blocks=(), column=column) for column in range(columns) if column not in taken]
            yield Row(tuple(sorted([*cells, *empty], key=lambda cell: cell.column)))


def _placed(rows: Sequence[Sequence[Cell]], rows_above: int) -> _Group:
    taken: list[set[int]] = [set() for _ in rows]
    group = _Group([], taken)
    for number, cells in enumerate(rows):
        placed: list[Cell] = []
        column = 0
        for cell in cells:
            while column in taken[number]:
                column += 1
            if column + cell.colspan > MAX_COLUMNS:
                raise TableTooLarge(column + cell.colspan, "columns", MAX_COLUMNS)
            fitting = replace(cell, column=column, rowspan=min(cell.rowspan, len(rows) - number))
            _take(fitting, taken, number, rows_above)
            placed.append(fitting)
            column += cell.colspan
        group.rows.append(placed)
    return group


def _take(cell: Cell, taken: list[set[int]], row: int, rows_above: int) -> None:
    wanted = range(cell.column, cell.column + cell.colspan)
    for below in range(row, row + cell.rowspan):
        for column in wanted:
            if column in taken[below]:
                raise SpansOverlap(rows_above + below + 1, column + 1)
        taken[below].update(wanted)
