"""Clearances: what a format wants cleared by a named person, bound to the digest of the text. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from app.assembly.public_copy import Shown
from app.assembly.snapshot import ClearanceFacts, PersonFacts, SectionFacts, Snapshot, WorkstreamFacts
from app.formats.manifest import Manifest, SectionEntry
from app.papers.blocks import (
    BLOCKS,
    AgainBlock,
    Block,
    ClauseBlock,
    FieldsBlock,
    ImplicationsBlock,
    ImplicationText,
    WorkstreamsBlock,
)


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
    manifest: Manifest, sections: Iterable[SectionFacts], snapshot: Snapshot | None = None
) -> Iterator[ToClear]:
    """Every text of these sections, as the full paper has them, that the format wants cleared.

    `snapshot` has the facts of the full paper, without clearances; it is needed where a section `prints_other_facts`.
    """
    entries = {entry.key: entry for entry in manifest.sections}
    wanted = {implication.key: implication for implication in manifest.implications if implication.clearance}
    said: dict[str, list[str]] = {}
    for section in sections:
        entry = entries[section.key]
        if entry.clearance and section.blocks:
            text = _own_words(section)
            if snapshot is not None and not _is_own(section):
                text += _json(_printed(snapshot, section.blocks, entry))
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


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _printed(snapshot: Snapshot, blocks: Iterable[Block], entry: SectionEntry) -> list[Any]:
    """What these blocks print in that section that is not written in them, block by block."""
    return [_facts(snapshot, block, entry) for block in blocks]


def _facts(snapshot: Snapshot, block: Block, entry: SectionEntry) -> Any:
    match block:
        case FieldsBlock():
            return _values(snapshot, block.fields)
        case ClauseBlock():
            clause = snapshot.manifest.clause(block.clause)
            return [clause.text, _values(snapshot, clause.placeholders)] if clause else None
        case AgainBlock():
            again = [section for section in snapshot.sections if section.key == block.section]
            others = [inner for section in again for inner in section.blocks if inner.kind != "again"]
            return [_own_words(section) for section in again], _printed(snapshot, others, entry)
        case WorkstreamsBlock():
            return _reported(snapshot, block, entry)
    listed = _LISTED.get(block.kind)
    return [fact.model_dump_json() for fact in listed(snapshot)] if listed else None


_LISTED: Mapping[str, Callable[[Snapshot], Iterable[BaseModel]]] = {
    "outline": lambda snapshot: [
        *(theme.model_copy(update={"introduction": None}) for theme in snapshot.themes),
        *_named(snapshot),
    ],
    "rating-key": lambda snapshot: snapshot.schemes,
    "framework-items": lambda snapshot: [*snapshot.frameworks, *_named(snapshot)],
    "objective": lambda snapshot: snapshot.frameworks,
    "people": lambda snapshot: snapshot.consultees,
    "actions": lambda snapshot: snapshot.actions,
}
"""Kind of block → the facts that it lists."""


def _named(snapshot: Snapshot) -> list[WorkstreamFacts]:
    """The workstreams with no more than their names, their places and what they serve."""
    unsaid: dict[str, Any] = {"owner": None, "needs": {}, "rating_source": None}
    unsaid |= {"updates": (), "unused_wordings": (), "request": None}
    return [workstream.model_copy(update=unsaid) for workstream in snapshot.workstreams]


def _values(snapshot: Snapshot, keys: Iterable[str]) -> Any:
    said = {key: snapshot.paper.fields.get(key) for key in keys}
    persons = {key: snapshot.persons.get(value) for key, value in said.items() if isinstance(value, str)}
    return said, {key: person.model_dump_json() for key, person in persons.items() if person}


def _reported(snapshot: Snapshot, block: WorkstreamsBlock, entry: SectionEntry) -> Any:
    """Of the chosen workstreams, and of the themes above them, that which the block prints.

    With what its ratings are called and mean, and what the workstreams serve where the section says so.
    """
    parents = {theme.key: theme.parent for theme in snapshot.themes}
    shown = Shown([block], {key: list(_path(key, parents)) for key in parents})
    themes = [theme for theme in snapshot.themes if shown.has(theme.key)]
    told = [w for w in snapshot.workstreams if w.chosen and shown.has(w.theme)]
    said = [
        (update.as_at, update.nothing_to_report, update.subject, update.still_true)
        + (shown.of(w.theme, update.parts), {part: own.text for part, own in update.own_wordings.items()})
        + ((update.scheme, *(rating.model_dump_json() for rating in update.ratings)) if block.ratings else ())
        for w in told
        for update in w.updates
    ]
    names = [(w.name, w.rating_source if block.ratings else None, w.owner.name if w.owner else None) for w in told]
    introduced = [theme.introduction.text for theme in themes if block.introductions and theme.introduction]
    used = {update.scheme for w in told for update in w.updates} | {theme.scheme for theme in themes}
    schemes = [scheme.model_dump_json() for scheme in snapshot.schemes if block.ratings and scheme.key in used]
    plans = snapshot.frameworks if entry.workstreams.objectives else ()
    items = {f"{plan.key}/{item.key}": item.model_dump_json() for plan in plans for item in plan.items}
    served = [[items[key] for key in w.serves if key in items] for w in told]
    return names, said, [theme.name for theme in themes], introduced, schemes, served


def _path(theme: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    above: str | None = theme
    while above is not None:
        yield above
        above = parents[above]


def _own_words(section: SectionFacts) -> str:
    return _json(BLOCKS.dump_python(section.blocks, mode="json"))


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
