"""RAG schemes, themes, workstreams and what they report, as they are."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.db import batches, holds_words, ids_by_key, listed
from app.errors import NotFound
from app.formats.manifest import Need
from app.frameworks.models import Framework, FrameworkItem
from app.people.models import Organisation, Person
from app.people.queries import persons_by_id
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
    WorkstreamItem,
    WorkstreamPart,
)

# What every draft asks is put together once: that takes longer than the answer.

_IDS: BindParameter[int] = bindparam("ids", expanding=True)


class NoScheme(NotFound):
    """No RAG scheme has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("RAG scheme", key)


class NoTheme(NotFound):
    """No theme has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("theme", key)


class NoWorkstream(NotFound):
    """No workstream has this reference."""

    def __init__(self, ref: str) -> None:
        super().__init__("workstream", ref)


class NoUpdate(NotFound):
    """The workstream has reported nothing as at this day."""

    def __init__(self, ref: str, as_at: date) -> None:
        super().__init__("update", f"{ref}, {as_at}")


@dataclass(frozen=True, slots=True)
class RatingContent:
    """What a rating says; without a value: not rated."""

    value: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class UpdateContent:
    """What an update says: part → narrative, dimension → rating; equal contents are one revision."""

    nothing_to_report: bool
    parts: Mapping[str, str]
    ratings: Mapping[str, RatingContent]

    @property
    def digest(self) -> str:
        """SHA-256 that equal contents share."""
        return _digest(asdict(self))


# Plain values, for who reads many rows and changes none


@dataclass(frozen=True, slots=True)
class Described:
    """A workstream; `owner` comes with posts, `serves` has the keys of framework and item of each item served."""

    id: int
    ref: str
    name: str
    theme_id: int
    rating_source: str | None
    owner: Person | None
    needs: dict[str, Need] = field(default_factory=dict)
    serves: list[tuple[str, str]] = field(default_factory=list)


class Rated(NamedTuple):
    """A rating by the keys of dimension and value, None where it is not rated, and the scheme of the dimension."""

    dimension: str
    value: str | None
    source: str | None
    scheme_id: int


class Revision(NamedTuple):
    """A revision of an update with what it says: part → narrative, and the ratings in the order of their scheme."""

    workstream_id: int
    as_at: date
    revision: int
    nothing_to_report: bool
    parts: Mapping[str, str]
    ratings: Sequence[Rated]


# RAG schemes


def find_scheme(session: Session, key: str) -> RagScheme | None:
    """The scheme with this key, with values and dimensions, if there is one."""
    return session.scalar(select(RagScheme).where(RagScheme.key == key).options(*WHOLE_SCHEME))


def get_scheme(session: Session, key: str) -> RagScheme:
    """The scheme with this key, with values and dimensions.

    Raises:
        NoScheme: if there is none.
    """
    scheme = find_scheme(session, key)
    if scheme is None:
        raise NoScheme(key)
    return scheme


def schemes_by_id(session: Session, scheme_ids: Iterable[int]) -> dict[int, RagScheme]:
    """Id → scheme with values and dimensions, for those of the ids that exist."""
    wanted = sorted(set(scheme_ids))
    found = session.scalars(select(RagScheme).where(RagScheme.id.in_(wanted)).options(*WHOLE_SCHEME)) if wanted else ()
    return {scheme.id: scheme for scheme in found}


def schemes(session: Session, *, after: str = "", limit: int) -> Sequence[RagScheme]:
    """At most `limit` schemes in the order of their keys, behind the key `after`; loaded as in `get_scheme`."""
    return session.scalars(
        select(RagScheme).where(RagScheme.key > after).order_by(RagScheme.key).limit(limit).options(*WHOLE_SCHEME)
    ).all()


def every_scheme(session: Session) -> dict[str, RagScheme]:
    """Key → scheme, with values and dimensions."""
    return {scheme.key: scheme for scheme in session.scalars(select(RagScheme).options(*WHOLE_SCHEME))}


# Themes


def find_theme(session: Session, key: str) -> Theme | None:
    """The theme with this key, with organisation, scheme and introductions, if there is one."""
    return session.scalar(select(Theme).where(Theme.key == key).options(*WHOLE_THEME))


def get_theme(session: Session, key: str) -> Theme:
    """The theme with this key, with organisation, scheme and introductions.

    Raises:
        NoTheme: if there is none.
    """
    theme = find_theme(session, key)
    if theme is None:
        raise NoTheme(key)
    return theme


def themes(
    session: Session,
    *,
    after: str = "",
    limit: int,
    words: Sequence[str] = (),
    ordered_by_name: bool = False,
    organisation_id: int | None = None,
) -> Sequence[Theme]:
    """At most `limit` themes in the order of their keys, beginning behind the key `after`; loaded as in `get_theme`.

    With `ordered_by_name` in the order of their names. Each of the `words` stands in key or name; of the
    organisation, where one is given.
    """
    conditions = holds_words(words, Theme.key, Theme.name)
    if organisation_id is not None:
        conditions.append(Theme.organisation_id == organisation_id)
    found = select(Theme).where(*conditions).options(*WHOLE_THEME)
    return listed(session, found, Theme.key, after=after, limit=limit, name=Theme.name if ordered_by_name else None)


def tree(session: Session, theme_ids: Iterable[int]) -> list[Theme]:
    """These themes and every theme above them: each before those below it, siblings by position and key.

    With each theme its scheme, with values and dimensions.
    """
    found: dict[int, Theme] = {}
    wanted = set(theme_ids)
    while wanted:  # one step up a turn: a tree of themes is shallow
        for batch in batches(sorted(wanted)):
            rows = session.scalars(_themes(), {"ids": batch})
            found |= {theme.id: theme for theme in rows}
        wanted = {theme.parent_id for theme in found.values() if theme.parent_id is not None} - found.keys()
    return _parents_first(found.values())


@cache
def _themes() -> Select[Theme]:
    return select(Theme).where(Theme.id.in_(_IDS)).options(*THEME_WITH_SCHEME)


@dataclass(frozen=True, slots=True)
class ThemePlace:
    """Where a theme stands: whose it is, below which theme, with which scheme of its own."""

    organisation: str
    parent: str | None
    scheme: str | None


def theme_places(session: Session) -> dict[str, ThemePlace]:
    """Key of every theme → where it stands, in natural keys."""
    parent = aliased(Theme)
    rows = session.execute(
        select(Theme.key, Organisation.key, parent.key, RagScheme.key)
        .join(Theme.organisation)
        .outerjoin(parent, parent.id == Theme.parent_id)
        .outerjoin(Theme.scheme)
    )
    return {key: ThemePlace(organisation, above, scheme) for key, organisation, above, scheme in rows}


def scheme_above(places: Mapping[str, ThemePlace], theme: str) -> str | None:
    """Key of the scheme that rates under this theme: its own, or that of the nearest theme above that has one."""
    seen: set[str] = set()
    at: str | None = theme
    while at is not None and at in places and at not in seen:
        if places[at].scheme:
            return places[at].scheme
        seen.add(at)
        at = places[at].parent
    return None


def theme_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, for those of the keys that exist."""
    return ids_by_key(session, Theme.key, keys)


