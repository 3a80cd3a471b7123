"""Lists and tables that are made of facts, as narrative: every template prints those, and Word numbers them."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from app import narrative
from app.narrative.writing import written_blocks

Inside: TypeAlias = tuple[narrative.Paragraph | narrative.ListBlock, ...]
"""What may stand in a cell or an item."""


def html(blocks: Iterable[narrative.Block]) -> str:
    """The blocks as canonical narrative."""
    return written_blocks(blocks)


def paragraph(words: str, *, label: str = "", href: str | None = None) -> narrative.Paragraph:
    """One paragraph, behind a label in bold where there is one; `href` is where its words lead."""
    runs = [narrative.Run(words, href=href)]
    if label:
        runs = [narrative.Run(f"{label}:", frozenset({"strong"})), narrative.Run(" "), *runs]
    return narrative.Paragraph(_joined(runs))


def heading(words: str) -> narrative.Heading:
    """A heading of the narrative's higher level."""
    return narrative.Heading(3, (narrative.Run(words),))


def bullets(entries: Iterable[str]) -> narrative.ListBlock:
    """A list without numbers; there is at least one entry."""
    return narrative.ListBlock(tuple(narrative.Item((paragraph(words),)) for words in entries))


def inside(text: str) -> Inside:
    """A narrative of paragraphs and lists, as it stands in a cell or an item."""
    return tuple(
        block for block in narrative.read(text) if isinstance(block, narrative.Paragraph | narrative.ListBlock)
    )


def is_inside(text: str) -> bool:
    """Whether a narrative holds paragraphs and lists only, so that a cell or an item can hold it."""
    return all(isinstance(block, narrative.Paragraph | narrative.ListBlock) for block in narrative.read(text))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Inside]], caption: str = "", *, row_heads: bool = False
) -> narrative.Table:
    """A table under these heads, a cell for each; with `row_heads`, the first cell of a row heads it."""
    head = narrative.Row(
        tuple(narrative.Cell((paragraph(words),), column, scope="col") for column, words in enumerate(heads))
    )
    body = tuple(
        narrative.Row(
            tuple(
                narrative.Cell(cell, column, scope="row" if row_heads and column == 0 else None)
                for column, cell in enumerate(row)
            )
        )
        for row in rows
    )
    return narrative.Table((narrative.Run(caption),) if caption else (), (head,), body, len(heads))


def _joined(runs: Sequence[narrative.Run]) -> tuple[narrative.Run, ...]:
    """Neighbours that look alike are one run."""
    joined: list[narrative.Run] = []
    for run in runs:
        if joined and (joined[-1].marks, joined[-1].href) == (run.marks, run.href):
            joined[-1] = narrative.Run(joined[-1].text + run.text, run.marks, run.href)
        else:
            joined.append(run)
    return tuple(joined)
