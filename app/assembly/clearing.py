"""Clearances: what a format wants cleared by a named person, bound to the digest of the text. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from app.assembly.snapshot import ClearanceFacts, PersonFacts, SectionFacts
from app.formats.manifest import Manifest
from app.papers.blocks import BLOCKS, Block, ImplicationsBlock, ImplicationText


@dataclass(frozen=True)
class ToClear:
    """A text that must be cleared before the paper is submitted."""

    place: str
    """`section/KEY` or `implication/KEY`."""
    label: str
    whose: str
    """Who clears it, as the format says."""
    digest: str
    """SHA-256 of the text: another text, another clearance."""


@dataclass(frozen=True)
class Cleared:
    """That a person cleared a text on a day."""

    person: PersonFacts
    day: date


def to_clear(manifest: Manifest, sections: Iterable[SectionFacts]) -> Iterator[ToClear]:
    """Every text of these sections, as the full paper has them, that the format wants cleared."""
    entries = {entry.key: entry for entry in manifest.sections}
    wanted = {implication.key: implication for implication in manifest.implications if implication.clearance}
    for section in sections:
        entry = entries[section.key]
        if entry.clearance and section.blocks:
            text = json.dumps(BLOCKS.dump_python(section.blocks, mode="json"), ensure_ascii=False, sort_keys=True)
            yield ToClear(f"section/{section.key}", section.heading or entry.heading, entry.clearance, _digest(text))
        for key, said in _implications(section.blocks):
            if key in wanted and said.text:
                whose = wanted[key].clearance or ""
                yield ToClear(f"implication/{key}", wanted[key].label, whose, _digest(said.text))


def with_clearances(
    section: SectionFacts, needed: Mapping[str, ToClear], cleared: Mapping[str, Cleared]
) -> SectionFacts:
    """The section with who cleared what of it; what the paper itself says of a needed clearance is not taken."""
    place = f"section/{section.key}"
    facts = None
    if place in needed:
        by = cleared.get(place)
        facts = ClearanceFacts(whose=needed[place].whose, by=by.person if by else None, on=by.day if by else None)
    blocks = tuple(_cleared(block, needed, cleared) for block in section.blocks)
    return section.model_copy(update={"blocks": blocks, "clearance": facts})


def _cleared(block: Block, needed: Mapping[str, ToClear], cleared: Mapping[str, Cleared]) -> Block:
    if not isinstance(block, ImplicationsBlock):
        return block
    entries = dict(block.entries)
    for key, entry in block.entries.items():
        if f"implication/{key}" in needed:
            by = cleared.get(f"implication/{key}")
            said = {"cleared_by": by.person.key if by else None, "cleared_on": by.day if by else None}
            entries[key] = entry.model_copy(update=said)
    return block.model_copy(update={"entries": entries})


def _implications(blocks: Iterable[Block]) -> Iterator[tuple[str, ImplicationText]]:
    for block in blocks:
        if isinstance(block, ImplicationsBlock):
            yield from block.entries.items()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
