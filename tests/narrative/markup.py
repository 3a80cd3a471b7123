"""Strategies for prose as people send it: plain, rich and broken.

Each strategy is made once: to make one anew for each thing that is drawn takes longer than drawing it.
"""

import html
from functools import cache

from hypothesis import reject
from hypothesis import strategies as st

from app.narrative import SpansOverlap, clean

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"])
    | st.sampled_from(list(" \t\n<>&\"'{}%_\u00a0\u0301\u0338\u00ad")),
    max_size=12,
)
TAGS = st.sampled_from(
    [
        *("p", "div", "section", "h1", "h3", "h6", "blockquote", "pre", "hr", "br"),
        *("b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "a", "span", "font", "code", "mark"),
        *("ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "td", "th", "script", "x-y"),
        *("figure", "figcaption", "img"),
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        *("", " colspan=2", " rowspan=3", " colspan=x", " scope=row", ' data-rag="green"'),
        *(' type="i" start="4"', " start=0", ' href="https://a.org/b?c=1&d=é"', ' data-redact="s40"'),
        *(" id=x", ' class="a>b"', " data-number=no", " data-chart=bar", " data-page=landscape"),
        *(f' src={"0" * 64} alt="x"', " style='font-weight:bold;mso-list:l0 level2 lfo1'"),
    ]
)


_PIECES = st.lists(
    st.one_of(
        WORDS,
        st.builds(lambda tag, attributes: f"<{tag}{attributes}>", TAGS, ATTRIBUTES),
        st.builds(lambda tag: f"</{tag}>", TAGS),
    ),
    max_size=25,
)


def broken_html() -> st.SearchStrategy[str]:
    """HTML as it should not be: tags opened and closed at random, text anywhere."""
    return _PIECES.map("".join)


DIGESTS = ["0" * 63 + "1", "0" * 63 + "2"]
"""The pictures that narratives made here may show."""

_WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]) | st.sampled_from(list("ab <>&\"'\u00a0\u0301\u00ad")),
    min_size=1,
    max_size=10,
).filter(lambda words: words.strip())
_MARKS = st.lists(st.sampled_from(["strong", "em", "u", "s", "sub", "sup"]), max_size=2)
_UP_TO = [st.integers(0, n) for n in range(4)]
_FROM_ONE = [st.integers(1, n) for n in range(5)]
_NOTHING = st.just("")
_BREAKS = st.sampled_from(["{}", "{}<br>"])
_DRESSES = st.sampled_from(
    [
        *("{}", "{}", "{}", "{}<br>"),
        '<a href="https://a.org/?b=1&amp;c=2">{}</a>',
        '<mark data-redact="s40">{}</mark>',
        "<mark data-redact>{}</mark>",
    ]
)


@cache
@st.composite
def _inlines(draw: st.DrawFn, links: bool = True) -> str:
    out = []
    for _ in range(draw(_FROM_ONE[4])):
        words = html.escape(draw(_WORDS))
        for mark in draw(_MARKS):
            words = f"<{mark}>{words}</{mark}>"
        out.append(draw(_DRESSES if links else _BREAKS).format(words))
    return "".join(out)


@cache
def _within(before: str, after: str) -> st.SearchStrategy[str]:
    """Words between these tags."""
    return _inlines().map(lambda words: f"{before}{words}{after}")


_OPENED = st.sampled_from(["<ul>", "<ul>", "<ol>", '<ol type="i">', '<ol type="a" start="3">', '<ol start="0">'])


@cache
@st.composite
def _lists(draw: st.DrawFn, depth: int) -> str:
    opened = draw(_OPENED)
    items = "".join(f"<li>{draw(_simple(depth - 1))}</li>" for _ in range(draw(_FROM_ONE[3])))
    return f"{opened}{items}</{opened[1:3]}>"


@cache
def _simple(depth: int) -> st.SearchStrategy[str]:
    """Paragraphs and lists, as they stand in items, cells and quotations."""
    kinds = [_within("<p>", "</p>")] + ([_lists(depth)] if depth > 0 else [])
    return st.lists(st.one_of(kinds), min_size=1, max_size=3).map("".join)


@st.composite
def _tables(draw: st.DrawFn) -> str:
    columns = draw(_FROM_ONE[4])
    caption = draw(_CAPTIONS)
    head = "".join(_row(draw, columns, "th") for _ in range(draw(_UP_TO[2])))
    body = "".join(_row(draw, columns, "td") for _ in range(draw(_UP_TO[3] if head else _FROM_ONE[3])))
    return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>"


