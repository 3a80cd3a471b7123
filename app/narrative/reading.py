"""Canonical HTML read at one go, without a tree of elements: what is kept is read far more often than it is cleaned.

What is not exactly as `written_blocks` writes it, or comes seldom, is left to `canonical`, which knows everything.
"""

import re
from collections.abc import Sequence
from html import unescape
from typing import Literal, NoReturn, TypeAlias, cast
from unicodedata import is_normalized

from app.narrative.blocks import (
    Block,
    Break,
    Cell,
    Heading,
    Inline,
    Item,
    ListBlock,
    Mark,
    NumberType,
    Paragraph,
    Quote,
    Row,
    Run,
    Table,
)
from app.narrative.canonical import MAX_LIST_LEVELS, MAX_NUMBER
from app.narrative.grids import MAX_CELLS, MAX_COLUMNS, laid_out
from app.narrative.links import is_plain_address

_ODD = re.compile("[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile("<([^>]*)>([^<]*)")
_LIST = re.compile(r'ol(?: type="([aAiI])")?(?: start="([0-9]{1,5})")?')
_CELL = re.compile(
    r'(?:td|th scope="(col|row)")(?: colspan="([1-9][0-9]?)")?(?: rowspan="([1-9][0-9]{0,3})")?'
    r'(?: data-rag="([a-z]+(?:-[a-z]+)*)")?'
)
_LINK, _REDACTION, _UNNUMBERED = 'a href="', 'mark data-redact="', 'p data-number="no"'
_MARKS = frozenset({"strong", "em", "u", "s", "sub", "sup"})
_OPPOSITES = frozenset({"sub", "sup"})
_Look: TypeAlias = tuple[frozenset[Mark], str | None, str | None]  # as `Run` has it: marks, address, redaction
_PLAIN: _Look = (frozenset(), None, None)
_BREAK = Break()
_END = ("", "")


class NotCanonical(Exception):  # noqa: N818 - it reads as what is the case
    """The text is not in canonical form, or not surely so."""


def read_canonical(html: str) -> tuple[Block, ...]:
    """The blocks of canonical HTML, as `blocks_of` gives them; raises `NotCanonical` wherever it might differ."""
    tags = _TAG.findall(html)
    if html[:1] not in {"", "<"} or len(tags) != html.count("<") or "<>" in html or "  " in html or "&#" in html:
        raise NotCanonical
    if not html.isprintable() and _ODD.search(html):
        raise NotCanonical
    return tuple(_Reader(tags).text())


def _give_up() -> NoReturn:
    raise NotCanonical


class _Reader:
    """Goes once through the tags of a text, each with the words behind it."""

    __slots__ = ("_tags", "_words")

    def __init__(self, tags: Sequence[tuple[str, str]]) -> None:
        self._tags = iter(tags)
        self._words = ""  # behind the last tag

    def text(self) -> list[Block]:
        """The blocks of the text itself."""
        blocks: list[Block] = []
        is_first_level = False
        while tag := self._bare():
            if tag == "h4" and not is_first_level:
                _give_up()
            is_first_level = is_first_level or tag == "h3"
            blocks.append(self._block(tag, blocks[-1] if blocks else None))
        return blocks

    def _next(self) -> str:
        """The next tag, nothing at the end."""
        tag, self._words = next(self._tags, _END)
        return tag

    def _bare(self) -> str:
        """The next tag, with no words before it."""
        if self._words:
            _give_up()
        tag, self._words = next(self._tags, _END)
        return tag

    def _block(self, tag: str, before: Block | None) -> Block:
        if tag in {"p", _UNNUMBERED}:
            return Paragraph(self._inlines("/p"), numbered=tag == "p")
        if tag in {"h3", "h4"}:
            return Heading(3 if tag == "h3" else 4, self._inlines(f"/{tag}"))
        if tag == "table":
            return self._table()
        if tag == "blockquote" and not isinstance(before, Quote):
            return Quote(self._flow("/blockquote", 0) or _give_up())
        return self._list(tag, before, 0)

    def _flow(self, end: str, level: int) -> tuple[Paragraph | ListBlock, ...]:
        """Paragraphs and lists, up to the end tag; `level` lists are around them."""
        blocks: list[Paragraph | ListBlock] = []
        while (tag := self._bare()) != end:
            if tag == "p":
                blocks.append(Paragraph(self._inlines("/p")))
            else:
                blocks.append(self._list(tag, blocks[-1] if blocks else None, level))
        return tuple(blocks)

    def _list(self, tag: str, before: Block | None, level: int) -> ListBlock:
        number_type: NumberType | None = None
        start = 1
        if found := _LIST.fullmatch(tag):
            number_type, start = cast("NumberType", found[1] or "1"), int(found[2] or 1)
        elif tag != "ul" or (isinstance(before, ListBlock) and before.number_type is None):
            _give_up()  # bullets after bullets are one list
        if level == MAX_LIST_LEVELS or start > MAX_NUMBER:
            _give_up()
        end = f"/{tag[:2]}"
        items: list[Item] = []
        while (inner := self._bare()) != end:
            items.append(Item(self._flow("/li", level + 1) or _give_up()) if inner == "li" else _give_up())
        return ListBlock(tuple(items) or _give_up(), number_type, start)

    # Tables

    def _table(self) -> Table:
        caption: tuple[Inline, ...] = ()
        head: list[list[Cell]] = []
        body: list[list[Cell]] = []
        if (tag := self._bare()) == "caption":
            caption = self._inlines("/caption")
            tag = self._bare()
        if tag == "thead":
            head = self._rows("/thead")
            tag = self._bare()
        if tag == "tbody":
            body = self._rows("/tbody")
            tag = self._bare()
        if tag != "/table" or not (head or any(cell.scope is None for row in body[:1] for cell in row)):
            _give_up()  # a first row of headings alone would be the head
        columns = len((head or body)[0])
        if columns > MAX_COLUMNS or not _is_even(head + body, columns):
            grid = laid_out(head, body)
            return Table(caption, grid.head, grid.body, grid.columns)
        return Table(caption, _rows_of(head), _rows_of(body), columns)

    def _rows(self, end: str) -> list[list[Cell]]:
        rows: list[list[Cell]] = []
        while (tag := self._bare()) != end:
            rows.append(self._row() if tag == "tr" else _give_up())
        return rows

    def _row(self) -> list[Cell]:
        cells: list[Cell] = []
        while (tag := self._bare()) != "/tr":
            cells.append(self._cell(tag, len(cells)))
        return cells or _give_up()

    def _cell(self, tag: str, column: int) -> Cell:
        if tag == "td":
            return Cell(self._flow("/td", 0), column)
        if not (found := _CELL.fullmatch(tag)):
            _give_up()
        scope, colspan, rowspan, rag = found.groups()
        return Cell(
            blocks=self._flow(f"/{tag[:2]}", 0),
            column=column,
            colspan=int(colspan or 1),
            rowspan=int(rowspan or 1),
            scope=cast('Literal["col", "row"] | None', scope),
            rag=rag,
        )

    # Words

    def _inlines(self, end: str) -> tuple[Inline, ...]:
        """Runs of words, up to the end tag of what holds them."""
        words, tag = self._words, self._next()
        if tag == end:  # as nearly everywhere
            return (_plain_run(words),)
        out: list[Inline] = []
        look, before = _PLAIN, None  # of the words that come, and of the run before them
        around: list[tuple[str, _Look]] = []
        after_space = True  # where another space would not be shown
        while True:
            if words:
                words = _unescaped(words) if "&" in words else words
                if look == before or (after_space and words[0] == " ") or not _is_composed(words):
                    _give_up()
                out.append(Run(words, *look))
                before, after_space = look, words[-1] == " "
            if tag == end:
                break
            if tag == "br" and not after_space:
                out.append(_BREAK)
                before, after_space = None, True
            elif tag[:1] != "/":
                around.append((f"/{tag.partition(' ')[0]}", look))
                look = _within(tag, look)
            elif around and around[-1][0] == tag:
                look = around.pop()[1]
            else:
                _give_up()
            words, tag = self._words, self._next()
        if around or after_space or _is_blank(out[0]) or (len(out) > 1 and _is_blank(out[-1])):
            _give_up()
        return tuple(out)


def _plain_run(words: str) -> Run:
    """All the words of a paragraph that has nothing else."""
    words = _unescaped(words) if "&" in words else words
    if not words.strip() or words[0] == " " or words[-1] == " " or not _is_composed(words):
        _give_up()
    return Run(words)


def _unescaped(words: str) -> str:
    plain = words.replace("&lt;", "<").replace("&gt;", ">")
    # Canonical text has no other references than these three.
    return plain.replace("&amp;", "&") if plain.count("&") == plain.count("&amp;") else unescape(words)


def _is_composed(words: str) -> bool:
    return words.isascii() or is_normalized("NFC", words)


def _within(tag: str, look: _Look) -> _Look:
    """What words look like in this element."""
    marks, href, redact = look
    if tag in _MARKS and tag not in marks and not (tag in _OPPOSITES and marks & _OPPOSITES):
        return marks | {cast("Mark", tag)}, href, redact
    if tag.startswith(_LINK) and href is None:
        return marks, _address_in(tag), redact
    if tag.startswith(_REDACTION) and redact is None:
        return marks, href, _reason_in(tag)
    return _give_up()


def _address_in(tag: str) -> str:
    address = unescape(_value(tag, _LINK))
    return address if is_plain_address(address) else _give_up()


def _reason_in(tag: str) -> str:
    reason = unescape(_value(tag, _REDACTION))
    return reason if reason == " ".join(reason.split()) else _give_up()


def _value(tag: str, opening: str) -> str:
    value = tag[len(opening) : -1]
    return value if tag[-1] == '"' and '"' not in value and len(tag) > len(opening) else _give_up()


def _is_blank(inline: Inline) -> bool:
    return not isinstance(inline, Run) or not inline.text.strip()


def _is_even(rows: Sequence[Sequence[Cell]], columns: int) -> bool:
    """Whether the rows have as many cells as that, none of which spans another place."""
    return len(rows) * columns <= MAX_CELLS and all(
        len(row) == columns and all(cell.colspan == 1 == cell.rowspan for cell in row) for row in rows
    )


def _rows_of(rows: Sequence[Sequence[Cell]]) -> tuple[Row, ...]:
    return tuple(Row(tuple(cells)) for cells in rows)
