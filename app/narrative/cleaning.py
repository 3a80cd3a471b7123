"""Bringing what people write to the canonical grammar, and reading it again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from app.errors import Invalid
from app.narrative.blocks import (
    Block,
    Cell,
    Chart,
    Figure,
    Heading,
    Inline,
    Item,
    ListBlock,
    Paragraph,
    Picture,
    Quote,
    Row,
    Run,
    Table,
)
from app.narrative.canonical import blocks_of, with_spaces_kept
from app.narrative.characters import escaped, require_xml_characters
from app.narrative.markup import repaired, tree_of
from app.narrative.pasted import meant
from app.narrative.reading import NotCanonical, read_canonical
from app.narrative.refusals import TooDeep, TooLong
from app.narrative.writing import written_blocks

Form: TypeAlias = Literal["html", "markdown", "text"]
"""How prose is written when it comes in."""

MAX_LENGTH = 200_000
"""Characters of a narrative, as it comes in and as it is kept."""

HTML_FENCE = "html"
"""What stands beside the opening fence of a block that is HTML of our grammar amid Markdown."""

_REMEMBERED = 4_000  # characters of the longest text that is not read anew each time: 4 million together at most
_MAX_NESTING = 100
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class RowTooWide(Invalid):
    """A row of a Markdown table has more cells than its heading has columns."""

    def __init__(self, row: int, cells: int, columns: int) -> None:
        super().__init__(
            f"Row {row} of the table has {cells} cells, its heading has {columns}. Write \\| for a bar inside a cell."
        )


def clean(value: str, form: Form) -> str:
    """The prose as canonical HTML of our grammar: equal text is equal bytes, cleaning again changes nothing.

    Every character that a reader would see is kept; broken HTML is repaired as a browser repairs it. Raises a
    refusal of this package, each an `Invalid` with a sentence for the writer, for what cannot be held.
    """
    require_length(value)
    require_xml_characters(value)
    if form == "html" and _is_clean(value):
        return value
    readers = {"html": repaired, "markdown": _html_of_markdown, "text": _html_of_text}
    canonical = written_blocks(blocks_of(meant(tree_of(readers[form](value)))))
    require_length(canonical)
    return canonical


def _is_clean(html: str) -> bool:
    """Whether it was cleaned before: what is kept comes by here each time that somebody reads a paper's facts."""
    try:
        return written_blocks(read_canonical(html)) == html
    except NotCanonical:
        return False


def read(html: str) -> tuple[Block, ...]:
    """The blocks of canonical HTML. Raises `UnreadableNarrative` for what was never cleaned."""
    return _read_again(html) if len(html) <= _REMEMBERED else _read(html)


@lru_cache(maxsize=1024)  # a paper is printed again and again until it is approved, mostly of the same texts
def _read_again(html: str) -> tuple[Block, ...]:
    return _read(html)


def _read(html: str) -> tuple[Block, ...]:
    try:
        return read_canonical(html)
    except NotCanonical:
        return blocks_of(tree_of(html))


def text(html: str) -> str:
    """The words of canonical HTML: blocks, items and table rows on lines of their own, cells between tabs.

    Of a picture that is its caption; of a chart its table, printed or not.
    """
    return "\n".join(line for block in read(html) for line in _lines(block))


def files_needed(html: str) -> list[str]:
    """The digests of the pictures in canonical HTML, each once, in the order of their first appearance."""
    shown = (block.content for block in read(html) if isinstance(block, Figure))
    return list(dict.fromkeys(content.digest for content in shown if isinstance(content, Picture)))


def require_length(value: str) -> None:
    """Pass when a narrative may be as long as that; else raise `TooLong`."""
    if len(value) > MAX_LENGTH:
        raise TooLong(len(value), MAX_LENGTH)


def _html_of_text(value: str) -> str:
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(f"<p>{_lines_of_text(paragraph)}</p>" for paragraph in _BLANK_LINES.split(unified))


