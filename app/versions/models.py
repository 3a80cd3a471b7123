"""Versions of papers."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Digest, Key, UtcDateTime
from app.formats.models import TemplateVersion
from app.papers.models import Paper


class Version(Base):
    """One numbered `.docx` of a paper; the row never changes, the bytes lie among the blobs under `file_digest`."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("paper_id", "number"), UniqueConstraint("paper_id", "label"))

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(20))
    template_version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id", ondelete="RESTRICT"), index=True)
    engine: Mapped[int]
    """Number of the engine that rendered it."""
    snapshot: Mapped[str] = mapped_column(Text)
    """The frozen facts, as canonical JSON."""
    snapshot_digest: Mapped[str] = mapped_column(Digest)
    facts_digest: Mapped[str] = mapped_column(Digest)
    """Digest of the snapshot without what the version itself brought: equal facts, equal digest."""
    content_digest: Mapped[str] = mapped_column(Digest)
    file_digest: Mapped[str] = mapped_column(Digest)
    size: Mapped[int]
    """Bytes of the file."""
    file_name: Mapped[str] = mapped_column(String(300))
    open_points: Mapped[int]
    """How many gaps the draft shows."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(Key)

    paper: Mapped[Paper] = relationship(lazy="raise")
    template_version: Mapped[TemplateVersion] = relationship(lazy="raise")
