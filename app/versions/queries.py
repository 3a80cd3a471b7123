"""Reads versions; never their bytes, which lie among the blobs."""

import json
from collections.abc import Collection, Iterator
from datetime import UTC
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.boards.models import Board, Meeting
from app.errors import NotFound
from app.formats.models import Format, TemplateVersion
from app.papers.models import Paper
from app.versions.models import Version

Later = aliased(Version)


class NoSuchVersion(NotFound):
    """The paper has no version with that label."""

    def __init__(self, reference: str, label: str) -> None:
        super().__init__("version", f"{label} of {reference}")


def last(session: Session, paper_id: int) -> Version | None:
    """The newest version of a paper, with its paper and template version."""
    return session.scalars(
        select(Version)
        .where(Version.paper_id == paper_id)
        .order_by(Version.number.desc())
        .limit(1)
        .options(joinedload(Version.paper), joinedload(Version.template_version).joinedload(TemplateVersion.format))
    ).one_or_none()


def get(session: Session, reference: str, label: str) -> Version:
    """The version of a paper with this label, with its paper and template version.

    Raises:
        NoSuchVersion: when there is none.
    """
    found = session.scalars(
        select(Version)
        .join(Version.paper)
        .where(Paper.reference == reference, Version.label == label)
        .options(
            selectinload(Version.paper), selectinload(Version.template_version).selectinload(TemplateVersion.format)
        )
    ).one_or_none()
    if found is None:
        raise NoSuchVersion(reference, label)
    return found


def page(session: Session, paper_id: int, *, after: int = 0, limit: int = 100) -> list[Version]:
    """Versions of a paper with a number above `after`, in the order of their numbers, with their template versions."""
    return list(
        session.scalars(
            select(Version)
            .where(Version.paper_id == paper_id, Version.number > after)
            .order_by(Version.number)
            .limit(limit)
            .options(
                selectinload(Version.paper),
                selectinload(Version.template_version).selectinload(TemplateVersion.format),
            )
        )
    )


def last_of_format(
    session: Session,
    format_key: str,
    *,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> list[Version]:
    """The newest version of each of the last `limit` papers of a format that were generated, the newest first.

    Each with its paper and template version; only of papers of the organisation, for one of the boards and with one of
    the markings, where they are given.
    """
    newest = (
        select(func.max(Version.id))
        .join(Version.paper)
        .join(Paper.format)
        .where(Format.key == format_key)
        .group_by(Version.paper_id)
    )
    if organisation_id is not None:
        newest = newest.where(Paper.organisation_id == organisation_id)
    if boards is not None:
        newest = newest.where(Paper.meeting.has(Meeting.board.has(Board.key.in_(boards))))
    if markings is not None:
        newest = newest.where(Paper.marking.in_(markings))
    return list(
        session.scalars(
            select(Version)
            .where(Version.id.in_(newest))
            .order_by(Version.id.desc())
            .limit(limit)
            .options(
                selectinload(Version.paper),
                selectinload(Version.template_version).selectinload(TemplateVersion.format),
            )
        )
    )


def walk(session: Session) -> Iterator[Version]:
    """Every version with its paper and template version, a hundred at a time."""
    yield from session.scalars(
        select(Version)
        .order_by(Version.id)
        .options(
            selectinload(Version.paper), selectinload(Version.template_version).selectinload(TemplateVersion.format)
        )
        .execution_options(yield_per=100)
    )


class Totals(NamedTuple):
    """How much there is."""

    versions: int
    gaps: int
    """What the newest versions of all papers show as missing."""


def totals(session: Session) -> Totals:
    """How many versions are kept, and how much the newest of each paper still lacks."""
    newest = select(func.max(Version.number)).where(Version.paper_id == Later.paper_id).scalar_subquery()
    gaps = select(func.coalesce(func.sum(Later.open_points), 0)).where(Later.number == newest)
    count = session.scalar(select(func.count()).select_from(Version)) or 0
    return Totals(int(count), int(session.scalar(gaps) or 0))


def version_digest(version: Version) -> str:
    """SHA-256 of everything that the row of this version says, by natural keys.

    Needs `paper` and `template_version` with its format loaded; `verify` compares it with what the log recorded.
    """
    said = {
        "paper": version.paper.reference,
        "number": version.number,
        "label": version.label,
        "template": [version.template_version.format.key, version.template_version.number],
        "engine": version.engine,
        "snapshot": version.snapshot_digest,
        "facts": version.facts_digest,
        "content": version.content_digest,
        "file": version.file_digest,
        "size": version.size,
        "file_name": version.file_name,
        "open_points": version.open_points,
        "made_at": version.made_at.astimezone(UTC).isoformat(),
        "made_by": version.made_by,
    }
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
