"""The tags of a part, found in one pass over its text, before anything that understands them.

What translates tags are regular expressions: a tag that is never closed, or that swallows the end of a cell, makes
them go through the rest of the part again and again. So the tags are counted, measured and held to their places
here, in time that grows with the length of the part and no faster.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, NamedTuple

MAX_TAG = 4_000
"""Characters of one tag, as a reader sees it."""
MAX_TAGS = 5_000
"""Tags of one part."""
MAX_TAGGED = 200_000
"""Characters of all tags of one part together."""
MAX_MISUSES = 100
"""After so many the scan stops: nobody reads on."""

_TOO_MANY = (
    f"There are more than {MAX_TAGS:,} tags in this part, and it may have no more: print what repeats in a loop."
)

MisuseKind = Literal["unclosed", "too-long", "too-many", "crossing", "misplaced", "stray"]


class Misuse(NamedTuple):
    """A tag that is not as tags are: its kind, and where it stands.

    `paragraph` counts the part's paragraphs from 0 and is -1 outside them; `text` is that paragraph's text without
    its elements and `offset` the place of the tag in it, 0 where it stands in an attribute; `what` is a sentence.
    A `stray` end of a tag is printed as it is typed; with every other kind the part cannot be filled.
    """

    kind: MisuseKind
    paragraph: int
    offset: int
    text: str
    what: str


_PIECE = re.compile(r"<[^>]*>|[^<]+")
_NAME_END = re.compile(r"[\s/>]")
_OPENING = re.compile(r"\{[{%#]")
_CLOSING = re.compile(r"\}\}|%\}|#\}")
_END_OF = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OF_A_CELL = re.compile(r"\s*(colspan|cellbg|vm|hm)\b")
_OF_AN_ELEMENT = re.compile(r"(tr|tc|p|r) ")
_HOLDERS = {"tr": "a table row", "tc": "a table cell", "p": "a paragraph", "r": "a paragraph"}
_SHOWN = 40


@dataclass(slots=True, eq=False)
class _Cell:
    """A table cell: what docxtpl's merging of cells relies on."""

    has_text: bool = False
    has_table: bool = False
    late_properties: bool = False
    properties: int = 0
    merges: int = 0


@dataclass(slots=True, eq=False)
class _Path:
    """An element and those around it, by name: one object for each path that the part has."""

    name: str
    around: "_Path | None" = None
    inner: "dict[str, _Path]" = field(default_factory=dict)

    def into(self, name: str) -> "_Path":
        return self.inner.setdefault(name, _Path(name, self))

    def holds(self, name: str) -> bool:
        """Whether this element or one around it has the name."""
        at: _Path | None = self
        while at and at.name != name:
            at = at.around
        return at is not None


class _Stretch(NamedTuple):
    """Text between two elements: where it begins in all text, the elements around it, its paragraph and its cell."""

    start: int
    path: _Path
    paragraph: int
    cell: _Cell | None


@dataclass(slots=True)
class _Text:
    """All text of a part in one string, and where each piece of it stands."""

    words: str = ""
    stretches: list[_Stretch] = field(default_factory=list)
    attributes: list[tuple[int, str, int]] = field(default_factory=list)  # with tags: place, element, paragraph
    paragraphs: list[list[str]] = field(default_factory=list)
    first: list[int] = field(default_factory=list)  # where the text of each paragraph begins

    def at(self, place: int) -> _Stretch:
        return self.stretches[bisect_right(self.stretches, place, key=lambda stretch: stretch.start) - 1]

    def has_tags_between(self, start: int, end: int) -> bool:
        """Whether an element between these places has a brace in its attributes."""
        after = bisect_right(self.attributes, start, key=lambda found: found[0])
        return after < len(self.attributes) and self.attributes[after][0] <= end

    def misuse(self, kind: MisuseKind, place: int, what: str) -> Misuse:
        paragraph = self.at(place).paragraph if self.stretches else -1
        return self.misuse_in(kind, paragraph, place - self.first[paragraph] if paragraph >= 0 else place, what)

    def misuse_in(self, kind: MisuseKind, paragraph: int, offset: int, what: str) -> Misuse:
        text = "".join(self.paragraphs[paragraph]) if paragraph >= 0 else ""
        return Misuse(kind, paragraph, offset, text, what)


