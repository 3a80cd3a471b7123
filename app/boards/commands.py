"""What changes boards, meetings and series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.audit.changes import Changes, Outcome, assign
from app.boards.models import AgendaItem, Board, Meeting, Series
from app.boards.programme import YearRule
from app.boards.queries import WHOLE_BOARD, board_ids
from app.db import rows_by_key
from app.people.queries import organisation_ids


@dataclass(frozen=True, slots=True)
class MeetingEntry:
    """What is known of a meeting; `agenda` are (number, title) in the order of the agenda."""

    held_on: date
    place: str | None
    agenda: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """What is known of a board; `deadlines` are stage → working days from the meeting."""

    key: str
    name: str
    organisation: str
    programme_title: str
    programme_year: YearRule
    recipient: str
    format: str | None
    deadlines: Mapping[str, int]
    meetings: tuple[MeetingEntry, ...]


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """What is known of a series."""

    key: str
    name: str
    board: str


def save_boards(session: Session, entries: Sequence[BoardEntry], *, by: str, at: datetime) -> dict[str, Outcome]:
    """The boards are as the entries say; answers what became of each.

    A meeting that an entry does not name stays; the agenda of one that it names is replaced. Every organisation
    that an entry names exists.
    """
    changes = Changes(session, "board", by, at)
    existing = rows_by_key(session, Board.key, (entry.key for entry in entries), *WHOLE_BOARD)
    organisations = organisation_ids(session, (entry.organisation for entry in entries))
    for entry in entries:
        row = existing.get(entry.key) or Board(key=entry.key, meetings=[])
        changed = assign(
            row,
            {
                "name": entry.name,
                "organisation_id": organisations[entry.organisation],
                "programme_title": entry.programme_title,
                "programme_year": entry.programme_year,
                "recipient": entry.recipient,
                "format_key": entry.format,
                "deadlines": dict(entry.deadlines),
            },
        )
        for meeting in entry.meetings:
            changed |= _merge_meeting(row, meeting)
        changes.note(entry.key, changes.keep(row, changed=changed))
    session.flush()
    return changes.outcomes


def save_series(session: Session, entries: Sequence[SeriesEntry], *, by: str, at: datetime) -> dict[str, Outcome]:
    """The series are as the entries say; answers what became of each. Every board that an entry names exists."""
    changes = Changes(session, "series", by, at)
    existing = rows_by_key(session, Series.key, (entry.key for entry in entries))
    boards = board_ids(session, (entry.board for entry in entries))
    for entry in entries:
        row = existing.get(entry.key) or Series(key=entry.key)
        changed = assign(row, {"name": entry.name, "board_id": boards[entry.board]})
        changes.note(entry.key, changes.keep(row, changed=changed))
    session.flush()
    return changes.outcomes


def _merge_meeting(board: Board, entry: MeetingEntry) -> bool:
    row = next((meeting for meeting in board.meetings if meeting.held_on == entry.held_on), None)
    added = row is None
    if row is None:
        row = Meeting(held_on=entry.held_on, agenda=[])
        board.meetings.append(row)
    changed = assign(row, {"place": entry.place})
    changed |= _replace_agenda(row, entry)
    return added or changed


def _replace_agenda(meeting: Meeting, entry: MeetingEntry) -> bool:
    if entry.agenda == tuple((item.number, item.title) for item in meeting.agenda):
        return False
    # A number that stays keeps its row: an equal one beside it would break the constraint before the old one is gone.
    known = {item.number: item for item in meeting.agenda}
    meeting.agenda = [known.get(number) or AgendaItem(number=number) for number, _ in entry.agenda]
    for position, (item, (_, title)) in enumerate(zip(meeting.agenda, entry.agenda, strict=True)):
        assign(item, {"position": position, "title": title})
    return True
