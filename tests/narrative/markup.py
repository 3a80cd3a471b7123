"""Strategies for prose as people send it: plain, rich and broken."""

from hypothesis import strategies as st

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
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        *("", " colspan=2", " rowspan=3", " colspan=x", " scope=row", ' data-rag="green"'),
        *(' type="i" start="4"', " start=0", ' href="https://a.org/b?c=1&d=é"', ' data-redact="s40"'),
        *(" id=x", ' class="a>b"'),
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
