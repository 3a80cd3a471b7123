"""The home page: what waits for who is signed in, what is late, and what comes next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Role
from app.accounts.policy import Action
from app.assembly import review
from app.boards import queries as boards
from app.boards.deadlines import Stage
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.papers.models import Paper
from app.rounds import queries as rounds
from app.rounds.models import Request
from app.rounds.reach import matter_of
from app.rounds.standing import OPEN, Standing, standing_of
from app.versions import queries as versions
from app.versions.models import Version
from app.web.pages.answers import STANDINGS
from app.web.pages.layout import page
from app.web.pages.papers import released_row
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.pages.workstreams import not_standing
from app.web.reach import Reach
from app.workstreams import queries as workstreams
from app.workstreams.queries import Wanted

router = page_router()

MOST = 20
"""Rows of one part of the home page."""

MOST_CLEARING = 5
"""Drafts whose texts are looked through for what is to be cleared, which costs much."""

LOOKED_BACK = timedelta(days=92)
"""How long after a meeting its outcome is asked for: a quarter."""


@dataclass(frozen=True)
class Part:
    """One part of the home page: who sees it, its template, and what that is told."""

    action: Action
    template: str
    told: Callable[[Session, Visit], dict[str, Any] | None]
    """None: there is nothing of it, and the page does not speak of it."""
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
    due_on: date
    """When the draft is to be complete."""
    is_late: bool
    is_sent_back: bool
    """Whether it is a draft again because who decides sent it back."""


@router.get("/")
def home(visit: Visiting) -> Response:
    """What waits for who is signed in."""
    with visit.reading() as session:
        asked = [part for part in PARTS if visit.may(part.action) and visit.account.role in (part.roles or Role)]
        told = {part.template: said for part in asked if (said := part.told(session, visit)) is not None}
    every = {name: value for said in told.values() for name, value in said.items()}
    return page(visit, "home.html", f"Welcome, {visit.account.name}", parts=list(told), **every)


def _reach(visit: Visit) -> dict[str, Any]:
    """Which papers exist for who visits."""
    account = visit.account
    return {
        "organisation_id": policy.confined_to(account),
        "boards": account.boards,
        "markings": account.markings,
    }


def _to_finish(session: Session, visit: Visit) -> dict[str, Any]:
    drafts = papers.to_come(session, since=visit.today, limit=MOST, states=[State.DRAFT], **_reach(visit))
    return {"to_finish": _rows(session, visit, drafts), "shows_versions": visit.may(Action.READ_VERSIONS)}


def _to_come(session: Session, visit: Visit) -> dict[str, Any] | None:
    if visit.may(Action.WRITE_FACTS):
        return None  # who writes papers sees those that are to be finished
    going = [state for state in State if state is not State.WITHDRAWN]
    found = papers.to_come(session, since=visit.today, limit=MOST, states=going, **_reach(visit))
    return {"papers": _rows(session, visit, found), "shows_versions": visit.may(Action.READ_VERSIONS)}


def _rows(session: Session, visit: Visit, found: Iterable[Paper]) -> list[PaperToCome]:
    shown = list(found)
    newest = versions.newest(session, (paper.id for paper in shown)) if visit.may(Action.READ_VERSIONS) else {}
    due = _due_days(session, shown, Stage.DRAFT)
    drafts = [paper.id for paper in shown if paper.state is State.DRAFT]
    sent_back = versions.sent_back(session, drafts) if visit.may(Action.READ_VERSIONS) else {}
    return [
        PaperToCome(
            reference=paper.reference,
            title=paper.title,
            board=paper.meeting.board.name,
            held_on=paper.meeting.held_on,
            label=newest[paper.id].label if paper.id in newest else None,
            gaps=newest[paper.id].open_points if paper.id in newest else 0,
            due_on=due[paper.meeting_id],
            is_late=paper.state is State.DRAFT and visit.today > due[paper.meeting_id],
            is_sent_back=paper.id in sent_back,
        )
        for paper in shown
    ]


def _due_days(session: Session, found: Iterable[Paper], stage: Stage) -> dict[int, date]:
    """Id of a meeting of these papers → the day on which that stage is due for it."""
    meetings = {paper.meeting_id: paper.meeting for paper in found}
    return {number: days[stage] for number, days in boards.deadlines_of(session, meetings.values()).items()}


def _decisions(session: Session, visit: Visit) -> dict[str, Any] | None:
    waiting = review.waiting_for(session, visit.account, limit=MOST)
    if not waiting and visit.account.role is not Role.APPROVER:
        return None  # a format seldom gives a step to somebody else
    due = _due_days(session, (one.paper for one in waiting), Stage.CHIEF_OFFICER)
    return {
        "decisions": [
            {
                "reference": one.paper.reference,
                "title": one.paper.title,
                "board": one.paper.meeting.board.name,
                "held_on": one.paper.meeting.held_on,
                "step": one.step.label,
                "due_on": due[one.paper.meeting_id],
                "is_late": visit.today > due[one.paper.meeting_id],
            }
            for one in waiting
        ]
    }


def _clearances(session: Session, visit: Visit) -> dict[str, Any] | None:
    found = review.clearances_wanted(session, visit.account, now=visit.now, limit=MOST_CLEARING)
    rows = [
        {"reference": paper.reference, "title": paper.title, "label": needed.label, "whose": needed.whose}
        for paper, texts in found
        for needed in texts
    ]
    return {"clearances": rows[:MOST]} if rows else None


def _answers(session: Session, visit: Visit) -> dict[str, Any] | None:
    reach: dict[str, Any] = {"organisation_id": policy.confined_to(visit.account), "boards": visit.account.boards}
    found = rounds.due_next(session, limit=MOST, wants_answers=True, **reach)
    if not found and not rounds.due_next(session, limit=1, **reach):
        return None
    tallies = rounds.tallies(session, (round_.id for round_ in found))
    rows: list[dict[str, Any]] = [
        {
            "key": round_.key,
            "name": round_.name,
            "board": round_.meeting.board.name,
            "held_on": round_.meeting.held_on,
            "due_on": round_.due_on,
            "tally": tallies[round_.id],
            "is_late": visit.today > round_.due_on and tallies[round_.id].to_come > 0,
        }
        for round_ in found
    ]
    return {"rounds": rows}


def _actions(session: Session, visit: Visit) -> dict[str, Any] | None:
    if visit.account.person_id is None:
        return None
    found = papers.actions_of_person(session, visit.account.person_id, limit=MOST, **_reach(visit))
    rows = [
        {
            "reference": action.paper.reference,
            "title": action.paper.title,
            "held_on": action.paper.meeting.held_on,
            "number": action.number,
            "text": action.text,
            "due_on": action.due_on,
            "is_late": action.due_on is not None and visit.today > action.due_on,
        }
        for action in found
    ]
    return {"actions": rows} if rows else None


def _afterwards(session: Session, visit: Visit) -> dict[str, Any] | None:
    asked: list[tuple[Version, str, str]] = []
    if visit.may(Action.RELEASE):
        approved = versions.to_release(session, held_from=visit.today, limit=MOST, **_reach(visit))
        asked += [(version, f"Release version {version.label}", "review#approved") for version in approved]
    if visit.may(Action.RECORD_OUTCOMES):
        since = visit.today - LOOKED_BACK
        held = versions.without_outcome(session, held_from=since, held_to=visit.today, limit=MOST, **_reach(visit))
        reach = Reach(session, visit.account)
        asked += [
            (version, "Record what the meeting made of it", "outcome")
            for version in reach.expecting(list(held))
            if reach.is_cleared_for(version)
        ]
    imprints = versions.imprints(session, {version.id for version, *_ in asked})
    rows = [_after(version, imprints[version.id], deed, place) for version, deed, place in asked]
    return {"afterwards": rows} if rows else None


def _after(version: Version, printed: versions.Imprint, deed: str, place: str) -> dict[str, Any]:
    """What is to be done with the paper, called as this version has it: who receives it knows it by that."""
    return {
        "title": printed.title,
        "board": printed.board_name,
        "held_on": printed.meeting_on,
        "deed": deed,
        "href": f"/papers/{version.paper.reference}/{place}",
    }


def _received(session: Session, visit: Visit) -> dict[str, Any] | None:
    to = policy.confined_to(visit.account)
    if to is None:
        return None
    reach = Reach(session, visit.account)
    rows: list[dict[str, Any]] = []
    before: int | None = None
    while len(rows) < MOST:
        found = versions.last_received(session, to, limit=MOST, before=before, held_from=visit.today)
        seen = filter(reach.sees_release, reach.imprinted(found))
        received = [released_row(release, reach.imprint(release)) for release in seen]
        rows += [row for row in received if row["held_on"] >= visit.today]
        if len(found) < MOST:
            break
        before = found[-1].id
    return {"received": rows[:MOST]} if rows else None


def _meetings(session: Session, visit: Visit) -> dict[str, Any]:
    found = boards.meetings(session, limit=5, held_from=visit.today, boards=visit.account.boards)
    return {
        "meetings": [
            {
                "held_on": meeting.held_on,
                "board": meeting.board.name,
                "place": meeting.place,
                "href": f"/meetings/{meeting.board.key}/{meeting.held_on}",
            }
            for meeting in found
        ]
    }


def _due(session: Session, visit: Visit) -> dict[str, Any] | None:
    asked = rounds.to_answer(session, visit.account.person_id, visit.account.workstreams or (), wants_answers=True)
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
    if not rows and visit.account.role is not Role.LEAD:
        return None  # whoever else is asked now and then is told when they are
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
    back = not_standing(session, (row.id for row in found))
    rows = [
        {
            "ref": row.ref,
            "name": row.name,
            "last": (said := last.get(row.id)),
            "back": back.get(said.update_id) if said else None,
        }
        for row in found
    ]
    return {"workstreams": rows, "has_more": len(rows) == MOST}


_KEEPING = frozenset({Role.AUTHOR, Role.SECRETARY})

PARTS = (
    Part(Action.ANSWER_ROUNDS, "home/due.html", _due),
    Part(Action.WRITE_UPDATES, "home/workstreams.html", _workstreams, frozenset({Role.LEAD})),
    Part(Action.READ_VERSIONS, "home/decisions.html", _decisions, frozenset({Role.APPROVER, Role.SECRETARY})),
    Part(Action.CLEAR, "home/clearances.html", _clearances),
    Part(Action.WRITE_FACTS, "home/to_finish.html", _to_finish),
    Part(Action.JUDGE_ANSWERS, "home/answers.html", _answers, _KEEPING),
    Part(Action.RECORD_OUTCOMES, "home/afterwards.html", _afterwards, frozenset({Role.SECRETARY})),
    Part(Action.READ_VERSIONS, "home/actions.html", _actions),
    Part(Action.READ_FACTS, "home/papers.html", _to_come),
    Part(Action.READ_VERSIONS, "home/received.html", _received),
    Part(Action.READ_FACTS, "home/meetings.html", _meetings),
)
"""Every part, in the order in which they stand."""
