"""Versions of papers, their submissions, and what was decided on them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Digest, Key, UtcDateTime
from app.formats.models import TemplateVersion
from app.papers.models import Paper
from app.people.models import Organisation, Person


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


class Submission(Base):
    """A paper was laid before those who decide: these very facts, frozen in a version. A record."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("paper_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    number: Mapped[int]
    """Which submission of the paper, from 1."""
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    paper: Mapped[Paper] = relationship(lazy="raise")
    version: Mapped[Version] = relationship(lazy="raise")
    decisions: Mapped[list["Decision"]] = relationship(lazy="raise", order_by="Decision.position")


class Verdict(StrEnum):
    """What was decided."""

    APPROVED = "approved"
    SENT_BACK = "sent-back"


class Decision(Base):
    """What was decided at one step of a submission, on which bytes, by whom. A record."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("submission_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="RESTRICT"))
    position: Mapped[int]
    """Which step, from 1."""
    step: Mapped[str] = mapped_column(Key)
    """Key of the step in the format."""
    verdict: Mapped[Verdict] = mapped_column(
        Enum(Verdict, native_enum=False, length=20, values_callable=lambda verdicts: [v.value for v in verdicts])
    )
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="RESTRICT"), index=True)
    """The version with the bytes that were decided on; for the approval of the last step, the one that it made."""
    digest: Mapped[str] = mapped_column(Digest)
    """SHA-256 of those bytes."""
    decided_on: Mapped[date]
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """The person in whose place `by` decided; with evidence, the person who decided elsewhere."""
    reasons: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text)
    """Where it is written that this was decided elsewhere; None: it was decided here."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    submission: Mapped[Submission] = relationship(lazy="raise", back_populates="decisions")
    version: Mapped[Version] = relationship(lazy="raise")
    on_behalf_of: Mapped[Person | None] = relationship(lazy="raise")


class Release(Base):
    """A version was released to the organisation whose board receives the paper. A record."""

    __tablename__ = "version_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="RESTRICT"), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    version: Mapped[Version] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class Reissue(Base):
    """An approved version came out again under another agenda number, or for another meeting, and is as approved.

    A record.
    """

    __tablename__ = "version_reissue"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="RESTRICT"), unique=True)
    """The version that came out."""
    approved_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="RESTRICT"), index=True)
    """The version that was approved."""
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="RESTRICT"), index=True)
    """The decision that carries over."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    version: Mapped[Version] = relationship(lazy="raise", foreign_keys=[version_id])
    approved: Mapped[Version] = relationship(lazy="raise", foreign_keys=[approved_id])


class Comment(Base):
    """Something said about a place of a version, or in answer to such a comment. A record."""

    __tablename__ = "comment"
    __table_args__ = (UniqueConstraint("paper_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    number: Mapped[int]
    """Which comment on the paper, from 1; replies are counted with the others."""
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="RESTRICT"), index=True)
    """The version that it was made on."""
    replies_to_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="RESTRICT"), index=True)
    """The comment that began the thread; None: this one begins it."""
    place: Mapped[str] = mapped_column(Text)
    """`section/KEY`, or the key of a region of the document."""
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    version: Mapped[Version] = relationship(lazy="raise")
    replies: Mapped[list["Comment"]] = relationship(lazy="raise", order_by="Comment.number")
    resolution: Mapped["Resolution | None"] = relationship(lazy="raise")


class Resolution(Base):
    """A thread of comments is settled. A record."""

    __tablename__ = "resolution"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="RESTRICT"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)
