"""Rounds: what is asked, last time's text, answers and their judgements, links for contributors outside."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import policy
from app.audit.changes import Outcome
from app.boards.deadlines import LONDON
from app.facts.answering import AnswerShape, Seen, answer, giver
from app.facts.asked import Answered, Asked, AskedInBrief, answered, asked, asked_in_brief
from app.facts.shapes import Shape
from app.fields import Day, KeyText, Line, SafeText
from app.rounds import commands, queries, reach
from app.rounds.models import AnswerLink, Round, Verdict
from app.rounds.standing import Standing
from app.web.api import examples
from app.web.api.body import FaultyBody, JsonBody, read_as
from app.web.api.conditions import Preconditions
from app.web.api.kinds import Listing
from app.web.api.lists import Paging, every
from app.web.api.once import Doing
from app.web.api.representation import AsText, etag_of, json_answer, plain, shown
from app.web.api.routing import for_accounts
from app.web.deps import Answerer, AnswerJudge, FactsReader, Now, Reading, RoundRunner, Store, Writing
from app.web.openapi import ETAG, LINK, LOCATION, REPLAY, gives, problems, takes

router = for_accounts("/rounds", "rounds")

Number = Annotated[int, Path(ge=1, le=1_000_000)]


class RequestShape(Shape):
    """What is asked of a workstream."""

    workstream: KeyText
    parts: tuple[KeyText, ...] = Field(default=(), description="The parts that are asked for; none: all")
    person: KeyText | None = Field(default=None, description="Who is asked; without one, the workstream's owner")


class RoundShape(Shape):
    """A round: who is asked, for which meeting, by when."""

    key: KeyText
    name: Line
    organisation: KeyText = Field(description="Whose workstreams are asked")
    board: KeyText
    meeting: Day = Field(description="Day of the board's meeting")
    due_on: Day | None = Field(default=None, description="Without one, as the meeting's deadlines say")
    as_at: Day | None = Field(default=None, description="As at which day is reported; without one, the day due")
    closed: bool = Field(default=False, description="A closed round takes no answers")
    requests: tuple[RequestShape, ...] = Field(default=(), max_length=1000)


class JudgementIn(BaseModel):
    """What the paper's author says of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    reason: Annotated[SafeText, Field(min_length=1)] | None = Field(
        default=None, description="Needed when the answer is sent back"
    )


