"""What is wrong with a paper of a facts file beyond its shape, held against its format and what it chooses."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from app import narrative
from app.assembly.prose import is_inside
from app.errors import Fault
from app.facts.check_fields import field_faults
from app.facts.known import Known
from app.facts.places import nothing, nothing_each, twice
from app.facts.shapes import FactsFile, PaperShape, SectionShape
from app.formats.fields import listed
from app.formats.manifest import Manifest, Need
from app.papers.blocks import (
    AgainBlock,
    AppendicesBlock,
    Block,
    ClauseBlock,
    FieldsBlock,
    FrameworkItemsBlock,
    ImplicationsBlock,
    NilBlock,
    ObjectiveBlock,
    OutlineBlock,
    RatingKeyBlock,
    RecommendationsBlock,
    TableBlock,
    WorkstreamsBlock,
    every_recommendation,
    persons_in,
    prose_in,
)


def unknown_parts(facts: FactsFile, names: Known) -> Iterator[Fault]:
    """A fault at every part of an update that a paper of the file takes and its format does not know.

    A part that its workstream calls unused is not meant to be printed.
    """
    chosen: dict[str, list[PaperShape]] = {}
    for paper in facts.papers:
        for ref in dict.fromkeys(paper.workstreams):
            chosen.setdefault(ref, []).append(paper)
    for number, workstream in enumerate(facts.workstreams):
        used = [
            (f"workstreams[{number}].updates[{count}].parts.{part}", update.as_at, part)
            for count, update in enumerate(workstream.updates)
            for part, said in update.parts.items()
            if said and workstream.parts.get(part) is not Need.UNUSED
        ]
        for paper in chosen.get(workstream.ref, ()):
            manifest = names.manifests.get(paper.format)
            if manifest is not None:
                yield from _parts_of_no_format(used, paper, manifest)


def _parts_of_no_format(
    used: Iterable[tuple[str, date, str]], paper: PaperShape, manifest: Manifest
) -> Iterator[Fault]:
    parts = {part.key for part in manifest.parts}
    for place, as_at, part in used:
        if part not in parts and as_at <= (paper.cut_off or paper.meeting):
            yield Fault(
                place,
                f"the format “{paper.format}” has no part “{part}”, and the paper “{paper.reference}” is to print it; "
                f"its parts are {', '.join(sorted(parts))}",
            )


def paper_faults(place: str, paper: PaperShape, names: Known) -> Iterator[Fault]:
    """Every fault of the paper that stands at `place` in the file."""
    yield from _names_of_nothing(place, paper, names)
    yield from _choices(place, paper, names)
    yield from _own_wordings(place, paper, names)
    yield from twice(f"{place}.sections", [section.key for section in paper.sections], "key")
    for number, section in enumerate(paper.sections):
        for count, block in enumerate(section.blocks):
            yield from _block(f"{place}.sections[{number}].blocks[{count}]", block, names)
    manifest = names.manifests.get(paper.format)
    if manifest is not None:
        yield from _against_format(place, paper, manifest, names)
    elif paper.format in names.formats - names.faulty_formats:
        yield Fault(f"{place}.format", f"the format “{paper.format}” has no template that is live")


def _names_of_nothing(place: str, paper: PaperShape, names: Known) -> Iterator[Fault]:
    yield from nothing(f"{place}.organisation", "organisation", paper.organisation, names.organisations)
    yield from nothing(f"{place}.format", "format", paper.format, names.formats)
    yield from nothing(f"{place}.board", "board", paper.board, names.boards)
    if paper.board in names.boards and (paper.board, paper.meeting) not in names.meetings:
        yield Fault(f"{place}.meeting", f"the board “{paper.board}” has no meeting on {paper.meeting}")
    agenda = names.agendas.get((paper.board, paper.meeting))
    if agenda and paper.agenda_number is not None and paper.agenda_number not in agenda:
        said = f"“{paper.agenda_number}” is not on the meeting's agenda, which has {', '.join(agenda)}"
        yield Fault(f"{place}.agenda_number", said)
    yield from nothing(f"{place}.series", "series", paper.series, names.series)
    if paper.series in names.series and names.series[paper.series] != paper.board:
        other = names.series[paper.series]
        yield Fault(f"{place}.series", f"the series “{paper.series}” goes to the board “{other}”, not “{paper.board}”")
    yield from nothing(f"{place}.chief_officer", "person", paper.chief_officer, names.persons)
    yield from nothing(f"{place}.author", "person", paper.author, names.persons)
    yield from nothing_each(f"{place}.consultees", "person", paper.consultees, names.persons)
    yield from twice(f"{place}.consultees", paper.consultees)


def _choices(place: str, paper: PaperShape, names: Known) -> Iterator[Fault]:
    yield from nothing_each(f"{place}.workstreams", "workstream", paper.workstreams, names.workstreams)
    yield from twice(f"{place}.workstreams", paper.workstreams)


def _own_wordings(place: str, paper: PaperShape, names: Known) -> Iterator[Fault]:
    said = [(wording.workstream, wording.as_at, wording.part) for wording in paper.own_wordings]
    first: dict[object, int] = {}
    for number, wording in enumerate(paper.own_wordings):
        here = f"{place}.own_wordings[{number}]"
        if first.setdefault(said[number], number) != number:
            yield Fault(here, f"rewords the same part as own_wordings[{first[said[number]]}]")
        if wording.workstream not in names.workstreams:
            yield from nothing(f"{here}.workstream", "workstream", wording.workstream, names.workstreams)
        elif wording.workstream not in paper.workstreams:
            yield Fault(f"{here}.workstream", f"“{wording.workstream}” is not among the paper's workstreams")
        elif (wording.workstream, wording.as_at) not in names.updates:
            yield Fault(f"{here}.as_at", f"“{wording.workstream}” has reported nothing as at {wording.as_at}")
        if not wording.text:
            yield Fault(f"{here}.text", "says nothing; leave the own wording out")


def _block(place: str, block: Block, names: Known) -> Iterator[Fault]:
    """Faults of a block that do not depend on the format."""
    if isinstance(block, OutlineBlock | WorkstreamsBlock):
        yield from nothing_each(f"{place}.themes", "theme", block.themes, names.themes)
        yield from twice(f"{place}.themes", block.themes)
    if isinstance(block, WorkstreamsBlock):
        yield from twice(f"{place}.parts", block.parts)
    if isinstance(block, RatingKeyBlock):
        yield from nothing_each(f"{place}.schemes", "RAG scheme", block.schemes, names.schemes)
        yield from twice(f"{place}.schemes", block.schemes)
    if isinstance(block, FrameworkItemsBlock):
        yield from nothing(f"{place}.framework", "framework", block.framework, names.frameworks)
    if isinstance(block, ObjectiveBlock):
        yield from nothing(f"{place}.item", "item of a framework", block.item, names.items)
    if isinstance(block, TableBlock) and _holds_more_than_tables(block.text):
        yield Fault(f"{place}.text", "a table block holds tables and nothing else; write other text into a narrative")
    if isinstance(block, NilBlock):
        yield from _nil(place, block)
    for inner, key in persons_in(block):
        yield from nothing(f"{place}.{inner}", "person", key, names.persons)
    if isinstance(block, RecommendationsBlock | ImplicationsBlock):
        yield from _in_lists_and_cells(place, block)
    if isinstance(block, AppendicesBlock):
        for number, appendix in enumerate(block.appendices):
            if not appendix.text:
                yield Fault(f"{place}.appendices[{number}].text", "says nothing; leave the appendix out")


def _in_lists_and_cells(place: str, block: RecommendationsBlock | ImplicationsBlock) -> Iterator[Fault]:
    """Narratives that must fit into an item or a cell and do not, items without a word, and items too deep."""
    for inner, text in prose_in(block):
        if inner.startswith("items") and not text:
            yield Fault(f"{place}.{inner}", "says nothing; leave the recommendation out")
        if inner != "text" and not is_inside(text):
            yield Fault(f"{place}.{inner}", "may hold paragraphs and lists only: it stands in a list or a table")
    items = block.items if isinstance(block, RecommendationsBlock) else ()
    for inner, item in every_recommendation(items):
        if inner.count("items") == DEEPEST_RECOMMENDATION and item.items:
            yield Fault(f"{place}.{inner}.items", "stands too deep: recommendations have at most three levels")


DEEPEST_RECOMMENDATION = 3
"""Levels of recommendations."""


def _holds_more_than_tables(text: str) -> bool:
    shown = (found.content if isinstance(found, narrative.Figure) else found for found in narrative.read(text))
    return any(not isinstance(found, narrative.Table | narrative.Chart) for found in shown)


def _nil(place: str, block: NilBlock) -> Iterator[Fault]:
    given: Mapping[str, object] = {"subject": block.subject, "as_at": block.as_at}
    for name in re.findall(r"\{([^{}]*)\}", block.wording or ""):
        if name not in given:
            yield Fault(f"{place}.wording", f"{{{name}}} stands for nothing; {{subject}} and {{as_at}} can be used")
        elif given[name] is None:
            yield Fault(f"{place}.{name}", f"is missing: the wording prints {{{name}}}")


# Against the format


def _against_format(place: str, paper: PaperShape, manifest: Manifest, names: Known) -> Iterator[Fault]:
    if paper.marking not in manifest.markings:
        allowed = ", ".join(manifest.markings)
        yield Fault(f"{place}.marking", f"“{paper.marking}” is no marking of the format, which allows {allowed}")
    yield from field_faults(f"{place}.fields", paper.fields, manifest, names.persons)
    parts = {part.key for part in manifest.parts}
    for number, wording in enumerate(paper.own_wordings):
        yield from _unknown_part(f"{place}.own_wordings[{number}].part", wording.part, parts)
    sections = {section.key for section in manifest.sections}
    for number, section in enumerate(paper.sections):
        here = f"{place}.sections[{number}]"
        if section.key not in sections:
            yield Fault(f"{here}.key", f"the format has no section “{section.key}”")
        for count, block in enumerate(section.blocks):
            yield from _block_against_format(f"{here}.blocks[{count}]", block, manifest)
    yield from _printed_round(place, paper)


def _block_against_format(place: str, block: Block, manifest: Manifest) -> Iterator[Fault]:
    if isinstance(block, WorkstreamsBlock):
        parts = {part.key for part in manifest.parts}
        for number, part in enumerate(block.parts):
            yield from _unknown_part(f"{place}.parts[{number}]", part, parts)
    if isinstance(block, FieldsBlock):
        fields = manifest.every_field
        for number, key in enumerate(block.fields):
            if key not in fields:
                known = ", ".join(sorted(fields))
                yield Fault(f"{place}.fields[{number}]", f"the format has no field “{key}”; its fields are {known}")
    if isinstance(block, ImplicationsBlock):
        implications = {implication.key for implication in manifest.implications}
        for key in sorted(set(block.entries) - implications):
            said = f"; it has {listed(sorted(implications))}" if implications else ""
            yield Fault(f"{place}.entries.{key}", f"the format has no implication “{key}”{said}")
    if isinstance(block, ClauseBlock) and manifest.clause(block.clause) is None:
        yield Fault(f"{place}.clause", f"the format has no clause “{block.clause}”")
    if isinstance(block, AgainBlock) and manifest.section(block.section) is None:
        yield Fault(f"{place}.section", f"the format has no section “{block.section}”")
    if isinstance(block, NilBlock) and block.wording is None and block.as_at is None:
        wording = manifest.wording.nil if block.subject is None else manifest.wording.nil_subject
        if "{as_at}" in wording:
            yield Fault(f"{place}.as_at", f"is missing: say when it was so; the format prints “{wording}”")


def _unknown_part(place: str, part: str, parts: set[str]) -> Iterator[Fault]:
    if part not in parts:
        yield Fault(place, f"the format has no part “{part}”; its parts are {', '.join(sorted(parts))}")


def _printed_round(place: str, paper: PaperShape) -> Iterator[Fault]:
    """Sections that print one another again and again."""
    again = {section.key: _printed_again(section) for section in paper.sections}
    for number, section in enumerate(paper.sections):
        reached: set[str] = set()
        waiting = list(again[section.key])
        while waiting:
            key = waiting.pop()
            if key not in reached:
                reached.add(key)
                waiting.extend(again.get(key, ()))
        if section.key in reached:
            yield Fault(f"{place}.sections[{number}]", f"the section “{section.key}” would print itself again")


def _printed_again(section: SectionShape) -> tuple[str, ...]:
    return tuple(block.section for block in section.blocks if isinstance(block, AgainBlock))
