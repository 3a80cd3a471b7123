"""The keys of regions: each leads from a stretch of a document back to exactly one stored text of its snapshot.

    section/purpose/1                            the first block of a section: prose, a table, a nil
    section/attachments/2/1                      the first appendix of its second block
    update/procurement/2026-11-30/progress       one part of an update
    own-wording/procurement/2026-11-30/progress  the paper's own wording of that part
    introduction/eastern/2026-09-30              a theme's introduction
    field/urgency                                a row of the front sheet

They are natural keys, without row numbers: the same on another machine or database. `wording` gives them to the values
that print such a text as it stands; what is composed of several facts (outlines, source notes, dates) has none.
"""

from collections.abc import Iterator

from app.assembly.snapshot import Snapshot
from app.assembly.wording import in_words, nil_words, stored_value
from app.narrative import clean
from app.papers import blocks


def stored_texts(snapshot: Snapshot) -> dict[str, str]:
    """Every text of the snapshot that a region may print, as canonical narrative, by its key."""
    return dict([*_fields(snapshot), *_blocks(snapshot), *_introductions(snapshot), *_parts(snapshot)])


def places_of(snapshot: str) -> frozenset[str]:
    """Everything in the snapshot, as `to_json` wrote it, that can be pointed at: `section/KEY`, and every region."""
    facts = Snapshot.from_json(snapshot)
    return frozenset([*(f"section/{section.key}" for section in facts.sections), *stored_texts(facts)])


def places_in_words(snapshot: Snapshot) -> dict[str, str]:
    """The sections of the snapshot and the parts of its updates, by their places, each by a name of its own."""
    headings = {entry.key: entry.heading for entry in snapshot.manifest.sections}
    named = {f"section/{one.key}": one.heading or headings[one.key] for one in snapshot.sections}
    for workstream in snapshot.workstreams:
        for update in workstream.updates:
            for part in update.parts:
                words = f"{part.replace('-', ' ')} as at {in_words(update.as_at, snapshot.manifest.dates)}"
                named[f"update/{workstream.ref}/{update.as_at}/{part}"] = f"{workstream.name}: {words}"
    return named


def _fields(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for field in snapshot.manifest.front_sheet:
        if value := stored_value(snapshot, field):
            yield f"field/{field.key}", clean(value, "text")


def _blocks(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for section in snapshot.sections:
        for number, block in enumerate(section.blocks, start=1):
            place = f"section/{section.key}/{number}"
            if isinstance(block, blocks.NarrativeBlock | blocks.TableBlock | blocks.RecommendationsBlock):
                yield place, block.text
            elif isinstance(block, blocks.AppendicesBlock):
                for count, appendix in enumerate(block.appendices, start=1):
                    yield f"{place}/{count}", appendix.text
            elif isinstance(block, blocks.NilBlock) and (words := nil_words(block, snapshot.manifest)):
                yield place, clean(words, "text")


def _introductions(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for theme in snapshot.themes:
        if said := theme.introduction:
            yield f"introduction/{theme.key}/{said.as_at}", said.text


def _parts(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for workstream in snapshot.workstreams:
        for update in workstream.updates:
            place = f"{workstream.ref}/{update.as_at}"
            for part, text in update.parts.items():
                yield f"update/{place}/{part}", text
            for part, own in update.own_wordings.items():
                yield f"own-wording/{place}/{part}", own.text
