"""What a round asks of a workstream, as people and programs read it: last time beside this time, answers, judgements.

Both faces of the service show these shapes, and so does the answer to whoever has a link.
"""

from datetime import UTC, date, datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.assembly.wording import in_words
from app.boards import queries as boards
from app.boards.deadlines import LONDON
from app.facts.read import update_shape
from app.facts.reporting import revision_of
from app.facts.shapes import UpdateShape
from app.formats.manifest import Need, Part, Wording, worded
from app.rounds.models import Answer, AnswerKind, Request, Round, Verdict
from app.rounds.queries import taken_back
from app.rounds.standing import Standing, asked_person, is_late, last_answer, standing_of
from app.workstreams.models import Update
from app.workstreams.queries import find_update, ids_from, latest


class Printed(BaseModel):
    """In which words a paper prints an answer that brings no text, as the board's format says them."""

    no_change: str | None = Field(description="None: nothing was reported that could be unchanged")
    nothing: str
    nothing_of: str = Field(description="Where a subject is named, which stands here as “…”")


class Judged(BaseModel):
    """A judgement of an answer."""

    verdict: Verdict
    reason: str | None
    at: datetime
    by: str = Field(description="Key of the account")


class Answered(BaseModel):
    """An answer and what was said of it."""

    number: int
    kind: AnswerKind
    update: UpdateShape = Field(description="What was reported, or goes on being true")
    revision: int = Field(description="Of the update")
    subject: str | None
    given_by: str = Field(description="Name of who answered")
    person: str | None = Field(description="Their key; null for a contributor outside")
    on_behalf_of: str | None = Field(description="Key of the person for whom they answered")
    late: bool
    recorded_at: datetime
    recorded_by: str = Field(description="Key of the account, or the link")
    judgements: list[Judged]


class AskedInBrief(BaseModel):
    """How a request stands."""

    workstream: str
    name: str
    asked: str | None = Field(description="Key of the person who is asked")
    asked_name: str | None = Field(description="Their name")
    standing: Standing
    answers: int = Field(description="How many there were")
    kind: AnswerKind | None = Field(description="Of the newest answer")
    given_by: str | None = Field(description="Name of who gave it")
    late: bool = Field(description="Whether the newest answer came late")


class AskedOfMe(AskedInBrief):
    """How a request stands that is somebody's to answer, and for which meeting it is."""

    round: str
    round_name: str
    board: str
    meeting: date
    due_on: date
    as_at: date


class AskedPart(BaseModel):
    """A part that is to be filled."""

    key: str
    label: str
    guidance: str = Field(description="What the format says about it to who fills it; mostly empty")
    required: bool = Field(description="Whether an empty one is refused, or shown as missing in the paper")


class Asked(BaseModel):
    """What is asked of a workstream: last time's text and ratings beside this time's, and its answers."""

    round: str
    round_name: str
    name: str = Field(description="Of the workstream")
    workstream: str
    asked: str | None = Field(description="Key of the person who is asked")
    asked_name: str | None = Field(description="Their name")
    parts: list[str] = Field(description="The parts that are asked for; none: all")
    to_fill: list[AskedPart] = Field(description="The same in full, as the board's format orders and calls them")
    due_on: date
    as_at: date
    closed: bool
    standing: Standing
    last_time: UpdateShape | None = Field(description="What was reported before this round; null: nothing yet")
    this_time: UpdateShape | None = Field(
        description="What the newest answer says, where it is not that nothing has changed; null: nothing yet"
    )
    reported: UpdateShape | None = Field(
        description="What is reported as at that day, whoever reported it; null: nothing yet"
    )
    revision: int = Field(description="Its revision, to be sent with an answer that brings a text; 0: nothing yet")
    answers: list[Answered]


class AnsweredByLink(BaseModel):
    """An answer for the workstream of a link, and what became of it."""

    number: int
    kind: AnswerKind
    update: UpdateShape
    subject: str | None
    given_by: str
    verdict: Verdict | None = Field(description="Accepted, sent back, or not yet looked at")
    reason: str | None = Field(description="Why it was sent back")
    recorded_at: datetime


class AskedByLink(BaseModel):
    """What a link opens: what is asked of one workstream, and nothing that names another thing."""

    workstream: str = Field(description="Its name")
    parts: list[str] = Field(description="The parts that are asked for; none: all")
    to_fill: list[AskedPart] = Field(description="The same in full, as the board's format orders and calls them")
    due_on: date
    as_at: date
    closed: bool
    standing: Standing
    last_time: UpdateShape | None = Field(description="What was reported before this round; null: nothing yet")
    this_time: UpdateShape | None = Field(
        description="What the newest answer says, where it is not that nothing has changed; null: nothing yet"
    )
    reported: UpdateShape | None = Field(
        description="What is reported as at that day, whoever reported it; null: nothing yet"
    )
    revision: int = Field(description="Its revision, to be sent with an answer that brings a text; 0: nothing yet")
    answers: list[AnsweredByLink]


def asked(session: Session, request: Request, *, now: datetime) -> Asked:
    """What a request that was loaded whole says at this moment."""
    round_, workstream, person = request.round, request.workstream, asked_person(request)
    before, newest = last_time(session, request), last_answer(request)
    is_new = newest is not None and newest.kind is not AnswerKind.NO_CHANGE
    head = find_update(session, workstream.ref, round_.as_at)
    return Asked.model_construct(
        round=round_.key,
        round_name=round_.name,
        name=workstream.name,
        workstream=workstream.ref,
        asked=person.key if person else None,
        asked_name=person.name if person else None,
        parts=list(request.parts),
        to_fill=_to_fill(session, request, before),
        due_on=round_.due_on,
        as_at=round_.as_at,
        closed=round_.closed,
        standing=standing_of(request, today=now.astimezone(LONDON).date()),
        last_time=update_shape(before) if before else None,
        this_time=update_shape(newest.update) if newest and is_new else None,
        reported=update_shape(head) if head else None,
        revision=revision_of(head),
        answers=[answered(given, round_) for given in request.answers],
    )


