"""What a public copy prints of a narrative: marked words are gone, and where they stood is said."""

from collections.abc import Iterable
from dataclasses import replace

from app.narrative.blocks import (
    Block,
    Break,
    Cell,
    Chart,
    Figure,
    Heading,
    Inline,
    Item,
    ListBlock,
    Paragraph,
    Quote,
    Row,
    Run,
    Table,
)
from app.narrative.cleaning import read
from app.narrative.inlines import settled
from app.narrative.writing import written_blocks

MARKED = "<mark data-redact="
"""Stands in every narrative in canonical form that holds marked words, and in no other."""


def redacted(html: str, words: str) -> str:
    """The narrative in canonical form with these words for each stretch that `mark[data-redact]` marks.

    Neither the marked words, nor where they lead, nor the reason for marking them is in it.
    """
    return written_blocks(_block(block, words) for block in read(html)) if MARKED in html else html


def _block(block: Block, words: str) -> Block:
    match block:
        case Paragraph() | Heading():
            return replace(block, inlines=_inlines(block.inlines, words))
        case ListBlock():
            return _list(block, words)
        case Quote():
            return replace(block, blocks=_inside(block.blocks, words))
        case Table():
            return _table(block, words)
        case Figure():
            return _figure(block, words)


def _inside(blocks: Iterable[Paragraph | ListBlock], words: str) -> tuple[Paragraph | ListBlock, ...]:
    return tuple(
        _list(block, words) if isinstance(block, ListBlock) else replace(block, inlines=_inlines(block.inlines, words))
        for block in blocks
    )


def _list(block: ListBlock, words: str) -> ListBlock:
    return replace(block, items=tuple(Item(_inside(item.blocks, words)) for item in block.items))


def _table(table: Table, words: str) -> Table:
    def rows(found: Iterable[Row]) -> tuple[Row, ...]:
        return tuple(Row(tuple(_cell(cell, words) for cell in row.cells)) for row in found)

    return replace(table, caption=_inlines(table.caption, words), head=rows(table.head), body=rows(table.body))


def _cell(cell: Cell, words: str) -> Cell:
    return replace(cell, blocks=_inside(cell.blocks, words))


def _figure(figure: Figure, words: str) -> Figure:
    content = figure.content
    if isinstance(content, Chart):
        content = replace(content, table=_table(content.table, words))
    elif isinstance(content, Table):
        content = _table(content, words)
    return replace(figure, content=content, caption=_inlines(figure.caption, words))


def _inlines(inlines: Iterable[Inline], words: str) -> tuple[Inline, ...]:
    kept: list[Inline] = []
    hiding = False
    for inline in inlines:
        hidden = isinstance(inline, Run) and inline.redact is not None
        if hidden and not hiding:
            kept.append(Run(words))
        elif not hidden:
            kept.append(inline)
        hiding = hidden or (hiding and isinstance(inline, Break))
    return settled(kept)
