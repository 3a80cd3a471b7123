"""Calendars of meetings, deadlines and requests, as every calendar program subscribes to them (RFC 5545)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event, vText
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Account
from app.boards import queries as boards
from app.boards.deadlines import LONDON, Stage
from app.boards.models import Meeting
from app.papers import queries as papers
from app.people.models import Person
from app.rounds import queries as rounds
from app.rounds.models import CalendarFeed, Request
from app.rounds.reach import matter_of
from app.rounds.standing import OPEN, standing_of

SHOWN_BACK = timedelta(days=92)
"""How far back meetings are shown: a quarter."""

MOST_MEETINGS = 500

REFRESHED = timedelta(hours=6)
"""How often a program should look again."""

STAGES = {
    Stage.ANSWERS: "Answers due",
    Stage.DRAFT: "Draft due",
    Stage.CHIEF_OFFICER: "Decision of the chief officer due",
    Stage.BOARD: "Papers due with the board",
    Stage.PUBLICATION: "Publication due",
}
"""What a calendar calls a stage; others are called by their names."""

NAMES = UUID("5d6dbb0e-6f0f-4d0b-9b7e-0a4f1f2c7a61")
"""Below this, every name gives one identifier, the same for ever."""


@dataclass(frozen=True)
class Entry:
    """One day in a calendar."""

    name: str
    """By which programs know it again when it moves to another day or is called otherwise."""
    day: date
    title: str
    text: str
    place: str | None = None


def entries(session: Session, feed: CalendarFeed, *, now: datetime) -> list[Entry]:
    """What the calendar shows at this moment: what exists for its account, by day. Needs it as queries load it."""
    today = now.astimezone(LONDON).date()
    found: list[Entry] = []
    shown = list(_meetings(session, feed, held_from=today - SHOWN_BACK))
    due = boards.deadlines_of(session, shown)
    for meeting in shown:
        found += _of_meeting(meeting, due[meeting.id])
    if feed.person is not None:
        found += _requests(session, feed.account, feed.person, today=today)
    return sorted(found, key=lambda entry: (entry.day, entry.name))


def ics(session: Session, feed: CalendarFeed, *, now: datetime) -> bytes:
    """The calendar in iCalendar's form; the same bytes all day unless something was changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Boardpapers//Boardpapers//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(title(feed)))
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    stamp = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for entry in entries(session, feed, now=now):
        event = Event()
        event.add("uid", str(uuid5(NAMES, entry.name)))
        event.add("dtstamp", stamp)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.text)
        if entry.place:
            event.add("location", entry.place)
        event.add("transp", "TRANSPARENT")  # nobody is busy all day with a deadline
        calendar.add_component(event)
    told: bytes = calendar.to_ical()
    return told


def title(feed: CalendarFeed) -> str:
    """What the calendar is called: by its board or person."""
    subject = feed.board or feed.person
    return f"Board papers: {subject.name}" if subject else "Board papers"


def _meetings(session: Session, feed: CalendarFeed, *, held_from: date) -> Iterator[Meeting]:
    account = feed.account
    if feed.board is not None and (account.boards is None or feed.board.key in account.boards):
        yield from boards.meetings(session, limit=MOST_MEETINGS, board=feed.board.key, held_from=held_from)
    if feed.person is not None:
        yield from papers.meetings_of_person(
            session,
            feed.person.id,
            held_from=held_from,
            organisation_id=policy.confined_to(account),
            boards=account.boards,
            markings=account.markings,
        )


def _of_meeting(meeting: Meeting, due: Mapping[str, date]) -> Iterator[Entry]:
    board, day = meeting.board, _in_words(meeting.held_on)
    name = f"board/{board.key}/meeting/{meeting.held_on}"
    yield Entry(name, meeting.held_on, board.name, f"{board.name} meets.", meeting.place)
    for stage, due_on in due.items():
        said = STAGES.get(Stage(stage)) if stage in list(Stage) else None
        said = said or stage.replace("-", " ").capitalize()
        text = f"For the meeting of {board.name} on {day}."
        yield Entry(f"{name}/deadline/{stage}", due_on, f"{said}: {board.name}, {day}", text)


def _requests(session: Session, account: Account, person: Person, *, today: date) -> Iterator[Entry]:
    for request in rounds.of_person(session, person.id):
        if policy.exists_for(account, matter_of(request.round)):
            yield _of_request(request, today=today)


def _of_request(request: Request, *, today: date) -> Entry:
    round_, workstream = request.round, request.workstream
    is_open = standing_of(request, today=today) in OPEN
    return Entry(
        name=f"round/{round_.key}/workstream/{workstream.ref}",
        day=round_.due_on,
        title=f"{'Answer due' if is_open else 'Answered'}: {workstream.name}",
        text=f"{round_.name} asks what there is to report as at {_in_words(round_.as_at)}.",
    )


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
