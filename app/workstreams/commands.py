"""What changes RAG schemes, themes and workstreams, and what records their updates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session, selectinload

from app.audit import actions
from app.audit.changes import Changes, Outcome, assign
from app.audit.commands import record
from app.db import batches, rows_by_key
from app.formats.manifest import Need
from app.frameworks.models import FrameworkItem
from app.frameworks.queries import items
from app.people.queries import organisation_ids, person_ids
from app.workstreams.models import (
    RagDimension,
    RagScheme,
    RagValue,
    Rating,
    Theme,
    ThemeIntroduction,
    Update,
    UpdatePart,
    Workstream,
    WorkstreamPart,
)
from app.workstreams.queries import (
    WHOLE_SCHEME,
    UpdateContent,
    bound_update_digest,
    every_scheme,
    head_digests,
    head_introductions,
    introduction_digest,
    scheme_above,
    theme_ids,
    theme_places,
    themes_of,
    workstream_ids,
)


@dataclass(frozen=True, slots=True)
class ValueEntry:
    """What is known of a value of a scheme; colours as RRGGBB."""

    key: str
    label: str
    meaning: str
    background: str
    colour: str


@dataclass(frozen=True, slots=True)
class DimensionEntry:
    """What is known of a dimension of a scheme."""

    key: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SchemeEntry:
    """What is known of a RAG scheme."""

    key: str
    name: str
    values: tuple[ValueEntry, ...]
    dimensions: tuple[DimensionEntry, ...]


@dataclass(frozen=True, slots=True)
class ThemeEntry:
    """What is known of a theme."""

    key: str
    name: str
    organisation: str
    parent: str | None
    position: int
    scheme: str | None
    rating_source: str | None


@dataclass(frozen=True, slots=True)
class IntroductionEntry:
    """What stands under a theme as at a date."""

    theme: str
    as_at: date
    narrative: str


@dataclass(frozen=True, slots=True)
class WorkstreamEntry:
    """What is known of a workstream; `serves` are items as framework/item."""

    ref: str
    name: str
    theme: str
    owner: str | None
    position: int
    rating_source: str | None
    serves: tuple[str, ...]
    parts: Mapping[str, Need]


@dataclass(frozen=True, slots=True)
class UpdateEntry:
    """What a workstream reports as at a date."""

    workstream: str
    as_at: date
    content: UpdateContent


def save_schemes(session: Session, entries: Sequence[SchemeEntry], *, by: str, at: datetime) -> dict[str, Outcome]:
    """The schemes are as the entries say; answers what became of each.

    Values and dimensions that an entry does not name stay, behind those that it names.
    """
    changes = Changes(session, "rag-scheme", by, at)
    existing = rows_by_key(session, RagScheme.key, (entry.key for entry in entries), *WHOLE_SCHEME)
    for entry in entries:
        row = existing.get(entry.key) or RagScheme(key=entry.key, values=[], dimensions=[])
        changed = assign(row, {"name": entry.name})
        changed |= _merge_values(row, entry.values)
        changed |= _merge_dimensions(row, entry.dimensions)
        changes.note(entry.key, changes.keep(row, changed=changed))
    session.flush()
    return changes.outcomes


def save_themes(session: Session, entries: Sequence[ThemeEntry], *, by: str, at: datetime) -> dict[str, Outcome]:
    """The themes are as the entries say; answers what became of each.

    Every organisation and scheme that an entry names exists; the theme above is among the entries or exists, and
    no theme stands above itself.
    """
    changes = Changes(session, "theme", by, at)
    existing = rows_by_key(session, Theme.key, (entry.key for entry in entries))
    organisations = organisation_ids(session, (entry.organisation for entry in entries))
    schemes = {key: scheme.id for key, scheme in every_scheme(session).items()}
    above = theme_ids(session, (entry.parent for entry in entries if entry.parent))
    for entry in _above_first(entries):
        row = existing.get(entry.key) or Theme(key=entry.key)
        changed = assign(
            row,
            {
                "name": entry.name,
                "organisation_id": organisations[entry.organisation],
                "parent_id": above[entry.parent] if entry.parent else None,
                "position": entry.position,
                "scheme_id": schemes[entry.scheme] if entry.scheme else None,
                "rating_source": entry.rating_source,
            },
        )
        outcome = changes.keep(row, changed=changed)
        if outcome is Outcome.ADDED:
            session.flush()  # its id is the parent of those below it
        above[entry.key] = row.id
        changes.note(entry.key, outcome)
    session.flush()
    return changes.outcomes


def record_introductions(
    session: Session, entries: Sequence[IntroductionEntry], *, by: str, at: datetime
) -> dict[tuple[str, date], Outcome]:
    """The newest revisions of the themes' introductions say what the entries say; answers what became of each.

    Another text for a day that has one is its next revision; no row changes. Every theme that an entry names exists.
    """
    themes = rows_by_key(session, Theme.key, (entry.theme for entry in entries), selectinload(Theme.introductions))
    heads = {(key, row.as_at): row for key, theme in themes.items() for row in head_introductions(theme)}
    outcomes: dict[tuple[str, date], Outcome] = {}
    for entry in entries:
        head = heads.get((entry.theme, entry.as_at))
        if head is not None and head.narrative == entry.narrative:
            outcomes[entry.theme, entry.as_at] = Outcome.UNCHANGED
            continue
        row = ThemeIntroduction(
            theme_id=themes[entry.theme].id,
            as_at=entry.as_at,
            revision=head.revision + 1 if head else 1,
            narrative=entry.narrative,
            recorded_at=at,
        )
        session.add(row)
        record(
            session,
            actions.INTRODUCTION_RECORDED,
            actions.introduction_object(entry.theme, entry.as_at, row.revision),
            by=by,
            at=at,
            digests={"content": introduction_digest(row, entry.theme)},
        )
        outcomes[entry.theme, entry.as_at] = Outcome.CHANGED if head else Outcome.ADDED
    session.flush()
    return outcomes


def save_workstreams(
    session: Session, entries: Sequence[WorkstreamEntry], *, by: str, at: datetime
) -> dict[str, Outcome]:
    """The workstreams are as the entries say; answers what became of each.

    Their parts and the items they serve are replaced. Every theme, person and item that an entry names exists.
    """
    changes = Changes(session, "workstream", by, at)
    themes = theme_ids(session, (entry.theme for entry in entries))
    owners = person_ids(session, (entry.owner for entry in entries if entry.owner))
    served = items(session, {item for entry in entries for item in entry.serves})
    for batch in batches(entries):
        existing = rows_by_key(
            session,
            Workstream.ref,
            (entry.ref for entry in batch),
            selectinload(Workstream.parts),
            selectinload(Workstream.serves),
        )
        for entry in batch:
            row = existing.get(entry.ref) or Workstream(ref=entry.ref, parts=[], serves=[])
            changed = assign(
                row,
                {
                    "name": entry.name,
                    "theme_id": themes[entry.theme],
                    "owner_id": owners[entry.owner] if entry.owner else None,
                    "position": entry.position,
                    "rating_source": entry.rating_source,
                },
            )
            changed |= _replace_parts(row, entry.parts)
            changed |= _replace_served(row, [served[item] for item in entry.serves])
            changes.note(entry.ref, changes.keep(row, changed=changed))
        session.flush()
    return changes.outcomes


def record_updates(
    session: Session, entries: Sequence[UpdateEntry], *, by: str, at: datetime
) -> dict[tuple[str, date], Outcome]:
    """The newest revisions of the workstreams' updates say what the entries say; answers what became of each.

    Another content for a day that has one is its next revision; no row changes. Every workstream that an entry names
    exists, and every dimension and value belongs to the scheme that rates under its theme.
    """
    outcomes: dict[tuple[str, date], Outcome] = {}
    scales = _Scales(session)
    for batch in batches(entries):
        heads = head_digests(session, (entry.workstream for entry in batch))
        fresh: list[UpdateEntry] = []
        for entry in batch:
            head = heads.get((entry.workstream, entry.as_at))
            same = head is not None and head[1] == entry.content.digest
            outcome = Outcome.UNCHANGED if same else Outcome.CHANGED if head else Outcome.ADDED
            outcomes[entry.workstream, entry.as_at] = outcome
            if not same:
                fresh.append(entry)
        if fresh:
            revisions = [heads.get((entry.workstream, entry.as_at), (0, ""))[0] + 1 for entry in fresh]
            _insert_updates(session, fresh, revisions, scales, by=by, at=at)
    return outcomes


class _Scales:
    """The ids of dimensions and values, by the workstream that they rate."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._places = theme_places(session)
        self._schemes = every_scheme(session)

    def of(self, refs: Iterable[str]) -> dict[str, RagScheme | None]:
        """Reference → scheme that rates this workstream, with values and dimensions; None: no scheme does."""
        themes = themes_of(self._session, refs)
        return {ref: self._schemes.get(scheme_above(self._places, key) or "") for ref, key in themes.items()}


