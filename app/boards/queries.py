"""Boards, meetings and series, as they are."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.boards.deadlines import USUAL, Stage, due_days
from app.boards.models import Board, Meeting, Series
from app.db import batches, holds_words, ids_by_key, listed
from app.errors import NotFound
from app.formats.manifest import Manifest, parse_manifest
from app.formats.queries import live_versions


class NoBoard(NotFound):
    """No board has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("board", key)


class NoMeeting(NotFound):
    """The board does not sit on this day."""

    def __init__(self, board: str, held_on: date) -> None:
        super().__init__("meeting", f"{board}, {held_on}")


class NoSeries(NotFound):
    """No series has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("series", key)


def find(session: Session, key: str) -> Board | None:
    """The board with this key, with its organisation, meetings and their agenda, if there is one."""
    return session.scalar(select(Board).where(Board.key == key).options(*WHOLE_BOARD))


def get(session: Session, key: str) -> Board:
    """The board with this key, with its organisation, meetings and their agenda.

    Raises:
        NoBoard: if there is none.
    """
    board = find(session, key)
    if board is None:
        raise NoBoard(key)
    return board


def boards(
    session: Session,
    *,
    after: str = "",
    limit: int,
    words: Sequence[str] = (),
    ordered_by_name: bool = False,
    among: Collection[str] | None = None,
) -> Sequence[Board]:
    """At most `limit` boards in the order of their keys, beginning behind the key `after`; loaded as in `get`.

    With `ordered_by_name` in the order of their names. Each of the `words` stands in key or name. `among` are the
    keys of those that it may be, where not all.
    """
    conditions = holds_words(words, Board.key, Board.name)
    if among is not None:
        conditions.append(Board.key.in_(among))
    found = select(Board).where(*conditions).options(*WHOLE_BOARD)
    return listed(session, found, Board.key, after=after, limit=limit, name=Board.name if ordered_by_name else None)


def names(session: Session) -> dict[str, str]:
    """Key of every board → its name, in the order of the names."""
    rows = session.execute(select(Board.key, Board.name)).all()
    # Here and not in the database: each sorts letters in its own way.
    return dict(sorted(rows, key=lambda row: (row[1].casefold(), row[0])))


def board_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, for those of the keys that exist."""
    return ids_by_key(session, Board.key, keys)


def find_meeting(session: Session, board: str, held_on: date) -> Meeting | None:
    """The board's meeting on that day, with its agenda, if there is one."""
    return session.scalar(
        select(Meeting)
        .join(Meeting.board)
        .where(Board.key == board, Meeting.held_on == held_on)
        .options(selectinload(Meeting.agenda), selectinload(Meeting.board))
    )


def get_meeting(session: Session, board: str, held_on: date) -> Meeting:
    """The board's meeting on that day, with its agenda.

    Raises:
        NoMeeting: if the board does not sit on that day.
    """
    meeting = find_meeting(session, board, held_on)
    if meeting is None:
        raise NoMeeting(board, held_on)
    return meeting


def find_manifest(session: Session, board: Board) -> Manifest | None:
    """What the live version of the board's format says, if the board names a format that has one."""
    live = live_versions(session, [board.format_key]) if board.format_key else {}
    return parse_manifest(live[board.format_key].manifest) if board.format_key in live else None


def deadlines(session: Session, meeting: Meeting) -> dict[str, date]:
    """Stage → the day on which it is due for this meeting, in the order of the days.

    As the board says; else as its format says, whose live version is asked; else as is usual. Needs the meeting's
    `board`.
    """
    return deadlines_of(session, [meeting])[meeting.id]


def deadlines_of(session: Session, meetings: Iterable[Meeting]) -> dict[int, dict[str, date]]:
    """Id of a meeting → its deadlines, as `deadlines` has them; every format is asked once."""
    asked = list(meetings)
    live = live_versions(session, {meeting.board.format_key for meeting in asked if meeting.board.format_key})
    said = {key: parse_manifest(version.manifest).deadlines for key, version in live.items()}
    return {
        meeting.id: due_days(
            meeting.held_on, {**USUAL, **said.get(meeting.board.format_key or "", {})}, meeting.board.deadlines
        )
        for meeting in asked
    }


