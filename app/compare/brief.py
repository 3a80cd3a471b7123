"""What a chief officer should know of a paper before deciding on it, on one page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.assembly.differences import changes_since
from app.assembly.snapshot import Snapshot
from app.assembly.wording import context_for
from app.compare.facts import Given, Since, ratings, since
from app.versions.models import Version


@dataclass(frozen=True)
class Brief:
    """A version of a paper in short."""

    version: Version
    snapshot: Snapshot
    gaps: tuple[str, ...]
    """What it shows as missing, in words."""
    ratings: dict[Given, int]
    """How many workstreams have which rating in the first dimension."""
    earlier: Snapshot | None
    """The facts of the last paper of the series that was generated before it."""
    since_last_paper: Since | None
    changes: tuple[str, ...]
    """What the facts say otherwise since the version was made, in words."""


def brief_of(session: Session, version: Version, *, earlier: Version | None, now: datetime) -> Brief:
    """What stands in the version, what changed since `earlier` of the paper before, and since it was made.

    Needs the version's paper and template version.
    """
    snapshot = Snapshot.from_json(version.snapshot)
    before = Snapshot.from_json(earlier.snapshot) if earlier else None
    return Brief(
        version=version,
        snapshot=snapshot,
        gaps=tuple(context_for(snapshot).gaps),
        ratings=ratings(snapshot),
        earlier=before,
        since_last_paper=since(before, snapshot) if before else None,
        changes=tuple(changes_since(session, version, now=now)),
    )