def _insert_updates(
    session: Session,
    entries: Sequence[UpdateEntry],
    revisions: Sequence[int],
    scales: _Scales,
    *,
    by: str,
    at: datetime,
) -> None:
    workstreams = workstream_ids(session, (entry.workstream for entry in entries))
    schemes = scales.of(entry.workstream for entry in entries)
    ids = session.scalars(
        insert(Update).returning(Update.id, sort_by_parameter_order=True),
        [
            {
                "workstream_id": workstreams[entry.workstream],
                "as_at": entry.as_at,
                "revision": revision,
                "nothing_to_report": entry.content.nothing_to_report,
                "recorded_at": at,
            }
            for entry, revision in zip(entries, revisions, strict=True)
        ],
    ).all()
    parts: list[dict[str, Any]] = []
    ratings: list[dict[str, Any]] = []
    for update_id, entry, revision in zip(ids, entries, revisions, strict=True):
        content = entry.content
        parts += [
            {"update_id": update_id, "part": part, "narrative": narrative} for part, narrative in content.parts.items()
        ]
        ratings += _rating_rows(update_id, content, schemes.get(entry.workstream))
        record(
            session,
            actions.UPDATE_RECORDED,
            actions.update_object(entry.workstream, entry.as_at, revision),
            by=by,
            at=at,
            digests={"content": bound_update_digest(entry.workstream, entry.as_at, revision, at, content)},
        )
    if parts:
        session.execute(insert(UpdatePart), parts)
    if ratings:
        session.execute(insert(Rating), ratings)
    session.flush()


