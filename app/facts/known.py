"""What entries of a facts file may refer to: the file itself laid over what the database already holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.boards.queries import board_ids, boards_of_series, find_meeting, meeting_ids
from app.facts.shapes import FactsFile, FrameworkItemShape
from app.formats.manifest import FaultyManifest, Manifest, parse_manifest
from app.formats.queries import format_ids, live_versions
from app.frameworks.queries import framework_ids, items
from app.papers.blocks import persons_in
from app.people.queries import organisation_ids, person_ids
from app.workstreams.queries import ThemePlace, every_scheme, theme_places, themes_of, update_days


@dataclass(frozen=True)
class Scale:
    """Keys of the values and dimensions of a RAG scheme."""

    values: frozenset[str]
    dimensions: frozenset[str]


@dataclass(frozen=True)
class Known:
    """Everything that exists once the file is loaded, as far as the file refers to it."""

    organisations: frozenset[str]
    persons: frozenset[str]
    frameworks: frozenset[str]
    items: frozenset[str]
    """As framework/item."""
    schemes: dict[str, Scale]
    formats: frozenset[str]
    manifests: dict[str, Manifest]
    """Key of a format → what its live version says; formats without a live version, or with a faulty one, lack."""
    faulty_formats: frozenset[str]
    """Formats whose manifest in this file cannot be read."""
    boards: frozenset[str]
    meetings: frozenset[tuple[str, date]]
    agendas: dict[tuple[str, date], tuple[str, ...]]
    """Meeting that a paper of the file goes to → numbers on its agenda, in their order."""
    series: dict[str, str]
    """Series → its board."""
    themes: dict[str, ThemePlace]
    workstreams: dict[str, str]
    """Workstream → its theme."""
    updates: frozenset[tuple[str, date]]
    """Days for which the workstreams that papers reword have reported."""


def known(session: Session, facts: FactsFile) -> Known:
    """What the file may refer to; reads the database in bulk, only for keys that the file names."""
    manifests, faulty = _manifests(session, facts)
    boards = {board.key for board in facts.boards} | {s.board for s in facts.series} | {p.board for p in facts.papers}
    refs = {w.ref for w in facts.workstreams}
    reworded = {wording.workstream for paper in facts.papers for wording in paper.own_wordings}
    chosen = {ref for paper in facts.papers for ref in paper.workstreams}
    return Known(
        organisations=_organisations(session, facts),
        persons=_persons(session, facts),
        frameworks=_frameworks(session, facts),
        items=_items(session, facts),
        schemes=_schemes(session, facts),
        formats=_formats(session, facts),
        manifests=manifests,
        faulty_formats=faulty,
        boards=frozenset(board_ids(session, boards)) | {board.key for board in facts.boards},
        meetings=frozenset(meeting_ids(session, boards))
        | {(board.key, meeting.held_on) for board in facts.boards for meeting in board.meetings},
        agendas=_agendas(session, facts),
        series=boards_of_series(session, (p.series for p in facts.papers if p.series))
        | {series.key: series.board for series in facts.series},
        themes=theme_places(session)
        | {t.key: ThemePlace(t.organisation, t.parent, t.rag_scheme) for t in facts.themes},
        workstreams=themes_of(session, (chosen | reworded) - refs)
        | {workstream.ref: workstream.theme for workstream in facts.workstreams},
        updates=frozenset(update_days(session, reworded))
        | {(w.ref, update.as_at) for w in facts.workstreams if w.ref in reworded for update in w.updates},
    )


def every_item(entries: tuple[FrameworkItemShape, ...], place: str) -> Iterator[tuple[str, FrameworkItemShape]]:
    """Every item of a framework with its place in the file, each before those below it."""
    for number, item in enumerate(entries):
        here = f"{place}.items[{number}]"
        yield here, item
        yield from every_item(item.items, here)


def _organisations(session: Session, facts: FactsFile) -> frozenset[str]:
    named = {entry.organisation for kind in (facts.people, facts.frameworks, facts.boards) for entry in kind}
    named |= {entry.organisation for kind in (facts.themes, facts.papers) for entry in kind}
    return frozenset(organisation_ids(session, named)) | {organisation.key for organisation in facts.organisations}


def _persons(session: Session, facts: FactsFile) -> frozenset[str]:
    named = {workstream.owner for workstream in facts.workstreams}
    for paper in facts.papers:
        named |= {paper.chief_officer, paper.author, *paper.consultees}
        # Which of a paper's fields are persons, its format knows; what is no key finds nobody.
        named |= {value for value in paper.fields.values() if isinstance(value, str)}
        named |= {key for section in paper.sections for block in section.blocks for _, key in persons_in(block)}
    return frozenset(person_ids(session, (key for key in named if key))) | {person.key for person in facts.people}


def _frameworks(session: Session, facts: FactsFile) -> frozenset[str]:
    named = {
        block.framework
        for paper in facts.papers
        for section in paper.sections
        for block in section.blocks
        if block.kind == "framework-items" and block.framework
    }
    return frozenset(framework_ids(session, named)) | {framework.key for framework in facts.frameworks}


def _items(session: Session, facts: FactsFile) -> frozenset[str]:
    named = {name for workstream in facts.workstreams for name in workstream.serves}
    named |= {
        block.item
        for paper in facts.papers
        for section in paper.sections
        for block in section.blocks
        if block.kind == "objective"
    }
    return frozenset(items(session, named)) | {
        f"{framework.key}/{item.key}" for framework in facts.frameworks for _, item in every_item(framework.items, "")
    }


def _agendas(session: Session, facts: FactsFile) -> dict[tuple[str, date], tuple[str, ...]]:
    agendas = {
        (board.key, meeting.held_on): tuple(item.number for item in meeting.agenda)
        for board in facts.boards
        for meeting in board.meetings
    }
    for board, held_on in {(paper.board, paper.meeting) for paper in facts.papers} - agendas.keys():
        if meeting := find_meeting(session, board, held_on):
            agendas[board, held_on] = tuple(item.number for item in meeting.agenda)
    return agendas


def _schemes(session: Session, facts: FactsFile) -> dict[str, Scale]:
    found = {
        key: Scale(frozenset(value.key for value in row.values), frozenset(d.key for d in row.dimensions))
        for key, row in every_scheme(session).items()
    }
    for scheme in facts.rag_schemes:
        before = found.get(scheme.key, Scale(frozenset(), frozenset()))
        found[scheme.key] = Scale(
            before.values | {value.key for value in scheme.values},
            before.dimensions | {dimension.key for dimension in scheme.dimensions},
        )
    return found


def _formats(session: Session, facts: FactsFile) -> frozenset[str]:
    named = {board.format for board in facts.boards if board.format} | {paper.format for paper in facts.papers}
    return frozenset(format_ids(session, named)) | {format_.key for format_ in facts.formats}


def _manifests(session: Session, facts: FactsFile) -> tuple[dict[str, Manifest], frozenset[str]]:
    found = {
        key: parse_manifest(version.manifest)
        for key, version in live_versions(session, (paper.format for paper in facts.papers)).items()
    }
    faulty: set[str] = set()
    for format_ in facts.formats:
        try:
            found[format_.key] = parse_manifest(format_.manifest)
        except FaultyManifest:
            faulty.add(format_.key)
    return found, frozenset(faulty)
