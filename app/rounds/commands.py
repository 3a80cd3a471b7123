"""What opens and changes rounds, records answers and judges them, gives links and takes them away."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.audit import actions
from app.audit.changes import Changes, Outcome, assign
from app.audit.commands import record
from app.boards import queries as boards
from app.boards.models import Board
from app.db import lock
from app.errors import Conflict, Fault, Invalid
from app.formats.manifest import Manifest
from app.people.models import Person
from app.people.queries import organisation_ids, person_ids
from app.rounds import queries
from app.rounds.models import (
    Answer,
    AnswerKind,
    AnswerLink,
    CalendarFeed,
    Judgement,
    Request,
    Round,
    SentReminder,
    Verdict,
)
from app.rounds.standing import last_answer
from app.workstreams.models import Update
from app.workstreams.queries import theme_places, themes_of, unused_parts, workstream_ids

SECRET_BYTES = 32
"""256 bits: nobody guesses a link."""

MOST_CALENDARS = 50
"""Calendars that an account can have at a time."""


class FaultyRound(Invalid):
    """A round names what is not there, or what is not its organisation's."""


class RoundIsClosed(Conflict):
    """The round takes no answers any more."""

    def __init__(self, round_: Round) -> None:
        super().__init__(f"The round “{round_.name}” is closed. Open it again to take another answer.")


class RoundIsThere(Conflict):
    """A round with this key is there, and it is not what was said of it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is a round “{key}” already. Open it without further words, or choose another key.")


class RequestWasAnswered(Conflict):
    """A request that has answers or links stays."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"“{ref}” was answered, or a link was given out for it: it stays in the round.")


class NotTheLastAnswer(Conflict):
    """Only the newest answer is judged."""

    def __init__(self) -> None:
        super().__init__("There is a newer answer. Read it, and judge that one.")


class TooManyCalendars(Conflict):
    """An account has as many calendars as one can have."""

    def __init__(self) -> None:
        super().__init__(
            f"You have {MOST_CALENDARS} calendars: take one away that you do not use before you get another."
        )


class CalendarGivenMeanwhile(Conflict):
    """The account got a calendar since it was asked for this one, perhaps by the same form: a page loaded again."""

    def __init__(self) -> None:
        super().__init__(
            "You got a calendar after you opened that page, and its address is shown once only. If you lost it, take "
            "the calendar away and get another."
        )


class ReasonMissing(Invalid):
    """An answer is sent back with a reason."""

    def __init__(self) -> None:
        super().__init__("Say why.", [Fault("reason", "is needed when an answer is sent back")])


@dataclass(frozen=True, slots=True)
class RequestEntry:
    """What is asked of a workstream; no parts: all of them; no person: its owner."""

    workstream: str
    parts: tuple[str, ...]
    person: str | None


@dataclass(frozen=True, slots=True)
class RoundEntry:
    """What is known of a round; without `due_on`, answers are due as the meeting's deadlines say."""

    key: str
    name: str
    organisation: str
    board: str
    meeting: date
    due_on: date | None
    as_at: date | None
    closed: bool
    requests: tuple[RequestEntry, ...]


def save_round(session: Session, entry: RoundEntry, *, by: str, at: datetime) -> Outcome:
    """The round is as the entry says; answers what became of it.

    Raises:
        FaultyRound: with everything that it names and that is not there, or not its organisation's.
        RequestWasAnswered: a workstream is left out whose answers are there.
    """
    organisations = organisation_ids(session, [entry.organisation])
    workstreams = workstream_ids(session, (request.workstream for request in entry.requests))
    persons = person_ids(session, (request.person for request in entry.requests if request.person))
    meeting = boards.find_meeting(session, entry.board, entry.meeting)
    faults = _faults(session, entry, organisations, workstreams, persons)
    if meeting is None:
        faults.append(Fault("meeting", f"“{entry.board}” has no meeting on {entry.meeting}"))
    else:
        faults += _part_faults(session, entry, boards.find_manifest(session, meeting.board))
    if meeting is None or faults:
        raise FaultyRound("The round cannot be as it was sent; nothing was changed.", faults)
    due_on = entry.due_on or boards.answers_due(session, meeting)
    changes = Changes(session, "round", by, at)
    row = queries.find(session, entry.key) or Round(key=entry.key, requests=[])
    changed = assign(
        row,
        {
            "name": entry.name,
            "organisation_id": organisations[entry.organisation],
            "meeting_id": meeting.id,
            "due_on": due_on,
            "as_at": entry.as_at or due_on,
            "closed": entry.closed,
        },
    )
    changed |= _replace_requests(session, row, entry, workstreams, persons)
    outcome = changes.keep(row, changed=changed)
    changes.note(entry.key, outcome)
    session.flush()
    session.expire(row)
    return outcome


