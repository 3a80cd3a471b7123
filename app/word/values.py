"""Values of a context that are more than plain words: a template can print them, and none of them can be left out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from app.narrative import Block, Figure, Inline, Paragraph, files_needed, read
from app.narrative import Chart as _Chart
from app.narrative import Picture as _Picture
from app.narrative import text as plain_text
from app.word.refusals import TemplateFails
from app.word.xmltext import run

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_WIDEST = 1_000  # millimetres; the page is narrower


class Fact(str):
    """A text that the template must print: where it has words and is left out, there is no document.

    For a template it is a text like any other. What a filter makes of it stands for it, so that printing that is
    enough; what is cut out of it does not. Printed as it is, it is marked as the region of the text with the key
    `region`, where it has one.
    """

    __slots__ = ("_of", "_region")

    _of: "tuple[Fact, ...]"
    _region: str | None

    def __new__(cls, words: str, of: "tuple[Fact, ...]" = (), *, region: str | None = None) -> "Fact":
        """The words; `of` are the facts that they were made of, none where they are a fact themselves."""
        made = super().__new__(cls, words)
        made._of = of
        made._region = region
        return made


def facts_in(words: str) -> tuple[Fact, ...]:
    """The facts of the context that are printed when these words are."""
    if not isinstance(words, Fact):
        return ()
    return words._of or (words,)


def made_of(words: str, *sources: Any) -> str:
    """The words, standing for the facts among their sources."""
    of = tuple(fact for source in sources for fact in facts_in(source))
    return Fact(words, of) if of else words


class Narrative:
    """Prose in canonical HTML, printed by `{{p … }}` as paragraphs, lists and tables.

    One paragraph of it is also printed by `{{r … }}` in a line, with its emphasis, links and breaks.
    `key` names it when something is wrong with it. A heading `h3` takes the style of heading level
    `heading_level`, `h4` that of the next. `list_labels` say how the numbers of its lists are written, level by
    level, with `{}` for the number: `("{}.", "({})")`; deeper levels are written `1.` as all lists are. It is true in
    a condition when it has text. Printed, it is marked as the region of the text with the key `region`, where it has
    one.

    With `numbered`, its paragraphs take the style that numbers them, but for those that go on without a number.
    `run_in` is a title of its own that opens the first paragraph; it is printed with the text and is no part of it.
    """

    __slots__ = ("_heading_level", "_html", "_key", "_list_labels", "_numbered", "_region", "_run_in")

    def __init__(
        self,
        html: str,
        key: str,
        heading_level: int = 3,
        *,
        list_labels: tuple[str, ...] = (),
        numbered: bool = False,
        run_in: str = "",
        region: str | None = None,
    ) -> None:
        self._html = html
        self._key = key
        self._heading_level = heading_level
        self._list_labels = list_labels
        self._numbered = numbered
        self._run_in = run_in
        self._region = region

    def __bool__(self) -> bool:
        return bool(self._html)

    def __copy__(self) -> "Narrative":
        return Narrative(
            self._html,
            self._key,
            self._heading_level,
            list_labels=self._list_labels,
            numbered=self._numbered,
            run_in=self._run_in,
            region=self._region,
        )

    def __repr__(self) -> str:
        stated = {
            "list_labels": self._list_labels,
            "numbered": self._numbered,
            "run_in": self._run_in,
            "region": self._region,
        }
        said = "".join(f", {name}={value!r}" for name, value in stated.items() if value)
        return f"Narrative({self._html!r}, {self._key!r}, {self._heading_level}{said})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Narrative) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self._html, self._key, self._heading_level, self._list_labels, self._numbered, self._run_in))


def html_of(narrative: Narrative) -> str:
    """The narrative as it was given: canonical HTML."""
    return narrative._html


def key_of(narrative: Narrative) -> str:
    """The key under which the narrative is known."""
    return narrative._key


def blocks_in(narrative: Narrative) -> tuple[Block, ...]:
    """The narrative's blocks, with the errors of `app.narrative.read`."""
    return read(narrative._html)


