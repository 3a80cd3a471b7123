"""The columns of tables whose cells come from loops: the grid says how many there are, as docxtpl makes it.

And what loops that went through nothing leave of a table: Word opens no document with a row that has no cells, or a
table that has no rows.
"""

import re
from collections.abc import Iterator

BEGIN, END = "<?grid?>", "<?end?>"
"""Around a table whose columns depend on values. No value and no template can hold either: `<` is escaped there."""

_MARK = re.compile(r"<\?(grid|end)\?>")
_TABLE = re.compile(r"<w:tbl>|<w:tbl |</w:tbl>")
_GRID = re.compile(r"<w:tblGrid(?:/>|(?: [^>]*)?>(.*?)</w:tblGrid>)", re.DOTALL)
_COLUMN = re.compile(r"<w:gridCol\b[^>]*>")
_WIDTH = re.compile(r'w:w="([0-9.]+)"')
_ROW = re.compile(r"<w:tr[ >]")
_CELL = re.compile(r"<w:tc[ >]")
_SPAN = re.compile(r'<w:gridSpan\b[^>]*?w:val="([0-9]+)"')

_CELL_FLOW = re.compile(
    r"(?:</w:tc>|</w:trPr>|<w:trPr/>|^[^<>]*>|%\})\s*\{%(?:(?!%\}).)*%\}(?=\s*(?:<w:tc[ >]|\{%|</w:tr>))", re.DOTALL
)
_BARE_ROW = re.compile(r"<w:tr(?: [^<>]*)?>(?:<w:(tblPrEx|trPr)>(?:(?!</w:\1>).)*</w:\1>|<w:trPr/>)*</w:tr>", re.DOTALL)
_BARE_TABLE = "</w:tblGrid></w:tbl>"
_MAY_BE_BARE = re.compile(r"</w:tblGrid>\s*\{")
_DYNAMIC_SPAN = re.compile(r'<w:gridSpan\b[^>]*?w:val="[^"]*\{')


def marked(source: str) -> str:
    """The Jinja source of a part with the marks around each table whose rows may have more or fewer cells."""
    source = source.replace("<w:tblGrid/>", "<w:tblGrid></w:tblGrid>")
    marks = [
        mark
        for start, end in _tables(source)
        if _varies(_own(source[start:end]))
        for mark in ((start, BEGIN), (end, END))
    ]
    out: list[str] = []
    position = 0
    for edge, mark in sorted(marks):
        out += source[position:edge], mark
        position = edge
    return "".join([*out, source[position:]])


def _varies(table: str) -> bool:
    """Whether a row of the table has tags between its cells, a span from a tag, or another width than the grid."""
    columns = len(_COLUMN.findall(table))
    rows = _ROW.split(table)[1:]
    if not rows or any(_widths(row)[1] != columns for row in rows):
        return True
    return any(_CELL_FLOW.search(row) or _DYNAMIC_SPAN.search(row) for row in rows)


def may_be_bare(source: str) -> bool:
    """Whether a table of the part may have no rows when the tags are carried out."""
    return BEGIN in source or _MAY_BE_BARE.search(source) is not None


def without_bare_tables(part_xml: str) -> str:
    """The part without the tables that have no rows."""
    if _BARE_TABLE not in part_xml:
        return part_xml
    first, *rest = part_xml.split(_BARE_TABLE)
    kept = [first]
    for after in rest:
        before = kept[-1]
        kept[-1] = before[: max(before.rfind("<w:tbl>"), before.rfind("<w:tbl "))]
        kept.append(after)
    return "".join(kept)


def fixed(part_xml: str) -> str:
    """The part without the marks, each marked table with as many columns in its grid as its widest row has.

    Rows of those tables that have no cells are gone.
    """
    if BEGIN not in part_xml:
        return part_xml
    open_tables: list[list[str]] = [[]]
    pieces = _MARK.split(part_xml)
    open_tables[0].append(pieces[0])
    for mark, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if mark == "grid":
            open_tables.append([text])
        else:
            table = _BARE_ROW.sub("", "".join(open_tables.pop()))
            open_tables[-1] += _fitted(table), text
    return "".join(open_tables[0])


def _fitted(table: str) -> str:
    grid = _GRID.search(table)
    if grid is None:
        return table
    columns = _COLUMN.findall(grid.group(1) or "")
    widths = [_widths(row) for row in _ROW.split(_own(table))[1:]]
    if not widths:
        return table
    # docxtpl counts cells to see what is missing, and spans to see what is too much.
    cells, spans = (max(counts) for counts in zip(*widths, strict=True))
    fitted = _without_extra(_with_missing(columns, cells), spans)
    if fitted == columns:
        return table
    return f"{table[: grid.start()]}<w:tblGrid>{''.join(fitted)}</w:tblGrid>{table[grid.end() :]}"


def _widths(row: str) -> tuple[int, int]:
    """The number of a row's cells, and of the columns that they span."""
    cells = len(_CELL.findall(row))
    if "<w:gridSpan" not in row:
        return cells, cells
    spans = [int(span) for span in _SPAN.findall(row)]
    return cells, cells + sum(spans) - len(spans)


def _with_missing(columns: list[str], wanted: int) -> list[str]:
    missing = wanted - len(columns)
    total = sum(_width(column) for column in columns)
    if missing <= 0 or not total:
        return columns
    before, after = total / len(columns), total / wanted
    scaled = [_of_width(column, int(_width(column) * after / before)) for column in columns]
    return scaled + [f'<w:gridCol w:w="{int(after)}"/>'] * missing


def _without_extra(columns: list[str], wanted: int) -> list[str]:
    if wanted >= len(columns) or not wanted:
        return columns
    extra = int(sum(_width(column) for column in columns[wanted:]) / wanted)
    return [_of_width(column, int(_width(column) + extra)) for column in columns[:wanted]]


def _width(column: str) -> float:
    found = _WIDTH.search(column)
    return float(found.group(1)) if found else 0.0


def _of_width(column: str, width: int) -> str:
    return _WIDTH.sub(f'w:w="{width}"', column)


def _own(table: str) -> str:
    """The table without the tables in its cells."""
    inner = list(_nested(table))
    if not inner:
        return table
    edges = [0, *(edge for span in inner for edge in span), len(table)]
    return "".join(table[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def _nested(table: str) -> Iterator[tuple[int, int]]:
    """Start and end of each table that stands directly in a cell of this one."""
    depth, start = 0, 0
    for found in _TABLE.finditer(table):
        if found.group() == "</w:tbl>":
            depth -= 1
            if depth == 1:
                yield start, found.end()
        else:
            depth += 1
            if depth == 2:
                start = found.start()


def _tables(source: str) -> Iterator[tuple[int, int]]:
    opened: list[int] = []
    for found in _TABLE.finditer(source):
        if found.group() != "</w:tbl>":
            opened.append(found.start())
        elif opened:
            yield opened.pop(), found.end()
