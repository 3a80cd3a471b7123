"""Taking pictures in: the blob first, then the row and the audit event."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit import commands as audit
from app.blobs import Blobs
from app.pictures import queries
from app.pictures.image import CleanPicture
from app.pictures.models import Picture


@dataclass(frozen=True)
class Added:
    """A kept picture, and whether it was not there before."""

    picture: Picture
    is_new: bool


def add(session: Session, blobs: Blobs, clean: CleanPicture, *, by: str, now: datetime) -> Added:
    """The picture is kept; one that was kept before is no second row."""
    digest = blobs.put(clean.content)
    known = queries.find(session, digest)
    if known is not None:
        return Added(known, is_new=False)
    picture = Picture(
        digest=digest,
        media_type=clean.media_type,
        width=clean.width,
        height=clean.height,
        size=len(clean.content),
        added_at=now,
    )
    session.add(picture)
    session.flush()
    audit.record(session, "picture.added", f"picture/{digest}", by=by, at=now, digests={"file": digest})
    return Added(picture, is_new=True)