def _rating_rows(update_id: int, content: UpdateContent, scheme: RagScheme | None) -> list[dict[str, Any]]:
    dimensions = {dimension.key: dimension.id for dimension in scheme.dimensions} if scheme else {}
    values = {value.key: value.id for value in scheme.values} if scheme else {}
    return [
        {
            "update_id": update_id,
            "dimension_id": dimensions[dimension],
            "value_id": values[rating.value] if rating.value else None,
            "source": rating.source,
        }
        for dimension, rating in content.ratings.items()
    ]


def _merge_values(scheme: RagScheme, entries: Sequence[ValueEntry]) -> bool:
    rows = {row.key: row for row in scheme.values}
    changed = False
    for entry in entries:
        row = rows.get(entry.key)
        if row is None:
            row = rows[entry.key] = RagValue(key=entry.key)
            scheme.values.append(row)
        changed |= assign(
            row,
            {
                "label": entry.label,
                "meaning": entry.meaning,
                "background": entry.background,
                "colour": entry.colour,
            },
        )
    return _order(rows, [entry.key for entry in entries]) or changed


def _merge_dimensions(scheme: RagScheme, entries: Sequence[DimensionEntry]) -> bool:
    rows = {row.key: row for row in scheme.dimensions}
    changed = False
    for entry in entries:
        row = rows.get(entry.key)
        if row is None:
            row = rows[entry.key] = RagDimension(key=entry.key)
            scheme.dimensions.append(row)
        changed |= assign(row, {"label": entry.label, "meaning": entry.meaning})
    return _order(rows, [entry.key for entry in entries]) or changed


def _order(rows: Mapping[str, RagValue] | Mapping[str, RagDimension], first: Sequence[str]) -> bool:
    """Those that the entry names come first, in its order; the others follow as they stood."""
    others = [key for key in rows if key not in set(first)]
    changed = False
    for place, key in enumerate([*first, *others]):
        changed |= assign(rows[key], {"position": place})
    return changed


def _above_first(entries: Sequence[ThemeEntry]) -> list[ThemeEntry]:
    by_key = {entry.key: entry for entry in entries}

    def depth(entry: ThemeEntry) -> int:
        steps = 0
        while entry.parent in by_key:
            entry = by_key[entry.parent]
            steps += 1
        return steps

    return sorted(entries, key=depth)


def _replace_parts(row: Workstream, needs: Mapping[str, Need]) -> bool:
    known = {part.part: part for part in row.parts}
    if {part.part: part.need for part in row.parts} == dict(needs):
        return False
    row.parts = [known.get(part) or WorkstreamPart(part=part) for part in needs]
    for part in row.parts:
        part.need = needs[part.part]
    return True


def _replace_served(row: Workstream, served: Sequence[FrameworkItem]) -> bool:
    if set(row.serves) == set(served):
        return False
    row.serves = list(served)
    return True