class LinkIn(BaseModel):
    """A link for a contributor outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line = Field(description="Who is given it: answers name them")
    contact: Line | None = Field(default=None, description="Where reminders go: an e-mail address")
    days: Annotated[int, Field(ge=1, le=90)] = Field(default=14, description="How long it opens")


class LinkOut(BaseModel):
    """A link, never its secret."""

    number: int
    name: str
    contact: str | None
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, link: AnswerLink) -> "LinkOut":
        """What the row says."""
        return cls(
            number=link.number,
            name=link.name,
            contact=link.contact,
            made_at=link.made_at,
            made_by=link.made_by,
            expires_at=link.expires_at,
            revoked_at=link.revoked_at,
            last_used_at=link.last_used_at,
        )


class LinkWithSecret(BaseModel):
    """A link with its secret."""

    link: LinkOut
    secret: str | None = Field(description="Shown this once; null where this answer is given again")


SHAPE: dict[str, Any] = {
    "key": "collaboration-2026-12",
    "name": "Collaboration, December 2026",
    "organisation": "northmoor",
    "board": "scrutiny",
    "meeting": "2026-12-10",
    "due_on": "2026-11-12",
    "as_at": "2026-11-12",
    "closed": False,
    "requests": [{"workstream": "PROC-1", "parts": ["progress"], "person": None}],
}
SAID: dict[str, Any] = {
    "kind": "changed",
    "update": examples.UPDATE,
    "given_by": "a-osei",
    "on_behalf_of": None,
}
JUDGEMENT = {"verdict": "sent-back", "reason": "Which quarter is the figure of?"}
GIVEN: dict[str, Any] = {
    "number": 1,
    "kind": "no-change",
    "update": examples.UPDATE,
    "revision": 1,
    "subject": None,
    "given_by": "Chief Superintendent A Osei",
    "person": "a-osei",
    "on_behalf_of": None,
    "late": False,
    "recorded_at": "2026-11-23T12:00:00Z",
    "recorded_by": "intranet",
    "judgements": [JUDGEMENT | {"at": "2026-11-24T09:00:00Z", "by": "author"}],
}
LISTED = {
    "workstream": "PROC-1", "name": "Shared procurement", "asked": "a-osei",
    "asked_name": "Chief Superintendent A Osei", "standing": "missing", "answers": 0, "kind": None, "given_by": None,
    "late": False,
}  # fmt: skip
REQUEST: dict[str, Any] = {
    "round": "collaboration-2026-12",
    "round_name": "Collaboration, December 2026",
    "name": "Shared procurement",
    "workstream": "PROC-1",
    "asked": "a-osei",
    "asked_name": "Chief Superintendent A Osei",
    "parts": [],
    "to_fill": [{"key": "progress", "label": "Progress", "guidance": "", "required": True}],
    "due_on": "2026-11-12",
    "as_at": "2026-11-12",
    "closed": False,
    "standing": "answered",
    "last_time": examples.UPDATE,
    "this_time": None,
    "reported": None,
    "revision": 0,
    "answers": [GIVEN],
}


@router.get(
    "",
    summary="List rounds",
    description="In the order of their keys; for one board or meeting where that is asked.",
    operation_id="list_rounds",
    responses={
        200: gives(
            Listing[RoundShape], "One page of the list.", example={"items": [SHAPE], "next": None}, headers=LINK
        ),
        **problems(),
    },
    response_class=Response,
)
def list_rounds(
    who: FactsReader,
    session: Reading,
    page: Paging,
    board: Annotated[KeyText | None, Query(description="Only for this board")] = None,
    meeting: Annotated[Day | None, Query(description="Only for meetings on this day")] = None,
) -> Response:
    """Rounds that fit what is asked and exist for this account."""
    found = every(
        lambda after, size: queries.rounds(
            session,
            after=after,
            limit=size,
            organisation_id=policy.confined_to(who),
            boards=who.boards,
            board=board,
            meeting=meeting,
        ),
        page.after,
        size=page.limit + 1,
        key=lambda round_: round_.key,
    )
    return page.of(found, key=lambda round_: round_.key, show=lambda round_: plain(_shape(round_)))


@router.get(
    "/{key}",
    summary="Read a round",
    description="Who is asked, for which meeting, by when. The answer can be sent back with PUT.",
    operation_id="get_round",
    responses={
        200: gives(RoundShape, "The round.", example=SHAPE, headers=ETAG),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def get_round(key: KeyText, who: FactsReader, session: Reading, conditions: Preconditions) -> Response:
    """The round."""
    return shown(_shape(reach.get(session, who, key)), conditions)


@router.put(
    "/{key}",
    summary="Open, change or close a round",
    description="Whom it asks is replaced as it is sent; a workstream that was asked and answered stays.",
    operation_id="put_round",
    openapi_extra=takes(RoundShape, SHAPE),
    responses={
        200: gives(RoundShape, "The round as it is now.", example=SHAPE, headers=ETAG),
        201: gives(RoundShape, "The new round.", example=SHAPE, headers=ETAG),
        **problems(404, 409, 412, 413, 415, 428),
    },
    response_class=Response,
)
def put_round(
    *, key: KeyText, who: RoundRunner, document: JsonBody, session: Writing, conditions: Preconditions, now: Now
) -> Response:
    """The round is as it was sent."""
    said = read_as(RoundShape, {"key": key} | document)
    if said.key != key:
        raise FaultyBody(f"Address and body speak of different rounds: “{key}” and “{said.key}”.")
    before = reach.find(session, who, key)
    conditions.allow_writing(f"The round “{key}”", etag_of(plain(_shape(before))) if before else None)
    outcome = commands.save_round(session, _entry(said), by=who.key, at=now)
    # A round of another organisation is not there for who sent it, and so it is not made either.
    document = plain(_shape(reach.get(session, who, key)))
    return json_answer(document, 201 if outcome is Outcome.ADDED else 200, {"ETag": etag_of(document)})


@router.get(
    "/{key}/requests",
    summary="See who has answered, and who has not",
    description="In the order of the round; only those that stand in one way where that is asked: `missing` are those "
    "without an answer after the day on which it was due.",
    operation_id="list_requests",
    responses={
        200: gives(
            Listing[AskedInBrief], "One page of the list.", example={"items": [LISTED], "next": None}, headers=LINK
        ),
        **problems(404),
    },
    response_class=Response,
)
def list_requests(
    *,
    key: KeyText,
    who: FactsReader,
    session: Reading,
    page: Paging,
    now: Now,
    standing: Annotated[Standing | None, Query(description="Only those that stand so")] = None,
    late: Annotated[bool | None, Query(description="Only those whose newest answer came late, or did not")] = None,
) -> Response:
    """How the round's requests stand."""
    round_ = reach.get(session, who, key)
    today = now.astimezone(LONDON).date()
    after = page.after_number()
    found: Iterator[tuple[int, AskedInBrief]] = (
        (place, asked_in_brief(request, today=today))
        for place, request in enumerate(round_.requests, start=1)
        if place > after
    )
    fitting = (
        (place, said)
        for place, said in found
        if (standing is None or said.standing is standing) and (late is None or said.late is late)
    )
    return page.of(fitting, key=lambda row: str(row[0]), show=lambda row: plain(row[1]))