_CAPTIONS = st.one_of(_NOTHING, _within("<caption>", "</caption>"))
_CELL_TAGS = {usual: st.sampled_from([usual, usual, "th"]) for usual in ("th", "td")}
_CELL_SAYS = st.sampled_from(["", "", " colspan=2", " rowspan=2", " data-rag=green", " data-rag=dark-blue"])
_CELLS = st.one_of(_NOTHING, _inlines(), _simple(1))


def _row(draw: st.DrawFn, columns: int, usual: str) -> str:
    cells = []
    for _ in range(draw(_FROM_ONE[columns])):
        tag, said, content = draw(_CELL_TAGS[usual]), draw(_CELL_SAYS), draw(_CELLS)
        cells.append(f"<{tag}{said}{' scope=row' if tag != usual else ''}>{content}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


_NUMBERS = st.sampled_from(["1", "2.50", "1,250", "£3", "12%", "-4", "", "0.5%", "1000"])
_SHARES = _NUMBERS.filter(lambda number: number[:1] != "-")
_PAGES = st.sampled_from(["", " data-page=landscape"])
_UNDER = st.one_of(_NOTHING, _within("<figcaption>", "</figcaption>"))
_FIGURE_KINDS = st.sampled_from(["picture", "table", "column", "bar", "line", "pie", "stacked"])
_PICTURES = st.sampled_from(DIGESTS)
_TABLE_BESIDE = st.sampled_from(["", " data-table=hide"])
_ANY_TABLE = _tables()


@st.composite
def _figures(draw: st.DrawFn) -> str:
    said, caption, kind = draw(_PAGES), draw(_UNDER), draw(_FIGURE_KINDS)
    if kind == "picture":
        content = f'<img src="{draw(_PICTURES)}" alt="{html.escape(draw(_WORDS))}">'
    elif kind == "table":
        content = draw(_ANY_TABLE)
    else:
        said += f" data-chart={kind}{draw(_TABLE_BESIDE)}"
        columns = 1 if kind == "pie" else draw(_FROM_ONE[3])
        heads = "".join(f"<th>{draw(_inlines(links=False))}" for _ in range(columns + 1))
        numbers = _SHARES if kind == "pie" else _NUMBERS
        rows = "".join(
            f"<tr><th>{draw(_inlines(links=False))}" + "".join(f"<td>{draw(numbers)}" for _ in range(columns))
            for _ in range(draw(_FROM_ONE[4]))
        )
        content = f"<table><thead><tr>{heads}</thead><tbody>{rows}</tbody></table>"
    return f"<figure{said}>{content}{caption}</figure>"


_BLOCKS = st.lists(
    st.one_of(
        _within("<p>", "</p>"),
        _within("<p data-number=no>", "</p>"),
        _within("<h3>", "</h3>"),
        _within("<h4>", "</h4>"),
        _lists(3),
        _simple(2).map("<blockquote>{}</blockquote>".format),
        _ANY_TABLE,
        _figures(),
    ),
    min_size=1,
    max_size=5,
)


@st.composite
def narratives(draw: st.DrawFn) -> str:
    """Canonical HTML with everything that the grammar holds."""
    try:
        return clean("".join(draw(_BLOCKS)), "html")
    except SpansOverlap:
        reject()


_NAMES = st.from_regex(r"[A-Za-zé][A-Za-z0-9]{0,5}", fullmatch=True)
_SIGNS = st.sampled_from(
    [
        *("\n", "\n\n", " ", "    ", "| ", " |", "\n|---|---|\n", "\n- ", "\n1. ", "\n> ", "\n# ", "\n---\n", "\n```"),
        *("*", "**", "_", "~~", "`", "[", "]", "]: ", "(", ")", "!", "<", ">", "\\", ":", '"', "  \n", "\n| a | b |\n"),
    ]
)


_LINKS = st.builds("[{}](https://example.org/)".format, _NAMES)
_MARKDOWN = st.lists(st.one_of(_NAMES, _SIGNS, _LINKS), max_size=25)


def markdown() -> st.SearchStrategy[list[str]]:
    """Pieces of a Markdown source: words, the signs that mean something, links."""
    return _MARKDOWN