def line_in(narrative: Narrative) -> tuple[Inline, ...] | None:
    """The words of a narrative of one paragraph; None where it is more than that."""
    match blocks_in(narrative):
        case ():
            return ()
        case (Paragraph(inlines),):
            return inlines
    return None


def text_in(narrative: Narrative) -> str:
    """The narrative's words as plain text."""
    return plain_text(narrative._html)


def files_in(context: Mapping[str, Any]) -> list[str]:
    """The digests of the pictures that a context shows, by themselves and in narratives, each once."""
    return list(dict.fromkeys(digest for value in printables_in(context) for digest in _files_of(value)))


def narratives_in(context: Mapping[str, Any]) -> Iterator[Narrative]:
    """The narratives of a context, in its order."""
    return (value for value in printables_in(context) if isinstance(value, Narrative))


def _files_of(value: "Printable") -> list[str]:
    if isinstance(value, Picture):
        return [value._digest]
    # Few narratives show pictures; the others need not be read for that.
    return files_needed(value._html) if isinstance(value, Narrative) and "<img " in value._html else []


def heading_level_of(narrative: Narrative) -> int:
    """The level of the style that its `h3` takes."""
    return narrative._heading_level


def list_labels_of(narrative: Narrative) -> tuple[str, ...]:
    """How the numbers of its lists are written, level by level; empty where as everywhere."""
    return narrative._list_labels


def is_numbered(narrative: Narrative) -> bool:
    """Whether its paragraphs are numbered."""
    return narrative._numbered


def run_in_of(narrative: Narrative) -> str:
    """The title that opens its first paragraph; empty where there is none."""
    return narrative._run_in


class Picture:
    """A stored picture, printed by `{{p … }}` in a paragraph of its own or by `{{r … }}` in the line of the text.

    `digest` is the SHA-256 of its bytes, `alt` says what it shows. It is `width` millimetres wide, or as wide as it is
    at 96 pixels to the inch, and never wider than the text. Without a description it raises `TemplateFails`.
    """

    __slots__ = ("_alt", "_digest", "_width")

    def __init__(self, digest: str, alt: str, *, width: float | None = None) -> None:
        if not alt.strip():
            raise TemplateFails("A picture needs a description for those who cannot see it.", digest)
        self._digest = digest
        self._alt = alt
        self._width = _width_of(width, digest)

    def __repr__(self) -> str:
        said = f", width={self._width!r}" if self._width else ""
        return f"Picture({self._digest!r}, {self._alt!r}{said})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self._digest, self._alt, self._width))


class Chart:
    """A chart, printed by `{{p … }}` in a paragraph of its own or by `{{r … }}` in the line of the text.

    `html` is a narrative of nothing but a `figure` with `data-chart`; anything else raises `TemplateFails`. In a
    paragraph of its own it is printed as narratives print it, with its caption and, where it is shown, its table; in a
    line its description says them. It is `width` millimetres wide, or as wide as the text and never wider. `key`
    names it when something is wrong with it.
    """

    __slots__ = ("_figure", "_html", "_key", "_width")

    def __init__(self, html: str, key: str, *, width: float | None = None) -> None:
        match read(html):
            case (Figure(content=_Chart()) as figure,):
                self._figure = figure
            case _:
                raise TemplateFails("This is no chart: it is a figure with data-chart and nothing besides.", key)
        self._html = html
        self._key = key
        self._width = _width_of(width, key)

    def __repr__(self) -> str:
        said = f", width={self._width!r}" if self._width else ""
        return f"Chart({self._html!r}, {self._key!r}{said})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chart) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self._html, self._key, self._width))


def _width_of(stated: float | None, where: str) -> float | None:
    if stated is not None and not 0 < stated <= _WIDEST:
        raise TemplateFails(f"A picture or chart is more than 0 and at most {_WIDEST} millimetres wide.", where)
    return stated