# Workstreams


def find(session: Session, ref: str) -> Workstream | None:
    """The workstream with this reference, with theme, owner, parts and items served, if there is one."""
    return session.scalar(select(Workstream).where(Workstream.ref == ref).options(*WHOLE_WORKSTREAM))


def get(session: Session, ref: str) -> Workstream:
    """The workstream with this reference, with theme, owner, parts and items served.

    Raises:
        NoWorkstream: if there is none.
    """
    workstream = find(session, ref)
    if workstream is None:
        raise NoWorkstream(ref)
    return workstream


def workstreams(
    session: Session,
    *,
    after: str = "",
    limit: int,
    words: Sequence[str] = (),
    ordered_by_name: bool = False,
    organisation_id: int | None = None,
) -> Sequence[Workstream]:
    """At most `limit` workstreams in the order of their references, behind `after`; loaded as in `get`.

    With `ordered_by_name` in the order of their names. Each of the `words` stands in reference or name; of the
    organisation, where one is given.
    """
    conditions = holds_words(words, Workstream.ref, Workstream.name)
    if organisation_id is not None:
        conditions.append(Workstream.theme.has(Theme.organisation_id == organisation_id))
    found = select(Workstream).where(*conditions).options(*WHOLE_WORKSTREAM)
    return listed(
        session, found, Workstream.ref, after=after, limit=limit, name=Workstream.name if ordered_by_name else None
    )


