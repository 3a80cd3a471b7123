"""Rounds for whoever runs them: opened for a paper, watched, answers accepted or sent back, links given, closed."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.policy import Action
from app.errors import Conflict, Invalid
from app.facts.asked import asked, asked_in_brief
from app.fields import Day, KeyText, Line, SafeText
from app.papers import queries as papers
from app.papers.asking import round_for
from app.rounds import commands, queries, reach
from app.rounds.commands import RoundIsThere
from app.rounds.models import Request, Round, Verdict
from app.rounds.standing import OPEN, Standing, standing_of
from app.web.pages.forms import NOTHING_TYPED, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.visit import Allowed, Visit
from app.web.reach import Reach

router = APIRouter()

MOST = 100
"""Rounds that the list shows, the ones due last; papers that a new round may be for."""

Running = Annotated[Visit, Depends(Allowed(Action.RUN_ROUNDS))]
Judging = Annotated[Visit, Depends(Allowed(Action.JUDGE_ANSWERS))]

STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.WAITING: ("Not answered yet", "grey"),
    Standing.MISSING: ("Late: no answer", "red"),
    Standing.SENT_BACK: ("Sent back", "orange"),
    Standing.ANSWERED: ("Answered, to be read", "blue"),
    Standing.ACCEPTED: ("Accepted", "green"),
}
"""How a request stands → its words, and the colour of their tag."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True)


class NewRound(_Said):
    """A round for the workstreams of a paper."""

    paper: KeyText = Field(title="a paper")
    name: Line | None = Field(default=None, title="a name")
    due_on: Day | None = Field(default=None, title="the day on which answers are due")
    as_at: Day | None = Field(default=None, title="the day as at which is reported")


class SentBack(_Said):
    """Why an answer is sent back."""

    reason: SafeText = Field(title="why it is sent back")


class NewLink(_Said):
    """Who is given a link."""

    name: Line = Field(title="who is given the link")
    contact: Line | None = Field(default=None, title="an e-mail address")
    days: int = Field(title="how long it opens", ge=1, le=90)


@router.get("/rounds")
def every_round(visit: Running) -> Response:
    """The rounds, the one due last first."""
    day = visit.today
    with visit.reading() as session:
        found = [
            round_
            for round_ in queries.walk(session, organisation_id=policy.confined_to(visit.account))
            if policy.exists_for(visit.account, reach.matter_of(round_))
        ][:MOST]
        rows = [
            {
                "round": round_,
                "open": sum(standing_of(request, today=day) in OPEN for request in round_.requests),
                "asked": len(round_.requests),
            }
            for round_ in found
        ]
    return page(visit, "rounds/list.html", "Rounds", rounds=rows)


@router.get("/new-round")
def ask_round(visit: Running) -> Response:
    """The page on which a round is opened."""
    return _new_page(visit)


@router.post("/new-round")
def open_round(visit: Running, form: Typed) -> Response:
    """Each workstream of the paper is asked, by the day that was given or that the meeting's deadlines say."""
    try:
        said = form.read(NewRound)
        with visit.writing() as session:
            Reach(session, visit.account).paper(said.paper)
            key = said.paper
            if queries.find(session, key) is not None:
                raise RoundIsThere(key)
            entry = round_for(papers.get(session, said.paper), key)
            entry = replace(entry, name=said.name or entry.name, due_on=said.due_on, as_at=said.as_at)
            commands.save_round(session, entry, by=visit.account.key, at=visit.now)
            reach.get(session, visit.account, key)
    except (Invalid, Conflict) as problem:
        return _new_page(visit, form.refused(problem, "paper"))
    return to(f"/rounds/{key}", said=f"The round is open: {len(entry.requests)} workstreams are asked.")


@router.get("/rounds/{key}")
def one_round(key: KeyText, visit: Running) -> Response:
    """The round: who has answered, and who has not."""
    return _round_page(visit, key)


@router.post("/rounds/{key}/close")
def close(key: KeyText, visit: Running) -> Response:
    """The round takes no answers any more."""
    with visit.writing() as session:
        round_ = reach.get(session, visit.account, key)
        commands.set_closed(session, round_, True, by=visit.account.key, at=visit.now)
    return to(f"/rounds/{key}", said="The round is closed: it takes no answers, and nobody is reminded.")


@router.post("/rounds/{key}/open")
def open_again(key: KeyText, visit: Running) -> Response:
    """The round takes answers again."""
    with visit.writing() as session:
        round_ = reach.get(session, visit.account, key)
        commands.set_closed(session, round_, False, by=visit.account.key, at=visit.now)
    return to(f"/rounds/{key}", said="The round is open again.")


@router.get("/rounds/{key}/asked/{ref}")
def one_request(key: KeyText, ref: KeyText, visit: Running) -> Response:
    """What was asked of one workstream, what it answered, and the links that were given for it."""
    return _request_page(visit, key, ref)


