"""Papers: front sheet, sections of ordered blocks, chosen workstreams, own wording, consultees."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.boards.models import Meeting, Series
from app.db import Base, Digest, Key, UtcDateTime
from app.formats.models import Format
from app.papers.lifecycle import State
from app.people.models import Organisation, Person
from app.workstreams.models import Update, Workstream


class Take(StrEnum):
    """Which updates of a workstream a paper takes, up to its cut-off."""

    LATEST = "latest"
    SINCE_PREVIOUS = "since-previous"


class Paper(Base):
    """What a board will read; belongs to a meeting and, mostly, to a series."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Key, unique=True)
    title: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    format_id: Mapped[int] = mapped_column(ForeignKey("format.id", ondelete="RESTRICT"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="RESTRICT"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="RESTRICT"), index=True)
    agenda_number: Mapped[str | None] = mapped_column(String(20))
    marking: Mapped[str] = mapped_column(String(100))
    chief_officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    take: Mapped[Take] = mapped_column(
        Enum(Take, native_enum=False, length=20, values_callable=lambda takes: [t.value for t in takes])
    )
    cut_off: Mapped[date | None]
    """The last day whose updates are taken; without one, the day of the meeting."""
    written_on: Mapped[date | None]
    """The day of the first kept draft."""
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Values of the format's fields, by their keys, in the shapes of `formats.fields`."""
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=20, values_callable=lambda states: [s.value for s in states]),
        default=State.DRAFT,
        server_default=text("'draft'"),
    )
    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Rises with every change of the paper's own facts or state: who changes it names the one that was seen."""

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    format: Mapped[Format] = relationship(lazy="raise")
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    series: Mapped[Series | None] = relationship(lazy="raise")
    chief_officer: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[chief_officer_id])
    author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[author_id])
    sections: Mapped[list["Section"]] = relationship(lazy="raise", order_by="Section.key", cascade="all, delete-orphan")
    choices: Mapped[list["Choice"]] = relationship(
        lazy="raise", order_by="Choice.position", cascade="all, delete-orphan"
    )
    own_wordings: Mapped[list["OwnWording"]] = relationship(
        lazy="raise", order_by="OwnWording.id", cascade="all, delete-orphan"
    )
    consultees: Mapped[list["Consultee"]] = relationship(
        lazy="raise", order_by="Consultee.position", cascade="all, delete-orphan"
    )


class FormerMeeting(Base):
    """A meeting that a paper was for, before it was reissued for another one: its rounds go on counting."""

    __tablename__ = "former_meeting"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="RESTRICT"), primary_key=True, index=True)


class Writer(Base):
    """An account that wrote on a paper: changed its own facts.

    Contributing an update does not make one, nor does giving a draft its number on the agenda.
    """

    __tablename__ = "writer"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"), primary_key=True)
    account: Mapped[str] = mapped_column(Key, primary_key=True)


class Clearance(Base):
    """A named person cleared one text of a paper on a day; another text needs another. A record."""

    __tablename__ = "clearance"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"), index=True)
    place: Mapped[str] = mapped_column(String(120))
    """`section/KEY` or `implication/KEY`."""
    digest: Mapped[str] = mapped_column(Digest)
    """SHA-256 of the text that was cleared."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    cleared_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    person: Mapped[Person] = relationship(lazy="raise")


class MeetingOutcome(Base):
    """What the meeting made of a paper; a correction is another one. A record."""

    __tablename__ = "meeting_outcome"
    __table_args__ = (UniqueConstraint("paper_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    number: Mapped[int]
    """Which, from 1; the last one counts."""
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)


class MeetingAction(Base):
    """Something that the meeting asked for when it had the paper: open until it is done. A record."""

    __tablename__ = "meeting_action"
    __table_args__ = (UniqueConstraint("paper_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    number: Mapped[int]
    """Which action of the paper, from 1."""
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    due_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    paper: Mapped["Paper"] = relationship(lazy="raise")
    owner: Mapped[Person | None] = relationship(lazy="raise")
    done: Mapped["ActionDone | None"] = relationship(lazy="raise")


class ActionDone(Base):
    """An action of a meeting is done. A record."""

    __tablename__ = "action_done"

    action_id: Mapped[int] = mapped_column(ForeignKey("meeting_action.id", ondelete="RESTRICT"), primary_key=True)
    done_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)


class Section(Base):
    """What stands under one of the format's headings; the format gives order, number and, unless reworded, heading."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("paper_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(Key)
    heading: Mapped[str | None] = mapped_column(String(300))
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """In the shapes of `papers.blocks`."""
    carried: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it stands as the paper before had it, and nobody has said yet that it still holds."""


class Choice(Base):
    """A workstream chosen for a paper, in the paper's own order."""

    __tablename__ = "choice"
    __table_args__ = (UniqueConstraint("paper_id", "workstream_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    workstream_id: Mapped[int] = mapped_column(ForeignKey("workstream.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]

    workstream: Mapped[Workstream] = relationship(lazy="raise")


class OwnWording(Base):
    """A paper's rewording of one part of one update (that revision of it): linked to it, never changing it."""

    __tablename__ = "own_wording"
    __table_args__ = (UniqueConstraint("paper_id", "update_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    update_id: Mapped[int] = mapped_column(ForeignKey("update.id", ondelete="RESTRICT"), index=True)
    part: Mapped[str] = mapped_column(Key)
    narrative: Mapped[str] = mapped_column(Text)

    update: Mapped[Update] = relationship(lazy="raise")


class Consultee(Base):
    """A person who was consulted on a paper."""

    __tablename__ = "consultee"
    __table_args__ = (UniqueConstraint("paper_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]

    person: Mapped[Person] = relationship(lazy="raise")