def ask_more(session: Session, round_: Round, requests: Sequence[RequestEntry], *, by: str, at: datetime) -> Outcome:
    """The round asks this too, behind what it asks; what it asks of a workstream already stays as it is.

    Needs the round as `queries.find` loads it; answers what became of it.

    Raises:
        RoundIsClosed, FaultyRound: as `save_round`, places counting from the first of the requests that are there.
    """
    if round_.closed:
        raise RoundIsClosed(round_)
    asked = [
        RequestEntry(one.workstream.ref, tuple(one.parts), one.person.key if one.person else None)
        for one in round_.requests
    ]
    there = {one.workstream for one in asked}
    entry = RoundEntry(
        key=round_.key,
        name=round_.name,
        organisation=round_.organisation.key,
        board=round_.meeting.board.key,
        meeting=round_.meeting.held_on,
        due_on=round_.due_on,
        as_at=round_.as_at,
        closed=round_.closed,
        requests=(*asked, *(one for one in requests if one.workstream not in there)),
    )
    return save_round(session, entry, by=by, at=at)


def set_closed(session: Session, round_: Round, closed: bool, *, by: str, at: datetime) -> Outcome:
    """The round takes no answers any more, or takes them again; answers what became of it."""
    changes = Changes(session, "round", by, at)
    outcome = changes.keep(round_, changed=assign(round_, {"closed": closed}))
    changes.note(round_.key, outcome)
    session.flush()
    return outcome


def set_term(session: Session, round_: Round, *, name: str, due_on: date, by: str, at: datetime) -> Outcome:
    """The round is called so, and answers are due on that day; answers what became of it.

    What is late is told by the new day, and whoever has not answered is reminded of it anew.
    """
    changes = Changes(session, "round", by, at)
    outcome = changes.keep(round_, changed=assign(round_, {"name": name, "due_on": due_on}))
    changes.note(round_.key, outcome)
    session.flush()
    return outcome


def record_answer(
    session: Session,
    request: Request,
    kind: AnswerKind,
    update: Update,
    *,
    subject: str | None,
    given_by: Person | str,
    on_behalf_of: Person | None,
    by: str,
    at: datetime,
) -> Answer:
    """The request's newest answer is this one; the one before stays as it was.

    `update` is the revision that the workstream reported, or that goes on being true. `given_by` is a person, or
    the name of a contributor outside.

    Raises:
        RoundIsClosed: it takes no answers any more.
    """
    if request.round.closed:
        raise RoundIsClosed(request.round)
    known = given_by if isinstance(given_by, Person) else None
    last = last_answer(request)
    answer = Answer(
        request=request,
        number=last.number + 1 if last else 1,
        kind=kind,
        update=update,
        subject=subject,
        given_by_name=given_by.name if isinstance(given_by, Person) else given_by,
        given_by=known,
        on_behalf_of=on_behalf_of,
        recorded_at=at,
        recorded_by=by,
        judgements=[],
    )
    session.add(answer)
    session.flush()
    record(
        session,
        actions.ANSWER_RECORDED,
        actions.answer_object(request.round.key, request.workstream.ref, answer.number),
        by=by,
        at=at,
        digests={"content": queries.answer_digest(answer)},
    )
    return answer