def _lines_of_text(paragraph: str) -> str:
    return "<br>".join(escaped(with_spaces_kept(line)) for line in paragraph.split("\n"))


@cache  # to make one takes longer than to read most texts
def _markdown() -> MarkdownIt:
    # HTML stays off outside of fences that are named after it: a `<` in prose is a character. Beyond its nesting limit
    # the parser leaves text out without a word, hence the limit far above what is held, and the check against it.
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    # A line like “[Action]: Reviewed” would define a link that nothing prints; to its writer it is a sentence.
    return parser.disable("reference")


def _html_of_markdown(value: str) -> str:
    parser = _markdown()
    tokens = parser.parse(value)
    if any(token.level >= _MAX_NESTING - 2 for token in tokens):
        raise TooDeep("elements", _MAX_NESTING)
    _require_rows_held(tokens, re.split(r"\r\n?|\n", value))
    _open_fences_of_html(tokens)
    _keep_words_beside_fences(tokens)
    return repaired(str(parser.renderer.render(tokens, parser.options, {})))


def _require_rows_held(tokens: Sequence[Token], lines: Sequence[str]) -> None:
    """No row has words in more cells than its heading has: the parser would leave them out without a word."""
    for heading, *rows in _rows_of_tables(tokens):
        columns = len(_cells(lines[heading]))
        for number, line in enumerate(rows, 2):
            cells = _cells(lines[line])
            if any(cells[columns:]):
                raise RowTooWide(number, len(cells), columns)


def _rows_of_tables(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Of every table that stands by itself (others are refused later on): the lines of its rows, heading first."""
    rows: list[int] = []
    for token in tokens:
        if token.type == "tr_open" and token.level == 2 and token.map:  # in its thead or tbody, in its table
            rows.append(token.map[0])
        elif token.type == "table_close" and token.level == 0:
            yield rows
            rows = []


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in escapedSplit(line.strip())]
    return cells[not cells[0] : len(cells) - (len(cells) > 1 and not cells[-1])]


def _open_fences_of_html(tokens: Sequence[Token]) -> None:
    """What stands in a fence of HTML is that HTML, each on its own: what it leaves open ends with it."""
    for token in tokens:
        if token.type == "fence" and token.level == 0 and token.info.strip() == HTML_FENCE:
            token.type = "html_block"
            token.content = repaired(token.content)


def _keep_words_beside_fences(tokens: Sequence[Token]) -> None:
    """What stands beside the opening fence of a code block becomes its first line; it would not be printed."""
    for token in tokens:
        if token.type == "fence" and token.info.strip():
            token.content = f"{token.info.strip()}\n{token.content}"
            token.info = ""


def _lines(block: Block) -> list[str]:
    match block:
        case Paragraph(inlines) | Heading(_, inlines):
            return [_words(inlines)]
        case ListBlock(items):
            return [line for item in items for line in _item_lines(item)]
        case Quote(blocks):
            return [line for inner in blocks for line in _lines(inner)]
        case Table(caption, head, body):
            return [*([_words(caption)] if caption else []), *map(_row_line, (*head, *body))]
        case Figure(content, caption):
            return [*_shown_lines(content), *([_words(caption)] if caption else [])]


def _shown_lines(content: Picture | Chart | Table) -> list[str]:
    match content:
        case Picture():
            return []
        case Chart(_, table):
            return _lines(table)
        case Table():
            return _lines(content)


def _item_lines(item: Item) -> list[str]:
    return [line for block in item.blocks for line in _lines(block)]


def _row_line(row: Row) -> str:
    return "\t".join(map(_cell_words, row.cells))


def _cell_words(cell: Cell) -> str:
    return " ".join(line for block in cell.blocks for line in _lines(block)).replace("\n", " ")


def _words(inlines: Iterable[Inline]) -> str:
    return "".join(inline.text if isinstance(inline, Run) else "\n" for inline in inlines)
