"""A document told from beginning to end: its paragraphs and tables as words, for whoever compares or reads it aloud."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from app.word.container import DOCUMENT
from app.word.located import Grid, Standing, opened_document


@dataclass(frozen=True, slots=True)
class Saying:
    """A paragraph that says something; `level` is that of a heading, from 1, else None.

    `number` is what Word prints before it: a number, a bullet, or nothing. It moves with what stands before, and does
    not make it another paragraph.
    """

    words: str
    number: str = field(default="", compare=False)
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Tabled:
    """A table: the words of its cells, row by row; the first `heads` rows are repeated on every page.

    A cell that belongs to the one above it says nothing; the paragraphs of a cell are lines of it.
    """

    rows: tuple[tuple[str, ...], ...]
    heads: int = 0


Passage: TypeAlias = Saying | Tabled


def story(document: bytes) -> tuple[Passage, ...]:
    """What stands in the body in reading order, then the footnotes; headers, footers and empty paragraphs are not told.

    A table within a table is told after the paragraph before it. Raises `UnreadableTemplate` when the bytes are no
    document.
    """
    opened = opened_document(document)
    told = [member for member, part in opened.part_names.items() if member == DOCUMENT or part.endswith("notes")]
    return tuple(_passages([standing for standing in opened.standing if standing.member in told]))


def _passages(standing: list[Standing]) -> Iterator[Passage]:
    said: dict[Grid, dict[tuple[int, int], list[str]]] = {}
    for paragraph in standing:
        if paragraph.cell is not None:
            cell = said.setdefault(paragraph.cell.grid, {}).setdefault((paragraph.cell.row, paragraph.cell.column), [])
            cell.append(f"{paragraph.number} {paragraph.words}".strip())
    seen: set[Grid] = set()
    for paragraph in standing:
        grid = paragraph.cell.grid if paragraph.cell is not None else None
        if grid is None and paragraph.words.strip():
            yield Saying(paragraph.words.strip(), paragraph.number, paragraph.level)
        elif grid is not None and grid not in seen:
            seen.add(grid)
            yield _tabled(grid, said[grid])


def _tabled(grid: Grid, said: dict[tuple[int, int], list[str]]) -> Tabled:
    rows = tuple(
        tuple("\n".join(filter(None, said.get((number, column), ()))) for column, _ in row)
        for number, row in enumerate(grid.rows)
    )
    heads = next((number for number in range(len(rows)) if not grid.heads(number)), len(rows))
    return Tabled(rows, heads)
