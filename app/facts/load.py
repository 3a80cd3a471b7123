"""Loading a facts file: all of it is held against itself and the database before any of it is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.audit.changes import Outcome
from app.blobs import Blobs
from app.boards.commands import save_boards, save_series
from app.db import lock
from app.facts import entries
from app.facts.check import faults_in_facts
from app.facts.decode import FaultyFacts
from app.facts.shapes import FactsFile, FormatShape
from app.formats.commands import add_template_version
from app.formats.queries import format_ids, live_versions
from app.frameworks.commands import save_frameworks
from app.papers.commands import save_papers
from app.people.commands import save_organisations, save_persons
from app.workstreams.commands import (
    record_introductions,
    record_updates,
    save_schemes,
    save_themes,
    save_workstreams,
)


@dataclass(frozen=True)
class Row:
    """What became of one entry; `place` is where it stands in the file."""

    place: str
    kind: str
    key: str
    outcome: Outcome


@dataclass
class Count:
    """How many entries of a kind had which outcome."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Loaded:
    """What became of every entry of a file, in the order in which they were written."""

    rows: tuple[Row, ...]

    @property
    def counts(self) -> dict[str, Count]:
        """Kind → how many entries were added, changed, unchanged; kinds that the file has none of are left out."""
        counts: dict[str, Count] = {}
        for row in self.rows:
            count = counts.setdefault(row.kind, Count())
            setattr(count, row.outcome, getattr(count, row.outcome) + 1)
        return counts


def load(session: Session, blobs: Blobs, facts: FactsFile, *, by: str, now: datetime) -> Loaded:
    """The database holds what the file says; entries that it does not name stay as they are.

    `by` is the key of the account that acts. Loading the same file again changes nothing. Nobody else loads until the
    transaction ends.

    Raises:
        FaultyFacts: with every fault and its place; then nothing was written.
    """
    lock(session, "facts")
    faults = faults_in_facts(session, facts)
    if faults:
        raise FaultyFacts("The facts cannot be loaded; nothing was changed.", faults)
    rows = tuple(_Loading(session, blobs, by, now).write(facts))
    session.expire_all()  # what was read on the way may have been changed behind its back
    return Loaded(rows)


class _Loading:
    """Writes a file without faults, each kind after those that it refers to."""

    def __init__(self, session: Session, blobs: Blobs, by: str, now: datetime) -> None:
        self.session = session
        self.blobs = blobs
        self.by = by
        self.now = now

    def write(self, facts: FactsFile) -> Iterator[Row]:
        session, by, now = self.session, self.by, self.now
        organisations = [entries.organisation_entry(shape) for shape in facts.organisations]
        persons = [entries.person_entry(shape) for shape in facts.people]
        frameworks = [entries.framework_entry(shape) for shape in facts.frameworks]
        schemes = [entries.scheme_entry(shape) for shape in facts.rag_schemes]
        boards = [entries.board_entry(shape) for shape in facts.boards]
        series = [entries.series_entry(shape) for shape in facts.series]
        yield from _rows("organisations", "organisation", save_organisations(session, organisations, by=by, at=now))
        yield from _rows("people", "person", save_persons(session, persons, by=by, at=now))
        yield from _rows("frameworks", "framework", save_frameworks(session, frameworks, by=by, at=now))
        yield from _rows("rag_schemes", "rag-scheme", save_schemes(session, schemes, by=by, at=now))
        yield from _rows("formats", "format", self._formats(facts.formats))
        yield from _rows("boards", "board", save_boards(session, boards, by=by, at=now))
        yield from _rows("series", "series", save_series(session, series, by=by, at=now))
        yield from self._themes(facts)
        yield from self._workstreams(facts)
        papers = [entries.paper_entry(shape) for shape in facts.papers]
        yield from _rows("papers", "paper", save_papers(session, papers, by=by, at=now))

    def _themes(self, facts: FactsFile) -> Iterator[Row]:
        saved = save_themes(
            self.session, [entries.theme_entry(shape) for shape in facts.themes], by=self.by, at=self.now
        )
        said = [entry for shape in facts.themes for entry in entries.introduction_entries(shape)]
        recorded = record_introductions(self.session, said, by=self.by, at=self.now)
        yield from _rows("themes", "theme", {shape.key: saved[shape.key] for shape in facts.themes})
        for number, shape in enumerate(facts.themes):
            days = [introduction.as_at for introduction in shape.introductions]
            yield from _dated_rows(f"themes[{number}].introductions", "introduction", shape.key, days, recorded)

    def _workstreams(self, facts: FactsFile) -> Iterator[Row]:
        saved = save_workstreams(
            self.session, [entries.workstream_entry(shape) for shape in facts.workstreams], by=self.by, at=self.now
        )
        said = [entry for shape in facts.workstreams for entry in entries.update_entries(shape)]
        recorded = record_updates(self.session, said, by=self.by, at=self.now)
        yield from _rows("workstreams", "workstream", saved)
        for number, shape in enumerate(facts.workstreams):
            days = [update.as_at for update in shape.updates]
            yield from _dated_rows(f"workstreams[{number}].updates", "update", shape.ref, days, recorded)

    def _formats(self, shapes: Sequence[FormatShape]) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        existing = format_ids(self.session, (shape.key for shape in shapes))
        for shape in shapes:
            before = live_versions(self.session, [shape.key]).get(shape.key)
            version = add_template_version(
                self.session,
                self.blobs,
                shape.key,
                shape.manifest,
                entries.template_bytes(shape.template),
                by=self.by,
                now=self.now,
            )
            is_new = shape.key not in existing
            outcomes[shape.key] = (
                Outcome.ADDED if is_new else Outcome.UNCHANGED if version is before else Outcome.CHANGED
            )
        return outcomes


def _rows(place: str, kind: str, outcomes: Mapping[str, Outcome]) -> Iterator[Row]:
    for number, (key, outcome) in enumerate(outcomes.items()):
        yield Row(f"{place}[{number}]", kind, key, outcome)


def _dated_rows(
    place: str, kind: str, key: str, days: Iterable[date], outcomes: Mapping[tuple[str, date], Outcome]
) -> Iterator[Row]:
    for number, day in enumerate(days):
        yield Row(f"{place}[{number}]", kind, f"{key}/{day.isoformat()}", outcomes[key, day])