def of_organisation(session: Session, organisation_id: int) -> list[Workstream]:
    """Every workstream of the organisation, by position and reference; loaded as in `get`."""
    found = session.scalars(
        select(Workstream)
        .join(Workstream.theme)
        .where(Theme.organisation_id == organisation_id)
        .options(*WHOLE_WORKSTREAM)
    )
    return sorted(found, key=lambda workstream: (workstream.position, workstream.ref))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which workstreams a list shows: those that hold each of the filters that are given."""

    organisation_id: int | None = None
    theme_ids: frozenset[int] | None = None
    """Under one of these themes."""
    refs: frozenset[str] | None = None
    """One of these."""
    words: tuple[str, ...] = ()
    """Each stands in its name or reference, or in the name of its owner, in capitals or not."""


def themes_for(session: Session, organisation_id: int | None) -> list[Theme]:
    """Every theme of the organisation (None: of all), each before those below it, with its scheme."""
    found = select(Theme).options(*THEME_WITH_SCHEME)
    if organisation_id is not None:
        found = found.where(Theme.organisation_id == organisation_id)
    return _parents_first(session.scalars(found))


def count_wanted(session: Session, wanted: Wanted) -> dict[int, int]:
    """Id of a theme → how many of the workstreams in it are wanted; themes with none are left out."""
    counted = select(Workstream.theme_id, func.count()).where(*_is_wanted(wanted)).group_by(Workstream.theme_id)
    return dict(session.execute(counted).all())


def find_wanted(session: Session, wanted: Wanted, theme_id: int, *, offset: int, limit: int) -> Sequence[Workstream]:
    """At most `limit` wanted workstreams of this theme by position and reference, behind the first `offset`.

    With their owners.
    """
    return session.scalars(
        select(Workstream)
        .where(Workstream.theme_id == theme_id, *_is_wanted(wanted))
        .order_by(Workstream.position, Workstream.ref)
        .offset(offset)
        .limit(limit)
        .options(joinedload(Workstream.owner))
    ).all()


def first_wanted(session: Session, wanted: Wanted, *, limit: int) -> Sequence[Workstream]:
    """At most `limit` wanted workstreams in the order of their references."""
    return session.scalars(select(Workstream).where(*_is_wanted(wanted)).order_by(Workstream.ref).limit(limit)).all()


def workstream_ids(session: Session, refs: Iterable[str]) -> dict[str, int]:
    """Reference → id, for those of the references that exist."""
    return ids_by_key(session, Workstream.ref, refs)


def unused_parts(session: Session, refs: Iterable[str]) -> set[tuple[str, str]]:
    """(Reference, part) for every part that one of these workstreams does not have."""
    found: set[tuple[str, str]] = set()
    for batch in batches(sorted(set(refs))):
        rows = session.execute(
            select(Workstream.ref, WorkstreamPart.part)
            .join(WorkstreamPart, WorkstreamPart.workstream_id == Workstream.id)
            .where(Workstream.ref.in_(batch), WorkstreamPart.need == Need.UNUSED)
        )
        found |= {(ref, part) for ref, part in rows}
    return found


def themes_of(session: Session, refs: Iterable[str]) -> dict[str, str]:
    """Reference of a workstream → key of its theme, for those of the references that exist."""
    found: dict[str, str] = {}
    for batch in batches(sorted(set(refs))):
        rows = session.execute(
            select(Workstream.ref, Theme.key).join(Workstream.theme).where(Workstream.ref.in_(batch))
        )
        found |= dict(rows.all())
    return found


def described(session: Session, workstream_ids: Sequence[int]) -> list[Described]:
    """These workstreams in plain values, in this order."""
    found: dict[int, Described] = {}
    for batch in batches(workstream_ids):
        rows = session.execute(_DESCRIBED, {"ids": batch}).all()
        owners = persons_by_id(session, {row.owner_id for row in rows if row.owner_id is not None})
        for number, ref, name, theme, source, owner in rows:
            found[number] = Described(number, ref, name, theme, source, owners[owner] if owner else None)
        for number, part, need in session.execute(_NEEDS, {"ids": batch}):
            found[number].needs[part] = need
        for number, framework, item in session.execute(_served(), {"ids": batch}):
            found[number].serves.append((framework, item))
    return [found[number] for number in workstream_ids]


_DESCRIBED = select(
    Workstream.id,
    Workstream.ref,
    Workstream.name,
    Workstream.theme_id,
    Workstream.rating_source,
    Workstream.owner_id,
).where(Workstream.id.in_(_IDS))

_NEEDS = (
    select(WorkstreamPart.workstream_id, WorkstreamPart.part, WorkstreamPart.need)
    .where(WorkstreamPart.workstream_id.in_(_IDS))
    .order_by(WorkstreamPart.part)
)


@cache  # whoever only imports this file does not pay for the mapping
def _served() -> Select[int, str, str]:
    return (
        select(WorkstreamItem.workstream_id, Framework.key, FrameworkItem.key)
        .join(FrameworkItem, FrameworkItem.id == WorkstreamItem.item_id)
        .join(FrameworkItem.framework)
        .where(WorkstreamItem.workstream_id.in_(_IDS))
    )


# Updates and introductions


def heads(session: Session, workstream_ids: Iterable[int]) -> list[Update]:
    """The newest revision of each update of these workstreams.

    Ordered by workstream and date, with parts and ratings (dimension and value).
    """
    found: list[Update] = []
    for batch in batches(sorted(set(workstream_ids))):
        found += session.scalars(
            select(Update)
            .where(Update.workstream_id.in_(batch), _is_newest_revision())
            .order_by(Update.workstream_id, Update.as_at)
            .options(*WHOLE_UPDATE)
        )
    return found


def latest(
    session: Session, workstream_ids: Iterable[int], *, up_to: date, without: Collection[int] = ()
) -> list[Update]:
    """The newest revision of the last update of each of these workstreams up to and with `up_to`.

    The revisions with the ids `without` count as never reported. Ordered by workstream, with parts and ratings
    (dimension and value).
    """
    found: list[Update] = []
    for batch in batches(sorted(set(workstream_ids))):
        ids = _latest_ids(session, batch, up_to, without)
        found += session.scalars(
            select(Update).where(Update.id.in_(ids)).order_by(Update.workstream_id).options(*WHOLE_UPDATE)
        )
    return found


def head_revisions(
    session: Session,
    workstream_ids: Iterable[int],
    *,
    after: date,
    recorded_from: datetime | None = None,
    up_to: date,
    without: Collection[int] = (),
) -> list[Revision]:
    """What `heads` answers, with dates behind `after`, up to and with `up_to`, in plain values.

    With `recorded_from`, those too whose date is `after` or before it, and that were recorded at that moment or later.
    The revisions with the ids `without` count as never reported.
    """
    conditions = _is_head(after, recorded_from, up_to, without)
    return [
        revision
        for batch in batches(sorted(set(workstream_ids)))
        for revision in _revisions(session, Update.workstream_id.in_(batch), *conditions)
    ]


def latest_revisions(
    session: Session, workstream_ids: Iterable[int], *, up_to: date, without: Collection[int] = ()
) -> list[Revision]:
    """What `latest` answers, in plain values."""
    return [
        revision
        for batch in batches(sorted(set(workstream_ids)))
        for revision in _revisions(session, Update.id.in_(_latest_ids(session, batch, up_to, without)))
    ]


def _revisions(session: Session, *conditions: ColumnElement[bool]) -> list[Revision]:
    columns = select(Update.id, Update.workstream_id, Update.as_at, Update.revision, Update.nothing_to_report)
    rows = session.execute(columns.where(*conditions).order_by(Update.workstream_id, Update.as_at)).all()
    parts: dict[int, dict[str, str]] = {update: {} for update, *_ in rows}
    ratings: dict[int, list[Rated]] = {update: [] for update, *_ in rows}
    for batch in batches(parts):
        for update, part, narrative in session.execute(_TOLD, {"ids": batch}):
            parts[update][part] = narrative
        for update, dimension, value, source, scheme in session.execute(_rated(), {"ids": batch}):
            ratings[update].append(Rated(dimension, value, source, scheme))
    return [
        Revision(workstream, as_at, revision, nothing_to_report, parts[update], ratings[update])
        for update, workstream, as_at, revision, nothing_to_report in rows
    ]


_TOLD = (
    select(UpdatePart.update_id, UpdatePart.part, UpdatePart.narrative)
    .where(UpdatePart.update_id.in_(_IDS))
    .order_by(UpdatePart.part)
)


@cache
def _rated() -> Select[int, str, str, str | None, int]:
    return (
        select(Rating.update_id, RagDimension.key, RagValue.key, Rating.source, RagDimension.scheme_id)
        .join(Rating.dimension)
        .outerjoin(Rating.value)
        .where(Rating.update_id.in_(_IDS))
        .order_by(RagDimension.position)
    )


@dataclass(frozen=True, slots=True)
class Reported:
    """What a workstream reported last, as a list shows it."""

    update_id: int
    """Of the newest revision."""
    as_at: date
    nothing_to_report: bool
    ratings: Mapping[str, RagValue | None]
    """Key of a dimension → value; None: not rated."""
    before: Mapping[str, RagValue | None]
    """The ratings of the update before; empty where there is none."""


def last_reported(session: Session, workstream_ids: Iterable[int], *, up_to: date) -> dict[int, Reported]:
    """Id of a workstream → what it reported last, up to and with `up_to`; those that never did are left out."""
    found: dict[int, Reported] = {}
    for batch in batches(sorted(set(workstream_ids)), 200):
        ids = session.scalars(select(_last(up_to, Workstream.id)).where(Workstream.id.in_(batch)))
        rows = session.execute(
            select(Update.id, Update.workstream_id, Update.as_at, Update.nothing_to_report, _before()).where(
                Update.id.in_([number for number in ids if number])
            )
        ).all()
        ratings = _ratings_of(session, [number for row in rows for number in (row[0], row[4]) if number])
        for number, workstream_id, as_at, nothing, before in rows:
            found[workstream_id] = Reported(number, as_at, nothing, ratings.get(number, {}), ratings.get(before, {}))
    return found


def newest_first(session: Session, workstream_id: int, *, before: date | None = None, limit: int) -> Sequence[Update]:
    """At most `limit` of the workstream's updates before that day, the newest first: newest revisions, whole."""
    conditions = [Update.workstream_id == workstream_id, _is_newest_revision()]
    if before is not None:
        conditions.append(Update.as_at < before)
    return session.scalars(
        select(Update).where(*conditions).order_by(Update.as_at.desc()).limit(limit).options(*WHOLE_UPDATE)
    ).all()


