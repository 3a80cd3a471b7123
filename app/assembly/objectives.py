"""Which items of plans stand above which bands and workstreams, where a format sets them apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.assembly import items
from app.assembly.context import ObjectiveLine
from app.assembly.snapshot import FrameworkFacts, WorkstreamFacts


@dataclass(frozen=True, slots=True)
class Objectives:
    """The items of the plans, as `framework/item`, in the order of the plans, in words."""

    words: Mapping[str, str]

    @classmethod
    def of(cls, frameworks: Iterable[FrameworkFacts]) -> "Objectives":
        """All items of these frameworks."""
        return cls({f"{plan.key}/{item.key}": items.line(item) for plan in frameworks for item in plan.items})

    def served(self, workstream: WorkstreamFacts) -> list[ObjectiveLine]:
        """What the workstream serves; each line is of its own, so that each must be printed."""
        serves = set(workstream.serves)
        return [ObjectiveLine(text=words) for item, words in self.words.items() if item in serves]

    def above(self, band: Sequence[WorkstreamFacts]) -> tuple[list[ObjectiveLine], dict[str, list[ObjectiveLine]]]:
        """What stands above a band of these workstreams, and above each of them, by reference.

        Where all serve the same, it stands above the band alone; where they do not, each has its own above it, said
        again where it repeats, and the first one's stands above the band.
        """
        served = {workstream.ref: self.served(workstream) for workstream in band}
        first, *others = served.values() or [[]]
        differ = any(other != first for other in others)
        return first, {workstream.ref: served[workstream.ref] for workstream in band[1:]} if differ else {}
