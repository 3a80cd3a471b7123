"""Two kept versions of one paper, beside each other."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.blobs import Blobs
from app.compare.documents import Comparison, compare
from app.versions import queries as versions
from app.versions.models import Version


@dataclass(frozen=True)
class Compared:
    """What the version `new` says otherwise than the version `old`; both come with paper and template version."""

    old: Version
    new: Version
    comparison: Comparison


def between(session: Session, blobs: Blobs, reference: str, old: str | None, new: str) -> Compared:
    """What the version with the label `new` says otherwise than the one with the label `old`, else the one before it.

    The first version of a paper has none before it, and is compared with itself.
    The kept documents are read, never made again. Raises NoSuchVersion where the paper has none of this label.
    """
    after = versions.get(session, reference, new)
    before = versions.before(session, after) or after if old is None else versions.get(session, reference, old)
    return Compared(before, after, compare(blobs.get(before.file_digest), blobs.get(after.file_digest)))
