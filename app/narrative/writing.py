"""Blocks written down as canonical HTML."""

from collections.abc import Iterable

from app.narrative.blocks import (
    Block,
    Cell,
    Chart,
    Figure,
    Heading,
    Item,
    ListBlock,
    Paragraph,
    Picture,
    Quote,
    Row,
    Table,
)
from app.narrative.characters import escaped_attribute
from app.narrative.inlines import written


def written_blocks(blocks: Iterable[Block]) -> str:
    """The blocks as HTML of our grammar, without white space between elements; equal blocks, equal text."""
    return "".join(map(_written_block, blocks))


def _written_block(block: Block) -> str:
    match block:
        case Paragraph(inlines, numbered):
            return f"<p{_NUMBERED[numbered]}>{written(inlines)}</p>"
        case Heading(level, inlines):
            return f"<h{level}>{written(inlines)}</h{level}>"
        case ListBlock():
            return _written_list(block)
        case Quote(blocks):
            return f"<blockquote>{written_blocks(blocks)}</blockquote>"
        case Table():
            return _written_table(block)
        case Figure():
            return _written_figure(block)


_NUMBERED = {True: "", False: ' data-number="no"'}


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


def _written_figure(figure: Figure) -> str:
    stated: dict[str, str] = {}
    match figure.content:
        case Picture(digest, alt):
            content = f'<img src="{digest}" alt="{escaped_attribute(alt)}">'
        case Chart(kind, table, table_shown):
            content = _written_table(table)
            stated = {"data-chart": kind} if table_shown else {"data-chart": kind, "data-table": "hide"}
        case Table():
            content = _written_table(figure.content)
    if figure.landscape:
        stated["data-page"] = "landscape"
    attributes = "".join(f' {name}="{value}"' for name, value in stated.items())
    caption = f"<figcaption>{written(figure.caption)}</figcaption>" if figure.caption else ""
    return f"<figure{attributes}>{content}{caption}</figure>"
