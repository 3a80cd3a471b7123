"""Formats and their template versions, as they are."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from enum import StrEnum
from functools import cache
from hashlib import sha256

from sqlalchemy import BindParameter, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.db import batches, ids_by_key
from app.errors import Conflict, NotFound
from app.formats.models import Format, TemplateChange, TemplateEvent, TemplateVersion


class Stage(StrEnum):
    """How far a template version has come."""

    UPLOADED = "uploaded"
    """Checked and kept; no paper was printed with it yet."""
    TRIED = "tried"
    """A paper was printed with it, and it may go live."""
    LIVE = "live"
    REPLACED = "replaced"
    """It was live until another one went live; should that be retired, it is live again."""
    RETIRED = "retired"


class NoFormat(NotFound):
    """No format has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("format", key)


class NoTemplateVersion(NotFound):
    """The format has no template version with this number."""

    def __init__(self, key: str, number: int) -> None:
        super().__init__("template version", f"{key}, {number}")


class NothingLive(Conflict):
    """A format exists, but none of its template versions is live."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The format “{key}” has no template that is live. Add one, or bring one back.")


def find(session: Session, key: str) -> Format | None:
    """The format with this key, with its versions and their events, if there is one."""
    return session.scalar(
        select(Format)
        .where(Format.key == key)
        .options(selectinload(Format.versions).selectinload(TemplateVersion.events))
    )


def get(session: Session, key: str) -> Format:
    """The format with this key, with its versions and their events.

    Raises:
        NoFormat: if there is none.
    """
    found = find(session, key)
    if found is None:
        raise NoFormat(key)
    return found


def formats(session: Session, *, after: str = "", limit: int, containing: str = "") -> Sequence[Format]:
    """At most `limit` formats in the order of their keys, beginning behind the key `after`; each by itself.

    Only those whose key or name has the text `containing`, in whatever case.
    """
    has_text = or_(
        Format.key.icontains(containing, autoescape=True), Format.name.icontains(containing, autoescape=True)
    )
    return session.scalars(select(Format).where(Format.key > after, has_text).order_by(Format.key).limit(limit)).all()


def live_names(session: Session, *, limit: int) -> dict[str, str]:
    """Key of a format of which something is live → its name; at most `limit`, by name."""
    rows = session.execute(
        select(Format.key, Format.name)
        .where(Format.id.in_(select(TemplateVersion.format_id).where(TemplateVersion.id.in_(_last_live()))))
        .order_by(Format.name, Format.key)
        .limit(limit)
    )
    return dict(rows.all())


def in_question(session: Session, found: Sequence[Format]) -> dict[str, list[TemplateVersion]]:
    """Key of each of the formats → its live template version, and those that never were live, the newest first.

    With their events.
    """
    answer: dict[str, list[TemplateVersion]] = {row.key: [] for row in found}
    keys = {row.id: row.key for row in found}
    decided = exists().where(
        TemplateEvent.template_version_id == TemplateVersion.id,
        TemplateEvent.change.in_([TemplateChange.LIVE, TemplateChange.RETIRED]),
    )
    for batch in batches(sorted(keys)):
        rows = session.scalars(
            select(TemplateVersion)
            .where(TemplateVersion.format_id.in_(batch), or_(TemplateVersion.id.in_(_last_live()), ~decided))
            .order_by(TemplateVersion.number.desc())
            .options(selectinload(TemplateVersion.events))
        )
        for row in rows:
            answer[keys[row.format_id]].append(row)
    return answer


def format_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, for those of the keys that exist."""
    return ids_by_key(session, Format.key, keys)


def get_version(session: Session, key: str, number: int) -> TemplateVersion:
    """That template version of the format, with its format and events.

    Raises:
        NoTemplateVersion: if there is none.
    """
    version = session.scalar(
        select(TemplateVersion)
        .join(TemplateVersion.format)
        .where(Format.key == key, TemplateVersion.number == number)
        .options(joinedload(TemplateVersion.format), selectinload(TemplateVersion.events))
    )
    if version is None:
        raise NoTemplateVersion(key, number)
    return version