def update_before(session: Session, workstream_id: int, as_at: date) -> Update | None:
    """The newest revision of the workstream's last update before that day, whole, if there is one."""
    return next(iter(newest_first(session, workstream_id, before=as_at, limit=1)), None)


def find_update(session: Session, ref: str, as_at: date) -> Update | None:
    """The newest revision of what the workstream reports as at that day, with parts and ratings, if there is one."""
    return session.scalar(
        select(Update)
        .join(Update.workstream)
        .where(Workstream.ref == ref, Update.as_at == as_at)
        .order_by(Update.revision.desc())
        .limit(1)
        .options(*WHOLE_UPDATE)
    )


def get_update(session: Session, ref: str, as_at: date) -> Update:
    """The newest revision of what the workstream reports as at that day, with parts and ratings.

    Raises:
        NoUpdate: if it reported nothing as at that day.
    """
    update = find_update(session, ref, as_at)
    if update is None:
        raise NoUpdate(ref, as_at)
    return update


def updates(session: Session, workstream_id: int, *, after: date | None = None, limit: int) -> Sequence[Update]:
    """At most `limit` of the workstream's updates by date, behind the day `after`: newest revisions, whole."""
    conditions = [Update.workstream_id == workstream_id, _is_newest_revision()]
    if after is not None:
        conditions.append(Update.as_at > after)
    return session.scalars(
        select(Update).where(*conditions).order_by(Update.as_at).limit(limit).options(*WHOLE_UPDATE)
    ).all()


