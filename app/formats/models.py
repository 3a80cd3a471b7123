"""Formats, their template versions and what became of those."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Digest, Key, UtcDateTime


class Format(Base):
    """How one kind of paper is built."""

    __tablename__ = "format"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))

    versions: Mapped[list["TemplateVersion"]] = relationship(lazy="raise", order_by="TemplateVersion.number")


class TemplateVersion(Base):
    """One immutable state of a format's template and manifest, known by the digest of both."""

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("format_id", "number"), UniqueConstraint("format_id", "digest"))

    id: Mapped[int] = mapped_column(primary_key=True)
    format_id: Mapped[int] = mapped_column(ForeignKey("format.id", ondelete="RESTRICT"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(Digest)
    manifest: Mapped[str] = mapped_column(Text)
    template_digest: Mapped[str] = mapped_column(Digest)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    format: Mapped[Format] = relationship(lazy="raise", back_populates="versions")
    events: Mapped[list["TemplateEvent"]] = relationship(lazy="raise", order_by="TemplateEvent.id")


class TemplateChange(StrEnum):
    """What may become of a template version."""

    UPLOADED = "uploaded"
    TRIED = "tried"
    LIVE = "live"
    RETIRED = "retired"


class TemplateEvent(Base):
    """A template version was uploaded, tried, put live or retired; the row of the version itself never changes."""

    __tablename__ = "template_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id", ondelete="RESTRICT"), index=True)
    change: Mapped[TemplateChange] = mapped_column(
        Enum(
            TemplateChange,
            native_enum=False,
            length=20,
            values_callable=lambda kinds: [k.value for k in kinds],
        )
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)