def live(session: Session, key: str) -> TemplateVersion:
    """The template version that new papers of this format use: the last that went live and was not retired since.

    Raises:
        NoFormat: if there is no such format.
        NothingLive: if the format has no live version.
    """
    found = live_versions(session, [key]).get(key)
    if found is not None:
        return found
    if not format_ids(session, [key]):
        raise NoFormat(key)
    raise NothingLive(key)


def live_versions(session: Session, keys: Iterable[str]) -> dict[str, TemplateVersion]:
    """Key of a format → its live template version with its format, for those of the keys that have one."""
    found: dict[str, TemplateVersion] = {}
    for batch in batches(sorted(set(keys))):
        rows = session.scalars(_live_among(), {"keys": batch})
        found |= {version.format.key: version for version in rows}
    return found


@cache  # every draft asks, and putting it together takes longer than the answer
def _live_among() -> Select[TemplateVersion]:
    """The live template versions of the formats with these `keys`, with their formats."""
    keys: BindParameter[str] = bindparam("keys", expanding=True)
    return (
        select(TemplateVersion)
        .join(TemplateVersion.format)
        .where(Format.key.in_(keys), TemplateVersion.id.in_(_last_live(keys)))
        .options(joinedload(TemplateVersion.format))
    )


def _last_live(keys: BindParameter[str] | None = None) -> Select[int]:
    """The id of the live template version of each format (with these keys), where it has one."""
    event, retired, version = aliased(TemplateEvent), aliased(TemplateEvent), aliased(TemplateVersion)
    standing = (
        select(func.max(event.id))
        .join(version, version.id == event.template_version_id)
        .where(
            event.change == TemplateChange.LIVE,
            ~exists().where(
                retired.template_version_id == event.template_version_id,
                retired.change == TemplateChange.RETIRED,
                retired.id > event.id,
            ),
        )
        .group_by(version.format_id)
    )
    if keys is not None:
        standing = standing.join(Format, Format.id == version.format_id).where(Format.key.in_(keys))
    put_live = aliased(TemplateEvent)
    return select(put_live.template_version_id).where(put_live.id.in_(standing))


def uploader(version: TemplateVersion) -> str | None:
    """Key of the account that uploaded the version, loaded with its events; None: it was loaded, and live at once."""
    return next((event.by for event in version.events if event.change == TemplateChange.UPLOADED), None)


def was_tried(version: TemplateVersion) -> bool:
    """Whether a paper was printed with the version, loaded with its events, before it went live."""
    return any(event.change == TemplateChange.TRIED for event in version.events)


def stage_of(version: TemplateVersion, live: TemplateVersion | None) -> Stage:
    """How far the version, loaded with its events, has come; `live` is the format's live version."""
    if live is not None and live.id == version.id:
        return Stage.LIVE
    changes = [event.change for event in version.events if event.change != TemplateChange.TRIED]
    if changes and changes[-1] == TemplateChange.RETIRED:
        return Stage.RETIRED
    if TemplateChange.LIVE in changes:
        return Stage.REPLACED
    return Stage.TRIED if was_tried(version) else Stage.UPLOADED


def template_versions(session: Session) -> Iterator[TemplateVersion]:
    """Every template version with its format, by format and number; streamed."""
    return iter(
        session.scalars(
            select(TemplateVersion)
            .join(TemplateVersion.format)
            .order_by(Format.key, TemplateVersion.number)
            .options(joinedload(TemplateVersion.format))
            .execution_options(yield_per=100)
        )
    )


def template_version_digest(version: TemplateVersion) -> str:
    """SHA-256 of everything that the row of this template version says, by natural keys; needs its `format` loaded."""
    said = {
        "format": version.format.key,
        "number": version.number,
        "digest": version.digest,
        "manifest": version.manifest,
        "template": version.template_digest,
        "added_at": version.added_at.astimezone(UTC).isoformat(),
    }
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