def revisions(session: Session, ref: str, as_at: date) -> Sequence[Update]:
    """Every revision of what the workstream reports as at that day, first to last, with parts and ratings."""
    return session.scalars(
        select(Update)
        .join(Update.workstream)
        .where(Workstream.ref == ref, Update.as_at == as_at)
        .order_by(Update.revision)
        .options(*WHOLE_UPDATE)
    ).all()


def ids_from(session: Session, update: Update) -> set[int]:
    """Ids of this revision of what a workstream reports as at a day, and of those that came after it."""
    same = Update.workstream_id == update.workstream_id, Update.as_at == update.as_at
    return set(session.scalars(select(Update.id).where(*same, Update.revision >= update.revision)))


def update_days(session: Session, refs: Iterable[str]) -> set[tuple[str, date]]:
    """(Reference, day) of every update of these workstreams."""
    found: set[tuple[str, date]] = set()
    for batch in batches(sorted(set(refs))):
        rows = session.execute(
            select(Workstream.ref, Update.as_at).join(Update.workstream).where(Workstream.ref.in_(batch)).distinct()
        )
        found |= {(ref, as_at) for ref, as_at in rows}
    return found


def head_digests(session: Session, refs: Iterable[str]) -> dict[tuple[str, date], tuple[int, str]]:
    """(Reference, day) → number and content digest of the newest revision, for every update of these workstreams."""
    found: dict[tuple[str, date], tuple[int, str]] = {}
    for batch in batches(sorted(set(refs)), 500):
        for update in session.scalars(
            select(Update)
            .join(Update.workstream)
            .where(Workstream.ref.in_(batch), _is_newest_revision())
            .options(joinedload(Update.workstream), *WHOLE_UPDATE)
        ):
            content = content_of(update)
            found[update.workstream.ref, update.as_at] = update.revision, content.digest
    return found


