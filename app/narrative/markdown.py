"""A narrative as Markdown, for those who write in a plain text area: `clean` gives the very same narrative back.

What Markdown cannot say (roman numbers, merged cells, pictures, charts, marked words) stands in it as a fenced block
of HTML, which `clean` reads as HTML.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from app.errors import Invalid
from app.narrative.blocks import (
    Block,
    Break,
    Cell,
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
from app.narrative.cleaning import HTML_FENCE, clean, read
from app.narrative.writing import written_blocks

_Escape = Callable[[str], str]

_SIGNS: dict[str, str] = {"strong": "**", "em": "*", "s": "~~"}  # from outside in
# Signs that mean something wherever they stand, or at the beginning of a line; more only where these do not do.
_FEW = re.compile(r"[\\`*\[\]]|^[#>+=-]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|~~|&(?=#?[A-Za-z0-9]+;)")
_ALL = re.compile(r"[!-/:-@\[-`{-~]")
_NUMBER = re.compile(r"^([0-9]+)([.)])")
# Elements that begin on lines of their own, so that a person finds them in a block of HTML.
_LINES = re.compile(
    r"(?<=>)(?=</?(?:p|h3|h4|ul|ol|li|blockquote|table|caption|thead|tbody|tr|th|td|figure|img|figcaption)\b)"
)


class _Unsayable(Exception):  # noqa: N818 - it reads as what is the case
    """Markdown has no words for it."""


def markdown(html: str) -> str:
    """Canonical HTML as Markdown; `clean` makes the same canonical HTML of it."""
    blocks = read(html)
    written: list[str] = []
    for number, block in enumerate(blocks):
        before = blocks[number - 1] if number else None
        written.append(_written(block, other_sign=_has_sign_of(before, written)))
    whole = "\n\n".join(written)
    return whole if _says(whole, html) else _fenced(blocks)


def _has_sign_of(before: Block | None, written: Sequence[str]) -> bool:
    """Whether the list before is numbered with points: the next needs another sign, or they would be one."""
    return isinstance(before, ListBlock) and written[-1].partition(" ")[0].endswith(".")


def _written(block: Block, *, other_sign: bool) -> str:
    for escape in (_escaped_a_little, _escaped):
        try:
            candidate = "\n".join(_lines(block, escape, ")" if other_sign else "."))
        except _Unsayable:
            break
        # A heading of the first level goes before, as a narrative's first heading always is of that level.
        if _says(f"### x\n\n{candidate}", f"<h3>x</h3>{written_blocks([block])}"):
            return candidate
    return _fenced([block])


def _says(candidate: str, html: str) -> bool:
    try:
        return clean(candidate, "markdown") == html
    except Invalid:
        return False


def _fenced(blocks: Sequence[Block]) -> str:
    lines = "\n".join(_LINES.split(written_blocks(blocks)))
    return f"```{HTML_FENCE}\n{lines}\n```" if blocks else ""


def _lines(block: Block, escape: _Escape, sign: str = ".") -> Iterator[str]:
    match block:
        case Paragraph(inlines, True):
            yield from _words(inlines, escape)
        case Heading(level, inlines):
            yield f"{'#' * level} {_one_line(inlines, escape)}"
        case ListBlock():
            yield from _list_lines(block, escape, sign)
        case Quote(blocks):
            yield from (f"> {line}".rstrip(" ") for line in _flow_lines(blocks, escape, is_loose=True))
        case Table((), (head,), body):
            yield from _table_lines(head, body, escape)
        case Paragraph() | Table() | Figure():
            raise _Unsayable


def _flow_lines(blocks: Sequence[Block], escape: _Escape, *, is_loose: bool) -> Iterator[str]:
    sign = "."
    for number, block in enumerate(blocks):
        before = blocks[number - 1] if number else None
        if before is not None and (is_loose or not (isinstance(before, Paragraph) and isinstance(block, ListBlock))):
            yield ""
        sign = ")" if isinstance(before, ListBlock) and sign == "." else "."
        yield from _lines(block, escape, sign)


def _list_lines(block: ListBlock, escape: _Escape, sign: str) -> Iterator[str]:
    if block.number_type not in {None, "1"}:
        raise _Unsayable
    is_loose = not all(_is_short(item) for item in block.items)
    for number, item in enumerate(block.items):
        marker = "- " if block.number_type is None else f"{block.start + number}{sign} "
        if number and is_loose:
            yield ""
        for line_number, line in enumerate(_flow_lines(item.blocks, escape, is_loose=is_loose)):
            yield f"{' ' * len(marker) if line_number else marker}{line}".rstrip(" ")


def _is_short(item: Item) -> bool:
    """A paragraph, perhaps with a list of such items below it."""
    first, *more = item.blocks
    lists = [block for block in more if isinstance(block, ListBlock)]
    return isinstance(first, Paragraph) and len(more) == len(lists) <= 1 and all(map(_is_short, _items(lists)))


def _items(lists: Sequence[ListBlock]) -> list[Item]:
    return [item for one in lists for item in one.items]


def _table_lines(head: Row, body: Sequence[Row], escape: _Escape) -> Iterator[str]:
    yield _row_line(head, escape, scope="col")
    yield "|" + " --- |" * len(head.cells)
    for row in body:
        yield _row_line(row, escape, scope=None)


def _row_line(row: Row, escape: _Escape, scope: str | None) -> str:
    return f"| {' | '.join(_cell_line(cell, escape, scope) for cell in row.cells)} |"


def _cell_line(cell: Cell, escape: _Escape, scope: str | None) -> str:
    if cell.colspan > 1 or cell.rowspan > 1 or cell.scope != scope or cell.rag or len(cell.blocks) > 1:
        raise _Unsayable
    if not cell.blocks:
        return ""
    only = cell.blocks[0]
    if not isinstance(only, Paragraph):
        raise _Unsayable
    line = _one_line(only.inlines, escape)
    return re.sub(r"(?<!\\)\|", r"\\|", line)


def _one_line(inlines: Sequence[Inline], escape: _Escape) -> str:
    first, *more = _words(inlines, escape)
    if more:
        raise _Unsayable
    return first


def _words(inlines: Sequence[Inline], escape: _Escape) -> list[str]:
    lines: list[list[Run]] = [[]]
    for inline in inlines:
        if isinstance(inline, Break):
            lines.append([])
        else:
            lines[-1].append(inline)
    written = [_line(line, escape) for line in lines]
    return [*(f"{line}\\" for line in written[:-1]), written[-1]]


def _line(runs: Sequence[Run], escape: _Escape) -> str:
    out = ""
    open_signs: list[str] = []
    href: str | None = None
    for number, run in enumerate(runs):
        if run.redact is not None or run.marks - set(_SIGNS):
            raise _Unsayable
        wanted = [sign for mark, sign in _SIGNS.items() if mark in run.marks]
        kept = 0
        if run.href == href:
            while kept < min(len(wanted), len(open_signs)) and wanted[kept] == open_signs[kept]:
                kept += 1
        out += "".join(reversed(open_signs[kept:]))
        if run.href != href:
            out += (f"](<{href}>)" if href is not None else "") + ("[" if run.href is not None else "")
        out += "".join(wanted[kept:])
        open_signs, href = wanted, run.href
        # What means something at the beginning of a line only means nothing behind other words.
        out += escape(run.text) if number == 0 else escape(f"x{run.text}")[1:]
    return out + "".join(reversed(open_signs)) + (f"](<{href}>)" if href is not None else "")


def _escaped_a_little(words: str) -> str:
    return _NUMBER.sub(r"\1\\\2", _FEW.sub(lambda sign: f"\\{sign.group()}", words))


def _escaped(words: str) -> str:
    return _ALL.sub(lambda sign: f"\\{sign.group()}", words)
