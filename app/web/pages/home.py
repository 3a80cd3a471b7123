"""The home page: what waits for who is signed in, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Role
from app.accounts.policy import Action
from app.boards import queries as boards
from app.papers import queries as papers
from app.rounds import queries as rounds
from app.rounds.models import Request
from app.rounds.reach import matter_of
from app.rounds.standing import OPEN, Standing, standing_of
from app.versions import queries as versions
from app.web.pages.answers import STANDINGS
from app.web.pages.layout import page
from app.web.pages.visit import Visit, Visiting
from app.workstreams import queries as workstreams
from app.workstreams.queries import Wanted

router = APIRouter()

MOST = 20
"""Rows of one part of the home page."""


@dataclass(frozen=True)
class Part:
    """One part of the home page: who sees it, its template, and what that is told."""

    action: Action
    template: str
    told: Callable[[Session, Visit], dict[str, Any]]
    roles: frozenset[Role] | None = None
    """For whom it is among what waits; None: for everybody who may."""


@dataclass(frozen=True)
class PaperToCome:
    """A paper for a meeting to come, and how far it is."""

    reference: str
    title: str
    board: str
    held_on: date
    label: str | None
    """Of the newest draft; None: there is none."""
    gaps: int


@router.get("/")
def home(visit: Visiting) -> Response:
    """What waits for who is signed in."""
    with visit.reading() as session:
        shown = [part for part in PARTS if visit.may(part.action) and visit.account.role in (part.roles or Role)]
        told = {name: value for part in shown for name, value in part.told(session, visit).items()}
    return page(visit, "home.html", f"Welcome, {visit.account.name}", parts=[part.template for part in shown], **told)


def _papers(session: Session, visit: Visit) -> dict[str, Any]:
    shows_versions = visit.may(Action.READ_VERSIONS)
    found = papers.to_come(
        session,
        since=visit.today,
        limit=MOST,
        organisation_id=policy.confined_to(visit.account),
        boards=visit.account.boards,
        markings=visit.account.markings,
    )
    newest = versions.newest(session, (paper.id for paper in found)) if shows_versions else {}
    rows = [
        PaperToCome(
            reference=paper.reference,
            title=paper.title,
            board=paper.meeting.board.name,
            held_on=paper.meeting.held_on,
            label=newest[paper.id].label if paper.id in newest else None,
            gaps=newest[paper.id].open_points if paper.id in newest else 0,
        )
        for paper in found
    ]
    return {"papers": rows, "shows_versions": shows_versions}


def _meetings(session: Session, visit: Visit) -> dict[str, Any]:
    found = boards.meetings(session, limit=5, held_from=visit.today)
    return {
        "meetings": [
            {"held_on": meeting.held_on, "board": meeting.board.name, "place": meeting.place} for meeting in found
        ]
    }


def _due(session: Session, visit: Visit) -> dict[str, Any]:
    asked = rounds.to_answer(session, visit.account.person_id, visit.account.workstreams or ())
    seen = [request for request in asked if visit.may(Action.ANSWER_ROUNDS, matter_of(request.round, _ref(request)))]
    standings = [(request, standing_of(request, today=visit.today)) for request in seen]
    # By day due, so what is late comes first; of one day, what was sent back has nobody's answer either.
    rows = [
        {
            "round": request.round.key,
            "round_name": request.round.name,
            "ref": _ref(request),
            "name": request.workstream.name,
            "due_on": request.round.due_on,
            "standing": STANDINGS[standing],
            "is_urgent": standing is not Standing.WAITING,
        }
        for request, standing in standings
        if standing in OPEN
    ]
    return {"due": rows[:MOST]}


def _ref(request: Request) -> str:
    return request.workstream.ref


def _workstreams(session: Session, visit: Visit) -> dict[str, Any]:
    refs = visit.account.workstreams
    wanted = Wanted(
        organisation_id=policy.confined_to(visit.account), refs=frozenset(refs) if refs is not None else None
    )
    found = workstreams.first_wanted(session, wanted, limit=MOST)
    last = workstreams.last_reported(session, (row.id for row in found), up_to=visit.today)
    rows = [{"ref": row.ref, "name": row.name, "last": last.get(row.id)} for row in found]
    return {"workstreams": rows, "has_more": len(rows) == MOST}


PARTS = (
    Part(Action.ANSWER_ROUNDS, "home/due.html", _due, frozenset({Role.LEAD})),
    Part(Action.WRITE_UPDATES, "home/workstreams.html", _workstreams, frozenset({Role.LEAD})),
    Part(Action.READ_FACTS, "home/papers.html", _papers),
    Part(Action.READ_FACTS, "home/meetings.html", _meetings),
)
"""Every part, in the order in which they stand."""
