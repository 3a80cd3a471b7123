"""Who is reminded of an answer still to come: before it is due, on the day, when it is late or was sent back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from app.boards.deadlines import LONDON, working_days_from
from app.db import Database
from app.notices.post import NotSentError, PerhapsSentError, Post
from app.rounds import commands, queries
from app.rounds.models import Request, Round
from app.rounds.standing import OPEN, Standing, asked_person, last_answer, standing_of

DAYS_BEFORE = 2
"""Working days before an answer is due on which it is first reminded of."""

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
"""An e-mail address as HTML's input of that type takes it."""

OPENINGS = {
    "soon": "An answer is due on {due_on}.",
    "today": "An answer is due today, {due_on}.",
    "late": "An answer was due on {due_on} and has not come.",
    "sent-back": "Your answer was sent back: {reason}",
}
"""What each occasion says first."""


@dataclass(frozen=True)
class Reminder:
    """A letter that is due."""

    request_id: int
    occasion: str
    """What is reminded of, with the day due: nobody gets two letters about the same."""
    object: str
    """What the log calls it."""
    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What became of a reminder; no trouble: it was sent."""

    reminder: Reminder
    trouble: str | None


@dataclass(frozen=True)
class _Reader:
    address: str
    by_link: bool


def due(session: Session, *, address: str, now: datetime, round_key: str | None = None) -> list[Reminder]:
    """Every reminder that is due at this moment, whether it was sent before or not; `address` is the service's.

    Where a round is named, only those of that one.
    """
    today = now.astimezone(LONDON).date()
    return [
        reminder
        for request in queries.of_open_rounds(session)
        if round_key in (None, request.round.key)
        if (occasion := _occasion(request, today))
        for reminder in _letters(request, occasion, address, now)
    ]


def unwritten(round_: Round, *, now: datetime) -> list[str]:
    """Names of the round's workstreams of which nobody can be reminded: no e-mail address of who answers is known.

    Those that want no answer are not among them. Needs the round as `queries.get` loads it.
    """
    today = now.astimezone(LONDON).date()
    return [
        request.workstream.name
        for request in round_.requests
        if standing_of(request, today=today) in OPEN and not _readers(request, now)
    ]


def remind(
    database: Database,
    post: Post,
    *,
    sender: str,
    address: str,
    by: str,
    now: datetime,
    round_key: str | None = None,
) -> list[Outcome]:
    """Every reminder that is due and was never sent has been sent, once; answers what became of each.

    Where a round is named, only those of that one. The database remembers a letter before it leaves. One that certainly
    has not left is forgotten, and is due again; one that perhaps has left, as after a crash, is not sent a second time.
    """
    with database.reading() as session:
        reminders = due(session, address=address, now=now, round_key=round_key)
    return [
        outcome for reminder in reminders for outcome in _sent(database, post, reminder, sender=sender, by=by, now=now)
    ]


def _sent(
    database: Database, post: Post, reminder: Reminder, *, sender: str, by: str, now: datetime
) -> Iterator[Outcome]:
    to = reminder.request_id, reminder.occasion, reminder.to
    with database.writing() as session:
        is_new = commands.claim_reminder(session, *to, object_=reminder.object, by=by, at=now)
    if not is_new:
        return
    trouble = None
    try:
        post.send(_letter(reminder, sender, now), _name(reminder))
    except NotSentError as error:
        trouble = str(error)
        with database.writing() as session:
            commands.release_reminder(session, *to, object_=reminder.object, by=by, at=now)
    except PerhapsSentError as error:
        trouble = f"{error}; it may have arrived, and is not sent again"
    yield Outcome(reminder, trouble)


def _occasion(request: Request, today: date) -> str | None:
    standing, due_on = standing_of(request, today=today), request.round.due_on
    if standing not in OPEN:
        return None
    answer = last_answer(request)
    if standing is Standing.SENT_BACK and answer is not None:
        return f"sent-back/{answer.number}"
    if standing is Standing.MISSING:
        return "late"
    if today == due_on:
        return "today"
    return "soon" if today >= working_days_from(due_on, -DAYS_BEFORE) else None


def _letters(request: Request, occasion: str, address: str, now: datetime) -> Iterator[Reminder]:
    due_on = request.round.due_on
    answer = last_answer(request)
    reason = (answer.judgements[-1].reason or "") if answer and answer.judgements else ""
    opening = OPENINGS[occasion.partition("/")[0]].replace("{due_on}", _in_words(due_on)).replace("{reason}", reason)
    for reader in _readers(request, now):
        how = "Answer by the link that you were given." if reader.by_link else f"Answer in Boardpapers: {address}"
        yield Reminder(
            request_id=request.id,
            occasion=f"{due_on}/{occasion}",
            object=f"round/{request.round.key}/workstream/{request.workstream.ref}/reminder/{due_on}/{occasion}",
            to=reader.address,
            subject=f"{request.workstream.name}: {request.round.name}",
            text=f"{opening}\n\n{request.round.name} asks what there is to report on {request.workstream.name} as at "
            f"{_in_words(request.round.as_at)}: what has changed, that nothing has, or that there is nothing to "
            f"report.\n\n{how}\n",
        )


def _readers(request: Request, now: datetime) -> list[_Reader]:
    """Who is asked, and who holds a link that still opens; each address once, those without one left out."""
    person = asked_person(request)
    asked = [(person.contact, False)] if person else []
    asked += [(link.contact, True) for link in request.links if link.revoked_at is None and now < link.expires_at]
    readers: dict[str, _Reader] = {}
    for contact, by_link in asked:
        if contact and ADDRESS.fullmatch(contact):
            readers.setdefault(contact.lower(), _Reader(contact, by_link))
    return list(readers.values())


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _letter(reminder: Reminder, sender: str, now: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = sender
    letter["To"] = reminder.to
    letter["Subject"] = reminder.subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{_name(reminder)}@boardpapers.invalid>"
    letter["Auto-Submitted"] = "auto-generated"  # no answering machine answers (RFC 3834)
    letter.set_content(reminder.text)
    return letter


def _name(reminder: Reminder) -> str:
    """The same for the same letter, and for no other."""
    return sha256(f"{reminder.request_id}\n{reminder.occasion}\n{reminder.to}".encode()).hexdigest()[:32]
