"""What of a format stands in a paper: its conditions held against what the paper's fields say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.assembly.snapshot import SectionFacts, UnprintedSection
from app.formats.fields import Values
from app.formats.manifest import Clause, Manifest, SectionEntry
from app.papers.blocks import Block, ClauseBlock, NarrativeBlock, filled


@dataclass(frozen=True, slots=True)
class Written:
    """What a paper itself says under a heading."""

    heading: str | None
    blocks: tuple[Block, ...]


NOTHING = Written(None, ())


@dataclass(frozen=True, slots=True)
class Standing:
    """A format with the values of one paper's fields."""

    manifest: Manifest
    values: Values

    def rows(self) -> tuple[str, ...]:
        """Keys of the front sheet's rows that stand."""
        return tuple(row.key for row in self.manifest.front_sheet if row.when is None or row.when.holds(self.values))

    def sections(self, written: Mapping[str, Written]) -> tuple[SectionFacts, ...]:
        """The sections that stand, with their blocks."""
        return tuple(
            self._section(entry, written.get(entry.key, NOTHING))
            for entry in self.manifest.sections
            if self._stands(entry)
        )

    def unprinted(self, written: Mapping[str, Written]) -> tuple[UnprintedSection, ...]:
        """The sections under which the paper says something and which a condition switches off."""
        return tuple(
            UnprintedSection(key=entry.key, heading=own.heading or entry.heading)
            for entry in self.manifest.sections
            if not self._stands(entry) and _says_something((own := written.get(entry.key, NOTHING)).blocks)
        )

    def _stands(self, entry: SectionEntry | Clause) -> bool:
        return entry.when is None or entry.when.holds(self.values)

    def _section(self, entry: SectionEntry, own: Written) -> SectionFacts:
        blocks = [block for block in filled(entry, own.blocks, self.values) if self._is_printed(block)]
        return SectionFacts(key=entry.key, heading=own.heading, blocks=tuple(blocks))

    def _is_printed(self, block: Block) -> bool:
        clause = self.manifest.clause(block.clause) if isinstance(block, ClauseBlock) else None
        return clause is None or self._stands(clause)


def _says_something(blocks: Iterable[Block]) -> bool:
    return any(not isinstance(block, NarrativeBlock) or block.text for block in blocks)
