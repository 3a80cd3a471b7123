"""What of a format stands in a paper: its conditions held against what the paper's fields say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.assembly.snapshot import SectionFacts, UnprintedSection
from app.formats.fields import Values
from app.formats.manifest import FrontField, Manifest, SectionEntry
from app.papers.blocks import Block, ClauseBlock, NarrativeBlock, filled


@dataclass(frozen=True, slots=True)
class Written:
    """What a paper itself says under a heading."""

    heading: str | None
    blocks: tuple[Block, ...]
    carried: bool = False
    """Whether it is the paper before that says so, and nobody has confirmed it."""


NOTHING = Written(None, ())


@dataclass(frozen=True, slots=True)
class Standing:
    """A format with the values of one paper's fields, for the full paper or its public copy."""

    manifest: Manifest
    values: Values
    public: bool = False

    def rows(self) -> tuple[str, ...]:
        """Keys of the front sheet's rows that stand."""
        fields = self.manifest.every_field
        return tuple(
            row.key
            for row in self.manifest.front_sheet
            if self._stands(row) and not (self.public and row.field_key and not fields[row.field_key].public)
        )

    def sections(self, written: Mapping[str, Written]) -> tuple[SectionFacts, ...]:
        """The sections that stand, with their blocks."""
        return tuple(self._section(entry, written.get(entry.key, NOTHING)) for entry in self._standing())

    def unprinted(self, written: Mapping[str, Written]) -> tuple[UnprintedSection, ...]:
        """The sections under which the full paper says something and which a condition switches off."""
        if self.public:
            return ()
        standing = {entry.key for entry in self._standing()}
        return tuple(
            UnprintedSection(key=entry.key, heading=own.heading or entry.heading)
            for entry in self.manifest.sections
            if entry.key not in standing and _says_something((own := written.get(entry.key, NOTHING)).blocks)
        )

    def _standing(self) -> Iterator[SectionEntry]:
        """The sections that stand; below a heading that does not, none does: it would belong to another."""
        above = True
        for entry in self.manifest.sections:
            if entry.level == 1:
                above = self._stands(entry)
            if above and self._stands(entry):
                yield entry

    def _stands(self, entry: FrontField | SectionEntry) -> bool:
        return (entry.public or not self.public) and (entry.when is None or entry.when.holds(self.values))

    def _section(self, entry: SectionEntry, own: Written) -> SectionFacts:
        blocks = [block for block in filled(entry, own.blocks, self.values) if self._is_printed(block)]
        return SectionFacts(key=entry.key, heading=own.heading, blocks=tuple(blocks), carried=own.carried)

    def _is_printed(self, block: Block) -> bool:
        if self.public and not block.public:
            return False
        clause = self.manifest.clause(block.clause) if isinstance(block, ClauseBlock) else None
        return clause is None or clause.when is None or clause.when.holds(self.values)


def _says_something(blocks: Iterable[Block]) -> bool:
    return any(not isinstance(block, NarrativeBlock) or block.text for block in blocks)
