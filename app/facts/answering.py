"""Answering a round: what has changed is loaded like any other fact, and the answer points to it."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from app.audit.changes import Outcome
from app.blobs import Blobs
from app.errors import Conflict, Fault, Invalid
from app.facts import reporting
from app.facts.asked import last_time
from app.facts.read import update_shape
from app.facts.reporting import FaultyUpdate, UpdateWasChanged, revision_of
from app.facts.shapes import Shape, UpdateShape
from app.fields import LARGEST_NUMBER, Day, KeyText, Line
from app.people.models import Person
from app.people.queries import find_person
from app.rounds import queries
from app.rounds.commands import RoundIsClosed, record_answer
from app.rounds.models import Answer, AnswerKind, Request
from app.rounds.queries import taken_back
from app.workstreams.models import Update
from app.workstreams.queries import find_update, get_update, latest


class FaultyAnswer(Invalid):
    """What was answered is not right."""


class NothingBefore(Conflict):
    """There is no earlier update that could go on being true."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"“{ref}” has reported nothing before: there is nothing that could be unchanged.")


class LastTimeIsAnother(Conflict):
    """A newer update came in between."""

    def __init__(self, ref: str, as_at: date) -> None:
        super().__init__(f"“{ref}” has reported as at {as_at} since. Read it, and decide anew.")


class AnsweredMeanwhile(Conflict):
    """Somebody answered, or reported as at the same day, since the request was read; has both texts."""

    def __init__(self, sent: UpdateShape | None, saved: Update | None) -> None:
        self.sent = sent
        self.saved = update_shape(saved) if saved else None
        self.revision = revision_of(saved)
        """Of what was saved, to be sent by who has read it and goes on."""
        super().__init__("Another answer was saved meanwhile. Yours is still here: look at both, then send.")


class SaidShape(Shape):
    """What is answered."""

    kind: AnswerKind
    update: UpdateShape | None = Field(default=None, description="Of the kind changed, and only there: what is new")
    as_at: Day | None = Field(
        default=None, description="Of the kind no-change: the day of the update that was seen; another is refused"
    )
    revision: int = Field(
        default=reporting.NOTHING_YET,
        ge=0,
        le=LARGEST_NUMBER,
        description="Of the other kinds: the revision that was seen of what is reported as at that day; 0: nothing "
        "yet. Where somebody saved another, the answer is refused, with both texts",
    )
    subject: Line | None = Field(
        default=None,
        description="Of the kind nothing-to-report: of what, going on from “There are no …”; without it, of anything",
    )

    @model_validator(mode="after")
    def _says_what_its_kind_can(self) -> "SaidShape":
        if (self.update is not None) != (self.kind is AnswerKind.CHANGED):
            raise ValueError("the kind “changed” has an update, and no other kind has one")
        if self.as_at is not None and self.kind is not AnswerKind.NO_CHANGE:
            raise ValueError("only the kind “no-change” has an as_at")
        if self.subject is not None and self.kind is not AnswerKind.NOTHING_TO_REPORT:
            raise ValueError("only the kind “nothing-to-report” has a subject")
        return self


class AnswerShape(SaidShape):
    """What is answered, and by whom."""

    given_by: KeyText | None = Field(
        default=None, description="Key of the person who answers; without one, whom papers name for the account"
    )
    on_behalf_of: KeyText | None = Field(default=None, description="Key of the person for whom that person answers")


@dataclass(frozen=True)
class Giver:
    """Who answers: a person, or by name a contributor outside; perhaps on behalf of another person."""

    given_by: Person | str
    on_behalf_of: Person | None = None


def giver(session: Session, said: AnswerShape, own_id: int | None) -> Giver:
    """The persons whom the answer names; without a name, the person with the id `own_id`. Raises FaultyAnswer."""
    named = {"given_by": said.given_by, "on_behalf_of": said.on_behalf_of}
    found = {name: find_person(session, key) for name, key in named.items() if key is not None}
    faults = [Fault(name, f"there is no person “{named[name]}”") for name, person in found.items() if person is None]
    given_by = found.get("given_by") or (session.get(Person, own_id) if own_id else None)
    if given_by is None and not faults:
        faults = [Fault("given_by", "is needed, since papers name nobody for this account")]
    if faults or given_by is None:
        raise FaultyAnswer("The answer names nobody who is known.", faults)
    return Giver(given_by, found.get("on_behalf_of"))


@dataclass(frozen=True)
class Seen:
    """What somebody was shown who answers."""

    revision: int
    """Of what is reported as at the day of the answer, as `reporting.revision_of` says it."""
    answer: int | None = None
    """Number of the newest answer; 0: none. None: whoever answers did not say, and no text is lost by that."""


