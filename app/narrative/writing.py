"""Blocks written down as canonical HTML."""

from collections.abc import Iterable

from app.narrative.blocks import Block, Cell, Heading, Item, ListBlock, Paragraph, Quote, Row, Table
from app.narrative.characters import escaped_attribute
from app.narrative.inlines import written


def written_blocks(blocks: Iterable[Block]) -> str:
    """The blocks as HTML of our grammar, without white space between elements; equal blocks, equal text."""
    return "".join(map(_written_block, blocks))


def _written_block(block: Block) -> str:
    match block:
        case Paragraph(inlines):
            return f"<p>{written(inlines)}</p>"
        case Heading(level, inlines):
            return f"<h{level}>{written(inlines)}</h{level}>"
        case ListBlock():
            return _written_list(block)
        case Quote(blocks):
            return f"<blockquote>{written_blocks(blocks)}</blockquote>"
        case Table():
            return _written_table(block)


def _written_list(block: ListBlock) -> str:
    items = "".join(map(_written_item, block.items))
    if block.number_type is None:
        return f"<ul>{items}</ul>"
    kind = "" if block.number_type == "1" else f' type="{block.number_type}"'
    start = "" if block.start == 1 else f' start="{block.start}"'
    return f"<ol{kind}{start}>{items}</ol>"


def _written_item(item: Item) -> str:
    return f"<li>{written_blocks(item.blocks)}</li>"


def _written_table(table: Table) -> str:
    caption = f"<caption>{written(table.caption)}</caption>" if table.caption else ""
    head = f"<thead>{_written_rows(table.head)}</thead>" if table.head else ""
    body = f"<tbody>{_written_rows(table.body)}</tbody>" if table.body else ""
    return f"<table>{caption}{head}{body}</table>"


def _written_rows(rows: Iterable[Row]) -> str:
    return "".join(f"<tr>{''.join(map(_written_cell, row.cells))}</tr>" for row in rows)


def _written_cell(cell: Cell) -> str:
    tag = "th" if cell.scope else "td"
    stated = {
        "scope": cell.scope,
        "colspan": str(cell.colspan) if cell.colspan > 1 else None,
        "rowspan": str(cell.rowspan) if cell.rowspan > 1 else None,
        "data-rag": cell.rag,
    }
    attributes = "".join(f' {name}="{escaped_attribute(value)}"' for name, value in stated.items() if value)
    return f"<{tag}{attributes}>{written_blocks(cell.blocks)}</{tag}>"
