"""What the narratives of one document need of its other parts, written down while they are printed."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.narrative import NumberType
from app.word.marks import BOOKMARKS_EACH, Free, Mark, name_of
from app.word.namespaces import HYPERLINK
from app.word.numbering import PLAIN_LABEL, OrderedList


class Ids(Protocol):
    """Hands out the ids that words, lists and links have in a document."""

    def bullets(self) -> int | str:
        """The id of the document's bullets."""

    def ordered_list(self, level: int, number_type: NumberType, start: int, label: str = PLAIN_LABEL) -> int | str:
        """The id of a new list of its own."""

    def link(self, address: str) -> str:
        """The id of the relationship that leads to this address."""


@dataclass(slots=True)
class Ledger:
    """Hands out ids in the order of printing, so that equal facts give equal ids.

    `part` is the part that is being printed; relationships belong to it, lists to the whole document.
    """

    first_list_id: int
    first_relationship: Mapping[str, int]  # by part; 1 for a part that has no relationships yet
    free: Free
    part: str = ""
    turned: bool = False  # whether some page is turned
    _charts: int = 0
    _marks: list[Mark] = field(default_factory=list)
    _lists: list[OrderedList | None] = field(default_factory=list)
    _bullets: int | None = None
    _relations: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)  # (kind, target) → id, by part
    _added: dict[str, bytes] = field(default_factory=dict)

    def enter(self, part: str) -> None:
        """From now on this part is printed."""
        self.part = part

    def bullets(self) -> int:
        """The id of the document's bullets; they count nothing, so all bulleted lists share it."""
        if self._bullets is None:
            self._bullets = self._add(None)
        return self._bullets

    def ordered_list(self, level: int, number_type: NumberType, start: int, label: str = PLAIN_LABEL) -> int:
        """The id of a new list of its own, at a level from 0; its numbers stand for the `{}` of the label."""
        return self._add(OrderedList(level, number_type, start, label))

    def link(self, address: str) -> str:
        """The id of the relationship that leads from the current part to this address."""
        return self._relate(HYPERLINK, address)

    def relate(self, kind: str, part: str) -> str:
        """The id of the relationship of this kind that leads from the current part to another part."""
        return self._relate(kind, posixpath.relpath(part, posixpath.dirname(self.part)))

    def add(self, part: str, content: bytes) -> None:
        """A part that the document needs besides those of the template; named again, it is the same one."""
        self._added.setdefault(part, content)

    def next_chart(self) -> int:
        """The number of the next chart, from the first that is free."""
        self._charts += 1
        return self.free.chart + self._charts - 1

    def mark(self, key: str, heading_level: int | None = None, *, in_table: bool = False, in_line: bool = False) -> int:
        """The number of the bookmark for a stretch that prints the text with this key; printed again, it has another.

        `heading_level`, `in_table` and `in_line` are those of `Mark`.
        """
        number = self.free.bookmark + BOOKMARKS_EACH * len(self._marks)
        self._marks.append(Mark(name_of(number), key, heading_level, in_table, in_line))
        return number

    def marks(self) -> list[Mark]:
        """Every stretch, in the order of printing."""
        return self._marks

    def lists(self) -> Iterator[tuple[int, OrderedList | None]]:
        """Every list with its id; None stands for the bullets."""
        return enumerate(self._lists, self.first_list_id)

    def links(self) -> Iterator[tuple[str, dict[str, str]]]:
        """For each part that has links: the part, and relationship ids with their addresses."""
        for part, relations in self._relations.items():
            if links := {identifier: target for (kind, target), identifier in relations.items() if kind == HYPERLINK}:
                yield part, links

    def relations(self) -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
        """For each part that leads to other parts: the part, and relationship ids with kinds and targets."""
        for part, relations in self._relations.items():
            inner = {identifier: relation for relation, identifier in relations.items() if relation[0] != HYPERLINK}
            if inner:
                yield part, inner

    def added(self) -> Mapping[str, bytes]:
        """The parts that the document needs besides those of the template, by name."""
        return self._added

    def _relate(self, kind: str, target: str) -> str:
        relations = self._relations.setdefault(self.part, {})
        if (kind, target) not in relations:
            relations[kind, target] = f"rId{self.first_relationship.get(self.part, 1) + len(relations)}"
        return relations[kind, target]

    def _add(self, needed: OrderedList | None) -> int:
        self._lists.append(needed)
        return self.first_list_id + len(self._lists) - 1
