"""What a paper and the rounds for its meeting know of each other: deadlines, whom to ask, whom to name as consulted."""

from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.boards import queries as boards
from app.fields import KeyText
from app.papers import queries as papers
from app.papers.asking import proposed_consultees, round_for
from app.web.api.meetings import Deadlines, deadlines_out
from app.web.api.representation import json_answer, plain
from app.web.api.rounds import RoundShape, shape_of
from app.web.api.routing import for_accounts
from app.web.deps import FactsReader, Reading, RoundRunner
from app.web.openapi import gives, problems
from app.web.reach import Reach

router = for_accounts("/papers/{reference}", "papers")


class ProposedConsultee(BaseModel):
    """A person who may be named as consulted."""

    person: str
    name: str
    workstreams: list[str] = Field(description="Names of the workstreams for which they answered")


class ProposedConsultees(BaseModel):
    """Who may be named as consulted; the author takes or leaves each."""

    proposed: list[ProposedConsultee]


CONSULTEE: dict[str, Any] = {
    "person": "a-osei", "name": "Chief Superintendent A Osei", "workstreams": ["Shared procurement"],
}  # fmt: skip
ROUND: dict[str, Any] = {
    "key": "collaboration-2026-12",
    "name": "Quarterly collaboration update, December 2026",
    "organisation": "northmoor",
    "board": "scrutiny",
    "meeting": "2026-12-10",
    "due_on": "2026-11-12",
    "as_at": None,
    "closed": False,
    "requests": [{"workstream": "PROC-1", "parts": [], "person": None}],
}


@router.get(
    "/deadlines",
    summary="See when the stages of a paper are due",
    description="Those of its meeting, in the order of the days.",
    operation_id="list_paper_deadlines",
    responses={
        200: gives(Deadlines, "The stages.", example={"deadlines": [{"stage": "answers", "due_on": "2026-11-12"}]}),
        **problems(404),
    },
    response_class=Response,
)
def list_paper_deadlines(reference: KeyText, who: FactsReader, session: Reading) -> Response:
    """The paper's deadlines."""
    Reach(session, who).paper(reference)
    return json_answer(plain(deadlines_out(boards.deadlines(session, papers.get(session, reference).meeting))))


@router.get(
    "/proposed-round",
    summary="Prepare a round for a paper",
    description="A round that asks each workstream of the paper, by the day that the meeting's deadlines say: change "
    "what should be otherwise, and open it with PUT. Nothing is kept by reading it. Its key is the paper's reference.",
    operation_id="get_proposed_round",
    responses={200: gives(RoundShape, "A round that could be opened.", example=ROUND), **problems(404)},
    response_class=Response,
)
def get_proposed_round(reference: KeyText, who: RoundRunner, session: Reading) -> Response:
    """A round for the paper."""
    Reach(session, who).paper(reference)
    paper = papers.get(session, reference)
    due_on = boards.answers_due(session, paper.meeting)
    return json_answer(plain(shape_of(round_for(paper, reference)).model_copy(update={"due_on": due_on})))


@router.get(
    "/proposed-consultees",
    summary="See whom a paper may name as consulted",
    description="Who answered for its workstreams in the rounds for its meeting, and on whose behalf; those whom it "
    "names already are left out. Take whom you want into its `consultees`.",
    operation_id="list_proposed_consultees",
    responses={
        200: gives(ProposedConsultees, "Who answered.", example={"proposed": [CONSULTEE]}),
        **problems(404),
    },
    response_class=Response,
)
def list_proposed_consultees(reference: KeyText, who: FactsReader, session: Reading) -> Response:
    """Whom the paper may name."""
    Reach(session, who).paper(reference)
    found = proposed_consultees(session, papers.get(session, reference))
    said = [
        ProposedConsultee(person=one.person.key, name=one.person.name, workstreams=list(one.workstreams))
        for one in found
    ]
    return json_answer(plain(ProposedConsultees(proposed=said)))