def seen_of(session: Session, request: Request) -> Seen:
    """What somebody sees who reads the whole request now."""
    head = find_update(session, request.workstream.ref, request.round.as_at)
    return Seen(revision_of(head), request.answers[-1].number if request.answers else 0)


def answer(
    session: Session,
    blobs: Blobs,
    key: str,
    ref: str,
    *,
    said: SaidShape,
    seen: Seen,
    who: Giver,
    by: str,
    now: datetime,
) -> Answer:
    """The answer is recorded, and with it the update that it brings; all of it or nothing.

    Raises:
        AnsweredMeanwhile: the request, or what is reported as at the day of the answer, is not as it was `seen`.
        NoRequest, RoundIsClosed: the round does not ask this workstream, or takes no answers any more.
        FaultyAnswer: with what is wrong with the update or its day, and the parts that are asked for and empty.
        NothingBefore, LastTimeIsAnother: there is nothing that could be unchanged, or something newer.
    """
    request = queries.get_request(session, key, ref)
    if request.round.closed:
        raise RoundIsClosed(request.round)
    if seen.answer is not None and seen != seen_of(session, request):
        raise AnsweredMeanwhile(said.update, find_update(session, ref, request.round.as_at))
    if said.kind is AnswerKind.NO_CHANGE:
        update = _unchanged(session, request, said.as_at)
    else:
        new = said.update or UpdateShape(as_at=request.round.as_at, nothing_to_report=True)
        _require_asked_parts(request, said)
        wrong_day = _wrong_day(session, request, new.as_at, is_outside=isinstance(who.given_by, str))
        _report(session, blobs, ref, new, wrong_day=wrong_day, seen=seen.revision, by=by, now=now)
        update = get_update(session, ref, new.as_at)
        request = queries.get_request(session, key, ref)
    return record_answer(
        session,
        request,
        said.kind,
        update,
        subject=said.subject,
        given_by=who.given_by,
        on_behalf_of=who.on_behalf_of,
        by=by,
        at=now,
    )


def _wrong_day(session: Session, request: Request, day: date, *, is_outside: bool) -> str | None:
    """Why an answer that brings something new may not do so as at this day; None: it may.

    It reports as at the round's day; by an account also as at an earlier one, down to that of last time, which it may
    correct. What was reported before that is corrected on the page of its update, and by no answer.
    """
    as_at = request.round.as_at
    if day == as_at:
        return None
    if day > as_at:
        return f"the round asks for what is so as at {as_at}, or before"
    if is_outside:
        return f"the round asks for what is so as at {as_at}"
    before = last_time(session, request)
    if before is not None and day < before.as_at:
        return f"“{request.workstream.ref}” has reported as at {before.as_at}: an answer changes nothing before"
    return None


def _require_asked_parts(request: Request, said: SaidShape) -> None:
    """What has changed is said in every part that the round asks for; further parts are welcome."""
    if said.update is None or said.update.nothing_to_report:
        return
    missing = [part for part in request.parts if not said.update.parts.get(part)]
    if missing:
        faults = [Fault(f"update.parts.{part}", "is asked for, and is empty") for part in missing]
        raise FaultyAnswer("The answer leaves out what is asked for; nothing was changed.", faults)


def _unchanged(session: Session, request: Request, seen: date | None) -> Update:
    """What goes on being true: what stands as reported, or what was reported before the round, if that was seen."""
    gone = taken_back(session, [request.workstream_id])
    found = latest(session, [request.workstream_id], up_to=request.round.as_at, without=gone)
    if not found:
        raise NothingBefore(request.workstream.ref)
    if seen is None or found[0].as_at == seen:
        return found[0]
    before = last_time(session, request)
    if before is None or before.as_at != seen:
        raise LastTimeIsAnother(request.workstream.ref, found[0].as_at)
    return before


def _report(
    session: Session,
    blobs: Blobs,
    ref: str,
    update: UpdateShape,
    *,
    wrong_day: str | None,
    seen: int,
    by: str,
    now: datetime,
) -> None:
    """The update is reported; as at a wrong day only where it is there already, word for word."""
    meanwhile = AnsweredMeanwhile(update, find_update(session, ref, update.as_at))
    old = FaultyAnswer("What was answered is not right.", [Fault("update.as_at", wrong_day)]) if wrong_day else None
    try:
        outcome = reporting.report(session, blobs, ref, update, seen=seen, by=by, now=now)
    except UpdateWasChanged as changed:
        raise old or meanwhile from changed
    except FaultyUpdate as error:
        faults = [Fault(f"update.{fault.where}", fault.what) for fault in error.faults]
        raise FaultyAnswer("What was answered is not right; nothing was changed.", faults) from error
    if old is not None and outcome is not Outcome.UNCHANGED:
        raise old  # refused, it undoes the load
