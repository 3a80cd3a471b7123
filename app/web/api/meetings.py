"""Meetings of all boards, and the revisions of an update or introduction: lists that belong to no single entry."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.boards import queries as boards
from app.facts import read
from app.facts.shapes import BoardShape, IntroductionShape, MeetingShape, UpdateShape
from app.fields import Day, KeyText
from app.web.api import examples
from app.web.api.entries import Missing, visible
from app.web.api.kinds import THEMES, WORKSTREAMS, Listing
from app.web.api.lists import Paging, every
from app.web.api.representation import AsText, json_answer, plain
from app.web.api.routing import for_accounts
from app.web.deps import FactsReader, Reading
from app.web.openapi import LINK, gives, problems
from app.workstreams import queries as workstreams
from app.workstreams.models import ThemeIntroduction, Update

router = for_accounts()


class MeetingOfBoard(BaseModel):
    """A meeting and whose it is."""

    board: str = Field(description="Key of the board")
    meeting: MeetingShape


class DeadlineOut(BaseModel):
    """A stage of a meeting's papers, and when it is due."""

    stage: str
    due_on: date


class Deadlines(BaseModel):
    """When the stages of a meeting's papers are due, in the order of the days."""

    deadlines: list[DeadlineOut]


class Revision(BaseModel):
    """One revision of an update: what was said, and when it was recorded."""

    revision: int
    recorded_at: datetime
    update: UpdateShape


class IntroductionRevision(BaseModel):
    """One revision of a theme's introduction: what was said, and when it was recorded."""

    revision: int
    recorded_at: datetime
    introduction: IntroductionShape


@router.get(
    "/meetings",
    tags=["boards"],
    summary="List meetings of all boards",
    description="By board, then by date; of one board, or between two days where that is asked. An account that is "
    "confined to boards has those of its own.",
    operation_id="list_meetings",
    responses={
        200: gives(
            Listing[MeetingOfBoard],
            "One page of the list.",
            example={"items": [{"board": "scrutiny", "meeting": examples.MEETING}], "next": None},
            headers=LINK,
        ),
        **problems(),
    },
    response_class=Response,
)
def list_meetings(
    *,
    who: FactsReader,
    session: Reading,
    page: Paging,
    board: Annotated[KeyText | None, Query(description="Only of this board")] = None,
    first: Annotated[Day | None, Query(alias="from", description="Only on this day or later")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Only on this day or earlier")] = None,
) -> Response:
    """Meetings that fit what is asked."""
    fitting = (
        found
        for found in _meetings(session, page.after)
        if (board is None or found.board == board)
        and (who.boards is None or found.board in who.boards)
        and (first is None or found.meeting.held_on >= first)
        and (last is None or found.meeting.held_on <= last)
    )
    return page.of(fitting, key=_place, show=plain)


@router.get(
    "/boards/{key}/meetings/{held_on}/deadlines",
    tags=["boards"],
    summary="See when papers for a meeting are due",
    description="Stage by stage, in working days from the meeting as the board or its format counts them; the bank "
    "holidays of England and Wales are no working days.",
    operation_id="list_deadlines",
    responses={
        200: gives(
            Deadlines,
            "The stages, in the order of their days.",
            example={
                "deadlines": [
                    {"stage": "answers", "due_on": "2026-11-12"},
                    {"stage": "draft", "due_on": "2026-11-19"},
                ]
            },
        ),
        **problems(404),
    },
    response_class=Response,
)
def list_deadlines(key: KeyText, held_on: Day, _who: FactsReader, session: Reading) -> Response:
    """The meeting's deadlines."""
    due = boards.deadlines(session, boards.get_meeting(session, key, held_on))
    return json_answer(plain(deadlines_out(due)))


def deadlines_out(due: Mapping[str, date]) -> Deadlines:
    """Stage → day, as it is told."""
    return Deadlines(deadlines=[DeadlineOut(stage=stage, due_on=day) for stage, day in due.items()])


@router.get(
    "/workstreams/{ref}/updates/{as_at}/revisions",
    tags=["workstreams"],
    summary="List the revisions of an update",
    description="A correction makes a new revision and overwrites nothing: all of them, first to last.",
    operation_id="list_workstreams_updates_revisions",
    responses={
        200: gives(
            Listing[Revision],
            "One page of the list.",
            example={
                "items": [{"revision": 1, "recorded_at": "2026-11-20T16:04:00Z", "update": examples.UPDATE}],
                "next": None,
            },
            headers=LINK,
        ),
        **problems(404),
    },
    response_class=Response,
)
def list_revisions(
    *, ref: KeyText, as_at: Day, who: FactsReader, session: Reading, page: Paging, as_text: AsText = False
) -> Response:
    """The revisions, first to last."""
    visible(session, who, WORKSTREAMS, ref)
    rows = workstreams.revisions(session, ref, as_at)
    if not rows:
        raise workstreams.NoUpdate(ref, as_at)
    said = map(_revision, rows)
    behind = (revision for revision in said if _number(revision) > page.after)
    return page.of(behind, key=_number, show=plain, as_text=as_text)


@router.get(
    "/themes/{key}/introductions/{as_at}/revisions",
    tags=["workstreams"],
    summary="List the revisions of an introduction",
    description="Another text makes a new revision and overwrites nothing: all of them, first to last.",
    operation_id="list_themes_introductions_revisions",
    responses={
        200: gives(
            Listing[IntroductionRevision],
            "One page of the list.",
            example={
                "items": [
                    {"revision": 1, "recorded_at": "2026-11-20T16:04:00Z", "introduction": examples.INTRODUCTION}
                ],
                "next": None,
            },
            headers=LINK,
        ),
        **problems(404),
    },
    response_class=Response,
)
def list_introduction_revisions(
    *, key: KeyText, as_at: Day, who: FactsReader, session: Reading, page: Paging, as_text: AsText = False
) -> Response:
    """The revisions, first to last."""
    visible(session, who, THEMES, key)
    rows = [row for row in workstreams.get_theme(session, key).introductions if row.as_at == as_at]
    if not rows:
        raise Missing("introduction", f"{key}, {as_at}")
    said = map(_introduction_revision, sorted(rows, key=lambda row: row.revision))
    behind = (revision for revision in said if _number(revision) > page.after)
    return page.of(behind, key=_number, show=plain, as_text=as_text)


def _meetings(session: Session, after: str) -> Iterator[MeetingOfBoard]:
    """Every meeting behind the place `after`, by board and date."""
    begun = after.partition(" ")[0]

    def fetch(key: str, size: int) -> list[BoardShape]:
        return read.boards(session, after=key, limit=size)

    every_board = every(fetch, begun, size=50, key=lambda board: board.key)
    rest = (MeetingOfBoard(board=board.key, meeting=meeting) for board in every_board for meeting in board.meetings)
    if begun:
        here = (MeetingOfBoard(board=begun, meeting=meeting) for meeting in read.board(session, begun).meetings)
        yield from (found for found in here if _place(found) > after)
    yield from rest


def _place(found: MeetingOfBoard) -> str:
    return f"{found.board} {found.meeting.held_on}"


def _revision(row: Update) -> Revision:
    return Revision(revision=row.revision, recorded_at=row.recorded_at.astimezone(UTC), update=read.update_shape(row))


def _introduction_revision(row: ThemeIntroduction) -> IntroductionRevision:
    return IntroductionRevision(
        revision=row.revision,
        recorded_at=row.recorded_at.astimezone(UTC),
        introduction=read.introduction_shape(row),
    )


def _number(revision: Revision | IntroductionRevision) -> str:
    return f"{revision.revision:09}"