def introductions(session: Session, theme_ids: Iterable[int], *, up_to: date) -> dict[int, ThemeIntroduction]:
    """Id of a theme → newest revision of its last introduction up to and with `up_to`, where there is one."""
    found: dict[int, ThemeIntroduction] = {}
    for batch in batches(sorted(set(theme_ids))):
        rows = session.scalars(
            select(ThemeIntroduction)
            .where(ThemeIntroduction.theme_id.in_(batch), ThemeIntroduction.as_at <= up_to)
            .order_by(ThemeIntroduction.theme_id, ThemeIntroduction.as_at, ThemeIntroduction.revision)
        )
        found |= {row.theme_id: row for row in rows}
    return found


def head_introductions(theme: Theme) -> list[ThemeIntroduction]:
    """The newest revision of each introduction of a theme loaded as in `get_theme`, by date."""
    newest = {row.as_at: row for row in sorted(theme.introductions, key=lambda row: (row.as_at, row.revision))}
    return list(newest.values())


# What binds rows that never change to the audit log


def content_of(update: Update) -> UpdateContent:
    """What an update loaded with parts and ratings says."""
    return UpdateContent(
        nothing_to_report=update.nothing_to_report,
        parts={part.part: part.narrative for part in update.parts},
        ratings={
            rating.dimension.key: RatingContent(rating.value.key if rating.value else None, rating.source)
            for rating in update.ratings
        },
    )