@router.post("/rounds/{key}/asked/{ref}/answers/{number}/accept")
def accept(key: KeyText, ref: KeyText, number: int, visit: Judging) -> Response:
    """The newest answer is accepted."""
    try:
        with visit.writing() as session:
            _judge(
                session, visit, reach.get_request(session, visit.account, key, ref), number, verdict=Verdict.ACCEPTED
            )
    except Conflict as problem:
        return _request_page(visit, key, ref, NOTHING_TYPED.refused(problem))
    return to(f"/rounds/{key}", said=f"The answer of {ref} is accepted.")


@router.post("/rounds/{key}/asked/{ref}/answers/{number}/send-back")
def send_back(*, key: KeyText, ref: KeyText, number: int, visit: Judging, form: Typed) -> Response:
    """The newest answer is sent back with a reason: an answer is to come again."""
    try:
        why = form.read(SentBack).reason
        with visit.writing() as session:
            request = reach.get_request(session, visit.account, key, ref)
            _judge(session, visit, request, number, verdict=Verdict.SENT_BACK, reason=why)
    except (Invalid, Conflict) as problem:
        return _request_page(visit, key, ref, form.refused(problem, "reason"))
    return to(f"/rounds/{key}", said=f"The answer of {ref} was sent back.")


@router.post("/rounds/{key}/asked/{ref}/links")
def give_link(key: KeyText, ref: KeyText, visit: Running, form: Typed) -> Response:
    """A link for somebody without an account, shown once: it stands in this answer alone."""
    try:
        said = form.read(NewLink)
        with visit.writing() as session:
            request = reach.get_request(session, visit.account, key, ref)
            link, secret = commands.give_link(
                session,
                request,
                name=said.name,
                contact=said.contact,
                days=said.days,
                by=visit.account.key,
                at=visit.now,
            )
            ends = link.expires_at
    except Invalid as problem:
        return _request_page(visit, key, ref, form.refused(problem, "name", "days"))
    return page(
        visit,
        "rounds/link.html",
        f"Link for {said.name}",
        is_secret=True,
        back=f"/rounds/{key}/asked/{ref}",
        secret=secret,
        address=f"{visit.here.address}/api/v1/link",
        ends=ends,
    )


@router.post("/rounds/{key}/asked/{ref}/links/{number}/revoke")
def take_link(key: KeyText, ref: KeyText, number: int, visit: Running) -> Response:
    """The link opens nothing any more."""
    with visit.writing() as session:
        request = reach.get_request(session, visit.account, key, ref)
        link = queries.get_link(request, number)
        commands.revoke_link(session, request, link, by=visit.account.key, at=visit.now)
    return to(f"/rounds/{key}/asked/{ref}", said="The link was taken away: it opens nothing any more.")


def _new_page(visit: Visit, form: Form = NOTHING_TYPED) -> Response:
    who = visit.account
    with visit.reading() as session:
        found = papers.to_come(
            session,
            since=visit.today,
            limit=MOST,
            organisation_id=policy.confined_to(who),
            boards=who.boards,
            markings=who.markings,
        )
        choices = [{"value": paper.reference, "text": f"{paper.reference}: {paper.title}"} for paper in found]
    return page(visit, "rounds/new.html", "Open a round", form=form, choices=choices)


def _round_page(visit: Visit, key: str) -> Response:
    day = visit.today
    with visit.reading() as session:
        round_: Round = reach.get(session, visit.account, key)
        rows = [asked_in_brief(request, today=day) for request in round_.requests]
    return page(
        visit,
        "rounds/round.html",
        round_.name,
        round=round_,
        rows=[(row, *STANDINGS[row.standing]) for row in rows],
        to_come=sum(row.standing in OPEN for row in rows),
        overdue=sum(row.standing is Standing.MISSING for row in rows),
        to_read=sum(row.standing is Standing.ANSWERED for row in rows),
    )


def _request_page(visit: Visit, key: str, ref: str, form: Form = NOTHING_TYPED) -> Response:
    with visit.reading() as session:
        request = reach.get_request(session, visit.account, key, ref)
        told = asked(session, request, now=visit.now)
        links = list(request.links)
    newest = told.answers[-1] if told.answers else None
    return page(
        visit,
        "rounds/request.html",
        f"{told.name} ({ref})",
        form=form,
        what=told,
        newest=newest,
        labels={part.key: part.label for part in told.to_fill},
        standing=STANDINGS[told.standing],
        links=links,
        may_judge=visit.may(Action.JUDGE_ANSWERS),
    )


def _judge(
    session: Session, visit: Visit, request: Request, number: int, *, verdict: Verdict, reason: str | None = None
) -> None:
    commands.judge(session, request, number, verdict, reason, by=visit.account.key, at=visit.now)
