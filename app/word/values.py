"""Values that a template can print and do nothing else with: they have no attributes that it could reach."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.narrative import Block, files_needed, read
from app.narrative import text as plain_text
from app.word.refusals import TemplateFails
from app.word.xmltext import run

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")


class Narrative:
    """Prose in canonical HTML, printed by `{{p … }}` as paragraphs, lists and tables.

    `key` names it when something is wrong with it. A heading `h3` takes the style of heading level
    `heading_level`, `h4` that of the next. It is true in a condition when it has text.
    """

    __slots__ = ("_heading_level", "_html", "_key")

    def __init__(self, html: str, key: str, heading_level: int = 3) -> None:
        self._html = html
        self._key = key
        self._heading_level = heading_level

    def __bool__(self) -> bool:
        return bool(self._html)

    def __repr__(self) -> str:
        return f"Narrative({self._html!r}, {self._key!r}, {self._heading_level})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Narrative) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self._html, self._key, self._heading_level))


def key_of(narrative: Narrative) -> str:
    """The key under which the narrative is known."""
    return narrative._key


def blocks_in(narrative: Narrative) -> tuple[Block, ...]:
    """The narrative's blocks, with the errors of `app.narrative.read`."""
    return read(narrative._html)


def text_in(narrative: Narrative) -> str:
    """The narrative's words as plain text."""
    return plain_text(narrative._html)


def files_in(context: Mapping[str, Any]) -> list[str]:
    """The digests of the pictures that the narratives of a context show, each once."""
    return list(dict.fromkeys(digest for narrative in _narratives(context) for digest in _files_of(narrative)))


def _narratives(value: Any) -> Iterator[Narrative]:
    if isinstance(value, Narrative):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _narratives(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _narratives(inner)


def _files_of(narrative: Narrative) -> list[str]:
    # Few narratives show pictures; the others need not be read for that.
    return files_needed(narrative._html) if "<img " in narrative._html else []


def heading_level_of(narrative: Narrative) -> int:
    """The level of the style that its `h3` takes."""
    return narrative._heading_level


class Coloured:
    """A word on a colour, printed by `{{r … }}`: bold, in `foreground`, shaded in `background`.

    Both are six hexadecimal digits, red, green, blue; anything else raises `TemplateFails`. The shading goes
    with the word, so that it is legible even where the cell around it has no colour.
    """

    __slots__ = ("_background", "_foreground", "_text")

    def __init__(self, text: str, background: str, foreground: str) -> None:
        for colour in (background, foreground):
            if not _COLOUR.fullmatch(colour):
                raise TemplateFails(f"“{colour}” is not a colour such as 2E7D32.", text)
        self._text = text
        self._background = background.upper()
        self._foreground = foreground.upper()

    def __html__(self) -> str:
        look = f'<w:b/><w:bCs/><w:color w:val="{self._foreground}"/>'
        shading = f'<w:shd w:val="clear" w:color="auto" w:fill="{self._background}"/>'
        return run(self._text, look + shading)

    def __str__(self) -> str:
        raise TemplateFails("A coloured word is printed as it is, without a filter.", self._text)

    def __repr__(self) -> str:
        return f"Coloured({self._text!r}, {self._background!r}, {self._foreground!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coloured) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self._text, self._background, self._foreground))


def words_of(coloured: Coloured) -> str:
    """The text of a coloured word."""
    return coloured._text
