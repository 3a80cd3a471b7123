"""After the meeting: what it made of a paper, what it asked for, and the series' next paper."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.assembly import meeting
from app.assembly.meeting import NewAction
from app.facts.following import start_next
from app.facts.shapes import PaperShape
from app.fields import Day, KeyText, Line, SafeText
from app.papers import commands as paper_commands
from app.papers import queries as papers
from app.papers.models import MeetingAction
from app.papers.queries import PaperKept
from app.web.api import examples
from app.web.api.body import JsonBody, read_as
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain
from app.web.api.routing import for_accounts
from app.web.deps import FactsReader, FactsWriter, Now, OutcomeRecorder, Reading, VersionReader, Writing
from app.web.openapi import LOCATION, REPLAY, gives, problems, takes
from app.web.reach import Reach

router = for_accounts("/papers/{reference}", "papers")

Number = Annotated[int, Path(ge=1, le=1_000_000)]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ActionIn(_In):
    """Something that the meeting asks for."""

    text: Annotated[SafeText, Field(min_length=1, max_length=2_000)]
    owner: KeyText | None = Field(default=None, description="Key of the person who does it")
    due_on: Day | None = None


class OutcomeIn(_In):
    """What the meeting made of the paper."""

    text: Annotated[SafeText, Field(min_length=1)]
    actions: tuple[ActionIn, ...] = Field(
        default=(), max_length=100, description="What it asks for; they come to what it asked for before"
    )


class DoneIn(_In):
    """That an action is done."""

    done_on: Day | None = Field(default=None, description="Without it: today in London")
    note: SafeText | None = None


class ActionOut(BaseModel):
    """Something for which a meeting asked."""

    paper: str = Field(description="Reference of the paper that the meeting had")
    number: int
    text: str
    owner: str | None
    due_on: date | None
    done_on: date | None = Field(description="null: it is open")
    note: str | None

    @classmethod
    def of(cls, action: MeetingAction) -> "ActionOut":
        """What the rows say; loaded as in `papers.meeting_actions`."""
        return cls(
            paper=action.paper.reference,
            number=action.number,
            text=action.text,
            owner=action.owner.key if action.owner else None,
            due_on=action.due_on,
            done_on=action.done.done_on if action.done else None,
            note=action.done.note if action.done else None,
        )


class OutcomeSaid(BaseModel):
    """What was recorded of the outcome, once."""

    text: str
    at: datetime
    by: str


class OutcomeOut(BaseModel):
    """What the meeting made of a paper."""

    outcome: OutcomeSaid | None = Field(description="null: nothing is recorded yet")
    earlier: list[OutcomeSaid] = Field(description="What was recorded before, and corrected")
    actions: list[ActionOut]


class OpenActionsOut(BaseModel):
    """What earlier meetings asked for, and is open."""

    actions: list[ActionOut]


class NextIn(_In):
    """What the next paper is called, and which meeting it is for."""

    reference: KeyText
    meeting: Day | None = Field(default=None, description="Without it: the board's next meeting")
    title: Line | None = Field(default=None, description="Without it: as before")


class CarriedOut(BaseModel):
    """Sections that stand as the paper before had them, and that nobody has confirmed."""

    sections: list[str]


ACTION: dict[str, Any] = {
    "paper": "COL-2026-12",
    "number": 1,
    "text": "Bring the cost of the second phase.",
    "owner": "a-osei",
    "due_on": "2027-03-01",
    "done_on": None,
    "note": None,
}
SAID = {"text": "The board noted the report.", "at": "2026-12-11T09:00:00Z", "by": "board-secretary"}
OUTCOME = {"outcome": SAID, "earlier": [], "actions": [ACTION]}


@router.get(
    "/outcome",
    summary="See what the meeting made of a paper",
    description="The outcome, and every action for which it asked, with what is done.",
    operation_id="get_outcome",
    responses={200: gives(OutcomeOut, "The outcome.", example=OUTCOME), **problems(404)},
    response_class=Response,
)
def get_outcome(reference: KeyText, who: VersionReader, session: Reading) -> Response:
    """Outcome and actions."""
    paper, _ = Reach(session, who).what_exists(reference)
    return _outcome(session, paper)


@router.post(
    "/outcome",
    summary="Record what the meeting made of a paper",
    description="With what it asked for, which stands open in the next paper of the series. Said again: corrected.",
    operation_id="record_outcome",
    openapi_extra=takes(
        OutcomeIn, {"text": "The board noted the report.", "actions": [{"text": "Bring the cost of the second phase."}]}
    ),
    responses={
        201: gives(OutcomeOut, "The outcome.", example=OUTCOME, headers=REPLAY),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def record_outcome(
    *, reference: KeyText, who: OutcomeRecorder, document: JsonBody, session: Writing, once: Doing, now: Now
) -> Response:
    """The outcome is recorded."""

    def make() -> Response:
        said = read_as(OutcomeIn, document)
        reach = Reach(session, who)
        paper, received = reach.allow(Action.RECORD_OUTCOMES, reference), reach.received(reference)
        actions = [NewAction(action.text, action.owner, action.due_on) for action in said.actions]
        meeting.record_outcome(session, reference, text=said.text, actions=actions, by=who, now=now, received=received)
        return _outcome(session, paper, 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.post(
    "/actions/{number}/done",
    summary="Say that an action is done",
    description="It stands open no more in papers of the series that are generated from now on.",
    operation_id="finish_action",
    openapi_extra=takes(DoneIn, {"done_on": "2027-02-20", "note": "Costs are in section 4."}),
    responses={
        201: gives(OutcomeOut, "The outcome.", example=OUTCOME, headers=REPLAY),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def finish_action(
    *,
    reference: KeyText,
    number: Number,
    who: OutcomeRecorder,
    document: JsonBody,
    session: Writing,
    once: Doing,
    now: Now,
) -> Response:
    """The action is done."""

    def make() -> Response:
        said = read_as(DoneIn, document)
        paper = Reach(session, who).allow(Action.RECORD_OUTCOMES, reference)
        meeting.finish_action(session, reference, number, done_on=said.done_on, note=said.note, by=who, now=now)
        return _outcome(session, paper, 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.get(
    "/open-actions",
    summary="See what earlier meetings asked for",
    description="The actions of earlier papers of the series that are not done: a block of the kind `actions` prints "
    "them.",
    operation_id="list_open_actions",
    responses={200: gives(OpenActionsOut, "The actions.", example={"actions": [ACTION]}), **problems(404)},
    response_class=Response,
)
def list_open_actions(reference: KeyText, who: FactsReader, session: Reading) -> Response:
    """What is open."""
    Reach(session, who).paper(reference)
    paper = papers.get(session, reference)
    found = [
        ActionOut.of(action)
        for action in papers.open_actions(session, paper)
        if who.markings is None or action.paper.marking in who.markings
    ]
    return json_answer(plain(OpenActionsOut(actions=found)))


@router.post(
    "/next",
    summary="Start the next paper of a series",
    description="A draft for a later meeting of the board. Each section is carried forward as the format says: kept, "
    "kept until its author confirms it, or cleared.",
    operation_id="start_next_paper",
    openapi_extra=takes(NextIn, {"reference": "COL-2027-03"}),
    responses={
        201: gives(PaperShape, "The paper.", example=examples.PAPER, headers=LOCATION | REPLAY),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def start_next_paper(
    *, reference: KeyText, who: FactsWriter, document: JsonBody, session: Writing, once: Doing, now: Now
) -> Response:
    """The next paper is there."""

    def make() -> Response:
        said = read_as(NextIn, document)
        Reach(session, who).paper(reference)
        paper = start_next(
            session, reference, new=said.reference, meeting=said.meeting, title=said.title, by=who, now=now
        )
        return json_answer(plain(paper), 201, {"Location": f"/api/v1/papers/{said.reference}"})

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.get(
    "/carried",
    summary="See what is carried over",
    description="Sections that stand as the paper before had them, until their author confirms or changes them.",
    operation_id="list_carried",
    responses={200: gives(CarriedOut, "Their keys.", example={"sections": ["background"]}), **problems(404)},
    response_class=Response,
)
def list_carried(reference: KeyText, who: FactsReader, session: Reading) -> Response:
    """What is to be confirmed."""
    return _carried(session, Reach(session, who).paper(reference))


@router.post(
    "/sections/{section}/confirmation",
    summary="Confirm a section that was carried over",
    description="What the paper before said there still holds.",
    operation_id="confirm_section",
    responses={
        201: gives(CarriedOut, "What is left to confirm.", example={"sections": []}, headers=REPLAY),
        **problems(404, 409, 413),
    },
    response_class=Response,
)
def confirm_section(
    *, reference: KeyText, section: KeyText, who: FactsWriter, session: Writing, once: Doing, now: Now
) -> Response:
    """It holds."""

    def make() -> Response:
        paper = Reach(session, who).paper(reference)
        paper_commands.confirm_section(session, papers.get(session, reference), section, by=who.key, at=now)
        return _carried(session, paper, 201)

    return once.answer(b"", make)


def _outcome(session: Session, paper: PaperKept, status: int = 200) -> Response:
    session.expire_all()  # what an action has become is read anew
    said = [
        OutcomeSaid(text=row.text, at=row.at.astimezone(UTC), by=row.by) for row in papers.outcomes(session, paper.id)
    ]
    actions = [ActionOut.of(action) for action in papers.meeting_actions(session, paper.id)]
    outcome = OutcomeOut(outcome=said[-1] if said else None, earlier=said[:-1], actions=actions)
    return json_answer(plain(outcome), status)


def _carried(session: Session, paper: PaperKept, status: int = 200) -> Response:
    return json_answer(plain(CarriedOut(sections=papers.carried(session, paper.id))), status)
