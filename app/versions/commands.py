"""Keeps what was produced: the blob first, then the row and the audit event, one transaction."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from app.audit import actions
from app.audit import commands as audit
from app.blobs import Blobs
from app.formats.models import TemplateVersion
from app.papers.models import Paper
from app.versions.models import Version
from app.versions.queries import version_digest


@dataclass(frozen=True)
class Document:
    """A document and everything that proves how it came about."""

    content: bytes
    content_digest: str
    file_name: str
    snapshot: str
    facts_digest: str
    engine: int
    label: str
    gaps: tuple[str, ...]


def keep(
    session: Session,
    blobs: Blobs,
    *,
    paper: Paper,
    number: int,
    template: TemplateVersion,
    document: Document,
    by: str,
    now: datetime,
) -> Version:
    """The document is stored for ever as version `number` of the paper, and the log says so.

    The bytes are durable before the row exists: a crash in between leaves an unreferenced blob, never a row
    without its bytes.
    """
    file_digest = blobs.put(document.content)
    version = Version(
        paper=paper,
        number=number,
        label=document.label,
        template_version=template,
        engine=document.engine,
        snapshot=document.snapshot,
        snapshot_digest=sha256(document.snapshot.encode()).hexdigest(),
        facts_digest=document.facts_digest,
        content_digest=document.content_digest,
        file_digest=file_digest,
        size=len(document.content),
        file_name=document.file_name,
        open_points=len(document.gaps),
        made_at=now,
        made_by=by,
    )
    session.add(version)
    session.flush()
    audit.record(
        session,
        actions.VERSION_KEPT,
        actions.version_object(paper.reference, version.label),
        by=by,
        at=now,
        digests={
            "file": version.file_digest,
            "content": version.content_digest,
            "snapshot": version.snapshot_digest,
            "template": template.digest,
            "row": version_digest(version),
        },
    )
    return version