def judge(
    session: Session, request: Request, number: int, verdict: Verdict, reason: str | None, *, by: str, at: datetime
) -> Judgement:
    """The request's newest answer is accepted, or sent back with a reason.

    Raises:
        NoAnswer, NotTheLastAnswer: there is no such answer, or a newer one.
        ReasonMissing: it is sent back without one.
    """
    answer = queries.get_answer(request, number)
    if answer is not last_answer(request):
        raise NotTheLastAnswer
    if verdict is Verdict.SENT_BACK and not reason:
        raise ReasonMissing
    number_of_it = len(answer.judgements) + 1
    judgement = Judgement(answer=answer, number=number_of_it, verdict=verdict, reason=reason, at=at, by=by)
    session.add(judgement)
    session.flush()
    record(
        session,
        actions.ANSWER_JUDGED,
        actions.judgement_object(request.round.key, request.workstream.ref, number, judgement.number),
        by=by,
        at=at,
        digests={"content": queries.judgement_digest(judgement)},
    )
    return judgement


def give_link(
    session: Session, request: Request, *, name: str, contact: str | None, days: int, by: str, at: datetime
) -> tuple[AnswerLink, str]:
    """A new link for this request, open for so many days, and its secret, which is never shown again."""
    secret = f"bl_{secrets.token_urlsafe(SECRET_BYTES)}"
    link = AnswerLink(
        request=request,
        number=request.links[-1].number + 1 if request.links else 1,
        name=name,
        contact=contact,
        secret_hash=queries.secret_hash(secret),
        made_at=at,
        made_by=by,
        expires_at=at + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    record(session, "link.given", link_object(request, link), by=by, at=at)
    return link, secret


def revoke_link(session: Session, request: Request, link: AnswerLink, *, by: str, at: datetime) -> None:
    """The link opens nothing any more; of one that was taken away before, nothing changes."""
    if link.revoked_at is None:
        link.revoked_at = at
        record(session, "link.revoked", link_object(request, link), by=by, at=at)


def use_link(session: Session, link: AnswerLink, *, at: datetime) -> bool:
    """Whether the link opens its request at this moment; the log says that it was used, or refused.

    Needs its request with round and workstream.
    """
    is_open = link.revoked_at is None and at < link.expires_at
    if is_open:
        link.last_used_at = at
    name = link_object(link.request, link)
    record(session, "link.used" if is_open else "link.refused", name, by=name, at=at)
    return is_open


def give_calendar(
    session: Session,
    account: Account,
    *,
    board: Board | None,
    person: Person | None,
    at: datetime,
    last: int | None = None,
) -> tuple[CalendarFeed, str]:
    """A new calendar of the board or of the person for this account, and its secret, which is never shown again.

    `last` is the number of the account's newest calendar when it was asked for this one, where that is known.

    Raises:
        CalendarGivenMeanwhile: the account has a newer one than `last`.
        TooManyCalendars: it has as many as it can have.
    """
    lock(session, f"calendars/{account.key}")
    newest = queries.last_calendar_number(session, account.id)
    if last is not None and last != newest:
        raise CalendarGivenMeanwhile
    if len(queries.calendars(session, account.id, limit=MOST_CALENDARS)) == MOST_CALENDARS:
        raise TooManyCalendars
    secret = f"bc_{secrets.token_urlsafe(SECRET_BYTES)}"
    feed = CalendarFeed(
        account_id=account.id,
        number=newest + 1,
        board=board,
        person=person,
        secret_hash=queries.secret_hash(secret),
        made_at=at,
    )
    session.add(feed)
    session.flush()
    record(session, "calendar.given", _calendar_object(account, feed), by=account.key, at=at)
    return feed, secret


def revoke_calendar(session: Session, account: Account, feed: CalendarFeed, *, at: datetime) -> None:
    """Nothing is at the calendar's address any more; of one that was taken away before, nothing changes."""
    if feed.revoked_at is None:
        feed.revoked_at = at
        record(session, "calendar.revoked", _calendar_object(account, feed), by=account.key, at=at)


def claim_reminder(
    session: Session, request_id: int, occasion: str, address: str, *, object_: str, by: str, at: datetime
) -> bool:
    """Whether nobody has sent this reminder yet; from now on it counts as sent.

    `object_` is what the log calls it.
    """
    lock(session, "reminders")
    if queries.find_reminder(session, request_id, occasion, address) is not None:
        return False
    session.add(SentReminder(request_id=request_id, occasion=occasion, address=address, at=at))
    session.flush()
    record(session, "reminder.sent", object_, by=by, at=at)
    return True


def release_reminder(
    session: Session, request_id: int, occasion: str, address: str, *, object_: str, by: str, at: datetime
) -> None:
    """The reminder does not count as sent, because it certainly was not."""
    lock(session, "reminders")
    row = queries.find_reminder(session, request_id, occasion, address)
    if row is not None:
        session.delete(row)
        record(session, "reminder.failed", object_, by=by, at=at)


def link_object(request: Request, link: AnswerLink) -> str:
    """What the log calls the link to this request, and who answers by it."""
    return f"round/{request.round.key}/workstream/{request.workstream.ref}/link/{link.number}"


def _calendar_object(account: Account, feed: CalendarFeed) -> str:
    return f"account/{account.key}/calendar/{feed.number}"


def _faults(
    session: Session,
    entry: RoundEntry,
    organisations: Mapping[str, int],
    workstreams: Mapping[str, int],
    persons: Mapping[str, int],
) -> list[Fault]:
    faults: list[Fault] = []
    if entry.organisation not in organisations:
        faults.append(Fault("organisation", f"there is no organisation “{entry.organisation}”"))
    places, themes = theme_places(session), themes_of(session, workstreams)
    seen: set[str] = set()
    for number, request in enumerate(entry.requests):
        ref, place = request.workstream, f"requests[{number}].workstream"
        if ref not in workstreams or places[themes[ref]].organisation != entry.organisation:
            faults.append(Fault(place, f"“{entry.organisation}” has no workstream “{ref}”"))
        if ref in seen:
            faults.append(Fault(place, f"“{ref}” is asked twice"))
        seen.add(ref)
        if request.person and request.person not in persons:
            faults.append(Fault(f"requests[{number}].person", f"there is no person “{request.person}”"))
    return faults


def _part_faults(session: Session, entry: RoundEntry, manifest: Manifest | None) -> Iterator[Fault]:
    """A fault at every part that the board's format does not know, or that its workstream does not have."""
    known = {part.key for part in manifest.parts} if manifest else None
    unused = unused_parts(session, (request.workstream for request in entry.requests if request.parts))
    for number, request in enumerate(entry.requests):
        for place, part in enumerate(request.parts):
            where = f"requests[{number}].parts[{place}]"
            if known is not None and part not in known:
                yield Fault(where, f"the board's format has no part “{part}”")
            elif (request.workstream, part) in unused:
                yield Fault(where, f"“{request.workstream}” has no part “{part}”")


def _replace_requests(
    session: Session, row: Round, entry: RoundEntry, workstreams: Mapping[str, int], persons: Mapping[str, int]
) -> bool:
    known = {request.workstream_id: request for request in row.requests}
    wanted = [known.get(workstreams[said.workstream]) or Request() for said in entry.requests]
    left_out = [request for request in row.requests if request not in wanted]
    _allow_leaving_out(left_out)
    # That somebody was reminded is no record: the log says it, and asked again they are reminded again.
    session.execute(delete(SentReminder).where(SentReminder.request_id.in_([request.id for request in left_out])))
    changed = list(row.requests) != wanted
    for position, (request, said) in enumerate(zip(wanted, entry.requests, strict=True)):
        changed |= assign(
            request,
            {
                "workstream_id": workstreams[said.workstream],
                "position": position,
                "parts": list(said.parts),
                "person_id": persons[said.person] if said.person else None,
            },
        )
    if changed:
        row.requests = wanted
    return changed


def _allow_leaving_out(requests: Sequence[Request]) -> None:
    for request in requests:
        if request.answers or request.links:
            raise RequestWasAnswered(request.workstream.ref)
