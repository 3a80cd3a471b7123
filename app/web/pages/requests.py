"""What a round asks of one workstream, read by everybody who may: its answers, what is said of them, its links."""

from typing import Annotated

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.errors import Conflict, Invalid
from app.facts.asked import asked, last_time
from app.fields import KeyText, Line, SafeText
from app.rounds import commands, queries, reach
from app.rounds.models import AnswerKind, Request, Verdict
from app.rounds.standing import last_answer
from app.web.pages import ratings
from app.web.pages.answers import KINDS, LINKED, STANDINGS
from app.web.pages.forms import NOTHING_TYPED, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.reported import said_of
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.pages.workstreams import scheme_of

router = page_router("/rounds/{key}/requests/{ref}")

Number = Annotated[int, Path(ge=1, le=1_000_000)]


class JudgementForm(BaseModel):
    """What is said of the newest answer."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(title="the answer")
    verdict: Verdict = Field(title="what you say of the answer")
    reason: SafeText | None = Field(default=None, title="why it is sent back", max_length=5_000)


class LinkForm(BaseModel):
    """A link for a contributor outside."""

    model_config = ConfigDict(frozen=True)

    name: Line = Field(title="the name")
    contact: Line | None = Field(default=None, title="the e-mail address")
    days: Annotated[int, Field(ge=1, le=90)] = Field(title="the number of days")


class GivenMeanwhile(Conflict):
    """A link was given out since the form was opened, perhaps by this very form: a page that is loaded again."""

    def __init__(self) -> None:
        super().__init__(
            "A link was given out after you opened this page: it stands below. Press again to give another."
        )


@router.get("")
def show(visit: Visiting, key: KeyText, ref: KeyText) -> Response:
    """What is asked, and what was answered."""
    with visit.reading() as session:
        return _request_page(session, visit, key, ref)


@router.post("/judgement")
def judge(visit: Visiting, form: Typed, key: KeyText, ref: KeyText) -> Response:
    """The newest answer is accepted, or sent back with a reason."""
    try:
        said = form.read(JudgementForm)
        with visit.writing() as session:
            request = _of(session, visit, Action.JUDGE_ANSWERS, key, ref)
            commands.judge(session, request, said.number, said.verdict, said.reason, by=visit.account.key, at=visit.now)
            name = request.workstream.name
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            _of(session, visit, Action.JUDGE_ANSWERS, key, ref)
            return _request_page(session, visit, key, ref, form.refused(problem))
    done = "accepted" if said.verdict is Verdict.ACCEPTED else "sent back"
    return to(f"/rounds/{key}", said=f"The answer of {name} is {done}.")


@router.post("/links")
def give_link(visit: Visiting, form: Typed, key: KeyText, ref: KeyText) -> Response:
    """A link for somebody outside, shown this once."""
    try:
        said = form.read(LinkForm)
        with visit.writing() as session:
            request = _of(session, visit, Action.RUN_ROUNDS, key, ref)
            if request.round.closed:
                raise commands.RoundIsClosed(request.round)
            if form.number("seen", -1) != (request.links[-1].number if request.links else 0):
                raise GivenMeanwhile
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
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            _of(session, visit, Action.RUN_ROUNDS, key, ref)
            return _request_page(session, visit, key, ref, form.refused(problem))
    return page(
        visit,
        "rounds/secret.html",
        f"Link for {said.name}",
        is_secret=True,
        secret=f"{visit.here.address}{LINKED}?link={secret}",
        ends=ends,
        back=f"/rounds/{key}/requests/{ref}",
    )


@router.post("/links/{number}/taken")
def take_link(visit: Visiting, key: KeyText, ref: KeyText, number: Number) -> Response:
    """The link opens nothing any more."""
    with visit.writing() as session:
        request = _of(session, visit, Action.RUN_ROUNDS, key, ref)
        commands.revoke_link(session, request, queries.get_link(request, number), by=visit.account.key, at=visit.now)
    return to(f"/rounds/{key}/requests/{ref}", said="The link opens nothing any more.")


def _of(session: Session, visit: Visit, action: Action, key: str, ref: str) -> Request:
    """The request, with which who visits may do this."""
    visit.authorise(action)
    request = reach.get_request(session, visit.account, key, ref)
    visit.authorise(action, reach.matter_of(request.round))
    return request


def _request_page(session: Session, visit: Visit, key: str, ref: str, form: Form = NOTHING_TYPED) -> Response:
    request = _of(session, visit, Action.READ_FACTS, key, ref)
    shown = asked(session, request, now=visit.now)
    before, newest = last_time(session, request), last_answer(request)
    matter = reach.matter_of(request.round)
    may_answer = visit.may(Action.ANSWER_ROUNDS, reach.matter_of(request.round, ref))
    return page(
        visit,
        "rounds/request.html",
        request.workstream.name,
        form=form,
        asked=shown,
        standing=STANDINGS[shown.standing],
        kinds=KINDS,
        names={person.key: person.name for given in request.answers if (person := given.on_behalf_of) is not None},
        now=said_of(newest.update) if newest and newest.kind is not AnswerKind.NO_CHANGE else None,
        last=said_of(before),
        last_day=before.as_at if before else None,
        scheme=scheme_of(session, request.workstream),
        links=request.links,
        may_answer=may_answer and not shown.closed,
        may_judge=visit.may(Action.JUDGE_ANSWERS, matter),
        may_run=visit.may(Action.RUN_ROUNDS, matter),
        colours=ratings.style_sheet_address(session),
    )
