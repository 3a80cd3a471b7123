"""A narrative's table as Word's own: repeated heading rows, merged cells, ratings as a word on a colour."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from app.narrative import Cell, ListBlock, Paragraph, Row, Run, Table
from app.word.paragraphs import PLAIN, Look, Paragraphs
from app.word.xmltext import escaped

RAG_COLOURS: Mapping[str, tuple[str, str]] = {
    "red": ("C62828", "FFFFFF"),
    "amber": ("FFBF00", "000000"),
    "green": ("2E7D32", "FFFFFF"),
    "grey": ("616161", "FFFFFF"),
}
"""Background and text of a rated cell; each pair has a contrast of at least 4.5 : 1."""

_KEEP_WITH_TABLE = "<w:keepNext/>"
_LOOK = (
    '<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0"'
    ' w:noVBand="1"/>'
)
_LOOK_WITHOUT_HEAD = _LOOK.replace("0420", "0400").replace('firstRow="1"', 'firstRow="0"')
_LOOK_OF_LABELS = _LOOK_WITHOUT_HEAD.replace("0400", "0480").replace('firstColumn="0"', 'firstColumn="1"')
# What a heading cell heads, in Word's own words; a table style may show it.
_HEADS = {"col": '<w:cnfStyle w:val="100000000000"/>', "row": '<w:cnfStyle w:val="001000000000"/>'}
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
# For templates without any table style: a table without lines is hard to read.
_BORDERS = "".join(
    ["<w:tblBorders>"]
    + [f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in _SIDES]
    + ["</w:tblBorders>"]
)
# A column's share of the width follows its longest text, within these bounds, in characters.
_NARROWEST, _WIDEST = 6, 48
_LONGEST_WORD = 80  # the narrowest letters make it as wide as the widest column, and more of them make no difference
_HYPHEN = re.compile(r"[-–—/]")
_BREAKS = re.compile(rf"\s+|(?<={_HYPHEN.pattern})")  # where Word may begin a new line
_MARGIN = 2  # what the margins of a cell take, in characters
_NARROW, _WIDE = frozenset("fijlrtI.,:;'’!|()[]/-· "), frozenset("mwMW%@—…")
_INDENT = "    "  # what a list item's indent takes
_LINE = 290  # the height of a line at 11 points, in twips
_CHARACTER = 125  # about the width of a bold lower-case letter at 11 points, in twips


def table_xml(table: Table, write: Paragraphs) -> str:
    """The table with its caption above it; the widths of its columns sum to the width of the text."""
    widths = column_widths(table, write.layout.text_width)
    caption = write.paragraph(table.caption, "caption", before=_KEEP_WITH_TABLE) if table.caption else ""
    style = write.layout.styles["table"]
    look = f'<w:tblStyle w:val="{escaped(style)}"/>' if style else ""
    width = '<w:tblW w:w="5000" w:type="pct"/>'  # in fiftieths of a per cent
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = "".join(_rows(table.head, table.columns, widths, write, heading=True))
    body = "".join(_rows(table.body, table.columns, widths, write, heading=False))
    return (
        f"{caption}<w:tbl><w:tblPr>{look}{width}{'' if style else _BORDERS}{_look(table)}</w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _look(table: Table) -> str:
    """Which cells the style shows as headings: those of the head, or else a column of labels before their values."""
    if table.head:
        return _LOOK
    labelled = all(row.cells and row.cells[0].column == 0 and row.cells[0].scope == "row" for row in table.body)
    return _LOOK_OF_LABELS if labelled else _LOOK_WITHOUT_HEAD


def column_widths(table: Table, text_width: int) -> tuple[int, ...]:
    """Whole twips for each column; they sum to `text_width`.

    A column is as wide as its longest word where there is room for all, and what is left goes to those with more to
    read.
    """
    texts: list[list[str]] = [[] for _ in range(table.columns)]
    indented: list[tuple[int, ListBlock]] = []
    for row in (*table.head, *table.body):
        for cell in row.cells:
            if cell.colspan == 1:
                for block in cell.blocks:
                    if isinstance(block, Paragraph):
                        texts[cell.column].append(_text_of(block))
                    else:
                        indented.append((cell.column, block))
    words = [_longest_word(" ".join(column), "") for column in texts]
    lines = [max(map(len, column), default=0) for column in texts]
    for column, block in indented:
        word, line = _extent(block)
        words[column], lines[column] = max(words[column], word), max(lines[column], line)
    least = [max(_NARROWEST, min(word + _MARGIN, _WIDEST)) for word in words]
    wanted = [max(_NARROWEST, min(line + _MARGIN, _WIDEST)) for line in lines]
    room = text_width // _CHARACTER - sum(least)
    more = [max(want - need, 0) for want, need in zip(wanted, least, strict=True)]
    spread = max(0, min(room, sum(more)))
    shares = (
        [need * sum(more) + extra * spread for need, extra in zip(least, more, strict=True)] if any(more) else least
    )
    total = sum(shares)
    edges = [text_width * sum(shares[:column]) // total for column in range(table.columns + 1)]
    return tuple(right - left for left, right in pairwise(edges))


def _extent(block: Paragraph | ListBlock, indent: str = "") -> tuple[int, int]:
    """How wide its longest word is and its longest paragraph, in characters."""
    if isinstance(block, Paragraph):
        text = _text_of(block)
        return _longest_word(text, indent), len(text)
    inner = [_extent(inside, f"{indent}{_INDENT}") for item in block.items for inside in item.blocks]
    return max(word for word, _ in inner), 3 + max(line for _, line in inner)


def _text_of(paragraph: Paragraph) -> str:
    inlines = paragraph.inlines
    if len(inlines) == 1 and isinstance(inlines[0], Run):  # as nearly always in a cell
        return inlines[0].text
    return "".join([inline.text if isinstance(inline, Run) else " " for inline in inlines])


def _longest_word(text: str, indent: str) -> int:
    words = _BREAKS.split(text) if _HYPHEN.search(text) else text.split()
    longest = 0
    for word in words:
        if 3 * (len(indent) + len(word)) > 2 * longest:  # no letter is broader than one and a half
            longest = max(longest, _breadth(f"{indent}{word}"[:_LONGEST_WORD]))
    return longest


@lru_cache(maxsize=4096)
def _breadth(word: str) -> int:
    """How many lower-case letters take as much room, about, in a sans-serif face."""
    tenths = sum(
        6 if character in _NARROW else 15 if character in _WIDE else 12 if character.isupper() else 10
        for character in word
    )
    return -(-tenths // 10)


def _rows(
    rows: Sequence[Row], columns: int, widths: Sequence[int], write: Paragraphs, *, heading: bool
) -> Iterator[str]:
    # Word wants a cell in every row of a vertical merge: the cells above reach down as empty ones.
    reaching: dict[int, tuple[Cell, int]] = {}
    for row in rows:
        cells = []
        beginning = {cell.column: cell for cell in row.cells}
        column = 0
        while column < columns:
            if cell := beginning.get(column):
                cells.append(_cell(cell, widths, write))
                left = cell.rowspan - 1
            else:
                cell, left = reaching.pop(column)
                cells.append(_continued(cell, widths, write))
                left -= 1
            if left:
                reaching[column] = (cell, left)
            column += cell.colspan
        whole = "" if not heading and _is_tall(row, widths, write.layout.text_height) else "<w:cantSplit/>"
        properties = f"{whole}{'<w:tblHeader/>' if heading else ''}"
        yield f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"


def _is_tall(row: Row, widths: Sequence[int], page: int) -> bool:
    """Whether a row takes about half a page or more: kept whole, it would leave as much empty, or be cut off."""
    most = page // (2 * _LINE)
    return any(
        cell.rowspan == 1 and not _is_short(cell.blocks, most) and _lines(cell, widths) * _LINE * 2 > page
        for cell in row.cells
    )


def _is_short(blocks: Sequence[Paragraph | ListBlock], most: int) -> bool:
    """Whether it is one paragraph of so few characters that it cannot take more lines, however narrow its column."""
    return len(blocks) == 1 and isinstance(blocks[0], Paragraph) and len(_text_of(blocks[0])) <= most


def _lines(cell: Cell, widths: Sequence[int]) -> int:
    room = max(sum(widths[cell.column : cell.column + cell.colspan]) // _CHARACTER - _MARGIN, 1)
    return _lines_of(cell.blocks, room)


def _lines_of(blocks: Sequence[Paragraph | ListBlock], room: int) -> int:
    """How many lines the blocks take where so many characters stand in one."""
    return sum(
        -(-len(_text_of(block)) // room)
        if isinstance(block, Paragraph)
        else sum(_lines_of(item.blocks, max(room - len(_INDENT), 1)) for item in block.items)
        for block in blocks
    )


def _cell(cell: Cell, widths: Sequence[int], write: Paragraphs) -> str:
    background, foreground = RAG_COLOURS.get(cell.rag, _UNRATED) if cell.rag else _UNRATED
    look = PLAIN if cell.scope is background is None else _bold(foreground)
    merge = '<w:vMerge w:val="restart"/>' if cell.rowspan > 1 else ""
    content = write.flow(cell.blocks, "table text", look) or write.paragraph((), "table text")
    return f"<w:tc>{_properties_of(cell, widths, merge, background)}{content}</w:tc>"


_UNRATED: tuple[str | None, str | None] = (None, None)


@cache
def _bold(colour: str | None) -> Look:
    return Look(bold=True, colour=colour)


def _continued(cell: Cell, widths: Sequence[int], write: Paragraphs) -> str:
    background, _ = RAG_COLOURS.get(cell.rag or "", _UNRATED)
    properties = _properties_of(cell, widths, "<w:vMerge/>", background)
    return f"<w:tc>{properties}{write.paragraph((), 'table text')}</w:tc>"


def _properties_of(cell: Cell, widths: Sequence[int], merge: str, background: str | None) -> str:
    width = widths[cell.column] if cell.colspan == 1 else sum(widths[cell.column : cell.column + cell.colspan])
    return _cell_properties(width, cell.colspan, cell.scope, merge, background)


@lru_cache(maxsize=1024)  # every cell has some, and most cells of a column have the same
def _cell_properties(
    width: int, colspan: int, scope: Literal["col", "row"] | None, merge: str, background: str | None, /
) -> str:
    span = f'<w:gridSpan w:val="{colspan}"/>' if colspan > 1 else ""
    shading = f'<w:shd w:val="clear" w:color="auto" w:fill="{background}"/>' if background else ""
    heads = _HEADS[scope] if scope else ""
    return f'<w:tcPr>{heads}<w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}{shading}</w:tcPr>'