def misuses_in(xml: str) -> list[Misuse]:
    """What is wrong with the tags of a part, in the order of its text: at most `MAX_MISUSES`, and as many strays.

    The part is XML as lxml writes it, without comments and processing instructions.
    """
    text = _read(xml)
    return _first(chain(_misuses(text), _misuses_in_attributes(text)))


def misuses_in_words(words: str) -> list[Misuse]:
    """What is wrong with the tags of a plain text, such as a document property, as of one paragraph."""
    text = _Text(words, [_Stretch(0, _Path("w:t", _Path("w:p")), 0, None)], [], [[words]], [0])
    return _first(_misuses(text))


def _first(misuses: Iterable[Misuse]) -> list[Misuse]:
    """The first of them; strays, which do no harm, take no room from the others."""
    room, room_for_strays = MAX_MISUSES, MAX_MISUSES
    found = []
    for misuse in misuses:
        if misuse.kind == "stray":
            room_for_strays -= 1
        else:
            room -= 1
        if misuse.kind != "stray" or room_for_strays >= 0:
            found.append(misuse)
        if not room:
            break
    return found


def _read(xml: str) -> _Text:
    text, pieces, place = _Text(), [], 0
    reader = _Reader(text)
    for found in _PIECE.finditer(xml):
        piece = found.group()
        if piece[0] != "<":
            reader.read(piece, place)
            pieces.append(piece)
            place += len(piece)
        elif piece[1] == "/":
            reader.close()
        else:
            reader.open(piece, place)
    text.words = "".join(pieces)
    return text


@dataclass(slots=True)
class _Reader:
    """What is open where the reading has come to: text boxes stand in paragraphs, and tables in cells of others."""

    text: _Text
    path: _Path = field(default_factory=lambda: _Path(""))
    cells: list[_Cell] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)

    def read(self, words: str, place: int) -> None:
        if self.cells and self.path.name == "w:t":
            self.cells[-1].has_text = True
        paragraph = -1
        if self.paragraphs:
            paragraph = self.paragraphs[-1]
            self.text.paragraphs[paragraph].append(words)
        self.text.stretches.append(_Stretch(place, self.path, paragraph, self.cells[-1] if self.cells else None))

    def open(self, element: str, place: int) -> None:
        name = element[1 : _NAME_END.search(element, 1).start()]  # type: ignore[union-attr]  # `>` is there
        if "{" in element:
            self.text.attributes.append((place, element, self.paragraphs[-1] if self.paragraphs else -1))
        if self.cells and name == "w:tcPr":
            self.cells[-1].properties += 1
            self.cells[-1].late_properties |= self.cells[-1].has_text
        elif self.cells and name == "w:tbl":
            self.cells[-1].has_table = True
        if name == "w:p":
            self.text.paragraphs.append([])
            self.text.first.append(place)
        if element.endswith("/>"):
            return
        self.path = self.path.into(name)
        if name == "w:tc":
            self.cells.append(_Cell())
        elif name == "w:p":
            self.paragraphs.append(len(self.text.paragraphs) - 1)

    def close(self) -> None:
        if self.path.name == "w:tc":
            self.cells.pop()
        elif self.path.name == "w:p":
            self.paragraphs.pop()
        self.path = self.path.around or self.path


def _misuses(text: _Text) -> Iterator[Misuse]:
    words, place, count, tagged = text.words, 0, 0, 0
    last = {end: words.rfind(end) for end in _END_OF.values()}
    while opening := _OPENING.search(words, place):
        yield from _strays(text, place, opening.start())
        count += 1
        if count > MAX_TAGS:
            yield text.misuse("too-many", opening.start(), _TOO_MANY)
            return
        closer = _END_OF[opening.group()]
        start, inner = opening.span()
        end = words.find(closer, inner, inner + MAX_TAG)
        if end < 0 and last[closer] > inner and not _OPENING.search(words, inner, inner + MAX_TAG):
            yield text.misuse("too-long", start, f"{_quoted(words, start)} is longer than {MAX_TAG:,} characters.")
            return
        following = _OPENING.search(words, inner, end if end >= 0 else inner + MAX_TAG)
        if end < 0 or (following and opening.group() != "{#"):
            shown = _quoted(words, start, following.start() if following else None)
            yield text.misuse("unclosed", start, f"{shown} is not closed: “{closer}” is missing.")
            place = following.start() if following else inner
            continue
        if following and not _is_whole(words[inner:end]):
            shown = _quoted(words, start, end + 2)
            yield text.misuse("unclosed", start, f"The comment {shown} holds a tag that is not closed.")
        place = end + len(closer)
        tagged += place - start
        if tagged > MAX_TAGGED:
            yield text.misuse("too-many", start, f"The tags of this part have more than {MAX_TAGGED:,} characters.")
            return
        yield from _misplaced(text, start, end)
    yield from _strays(text, place, len(words))


