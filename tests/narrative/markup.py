"""Strategies for prose as people send it: plain, rich and broken."""

import html

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


@st.composite
def broken_html(draw: st.DrawFn) -> str:
    """HTML as it should not be: tags opened and closed at random, text anywhere."""
    pieces = draw(
        st.lists(
            st.one_of(
                WORDS,
                st.builds(lambda tag, attributes: f"<{tag}{attributes}>", TAGS, ATTRIBUTES),
                st.builds(lambda tag: f"</{tag}>", TAGS),
            ),
            max_size=25,
        )
    )
    return "".join(pieces)


DIGESTS = ["0" * 63 + "1", "0" * 63 + "2"]
"""The pictures that narratives made here may show."""

_WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]) | st.sampled_from(list("ab <>&\"'\u00a0\u0301\u00ad")),
    min_size=1,
    max_size=10,
).filter(lambda words: words.strip())
_MARKS = st.sampled_from(["strong", "em", "u", "s", "sub", "sup"])


@st.composite
def _inlines(draw: st.DrawFn, links: bool = True) -> str:
    out = []
    for _ in range(draw(st.integers(1, 4))):
        words = html.escape(draw(_WORDS))
        for mark in draw(st.lists(_MARKS, max_size=2)):
            words = f"<{mark}>{words}</{mark}>"
        dress = draw(st.sampled_from(["{}", "{}", "{}", "{}<br>", *_DRESSES] if links else ["{}", "{}<br>"]))
        out.append(dress.format(words))
    return "".join(out)


_DRESSES = [
    '<a href="https://a.org/?b=1&amp;c=2">{}</a>',
    '<mark data-redact="s40">{}</mark>',
    "<mark data-redact>{}</mark>",
]


@st.composite
def _lists(draw: st.DrawFn, depth: int) -> str:
    opened = draw(
        st.sampled_from(["<ul>", "<ul>", "<ol>", '<ol type="i">', '<ol type="a" start="3">', '<ol start="0">'])
    )
    items = "".join(f"<li>{draw(_simple(depth - 1))}</li>" for _ in range(draw(st.integers(1, 3))))
    return f"{opened}{items}</{opened[1:3]}>"


@st.composite
def _simple(draw: st.DrawFn, depth: int) -> str:
    """Paragraphs and lists, as they stand in items, cells and quotations."""
    kinds = [_inlines().map("<p>{}</p>".format)] + ([_lists(depth)] if depth > 0 else [])
    return "".join(draw(st.lists(st.one_of(kinds), min_size=1, max_size=3)))


@st.composite
def _tables(draw: st.DrawFn) -> str:
    columns = draw(st.integers(1, 4))
    caption = draw(st.one_of(st.just(""), _inlines().map("<caption>{}</caption>".format)))
    head = "".join(_row(draw, columns, "th") for _ in range(draw(st.integers(0, 2))))
    body = "".join(_row(draw, columns, "td") for _ in range(draw(st.integers(0 if head else 1, 3))))
    return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>"


def _row(draw: st.DrawFn, columns: int, usual: str) -> str:
    cells = []
    for _ in range(draw(st.integers(1, columns))):
        tag = draw(st.sampled_from([usual, usual, "th"]))
        said = draw(st.sampled_from(["", "", " colspan=2", " rowspan=2", " data-rag=green", " data-rag=dark-blue"]))
        content = draw(st.one_of(st.just(""), _inlines(), _simple(1)))
        cells.append(f"<{tag}{said}{' scope=row' if tag != usual else ''}>{content}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


_NUMBERS = st.sampled_from(["1", "2.50", "1,250", "£3", "12%", "-4", "", "0.5%", "1000"])


@st.composite
def _figures(draw: st.DrawFn) -> str:
    said = draw(st.sampled_from(["", " data-page=landscape"]))
    caption = draw(st.one_of(st.just(""), _inlines().map("<figcaption>{}</figcaption>".format)))
    kind = draw(st.sampled_from(["picture", "table", "column", "bar", "line", "pie", "stacked"]))
    if kind == "picture":
        content = f'<img src="{draw(st.sampled_from(DIGESTS))}" alt="{html.escape(draw(_WORDS))}">'
    elif kind == "table":
        content = draw(_tables())
    else:
        said += f" data-chart={kind}{draw(st.sampled_from(['', ' data-table=hide']))}"
        columns = 1 if kind == "pie" else draw(st.integers(1, 3))
        heads = "".join(f"<th>{draw(_inlines(links=False))}" for _ in range(columns + 1))
        numbers = _NUMBERS.filter(lambda number: number[:1] != "-") if kind == "pie" else _NUMBERS
        rows = "".join(
            f"<tr><th>{draw(_inlines(links=False))}" + "".join(f"<td>{draw(numbers)}" for _ in range(columns))
            for _ in range(draw(st.integers(1, 4)))
        )
        content = f"<table><thead><tr>{heads}</thead><tbody>{rows}</tbody></table>"
    return f"<figure{said}>{content}{caption}</figure>"


@st.composite
def narratives(draw: st.DrawFn) -> str:
    """Canonical HTML with everything that the grammar holds."""
    blocks = st.one_of(
        _inlines().map("<p>{}</p>".format),
        _inlines().map("<p data-number=no>{}</p>".format),
        _inlines().map("<h3>{}</h3>".format),
        _inlines().map("<h4>{}</h4>".format),
        _lists(3),
        _simple(2).map("<blockquote>{}</blockquote>".format),
        _tables(),
        _figures(),
    )
    written = "".join(draw(st.lists(blocks, min_size=1, max_size=5)))
    try:
        return clean(written, "html")
    except SpansOverlap:
        reject()


_NAMES = st.from_regex(r"[A-Za-zé][A-Za-z0-9]{0,5}", fullmatch=True)
_SIGNS = st.sampled_from(
    [
        *("\n", "\n\n", " ", "    ", "| ", " |", "\n|---|---|\n", "\n- ", "\n1. ", "\n> ", "\n# ", "\n---\n", "\n```"),
        *("*", "**", "_", "~~", "`", "[", "]", "]: ", "(", ")", "!", "<", ">", "\\", ":", '"', "  \n", "\n| a | b |\n"),
    ]
)


def markdown() -> st.SearchStrategy[list[str]]:
    """Pieces of a Markdown source: words, the signs that mean something, links."""
    links = st.builds("[{}](https://example.org/)".format, _NAMES)
    return st.lists(st.one_of(_NAMES, _SIGNS, links), max_size=25)
