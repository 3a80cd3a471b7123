"""Two texts word by word: what stayed, what is gone, what is new."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["same", "gone", "new"]

_WORD = re.compile(r"\w+(?:[.,’'-]\w+)*|\s+|[^\w\s]")


class Piece(NamedTuple):
    """Some of a text, and what became of it."""

    kind: Kind
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts as one: the pieces that are not new make the old text, those that are not gone the new one.

    Whole words are gone or new; what is gone stands before what is new in its place.
    """
    if old == new:
        return (Piece("same", new),) if new else ()
    before, after = _WORD.findall(old), _WORD.findall(new)
    return tuple(piece for piece in _changes(before, after) if piece.text)


def alikeness(old: str, new: str) -> float:
    """Which share of the words two texts have in common, wherever they stand: from 0 to 1; nothing is like nothing."""
    before, after = Counter(_words(old)), Counter(_words(new))
    total = before.total() + after.total()
    return 2 * (before & after).total() / total if total else 1.0


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text) if not word.isspace()]


def _changes(before: list[str], after: list[str]) -> Iterator[Piece]:
    gone, new = "", ""
    for deed, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same = "".join(after[k:m]) if deed == "equal" else ""
        if same and not (same.isspace() and (gone or new) and m < len(after)):
            yield from (Piece("gone", gone), Piece("new", new), Piece("same", same))
            gone, new = "", ""
        else:
            # A blank between two changed words belongs to the change: a reader sees one, not two.
            gone += "".join(before[i:j])
            new += "".join(after[k:m])
    yield from (Piece("gone", gone), Piece("new", new))