def _strays(text: _Text, start: int, end: int) -> Iterator[Misuse]:
    for found in _CLOSING.finditer(text.words, start, end):
        yield text.misuse("stray", found.start(), f"“{found.group()}” ends a tag that does not begin.")


def _is_whole(comment: str) -> bool:
    """Whether every tag that begins in a comment ends in it."""
    place = 0
    while opening := _OPENING.search(comment, place):
        end = comment.find(_END_OF[opening.group()], opening.end())
        if end < 0 or opening.group() == "{#":
            return False
        place = end
    return True


def _misplaced(text: _Text, start: int, end: int) -> Iterator[Misuse]:
    """What is wrong with the place of a tag that is whole; `end` is where its two last characters begin."""
    first, final, words = text.at(start), text.at(end + 1), text.words
    shown = _quoted(words, start, end + 2)
    if first.path is not final.path or text.has_tags_between(start, end + 1):
        yield text.misuse(
            "crossing", start, f"{shown} begins in one place (cell, paragraph or link) and ends in another."
        )
        return
    inner = words[start + 2 : end]
    if (special := _OF_A_CELL.match(inner)) and words[start + 1] == "%":
        if first.cell is None or first.path.name != "w:t" or "%" in inner:
            yield text.misuse("misplaced", start, f"{shown} belongs into the text of a table cell.")
        elif special.group(1) in {"vm", "hm"}:
            yield from _merged(text, start, shown, first.cell)
    elif (special := _OF_AN_ELEMENT.match(inner)) and not _stands_in(special.group(1), first.path):
        yield text.misuse("misplaced", start, f"{shown} belongs into {_HOLDERS[special.group(1)]}.")


def _merged(text: _Text, start: int, shown: str, cell: _Cell) -> Iterator[Misuse]:
    cell.merges += 1
    if cell.merges > 2 or cell.has_table or cell.late_properties or cell.properties > 1:
        yield text.misuse("misplaced", start, f"{shown} belongs into a simple table cell, once, without another table.")


def _stands_in(name: str, path: _Path) -> bool:
    return path.holds(f"w:{name}") or (name == "r" and path.name == "w:p")


def _misuses_in_attributes(text: _Text) -> Iterator[Misuse]:
    count = 0
    for _, element, paragraph in text.attributes:
        place = 0
        while opening := _OPENING.search(element, place):
            count += 1
            closer = _END_OF[opening.group()]
            end = element.find(closer, opening.end(), opening.end() + MAX_TAG)
            inner = element[opening.end() : end]
            shown = _quoted(element, opening.start(), end + 2 if end >= 0 else None)
            if count > MAX_TAGS:
                yield text.misuse_in("too-many", paragraph, 0, _TOO_MANY)
                return
            if end < 0 or '"' in inner or _OPENING.search(inner):
                yield text.misuse_in("unclosed", paragraph, 0, f"{shown} is not closed: “{closer}” is missing.")
                return
            if _OF_A_CELL.match(inner) or _OF_AN_ELEMENT.match(inner):
                yield text.misuse_in("misplaced", paragraph, 0, f"{shown} does not belong into a description.")
            place = end + len(closer)


def _quoted(words: str, start: int, end: int | None = None) -> str:
    last = len(words) if end is None else end
    shown = " ".join(words[start : min(start + _SHOWN, last)].split())
    return f"“{shown}{'…' if last > start + _SHOWN else ''}”"