def asked_by_link(session: Session, request: Request, *, now: datetime) -> AskedByLink:
    """What a request that was loaded whole says at this moment to whoever has a link for it."""
    whole = asked(session, request, now=now)
    return AskedByLink.model_construct(
        workstream=whole.name,
        parts=whole.parts,
        to_fill=whole.to_fill,
        due_on=whole.due_on,
        as_at=whole.as_at,
        closed=whole.closed,
        standing=whole.standing,
        last_time=whole.last_time,
        this_time=whole.this_time,
        reported=whole.reported,
        revision=whole.revision,
        answers=[
            AnsweredByLink.model_construct(
                number=given.number,
                kind=given.kind,
                update=given.update,
                subject=given.subject,
                given_by=given.given_by,
                verdict=given.judgements[-1].verdict if given.judgements else None,
                reason=given.judgements[-1].reason if given.judgements else None,
                recorded_at=given.recorded_at,
            )
            for given in whole.answers
        ],
    )


def asked_in_brief(request: Request, *, today: date) -> AskedInBrief:
    """How a request stands on that day. Needs `round`, the persons and `answers` with their `judgements`."""
    newest, person = last_answer(request), asked_person(request)
    return AskedInBrief(
        workstream=request.workstream.ref,
        name=request.workstream.name,
        asked=person.key if person else None,
        asked_name=person.name if person else None,
        standing=standing_of(request, today=today),
        answers=len(request.answers),
        kind=newest.kind if newest else None,
        given_by=newest.given_by_name if newest else None,
        late=newest is not None and is_late(newest, request.round.due_on),
    )


def asked_of_me(request: Request, *, today: date) -> AskedOfMe:
    """How a request of an open round stands on that day, for which meeting; of one that was loaded whole."""
    round_ = request.round
    return AskedOfMe(
        **dict(asked_in_brief(request, today=today)),
        round=round_.key,
        round_name=round_.name,
        board=round_.meeting.board.key,
        meeting=round_.meeting.held_on,
        due_on=round_.due_on,
        as_at=round_.as_at,
    )


def answered(given: Answer, round_: Round) -> Answered:
    """An answer of a request that was loaded whole, and what was said of it."""
    return Answered.model_construct(
        number=given.number,
        kind=given.kind,
        update=update_shape(given.update),
        revision=given.update.revision,
        subject=given.subject,
        given_by=given.given_by_name,
        person=given.given_by.key if given.given_by else None,
        on_behalf_of=given.on_behalf_of.key if given.on_behalf_of else None,
        late=is_late(given, round_.due_on),
        recorded_at=given.recorded_at.astimezone(UTC),
        recorded_by=given.recorded_by,
        judgements=[
            Judged(verdict=said.verdict, reason=said.reason, at=said.at.astimezone(UTC), by=said.by)
            for said in given.judgements
        ],
    )


def printed(session: Session, request: Request, before: Update | None) -> Printed:
    """In which words the answers *no change* (since the update `before`) and *nothing to report* will be printed."""
    manifest = boards.find_manifest(session, request.round.meeting.board)
    wording, style = (manifest.wording, manifest.dates) if manifest else (Wording(), "day-month-year")
    as_at = in_words(request.round.as_at, style)
    return Printed(
        no_change=worded(wording.no_change, as_at=in_words(before.as_at, style)) if before else None,
        nothing=worded(wording.nothing_to_report, as_at=as_at),
        nothing_of=worded(wording.nil_subject, as_at=as_at, subject="…"),
    )


def parts_to_fill(session: Session, request: Request) -> list[AskedPart]:
    """The parts that a request which was loaded whole asks for."""
    return _to_fill(session, request, last_time(session, request))


def _to_fill(session: Session, request: Request, before: Update | None) -> list[AskedPart]:
    """The parts that are asked for; where nothing is said, those of the board's format that the workstream has.

    A board without a format, or one that does not know a part, leaves parts their keys for names.
    """
    manifest = boards.find_manifest(session, request.round.meeting.board)
    known = {part.key: part for part in manifest.parts} if manifest else {}
    needs = {part.part: part.need for part in request.workstream.parts}
    usual = list(known) or [part.part for part in (before.parts if before else ())]
    wanted = request.parts or [key for key in usual if needs.get(key) is not Need.UNUSED]
    return [_asked_part(key, known.get(key), needs.get(key), named=key in request.parts) for key in wanted]


def _asked_part(key: str, part: Part | None, need: Need | None, *, named: bool) -> AskedPart:
    usual = Need.REQUIRED if part and part.required else Need.OPTIONAL
    return AskedPart(
        key=key,
        label=part.label if part else key,
        guidance=part.guidance if part else "",
        required=named or (need or usual) is Need.REQUIRED,
    )


def last_time(session: Session, request: Request) -> Update | None:
    """What the workstream reported last before this round, up to the day as at which it asks; whole.

    What its answers to this round brought is this time's, and what was sent back in another one was never reported.
    """
    gone = taken_back(session, [request.workstream_id])
    for given in request.answers:
        if given.kind is not AnswerKind.NO_CHANGE:
            gone |= ids_from(session, given.update)
    found = latest(session, [request.workstream_id], up_to=request.round.as_at, without=gone)
    return found[0] if found else None
