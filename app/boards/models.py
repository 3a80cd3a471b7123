"""Boards, meetings with agenda items, series."""

from datetime import date

from sqlalchemy import JSON, Enum, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.boards.programme import YearRule
from app.db import Base, Key
from app.people.models import Organisation


class Board(Base):
    """A body that receives papers."""

    __tablename__ = "board"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    programme_title: Mapped[str] = mapped_column(String(300))
    programme_year: Mapped[YearRule] = mapped_column(
        Enum(YearRule, native_enum=False, length=20, values_callable=lambda rules: [r.value for r in rules])
    )
    recipient: Mapped[str] = mapped_column(String(300))
    format_key: Mapped[str | None] = mapped_column(Key)
    deadlines: Mapped[dict[str, int]] = mapped_column(JSON)
    """Stage → working days before (negative) or after the meeting."""

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    meetings: Mapped[list["Meeting"]] = relationship(lazy="raise", back_populates="board", order_by="Meeting.held_on")


class Meeting(Base):
    """One sitting of a board, on a date."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("board_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="RESTRICT"))
    held_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str | None] = mapped_column(String(300))

    board: Mapped[Board] = relationship(lazy="raise", back_populates="meetings")
    agenda: Mapped[list["AgendaItem"]] = relationship(
        lazy="raise", order_by="AgendaItem.position", cascade="all, delete-orphan"
    )


class AgendaItem(Base):
    """One item of a meeting's agenda, numbered as the secretary numbers it ("5.0")."""

    __tablename__ = "agenda_item"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="RESTRICT"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))


class Series(Base):
    """The papers that follow one another on one subject."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(String(300))
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="RESTRICT"), index=True)

    board: Mapped[Board] = relationship(lazy="raise")
