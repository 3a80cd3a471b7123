"""From a tree of HTML elements to the blocks of a narrative, in their one canonical form."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

from app.narrative.blocks import (
    Block,
    Break,
    Cell,
    Chart,
    ChartKind,
    Figure,
    Heading,
    Inline,
    Item,
    ListBlock,
    Mark,
    NumberType,
    Paragraph,
    Picture,
    Quote,
    Run,
    Table,
)
from app.narrative.characters import require_xml_characters
from app.narrative.charts import data_of, plain_table
from app.narrative.grids import laid_out
from app.narrative.inlines import settled
from app.narrative.links import permitted_link
from app.narrative.markup import BLOCKS, Element
from app.narrative.refusals import (
    ChartNotDrawn,
    ContentNotHeld,
    OutOfPlace,
    PictureNotDescribed,
    PictureNotStored,
    RatingNotAToken,
    TooDeep,
    UnusableNumber,
)

MAX_LIST_LEVELS = 9
"""Word's lists have nine levels."""
MAX_NUMBER = 32_767
"""The highest number at which Word starts a list."""

_MARKS: dict[str, Mark] = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "sub": "sub",
    "sup": "sup",
}
_OPPOSITE: dict[Mark, Mark] = {"sub": "sup", "sup": "sub"}
_HEADINGS: dict[str, Literal[3, 4]] = {"h1": 3, "h2": 3, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
_PARAGRAPH_LIKE = BLOCKS | {"p", "li"}
_RAG = re.compile(r"[a-z]+(?:-[a-z]+)*")

_DIGEST = re.compile(r"[0-9a-f]{64}")

Place = Literal["text", "figure", "quote", "item", "cell", "line"]
_CALLED: dict[Place, str] = {
    "text": "the text",
    "figure": "a figure",
    "quote": "a quotation",
    "item": "a list item",
    "cell": "a table cell",
    "line": "a heading or caption",
}


@dataclass(frozen=True, slots=True)
class _Style:
    """What the elements around a piece of text say about it."""

    look: Run = field(default_factory=lambda: Run(""))
    preformatted: bool = False

    def with_mark(self, mark: Mark) -> "_Style":
        marks = (self.look.marks - {_OPPOSITE.get(mark, mark)}) | {mark}
        return replace(self, look=replace(self.look, marks=marks))


def blocks_of(root: Element) -> tuple[Block, ...]:
    """The blocks of the tree in canonical form.

    Text that stands bare is wrapped in paragraphs, empty paragraphs are left out, headings begin with `h3`. Raises the
    refusals of this package for what the grammar cannot hold.
    """
    flow = _Flow("text", list_level=0)
    flow.walk(root, _Style())
    return tuple(_from_the_first_level(flow.finished()))


def _from_the_first_level(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks; headings before the first `h3` are such too, so that no level is skipped on the way down."""
    begun = False
    for block in blocks:
        if isinstance(block, Heading) and not begun:
            begun = block.level == 3
            yield replace(block, level=3)
        else:
            yield block


@dataclass(slots=True)
class _Flow:
    """Collects the blocks of one place: the text itself, a figure, a quotation, an item, a cell, or a single line."""

    place: Place
    list_level: int  # how many lists are around this place
    blocks: list[Block] = field(default_factory=list)
    pending: list[Inline] = field(default_factory=list)
    numbered: bool = True  # what the paragraph that is being collected says of its number

    def finished(self) -> list[Block]:
        self.end_paragraph()
        return self.blocks

    def end_paragraph(self) -> None:
        if inlines := settled(self.pending):
            self.blocks.append(Paragraph(inlines, self.numbered or self.place != "text"))
        self.pending = []

    def walk(self, element: Element, style: _Style) -> None:
        for child in element.children:
            if isinstance(child, str):
                self.write(child, style)
            else:
                self.enter(child, style)

    def write(self, words: str, style: _Style) -> None:
        require_xml_characters(words)
        if not style.preformatted:
            self.pending.append(replace(style.look, text=words))
            return
        for number, line in enumerate(words.split("\n")):
            if number:
                self.pending.append(Break())
            self.pending.append(replace(style.look, text=with_spaces_kept(line)))

    def enter(self, element: Element, style: _Style) -> None:
        tag = element.tag
        if mark := _MARKS.get(tag):
            self.walk(element, style.with_mark(mark))
        elif tag == "br":
            self.pending.append(Break())
        elif tag in _PARAGRAPH_LIKE:
            self.apart(element, style)
        elif tag == "pre":
            self.apart(element, replace(style, preformatted=True))
        elif tag in {"ul", "ol"}:
            self.add_list(element, style)
        elif tag in _HEADINGS:
            self.add_heading(element, style)
        elif tag == "blockquote":
            self.add_quote(element, style)
        elif tag in _ADDED:
            _ADDED[tag](self, element)
        else:
            self.walk(element, _inline_style(element, style))

    def apart(self, element: Element, style: _Style) -> None:
        """The element's content in paragraphs of its own; within a single line, on lines of its own."""
        self.part()
        around = self.numbered
        self.numbered = around and element.attributes.get("data-number") != "no"
        self.walk(element, style)
        self.part()
        self.numbered = around

    def part(self) -> None:
        if self.place == "line":
            if self.pending and not isinstance(self.pending[-1], Break):
                self.pending.append(Break())
        else:
            self.end_paragraph()

    def add_list(self, element: Element, style: _Style) -> None:
        if self.place == "line":
            self.apart(element, style)
            return
        if self.list_level == MAX_LIST_LEVELS:
            raise TooDeep("lists", MAX_LIST_LEVELS)
        self.end_paragraph()
        if found := _list_of(element, style, self.list_level):
            _add(self.blocks, [found])

    def add_heading(self, element: Element, style: _Style) -> None:
        if self.place in _OPEN:
            self.end_paragraph()
            if inlines := _line_of(element, style):
                self.blocks.append(Heading(_HEADINGS[element.tag], inlines))
        else:
            self.apart(element, style if self.place == "line" else style.with_mark("strong"))

    def add_quote(self, element: Element, style: _Style) -> None:
        if self.place not in _OPEN:
            self.apart(element, style)
            return
        self.end_paragraph()
        quoted = _Flow("quote", self.list_level)
        quoted.walk(element, style)
        if blocks := quoted.finished():
            if self.blocks and isinstance(before := self.blocks[-1], Quote):
                joined: list[Block] = [*before.blocks]
                _add(joined, blocks)
                self.blocks[-1] = Quote(_simple(joined))
            else:
                self.blocks.append(Quote(_simple(blocks)))

    def add_table(self, element: Element) -> None:
        if self.place not in _OPEN:
            raise OutOfPlace("A table", _CALLED[self.place])
        self.end_paragraph()
        if found := _table_of(element):
            self.blocks.append(found)
        elif caption := _caption_of(element):  # all that there is to read of a table without cells
            self.blocks.append(Paragraph(caption))

    def add_picture(self, element: Element) -> None:
        if self.place not in _OPEN:
            raise OutOfPlace("A picture", _CALLED[self.place])
        self.end_paragraph()
        self.blocks.append(Figure(_picture_of(element)))

    def add_figure(self, element: Element) -> None:
        if self.place not in _OPEN:
            raise OutOfPlace("A figure", _CALLED[self.place])
        self.end_paragraph()
        self.blocks.extend(_figures_of(element))

    def add_caption(self, element: Element) -> None:
        """A caption without its figure: a paragraph."""
        self.apart(element, _Style())


def _add(blocks: list[Block], more: Iterable[Block]) -> None:
    """The blocks with more behind them. Bullets right after bullets are one list: nobody sees where one ends."""
    for block in more:
        before = blocks[-1] if blocks else None
        if (
            isinstance(block, ListBlock)
            and isinstance(before, ListBlock)
            and block.number_type is before.number_type is None
        ):
            blocks[-1] = replace(before, items=before.items + block.items)
        else:
            blocks.append(block)


_OPEN: frozenset[Place] = frozenset({"text", "figure"})
_ADDED: Mapping[str, Callable[[_Flow, Element], None]] = {
    "table": _Flow.add_table,
    "img": _Flow.add_picture,
    "figure": _Flow.add_figure,
    "figcaption": _Flow.add_caption,
}


def with_spaces_kept(line: str) -> str:
    """The line with every space still visible where HTML folds them: a tab counts as four spaces."""
    spaced = line.replace("\t", "    ")
    return re.sub(r"^ | (?= )| $", "\u00a0", spaced)


def _inline_style(element: Element, style: _Style) -> _Style:
    if element.tag == "a":
        href = element.attributes.get("data-href", element.attributes.get("href"))
        if href is not None:
            require_xml_characters(href)
            return replace(style, look=replace(style.look, href=permitted_link(href, _words_of(element))))
    if element.tag == "mark" and "data-redact" in element.attributes:
        reason = " ".join(element.attributes["data-redact"].split())
        require_xml_characters(reason)
        return replace(style, look=replace(style.look, redact=reason))
    return style


def _words_of(element: Element) -> str:
    return " ".join("".join(c if isinstance(c, str) else _words_of(c) for c in element.children).split())


def _line_of(element: Element, style: _Style) -> tuple[Inline, ...]:
    line = _Flow("line", list_level=0)
    line.walk(element, style)
    return settled(line.pending)


def _simple(blocks: list[Block]) -> tuple[Paragraph | ListBlock, ...]:
    # A flow whose place is not the text itself holds nothing else.
    return cast("tuple[Paragraph | ListBlock, ...]", tuple(blocks))


# Lists


def _list_of(element: Element, style: _Style, level: int) -> ListBlock | None:
    items = tuple(_items_of(element, style, level))
    if not items:
        return None
    if element.tag == "ul":
        return ListBlock(items)
    stated = element.attributes.get("type", "1")
    number_type = cast("NumberType", stated if stated in get_args(NumberType) else "1")
    return ListBlock(items, number_type, _start_of(element))


def _items_of(element: Element, style: _Style, level: int) -> Iterator[Item]:
    blocks: list[Block] = []
    for child in _wrapped(element):
        if child.tag == "li" and blocks:
            yield Item(_simple(blocks))
            blocks = []
        flow = _Flow("item", level + 1)
        if child.tag == "li":
            flow.walk(child, style)
        else:  # a list directly in a list belongs to the item before it
            flow.enter(child, style)
        _add(blocks, flow.finished())
    if blocks:
        yield Item(_simple(blocks))


def _wrapped(element: Element) -> Iterator[Element]:
    """The children of a list, bare text and other elements each in an item of their own."""
    for child in element.children:
        if isinstance(child, Element):
            yield child if child.tag in {"li", "ul", "ol"} else Element("li", {}, [child])
        elif child.strip(" \t\n\r"):
            yield Element("li", {}, [child])


def _start_of(element: Element) -> int:
    start = _number(element.attributes.get("start"))
    for position, item in enumerate(child for child in element.elements() if child.tag == "li"):
        value = _number(item.attributes.get("value"))
        if value is None:
            continue
        if position == 0:
            start = value
        elif value != (1 if start is None else start) + position:
            raise UnusableNumber(f"A numbered list jumps to {value}; begin a new list there.")
    start = 1 if start is None else start
    if not 0 <= start <= MAX_NUMBER:
        raise UnusableNumber(f"A numbered list begins at {start}; Word can begin at 0 to {MAX_NUMBER:,}.")
    return start


def _number(stated: str | None) -> int | None:
    found = re.match(r"[ \t\n\r]*([+-]?[0-9]{1,9})(?![0-9])", stated or "", re.ASCII)
    return int(found.group(1)) if found else None


# Tables


def _table_of(element: Element) -> Table | None:
    rows: dict[str, list[Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for part in element.elements():
        if part.tag == "tr":
            rows["tbody"].append(part)
        elif part.tag in rows:
            rows[part.tag].extend(row for row in part.elements() if row.tag == "tr")
    head, body = rows["thead"], rows["tbody"] + rows["tfoot"]
    if not head:
        tall = _rows_of_heading(body)
        head, body = body[:tall], body[tall:]
    grid = laid_out([_cells_of(row, in_head=True) for row in head], [_cells_of(row, in_head=False) for row in body])
    if not grid.columns:
        return None
    return Table(_caption_of(element), grid.head, grid.body, grid.columns)


def _caption_of(element: Element) -> tuple[Inline, ...]:
    """The caption of a table; of several, each on a line of its own."""
    lines = [line for part in element.elements() if part.tag == "caption" and (line := _line_of(part, _Style()))]
    return settled([inline for line in lines for inline in (Break(), *line)])


def _rows_of_heading(rows: list[Element]) -> int:
    """How many rows head a table that does not say so: a first row of nothing but `th`, and what it spans."""
    first = list(rows[0].elements()) if rows else []
    if not first or any(cell.tag != "th" for cell in first):
        return 0
    return max(_span(cell, "rowspan") for cell in first)


def _cells_of(row: Element, *, in_head: bool) -> list[Cell]:
    return [_cell_of(cell, in_head=in_head) for cell in row.elements() if cell.tag in {"td", "th"}]


def _cell_of(element: Element, *, in_head: bool) -> Cell:
    flow = _Flow("cell", list_level=0)
    flow.walk(element, _Style())
    return Cell(
        blocks=_simple(flow.finished()),
        column=0,
        colspan=_span(element, "colspan"),
        rowspan=_span(element, "rowspan"),
        scope=_scope_of(element, in_head=in_head),
        rag=_rag_of(element),
    )


def _span(cell: Element, direction: Literal["colspan", "rowspan"]) -> int:
    return max(_number(cell.attributes.get(direction)) or 1, 1)


def _scope_of(element: Element, *, in_head: bool) -> Literal["col", "row"] | None:
    if element.tag == "td":
        return None
    stated = element.attributes.get("scope", "").lower()
    if stated.startswith(("col", "row")):
        return "col" if stated.startswith("col") else "row"
    return "col" if in_head else "row"


def _rag_of(element: Element) -> str | None:
    rag = element.attributes.get("data-rag", "").strip().lower()
    if rag and not _RAG.fullmatch(rag):
        raise RatingNotAToken(rag)
    return rag or None


# Figures


def _picture_of(element: Element) -> Picture:
    source = element.attributes.get("data-src", element.attributes.get("src", "")).strip()
    if not _DIGEST.fullmatch(source.lower()):
        raise PictureNotStored(source)
    alt = " ".join(element.attributes.get("alt", "").split())
    require_xml_characters(alt)
    if not alt:
        raise PictureNotDescribed(source)
    return Picture(source.lower(), unicodedata.normalize("NFC", alt))


def _figures_of(element: Element) -> list[Block]:
    """The figure, with whatever else stood in it before and after.

    Raises `ChartNotDrawn`, and `ContentNotHeld` for a figure that shows nothing.
    """
    caption: tuple[Inline, ...] = ()
    inside = _Flow("figure", list_level=0)
    for child in element.children:
        if isinstance(child, Element) and child.tag == "figcaption" and not caption:
            caption = _line_of(child, _Style())
        else:
            inside.walk(Element("figure", {}, [child]), _Style())
    found = inside.finished()
    shown = [number for number, block in enumerate(found) if isinstance(block, Figure | Table)]
    if not shown:
        raise ContentNotHeld("a figure without a picture, a table or a chart")
    kind = element.attributes.get("data-chart")
    if kind is not None:
        found[shown[0]] = _chart_in(kind, [found[number] for number in shown], element)
    landscape = element.attributes.get("data-page") == "landscape"
    made: list[Block] = []
    for number, block in enumerate(found):
        mine = caption if number == shown[-1] else ()
        made.extend(_framed(block, mine, landscape=landscape) if number in shown else [block])
    return made


def _chart_in(kind: str, shown: Sequence[Block], element: Element) -> Figure:
    """A figure of the one table in the figure."""
    if kind not in get_args(ChartKind):
        raise ChartNotDrawn(f"“{kind}” is no kind of chart; there are {', '.join(get_args(ChartKind))}.")
    table = shown[0]
    if len(shown) > 1 or not isinstance(table, Table):
        raise ChartNotDrawn("its figure must hold one table and nothing else.")
    chart = cast("ChartKind", kind)
    data = data_of(table, chart)
    if element.attributes.get("data-table") != "hide":
        return Figure(Chart(chart, table))
    # Nobody sees the table's own caption then.
    return Figure(Chart(chart, plain_table(data), table_shown=False), table.caption)


def _framed(shown: Block, caption: tuple[Inline, ...], *, landscape: bool) -> Iterator[Block]:
    """What a figure shows, with its caption: a table on an upright page is a table."""
    if isinstance(shown, Figure):
        both = settled([*shown.caption, Break(), *caption]) if caption and shown.caption else shown.caption or caption
        yield replace(shown, caption=both, landscape=shown.landscape or landscape)
        return
    table = cast("Table", shown)
    titled = table if table.caption else replace(table, caption=caption)
    yield Figure(titled, landscape=True) if landscape else titled
    if table.caption and caption:
        yield Paragraph(caption)