@router.get(
    "/{key}/requests/{ref}",
    summary="Read what is asked of a workstream",
    description="With what it reported last, text and ratings, and the answers that were given.",
    operation_id="get_request",
    responses={
        200: gives(Asked, "The request.", example=REQUEST, headers=ETAG),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def get_request(
    *,
    key: KeyText,
    ref: KeyText,
    who: FactsReader,
    session: Reading,
    conditions: Preconditions,
    now: Now,
    as_text: AsText = False,
) -> Response:
    """The request."""
    request = reach.get_request(session, who, key, ref)
    return shown(asked(session, request, now=now), conditions, as_text=as_text)


@router.post(
    "/{key}/requests/{ref}/answers",
    summary="Answer",
    description="*Changed* brings an update, *no-change* points to the last one, which the paper prints as still true, "
    "*nothing-to-report* is printed in the format's words. The answer is by a person, perhaps on behalf of another; "
    "both are recorded, and nothing is overwritten by another answer. An update is as at the round's day, or as at an "
    "earlier one down to that of last time; it brings the `revision` that was seen, and where somebody saved another "
    "meanwhile, the answer is 409 with both texts.",
    operation_id="post_answer",
    openapi_extra=takes(AnswerShape, SAID),
    responses={
        201: gives(Answered, "The answer.", example=GIVEN, headers=LOCATION | REPLAY),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def post_answer(
    *,
    key: KeyText,
    ref: KeyText,
    who: Answerer,
    document: JsonBody,
    session: Writing,
    blobs: Store,
    once: Doing,
    now: Now,
) -> Response:
    """The answer is recorded."""

    def make() -> Response:
        reach.get_answerable(session, who, key, ref)
        said = read_as(AnswerShape, document)
        given_by = giver(session, said, who.person_id)
        seen = Seen(said.revision)
        answer(session, blobs, key, ref, said=said, seen=seen, who=given_by, by=who.key, now=now)
        return _newest(session, key, ref)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.post(
    "/{key}/requests/{ref}/answers/{number}/judgements",
    summary="Accept an answer, or send it back",
    description="By the paper's author. An answer that is sent back is open again; the reason goes with it.",
    operation_id="post_judgement",
    openapi_extra=takes(JudgementIn, JUDGEMENT),
    responses={
        201: gives(Answered, "The answer with its judgements.", example=GIVEN, headers=LOCATION | REPLAY),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def post_judgement(
    *,
    key: KeyText,
    ref: KeyText,
    number: Number,
    who: AnswerJudge,
    document: JsonBody,
    session: Writing,
    once: Doing,
    now: Now,
) -> Response:
    """The answer is accepted or sent back."""

    def make() -> Response:
        request = reach.get_request(session, who, key, ref)
        said = read_as(JudgementIn, document)
        commands.judge(session, request, number, said.verdict, said.reason, by=who.key, at=now)
        return _newest(session, key, ref)

    return once.answer(repr(sorted(document.items())).encode(), make)


LINKED: dict[str, Any] = {
    "number": 1,
    "name": "Programme office of the region",
    "contact": "office@region.example",
    "made_at": "2026-11-23T12:00:00Z",
    "made_by": "author",
    "expires_at": "2026-12-07T12:00:00Z",
    "revoked_at": None,
    "last_used_at": None,
}


@router.post(
    "/{key}/requests/{ref}/links",
    summary="Give out a link",
    description="Who has it, answers for this workstream and sees nothing else, until it expires or is taken away. "
    "Its secret is shown in this answer and never again, not even when the answer is repeated.",
    operation_id="post_link",
    openapi_extra=takes(LinkIn, {"name": LINKED["name"], "contact": LINKED["contact"], "days": 14}),
    responses={
        201: gives(
            LinkWithSecret,
            "The link.",
            example={"link": LINKED, "secret": "bl_6mP0yVq3Ck1oJ9b2dX8fR5tH7wLzA4sEuNgKiTvQxYc"},
            headers=LOCATION | REPLAY,
        ),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def post_link(
    *, key: KeyText, ref: KeyText, who: RoundRunner, document: JsonBody, session: Writing, once: Doing, now: Now
) -> Response:
    """A link that opens this request."""

    def make() -> Response:
        request = reach.get_request(session, who, key, ref)
        said = read_as(LinkIn, document)
        link, secret = commands.give_link(
            session, request, name=said.name, contact=said.contact, days=said.days, by=who.key, at=now
        )
        address = f"/api/v1/rounds/{key}/requests/{ref}/links/{link.number}"
        return json_answer(plain(LinkWithSecret(link=LinkOut.of(link), secret=secret)), 201, {"Location": address})

    return once.answer(repr(sorted(document.items())).encode(), make, secret=["secret"])


@router.get(
    "/{key}/requests/{ref}/links",
    summary="List the links that were given out",
    description="In the order in which they were; never their secrets.",
    operation_id="list_links",
    responses={
        200: gives(Listing[LinkOut], "One page of the list.", example={"items": [LINKED], "next": None}, headers=LINK),
        **problems(404),
    },
    response_class=Response,
)
def list_links(key: KeyText, ref: KeyText, who: RoundRunner, session: Reading, page: Paging) -> Response:
    """The links of the request."""
    after = page.after_number()
    links = (link for link in reach.get_request(session, who, key, ref).links if link.number > after)
    return page.of(links, key=lambda link: str(link.number), show=lambda link: plain(LinkOut.of(link)))


@router.delete(
    "/{key}/requests/{ref}/links/{number}",
    summary="Take a link away",
    description="From now on it opens nothing; what was answered by it stays.",
    operation_id="delete_link",
    status_code=204,
    responses={204: gives(None, "It opens nothing."), **problems(404, 413)},
    response_class=Response,
)
def delete_link(
    *, key: KeyText, ref: KeyText, number: Number, who: RoundRunner, session: Writing, now: Now
) -> Response:
    """The link opens nothing any more."""
    request = reach.get_request(session, who, key, ref)
    commands.revoke_link(session, request, queries.get_link(request, number), by=who.key, at=now)
    return Response(status_code=204)


def _newest(session: Session, key: str, ref: str) -> Response:
    """The newest answer of the request, as it was just given or judged."""
    request = queries.get_request(session, key, ref)
    newest = request.answers[-1]
    address = f"/api/v1/rounds/{key}/requests/{ref}"
    return json_answer(plain(answered(newest, request.round)), 201, {"Location": address})


def _shape(round_: Round) -> RoundShape:
    return RoundShape(
        key=round_.key,
        name=round_.name,
        organisation=round_.organisation.key,
        board=round_.meeting.board.key,
        meeting=round_.meeting.held_on,
        due_on=round_.due_on,
        as_at=round_.as_at,
        closed=round_.closed,
        requests=tuple(
            RequestShape(
                workstream=request.workstream.ref,
                parts=tuple(request.parts),
                person=request.person.key if request.person else None,
            )
            for request in round_.requests
        ),
    )


def shape_of(entry: commands.RoundEntry) -> RoundShape:
    """A round that is not kept yet, as it would be sent."""
    return RoundShape(
        key=entry.key,
        name=entry.name,
        organisation=entry.organisation,
        board=entry.board,
        meeting=entry.meeting,
        due_on=entry.due_on,
        as_at=entry.as_at,
        closed=entry.closed,
        requests=tuple(
            RequestShape(workstream=one.workstream, parts=one.parts, person=one.person) for one in entry.requests
        ),
    )


def _entry(said: RoundShape) -> commands.RoundEntry:
    return commands.RoundEntry(
        key=said.key,
        name=said.name,
        organisation=said.organisation,
        board=said.board,
        meeting=said.meeting,
        due_on=said.due_on,
        as_at=said.as_at,
        closed=said.closed,
        requests=tuple(
            commands.RequestEntry(workstream=one.workstream, parts=one.parts, person=one.person)
            for one in said.requests
        ),
    )
