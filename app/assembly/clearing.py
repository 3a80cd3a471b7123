"""Clearances: what a format wants cleared by a named person, bound to the digest of the text. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from app.assembly.context import PaperContext, for_engine
from app.assembly.snapshot import ClearanceFacts, PersonFacts, SectionFacts
from app.formats.manifest import Manifest
from app.papers.blocks import BLOCKS, Block, ImplicationsBlock, ImplicationText
from app.word import Narrative, html_of, plain_words


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


def prints_other_facts(manifest: Manifest, sections: Iterable[SectionFacts]) -> bool:
    """Whether the format wants a section cleared that prints more than what is written in it."""
    marked = {entry.key for entry in manifest.sections if entry.clearance}
    return any(section.key in marked and not _is_own(section) for section in sections)


def to_clear(
    manifest: Manifest, sections: Iterable[SectionFacts], context: PaperContext | None = None
) -> Iterator[ToClear]:
    """Every text of these sections, as the full paper has them, that the format wants cleared.

    `context` is the paper in words, without clearances; it is needed where a section `prints_other_facts`.
    """
    entries = {entry.key: entry for entry in manifest.sections}
    wanted = {implication.key: implication for implication in manifest.implications if implication.clearance}
    said: dict[str, list[str]] = {}
    for section in sections:
        entry = entries[section.key]
        if entry.clearance and section.blocks:
            text = _json(BLOCKS.dump_python(section.blocks, mode="json"))
            if context is not None and not _is_own(section):
                text += _printed(context, section.key)
            yield ToClear(f"section/{section.key}", section.heading or entry.heading, entry.clearance, _digest(text))
        for key, implication in _implications(section.blocks):
            if key in wanted and implication.text:
                said.setdefault(key, []).append(implication.text)
    for key, texts in said.items():  # written at two places, it is cleared as a whole
        whose = wanted[key].clearance or ""
        yield ToClear(f"implication/{key}", wanted[key].label, whose, _digest("\0".join(texts)))


_OWN = frozenset({"narrative", "table", "nil", "recommendations", "implications", "routing", "appendices", "documents"})
"""Kinds of blocks that print what is written in them, and nothing else."""


def _is_own(section: SectionFacts) -> bool:
    return all(block.kind in _OWN for block in section.blocks)


def _printed(context: PaperContext, key: str) -> str:
    """What stands under the section's heading, but for what is missing there; without places and numbers."""
    lines = [line for section in context.sections if section.key == key for line in section.blocks]
    return _json([for_engine(line) for line in lines if line.kind != "gap"])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_words)


def _words(printed: object) -> str:
    return html_of(printed) if isinstance(printed, Narrative) else plain_words(printed)


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