def update_digest(update: Update) -> str:
    """SHA-256 of everything that the rows of this update say, by natural keys.

    Needs `workstream`, parts and ratings (dimension and value) loaded.
    """
    return bound_update_digest(
        update.workstream.ref, update.as_at, update.revision, update.recorded_at, content_of(update)
    )


def bound_update_digest(ref: str, as_at: date, revision: int, recorded_at: datetime, content: UpdateContent) -> str:
    """SHA-256 of a revision of an update, from what it says: `update_digest` recomputes it from the rows."""
    return _digest(
        {
            "workstream": ref,
            "as_at": as_at.isoformat(),
            "revision": revision,
            "recorded_at": recorded_at.astimezone(UTC).isoformat(),
            "content": asdict(content),
        }
    )


def introduction_digest(introduction: ThemeIntroduction, theme: str) -> str:
    """SHA-256 of everything that the row of this introduction says; `theme` is the key of its theme."""
    return _digest(
        {
            "theme": theme,
            "as_at": introduction.as_at.isoformat(),
            "revision": introduction.revision,
            "recorded_at": introduction.recorded_at.astimezone(UTC).isoformat(),
            "narrative": introduction.narrative,
        }
    )


def every_update(session: Session) -> Iterator[Update]:
    """Every revision of every update, ready for `update_digest`; streamed."""
    return iter(
        session.scalars(
            select(Update)
            .order_by(Update.workstream_id, Update.as_at, Update.revision)
            .options(joinedload(Update.workstream), *WHOLE_UPDATE)
            .execution_options(yield_per=500)
        )
    )


def every_introduction(session: Session) -> Iterator[tuple[ThemeIntroduction, str]]:
    """Every revision of every introduction with the key of its theme, ready for `introduction_digest`; streamed."""
    rows = session.execute(
        select(ThemeIntroduction, Theme.key)
        .join(Theme, Theme.id == ThemeIntroduction.theme_id)
        .order_by(Theme.key, ThemeIntroduction.as_at, ThemeIntroduction.revision)
        .execution_options(yield_per=500)
    )
    return ((introduction, key) for introduction, key in rows)


def _parents_first(themes: Iterable[Theme]) -> list[Theme]:
    below: dict[int | None, list[Theme]] = {}
    for theme in sorted(themes, key=lambda theme: (theme.position, theme.key)):
        below.setdefault(theme.parent_id, []).append(theme)
    ordered: list[Theme] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        theme = waiting.pop()
        ordered.append(theme)
        waiting.extend(reversed(below.get(theme.id, [])))
    return ordered


def _is_wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.organisation_id is not None:
        conditions.append(Workstream.theme.has(Theme.organisation_id == wanted.organisation_id))
    if wanted.theme_ids is not None:
        conditions.append(Workstream.theme_id.in_(sorted(wanted.theme_ids)))
    if wanted.refs is not None:
        conditions.append(Workstream.ref.in_(sorted(wanted.refs)))
    for word in wanted.words:
        conditions.append(
            or_(
                Workstream.name.icontains(word, autoescape=True),
                Workstream.ref.icontains(word, autoescape=True),
                Workstream.owner.has(Person.name.icontains(word, autoescape=True)),
            )
        )
    return conditions


def _is_head(
    after: date, recorded_from: datetime | None, up_to: date, without: Collection[int]
) -> list[ColumnElement[bool]]:
    """Whether an update is one of `head_revisions`."""
    late = Update.recorded_at >= recorded_from if recorded_from is not None else false()
    return [
        _is_newest_revision(without),
        _is_none_of(Update.id, without),
        or_(Update.as_at > after, late),
        Update.as_at <= up_to,
    ]


