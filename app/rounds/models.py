"""Rounds, what they ask, answers with their judgements, links for contributors outside, reminders and calendars."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.boards.models import Board, Meeting
from app.db import Base, Digest, Key, UtcDateTime
from app.people.models import Organisation, Person
from app.workstreams.models import Update, Workstream


class AnswerKind(StrEnum):
    """What a workstream may answer."""

    CHANGED = "changed"
    NO_CHANGE = "no-change"
    NOTHING_TO_REPORT = "nothing-to-report"


class Verdict(StrEnum):
    """What the paper's author may say of an answer."""

    ACCEPTED = "accepted"
    SENT_BACK = "sent-back"


class Round(Base):
    """Asks a set of workstreams by a day, for one meeting."""

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    """Whose workstreams are asked."""
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="RESTRICT"), index=True)
    due_on: Mapped[date]
    as_at: Mapped[date]
    """The day as at which is reported."""
    closed: Mapped[bool]
    """A closed round takes no answers."""

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    requests: Mapped[list["Request"]] = relationship(
        lazy="raise", back_populates="round", order_by="Request.position", cascade="all, delete-orphan"
    )


class Request(Base):
    """What a round asks of one workstream."""

    __tablename__ = "round_request"
    __table_args__ = (UniqueConstraint("round_id", "workstream_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="RESTRICT"))
    workstream_id: Mapped[int] = mapped_column(ForeignKey("workstream.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    parts: Mapped[list[str]] = mapped_column(JSON)
    """The parts that are asked for; none: all."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """Who is asked; without one, the workstream's owner."""

    round: Mapped[Round] = relationship(lazy="raise", back_populates="requests")
    workstream: Mapped[Workstream] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    answers: Mapped[list["Answer"]] = relationship(lazy="raise", back_populates="request", order_by="Answer.number")
    links: Mapped[list["AnswerLink"]] = relationship(
        lazy="raise", back_populates="request", order_by="AnswerLink.number"
    )


class Answer(Base):
    """What was answered, by whom; another answer is another row."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("round_request.id", ondelete="RESTRICT"))
    number: Mapped[int]
    kind: Mapped[AnswerKind] = mapped_column(
        Enum(AnswerKind, native_enum=False, length=20, values_callable=lambda kinds: [k.value for k in kinds])
    )
    update_id: Mapped[int] = mapped_column(ForeignKey("update.id", ondelete="RESTRICT"), index=True)
    """The revision that was reported, or that goes on being true."""
    subject: Mapped[str | None] = mapped_column(String(300))
    """Of what there is nothing to report."""
    given_by_name: Mapped[str] = mapped_column(String(300))
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """None: a contributor outside, who is known by name only."""
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(300))
    """Key of the account, or what the log calls the link."""

    request: Mapped[Request] = relationship(lazy="raise", back_populates="answers")
    update: Mapped[Update] = relationship(lazy="raise")
    given_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[given_by_id])
    on_behalf_of: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[on_behalf_of_id])
    judgements: Mapped[list["Judgement"]] = relationship(
        lazy="raise", back_populates="answer", order_by="Judgement.number"
    )


class Judgement(Base):
    """An answer was accepted or sent back; the row of the answer itself never changes."""

    __tablename__ = "judgement"
    __table_args__ = (UniqueConstraint("answer_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="RESTRICT"))
    number: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(
        Enum(Verdict, native_enum=False, length=20, values_callable=lambda verdicts: [v.value for v in verdicts])
    )
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Key)

    answer: Mapped[Answer] = relationship(lazy="raise", back_populates="judgements")


class AnswerLink(Base):
    """What lets somebody without an account answer for one workstream, until a moment."""

    __tablename__ = "answer_link"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("round_request.id", ondelete="RESTRICT"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    """Who was given it, as answers name them."""
    contact: Mapped[str | None] = mapped_column(String(300))
    secret_hash: Mapped[str] = mapped_column(Digest, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(Key)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    request: Mapped[Request] = relationship(lazy="raise", back_populates="links")


class SentReminder(Base):
    """Somebody was reminded of a request; written before the letter leaves, so that none goes twice."""

    __tablename__ = "sent_reminder"
    __table_args__ = (UniqueConstraint("request_id", "occasion", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("round_request.id", ondelete="RESTRICT"))
    occasion: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarFeed(Base):
    """A calendar at a secret address: of a board, or of a person; it shows what exists for the account that has it."""

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("account_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"))
    number: Mapped[int]
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """One of the two is named."""
    secret_hash: Mapped[str] = mapped_column(Digest, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="raise")
    board: Mapped[Board | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
