"""Pictures, as they are; never their bytes, which lie among the blobs."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.pictures.models import Picture

_AT_ONCE = 500  # digests in one query


class NoPicture(NotFound):
    """No picture has this digest."""

    def __init__(self, digest: str) -> None:
        super().__init__("picture", digest)


def find(session: Session, digest: str) -> Picture | None:
    """The picture with this digest, if there is one."""
    return session.scalar(select(Picture).where(Picture.digest == digest))


def get(session: Session, digest: str) -> Picture:
    """The picture with this digest.

    Raises:
        NoPicture: if there is none.
    """
    picture = find(session, digest)
    if picture is None:
        raise NoPicture(digest)
    return picture


def stored(session: Session, digests: Sequence[str]) -> set[str]:
    """Those of the digests that a picture has."""
    found: set[str] = set()
    for first in range(0, len(digests), _AT_ONCE):
        asked = digests[first : first + _AT_ONCE]
        found.update(session.scalars(select(Picture.digest).where(Picture.digest.in_(asked))))
    return found