def _latest_ids(session: Session, workstream_ids: Collection[int], up_to: date, without: Collection[int]) -> list[int]:
    """Ids of the newest revisions of the last updates of these workstreams."""
    # By one look into the index for each workstream: together with the updates, PostgreSQL reads every one there is.
    asked: dict[str, Any] = {"ids": list(workstream_ids), "up_to": up_to}
    if without:
        asked["without"] = list(without)
    return [number for number in session.scalars(_last_ids(bool(without)), asked) if number]


@cache
def _last_ids(some_are_left_out: bool) -> Select[int]:
    without: BindParameter[int] | None = bindparam("without", expanding=True) if some_are_left_out else None
    return select(_last(bindparam("up_to"), Workstream.id, without)).where(Workstream.id.in_(_IDS))


def _last(
    up_to: date | BindParameter[Any], workstream_id: Any, without: BindParameter[Any] | None = None
) -> ScalarSelect[int]:
    """The id of the newest revision of the last update of that workstream up to and with that day."""
    earlier = aliased(Update)
    kept = true() if without is None else earlier.id.not_in(without)
    return (
        select(earlier.id)
        .where(earlier.workstream_id == workstream_id, earlier.as_at <= up_to, kept)
        .order_by(earlier.as_at.desc(), earlier.revision.desc())
        .limit(1)
        .scalar_subquery()
    )


def _before() -> ScalarSelect[int]:
    """The id of the newest revision of the update before this one."""
    earlier = aliased(Update)
    return (
        select(earlier.id)
        .where(earlier.workstream_id == Update.workstream_id, earlier.as_at < Update.as_at)
        .order_by(earlier.as_at.desc(), earlier.revision.desc())
        .limit(1)
        .scalar_subquery()
    )


def _ratings_of(session: Session, update_ids: Iterable[int]) -> dict[int, dict[str, RagValue | None]]:
    found: dict[int, dict[str, RagValue | None]] = {}
    rows = session.execute(
        select(Rating.update_id, RagDimension.key, RagValue)
        .join(RagDimension, RagDimension.id == Rating.dimension_id)
        .outerjoin(RagValue, RagValue.id == Rating.value_id)
        .where(Rating.update_id.in_(sorted(set(update_ids))))
    )
    for update_id, dimension, value in rows:
        found.setdefault(update_id, {})[dimension] = value
    return found


def _is_newest_revision(without: Collection[int] = ()) -> ColumnElement[bool]:
    later = aliased(Update)
    return ~exists().where(
        later.workstream_id == Update.workstream_id,
        later.as_at == Update.as_at,
        later.revision > Update.revision,
        _is_none_of(later.id, without),
    )


def _is_none_of(column: InstrumentedAttribute[int], ids: Collection[int]) -> ColumnElement[bool]:
    return column.not_in(ids) if ids else true()


def _digest(said: Mapping[str, Any]) -> str:
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


WHOLE_SCHEME: tuple[ExecutableOption, ...] = (
    selectinload(RagScheme.values),
    selectinload(RagScheme.dimensions),
)
"""What is loaded with a scheme."""

THEME_WITH_SCHEME: tuple[ExecutableOption, ...] = (
    selectinload(Theme.scheme).selectinload(RagScheme.values),
    selectinload(Theme.scheme).selectinload(RagScheme.dimensions),
)
"""What is loaded with a theme of the tree."""

WHOLE_THEME: tuple[ExecutableOption, ...] = (
    selectinload(Theme.organisation),
    selectinload(Theme.scheme),
    selectinload(Theme.introductions),
)
"""What is loaded with a theme by itself."""

WHOLE_WORKSTREAM: tuple[ExecutableOption, ...] = (
    selectinload(Workstream.theme),
    selectinload(Workstream.owner),
    selectinload(Workstream.parts),
    selectinload(Workstream.serves).selectinload(FrameworkItem.framework),
)
"""What is loaded with a workstream."""

WHOLE_UPDATE: tuple[ExecutableOption, ...] = (
    selectinload(Update.parts),
    selectinload(Update.ratings).joinedload(Rating.dimension),
    selectinload(Update.ratings).joinedload(Rating.value),
)
"""What is loaded with an update."""