def figure_of(value: Picture | Chart) -> Figure:
    """What is drawn, with the caption of a chart."""
    return value._figure if isinstance(value, Chart) else Figure(_Picture(value._digest, value._alt))


def width_of(value: Picture | Chart) -> float | None:
    """How wide it is to be, in millimetres, where that is stated."""
    return value._width


class Coloured:
    """A word on a colour, printed by `{{r … }}`: bold, in `foreground`, shaded in `background`.

    Both are six hexadecimal digits, red, green, blue; anything else raises `TemplateFails`. The shading goes
    with the word, so that it is legible even where the cell around it has no colour. Printed, it is marked as the
    region of the text with the key `region`, where it has one.
    """

    __slots__ = ("_background", "_foreground", "_region", "_text")

    def __init__(self, text: str, background: str, foreground: str, *, region: str | None = None) -> None:
        for colour in (background, foreground):
            if not _COLOUR.fullmatch(colour):
                raise TemplateFails(f"“{colour}” is not a colour such as 2E7D32.", text)
        self._text = text
        self._region = region
        self._background = background.upper()
        self._foreground = foreground.upper()

    def __bool__(self) -> bool:
        return bool(self._text)

    def __copy__(self) -> "Coloured":
        copied = Coloured.__new__(Coloured)  # whose colours were read
        copied._text, copied._region = self._text, self._region
        copied._background, copied._foreground = self._background, self._foreground
        return copied

    def __html__(self) -> str:
        look = f'<w:b/><w:bCs/><w:color w:val="{self._foreground}"/>'
        shading = f'<w:shd w:val="clear" w:color="auto" w:fill="{self._background}"/>'
        return run(self._text, look + shading)

    def __str__(self) -> str:
        raise TemplateFails("A coloured word is printed as it is, without a filter.", self._text)

    def __repr__(self) -> str:
        said = f", region={self._region!r}" if self._region else ""
        return f"Coloured({self._text!r}, {self._background!r}, {self._foreground!r}{said})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coloured) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self._text, self._background, self._foreground))


Opaque: TypeAlias = Narrative | Coloured | Picture | Chart
"""What a template can print and look no further into."""


def plain_words(value: Any) -> str:
    """The words of a value that a template must print; of any other value, nothing."""
    match value:
        case Narrative():
            return text_in(value)
        case Coloured():
            return words_of(value)
        case Fact():
            return str(value)
        case _:
            return ""


Printable: TypeAlias = Opaque | Fact
"""What a template must print where it is not empty."""


def words_of(value: Opaque) -> str:
    """The words that a reader knows the value by: its text, or what a picture shows."""
    match value:
        case Coloured():
            return value._text
        case Narrative():
            return text_in(value) or key_of(value)
        case Picture():
            return value._alt
    return value._key


def region_of(value: Narrative | Coloured | Fact) -> str | None:
    """The key of the stored text that the value prints, where it prints one as it stands."""
    return value._region


_PRINTABLE = frozenset({Narrative, Coloured, Picture, Chart, Fact})
_PLAIN = frozenset({str, int, float, bool, type(None)})  # nearly everything is


def printables_in(context: Mapping[str, Any]) -> list[Printable]:
    """Everything in the context that must be printed: what lies less deep before what lies deeper."""
    found: list[Printable] = []
    groups: list[Any] = [context]
    for group in groups:  # grows as it is gone through
        for value in group.values() if type(group) is dict or isinstance(group, Mapping) else group:
            kind = type(value)
            if kind in _PLAIN:
                continue
            if kind in _PRINTABLE:
                found.append(value)
            elif kind is dict or kind is list or isinstance(value, Mapping | tuple):
                groups.append(value)
    return found


def placed(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything in a context that is no group and no list, with the path that names it: `sections[2].heading`."""
    match value:
        case Mapping():
            for name, inner in value.items():
                yield from placed(inner, f"{path}.{name}" if path else str(name))
        case list() | tuple():
            for number, inner in enumerate(value):
                yield from placed(inner, f"{path}[{number}]")
        case _:
            yield path, value
