"""Calendars at secret addresses: of a board, or of a person. Everybody has their own, and takes them away."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.accounts import policy
from app.accounts.policy import Action
from app.boards import queries as boards
from app.fields import KeyText
from app.notices import calendar
from app.people import queries as people
from app.rounds import commands, queries
from app.rounds.models import CalendarFeed
from app.web.api.body import JsonBody, read_as
from app.web.api.kinds import Listing
from app.web.api.lists import Paging
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain
from app.web.api.routing import for_accounts, for_anybody
from app.web.deps import FactsReader, Here, Now, Reading, Writing
from app.web.openapi import LINK, LOCATION, REPLAY, gives, open_problems, problems, takes

MEDIA_TYPE = "text/calendar; charset=utf-8"

router = for_accounts("/calendars", "rounds")
doors = for_anybody("/calendar", "rounds")
"""What is open to whoever knows the address."""

Number = Annotated[int, Path(ge=1, le=1_000_000)]
Secret = Annotated[str, Path(max_length=100, description="What makes the address secret")]


class CalendarIn(BaseModel):
    """Whose calendar is wanted: one of the two."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    board: KeyText | None = Field(default=None, description="Its meetings, and when their papers are due")
    person: KeyText | None = Field(
        default=None, description="What is asked of them, and the meetings for which they write or answer for a paper"
    )

    @model_validator(mode="after")
    def _names_one(self) -> "CalendarIn":
        if (self.board is None) == (self.person is None):
            raise ValueError("a calendar is of a board or of a person: name one of them")
        return self


class CalendarOut(BaseModel):
    """A calendar of the account that asks; never its address."""

    number: int
    board: str | None
    person: str | None
    made_at: datetime

    @classmethod
    def of(cls, feed: CalendarFeed) -> "CalendarOut":
        """What the row says."""
        return cls(
            number=feed.number,
            board=feed.board.key if feed.board else None,
            person=feed.person.key if feed.person else None,
            made_at=feed.made_at.astimezone(UTC),
        )


class CalendarWithAddress(CalendarOut):
    """A calendar with its address."""

    address: str | None = Field(description="Shown this once; null where this answer is given again")


OWN: dict[str, Any] = {"number": 1, "board": "scrutiny", "person": None, "made_at": "2026-11-23T12:00:00Z"}
ADDRESS = "https://papers.example/api/v1/calendar/bc_6mP0yVq3Ck1oJ9b2dX8fR5tH7wLzA4sEuNgKiTvQxYc.ics"


@router.post(
    "",
    summary="Get a calendar",
    description="Its address is secret, and shown in this answer only: whoever knows it sees the calendar, without "
    "signing in. It shows what exists for the account that got it, as long as the account is open. The calendar of "
    "another person than the account's own is for who runs rounds. An account has at most 50 at a time.",
    operation_id="post_calendar",
    openapi_extra=takes(CalendarIn, {"board": "scrutiny"}),
    responses={
        201: gives(
            CalendarWithAddress, "The calendar.", example={**OWN, "address": ADDRESS}, headers=LOCATION | REPLAY
        ),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def post_calendar(
    *, who: FactsReader, document: JsonBody, session: Writing, once: Doing, here: Here, now: Now
) -> Response:
    """A calendar of the account's own."""

    def make() -> Response:
        asked = read_as(CalendarIn, document)
        board = boards.get(session, asked.board) if asked.board else None
        person = people.get_person(session, asked.person) if asked.person else None
        if person is not None and person.id != who.person_id:
            policy.authorise(who, Action.RUN_ROUNDS)
        feed, secret = commands.give_calendar(session, who, board=board, person=person, at=now)
        said = CalendarWithAddress(**dict(CalendarOut.of(feed)), address=f"{here.address}/api/v1/calendar/{secret}.ics")
        return json_answer(plain(said), 201, {"Location": f"/api/v1/calendars/{feed.number}"})

    return once.answer(repr(sorted(document.items())).encode(), make, secret=["address"])


@router.get(
    "",
    summary="List my calendars",
    description="Those of the account that asks, in the order in which it got them; never their addresses.",
    operation_id="list_calendars",
    responses={
        200: gives(Listing[CalendarOut], "One page of the list.", example={"items": [OWN], "next": None}, headers=LINK),
        **problems(),
    },
    response_class=Response,
)
def list_calendars(who: FactsReader, session: Reading, page: Paging) -> Response:
    """The account's calendars."""
    feeds = queries.calendars(session, who.id, after=page.after_number(), limit=page.limit + 1)
    return page.of(iter(feeds), key=lambda feed: str(feed.number), show=lambda feed: plain(CalendarOut.of(feed)))


@router.delete(
    "/{number}",
    summary="Take a calendar away",
    description="From now on there is nothing at its address.",
    operation_id="delete_calendar",
    status_code=204,
    responses={204: gives(None, "Nothing is there any more."), **problems(404, 413)},
    response_class=Response,
)
def delete_calendar(number: Number, who: FactsReader, session: Writing, now: Now) -> Response:
    """The calendar is gone."""
    commands.revoke_calendar(session, who, queries.get_calendar(session, who.id, number), at=now)
    return Response(status_code=204)


@doors.get(
    "/{secret}.ics",
    summary="Subscribe to a calendar",
    description="For calendar programs, which know no tokens: the address itself is the secret.",
    operation_id="get_calendar",
    responses={
        200: gives(None, "The calendar.", content={"text/calendar": {"schema": {"type": "string"}}}),
        **open_problems(404),
    },
    response_class=Response,
)
def get_calendar(secret: Secret, session: Reading, now: Now) -> Response:
    """The calendar at this address."""
    feed = queries.calendar_by_secret(session, secret)
    return Response(calendar.ics(session, feed, now=now), media_type=MEDIA_TYPE)
