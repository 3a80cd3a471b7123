"""Pictures, as they are; never their bytes, which lie among the blobs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.pictures.models import Picture


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
