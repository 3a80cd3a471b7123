"""What the narratives of one document need of its other parts, written down while they are printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.narrative import NumberType
from app.word.numbering import OrderedList


@dataclass(slots=True)
class Ledger:
    """Hands out ids in the order of printing, so that equal facts give equal ids.

    `part` is the part that is being printed; relationships belong to it, lists to the whole document.
    """

    first_list_id: int
    first_relationship: Mapping[str, int]  # by part; 1 for a part that has no relationships yet
    part: str = ""
    _lists: list[OrderedList | None] = field(default_factory=list)
    _bullets: int | None = None
    _links: dict[str, dict[str, str]] = field(default_factory=dict)

    def enter(self, part: str) -> None:
        """From now on this part is printed."""
        self.part = part

    def bullets(self) -> int:
        """The id of the document's bullets; they count nothing, so all bulleted lists share it."""
        if self._bullets is None:
            self._bullets = self._add(None)
        return self._bullets

    def ordered_list(self, level: int, number_type: NumberType, start: int) -> int:
        """The id of a new list of its own, at a level from 0."""
        return self._add(OrderedList(level, number_type, start))

    def link(self, address: str) -> str:
        """The id of the relationship that leads from the current part to this address."""
        links = self._links.setdefault(self.part, {})
        if address not in links:
            links[address] = f"rId{self.first_relationship.get(self.part, 1) + len(links)}"
        return links[address]

    def lists(self) -> Iterator[tuple[int, OrderedList | None]]:
        """Every list with its id; None stands for the bullets."""
        return enumerate(self._lists, self.first_list_id)

    def links(self) -> Iterator[tuple[str, dict[str, str]]]:
        """For each part that has links: the part, and relationship ids with their addresses."""
        for part, links in self._links.items():
            yield part, {identifier: address for address, identifier in links.items()}

    def _add(self, needed: OrderedList | None) -> int:
        self._lists.append(needed)
        return self.first_list_id + len(self._lists) - 1