def answers_due(session: Session, meeting: Meeting) -> date:
    """The day on which workstreams have answered for this meeting. Needs the meeting's `board`."""
    return deadlines(session, meeting)[Stage.ANSWERS]


def meetings(
    session: Session,
    *,
    after: tuple[date, str] | None = None,
    limit: int,
    board: str | None = None,
    boards: Collection[str] | None = None,
    held_from: date | None = None,
    held_to: date | None = None,
    last_first: bool = False,
) -> Sequence[Meeting]:
    """At most `limit` meetings by day and key of their board, behind `after`; each filter that is given holds.

    `boards` are those of which the meeting has one. With board and agenda; both days are included. With `last_first`
    the other way round, and behind `after` is what stands before it otherwise.
    """
    conditions: list[ColumnElement[bool]] = []
    place = tuple_(Meeting.held_on, Board.key)
    if after is not None:
        conditions.append(place < after if last_first else place > after)
    if board is not None:
        conditions.append(Board.key == board)
    if boards is not None:
        conditions.append(Board.key.in_(boards))
    if held_from is not None:
        conditions.append(Meeting.held_on >= held_from)
    if held_to is not None:
        conditions.append(Meeting.held_on <= held_to)
    return session.scalars(
        select(Meeting)
        .join(Meeting.board)
        .where(*conditions)
        .order_by(*((Meeting.held_on.desc(), Board.key.desc()) if last_first else (Meeting.held_on, Board.key)))
        .limit(limit)
        .options(selectinload(Meeting.agenda), selectinload(Meeting.board))
    ).all()


def meeting_ids(session: Session, boards: Iterable[str]) -> dict[tuple[str, date], int]:
    """(Board, day) → id, for every meeting of these boards."""
    found: dict[tuple[str, date], int] = {}
    for batch in batches(sorted(set(boards))):
        rows = session.execute(
            select(Board.key, Meeting.held_on, Meeting.id).join(Meeting.board).where(Board.key.in_(batch))
        )
        found |= {(board, held_on): number for board, held_on, number in rows}
    return found


def next_meeting(session: Session, meeting: Meeting) -> Meeting | None:
    """The first meeting of the same board after this one, if one is known."""
    return session.scalar(
        select(Meeting)
        .where(Meeting.board_id == meeting.board_id, Meeting.held_on > meeting.held_on)
        .order_by(Meeting.held_on)
        .limit(1)
    )


def find_series(session: Session, key: str) -> Series | None:
    """The series with this key, with its board, if there is one."""
    return session.scalar(select(Series).where(Series.key == key).options(selectinload(Series.board)))


def get_series(session: Session, key: str) -> Series:
    """The series with this key, with its board.

    Raises:
        NoSeries: if there is none.
    """
    series = find_series(session, key)
    if series is None:
        raise NoSeries(key)
    return series


def all_series(
    session: Session,
    *,
    after: str = "",
    limit: int,
    words: Sequence[str] = (),
    ordered_by_name: bool = False,
    boards: Collection[str] | None = None,
) -> Sequence[Series]:
    """At most `limit` series in the order of their keys, behind the key `after`; loaded as in `get_series`.

    With `ordered_by_name` in the order of their names. Each of the `words` stands in key or name; `boards` are
    those of which it is a series of one.
    """
    conditions = holds_words(words, Series.key, Series.name)
    if boards is not None:
        conditions.append(Series.board.has(Board.key.in_(boards)))
    found = select(Series).where(*conditions).options(selectinload(Series.board))
    return listed(session, found, Series.key, after=after, limit=limit, name=Series.name if ordered_by_name else None)


def series_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Key → id, for those of the keys that exist."""
    return ids_by_key(session, Series.key, keys)


def boards_of_series(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """Key of a series → key of its board, for those of the keys that exist."""
    found: dict[str, str] = {}
    for batch in batches(sorted(set(keys))):
        rows = session.execute(select(Series.key, Board.key).join(Series.board).where(Series.key.in_(batch)))
        found |= dict(rows.all())
    return found


WHOLE_BOARD: tuple[ExecutableOption, ...] = (
    selectinload(Board.organisation),
    selectinload(Board.meetings).selectinload(Meeting.agenda),
)
"""What is loaded with a board."""
