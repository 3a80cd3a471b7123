"""Two documents as one text, with everything that was inserted, deleted or reworded, and the list of these changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from app import word
from app.compare.pairing import paired
from app.compare.wording import Piece, alikeness, pieces
from app.word import Saying, Tabled

Fate: TypeAlias = Literal["same", "changed", "gone", "new"]

LONGEST_EXCERPT = 160
"""Characters of a change that its list shows of the old text and of the new one."""


@dataclass(frozen=True)
class Said:
    """A paragraph of either document; `change` is the number of the change that it is, from 1; None: it is the same."""

    fate: Fate
    pieces: tuple[Piece, ...]
    number: str
    level: int | None
    change: int | None


@dataclass(frozen=True)
class Row:
    """A row of a table, cell by cell."""

    fate: Fate
    cells: tuple[tuple[Piece, ...], ...]
    change: int | None


@dataclass(frozen=True)
class Table:
    """A table of either document; its first `heads` rows are headings."""

    rows: tuple[Row, ...]
    heads: int

    @property
    def is_changed(self) -> bool:
        """Whether any row is not the same."""
        return any(row.change for row in self.rows)


@dataclass(frozen=True)
class Change:
    """One change: under which heading, and what became of the words of a paragraph or row, its cells parted by “|”."""

    number: int
    heading: str
    """Empty: before the first one."""
    fate: Fate
    what: Literal["heading", "paragraph", "row"]
    pieces: tuple[Piece, ...]

    @property
    def old(self) -> str:
        """The words before the change, shortened; empty where it is new."""
        return _excerpt([piece for piece in self.pieces if piece.kind != "new"]) if self.fate != "new" else ""

    @property
    def new(self) -> str:
        """The words after the change, shortened; empty where it is gone."""
        return _excerpt([piece for piece in self.pieces if piece.kind != "gone"]) if self.fate != "gone" else ""


@dataclass(frozen=True)
class Comparison:
    """Both documents as one, in reading order, and every change in that order."""

    passages: tuple[Said | Table, ...]
    changes: tuple[Change, ...]


def compare(old: bytes, new: bytes) -> Comparison:
    """What the new document says otherwise than the old one: words of paragraphs, tables and footnotes.

    Looks are not compared, nor the numbers that Word prints, which move with what stands before them; headers and
    footers say what the front sheet says. Raises `word.UnreadableTemplate` when either is no document.
    """
    teller = _Teller()
    passages = tuple(teller.passages(word.story(old), word.story(new)))
    return Comparison(passages, tuple(teller.changes))


class _Teller:
    """Tells the two as one, and counts changes along the way."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.heading = ""

    def passages(self, old: Sequence[word.Passage], new: Sequence[word.Passage]) -> Iterator[Said | Table]:
        for before, after in paired(old, new, _alike):
            if isinstance(before, Tabled) or isinstance(after, Tabled):
                yield self._table(before, after)
            else:
                yield self._said(before, after)

    def _said(self, before: Saying | None, after: Saying | None) -> Said:
        there = after or before or Saying("")
        if there.level is not None:
            self.heading = there.words
        told = pieces(before.words if before else "", after.words if after else "")
        what: Literal["heading", "paragraph"] = "paragraph" if there.level is None else "heading"
        fate, change = self._count(told, before is None, after is None, what)
        return Said(fate, told, there.number, there.level, change)

    def _table(self, before: word.Passage | None, after: word.Passage | None) -> Table:
        old = before if isinstance(before, Tabled) else Tabled(())
        new = after if isinstance(after, Tabled) else Tabled(())
        rows = [self._row(*row) for row in paired(old.rows, new.rows, _rows_alike)]
        heads = new.heads if after is not None else old.heads
        # A heading row that is gone would stand among those that are there: it is a row like any other then.
        heads = heads if all(row.change is None or row.fate == "changed" for row in rows[:heads]) else 0
        return Table(tuple(rows), heads)

    def _row(self, before: tuple[str, ...] | None, after: tuple[str, ...] | None) -> Row:
        old, new = before or (), after or ()
        width = max(len(old), len(new))
        cells = tuple(
            pieces(old[place] if place < len(old) else "", new[place] if place < len(new) else "")
            for place in range(width)
        )
        told = tuple(_side_by_side(cells))
        fate, change = self._count(told, before is None, after is None, "row")
        return Row(fate, cells, change)

    def _count(
        self, told: Sequence[Piece], is_new: bool, is_gone: bool, what: Literal["heading", "paragraph", "row"]
    ) -> tuple[Fate, int | None]:
        if not is_new and not is_gone and all(piece.kind == "same" for piece in told):
            return "same", None
        fate: Fate = "new" if is_new else "gone" if is_gone else "changed"
        number = len(self.changes) + 1
        self.changes.append(Change(number, self.heading, fate, what, tuple(told)))
        return fate, number


def _alike(before: word.Passage, after: word.Passage) -> float:
    if isinstance(before, Saying) and isinstance(after, Saying):
        return alikeness(before.words, after.words) if (before.level is None) == (after.level is None) else 0.0
    if isinstance(before, Tabled) and isinstance(after, Tabled):
        if before.heads and before.rows[: before.heads] == after.rows[: after.heads]:
            return 1.0
        return alikeness(_words_of(before), _words_of(after))
    return 0.0


def _words_of(table: Tabled) -> str:
    return " ".join(cell for row in table.rows for cell in row)


def _rows_alike(old: tuple[str, ...], new: tuple[str, ...]) -> float:
    # The first cell names a row: with the same name it is the same row, whatever it says.
    share = alikeness(" ".join(old), " ".join(new))
    return 0.5 + share / 2 if old[:1] == new[:1] and any(old[:1]) else share


def _side_by_side(cells: Iterable[tuple[Piece, ...]]) -> Iterator[Piece]:
    for number, cell in enumerate(cells):
        if number:
            yield Piece("same", " | ")
        yield from cell


def _excerpt(told: Sequence[Piece]) -> str:
    """The words, without much of what is the same before and after the change."""
    if not any(piece.kind != "same" for piece in told):
        words = "".join(piece.text for piece in told)
    else:
        first = next(place for place, piece in enumerate(told) if piece.kind != "same")
        lead = "".join(piece.text for piece in told[:first])
        words = (f"… {lead[-40:].lstrip()}" if len(lead) > 60 else lead) + "".join(p.text for p in told[first:])
    words = " ".join(words.split()).strip(" |")
    return words if len(words) <= LONGEST_EXCERPT else f"{words[: LONGEST_EXCERPT - 2].rstrip()} …"
