"""Answering a round: last time beside this time; what has changed, that nothing has, or that nothing is to be reported.

For leads with an account, and for contributors outside who hold a link.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.errors import Conflict, Fault, Invalid
from app.facts.answering import AnsweredMeanwhile, AnswerShape, Giver, SaidShape, Seen, answer, giver, seen_of
from app.facts.asked import Asked, asked, last_time, parts_to_fill, printed
from app.facts.reporting import standing_at
from app.fields import KeyText
from app.rounds import queries, reach
from app.rounds.models import AnswerKind, Request
from app.rounds.standing import last_answer
from app.web.deps import NotSignedIn, holder_of_secret
from app.web.pages import ratings
from app.web.pages.days import day_in
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.persons import looks_for_persons, persons_for
from app.web.pages.reported import (
    refuse_loss,
    refuse_ratings,
    refuse_text,
    said_of,
    typed_parts,
    typed_update,
    usual_source,
    without_field,
)
from app.web.pages.routing import page_router
from app.web.pages.unsent import begun, keeps, sent
from app.web.pages.visit import Passing, Visit, Visiting
from app.web.pages.workstreams import scheme_of
from app.workstreams.queries import find_update

router = page_router()

LINKED = "/answer-by-link"

KINDS = {
    AnswerKind.CHANGED: "Changed",
    AnswerKind.NO_CHANGE: "No change",
    AnswerKind.NOTHING_TO_REPORT: "Nothing to report",
}
"""What people call the answers."""

STANDINGS = {
    "waiting": "Waiting for an answer",
    "missing": "Late: no answer yet",
    "sent-back": "Sent back",
    "answered": "Answered",
    "accepted": "Accepted",
}
"""What people call how a request stands."""


@router.get("/rounds/{key}/requests/{ref}/answer")
def ask_answer(visit: Visiting, key: KeyText, ref: KeyText) -> Response:
    """The page on which a lead answers."""
    with visit.reading() as session:
        return _account_page(session, visit, key, ref)


@router.post("/rounds/{key}/requests/{ref}/answer")
def give_answer(visit: Visiting, form: Typed, key: KeyText, ref: KeyText) -> Response:
    """What was typed is the answer; where somebody answered meanwhile, both are shown, and nothing is lost."""
    with visit.reading() as session:
        request = _answerable(session, visit, key, ref)
        name = request.workstream.name
        if looks_for_persons(form):
            return _account_page(session, visit, key, ref, form)
    try:
        with visit.reading() as session:
            said = _typed_answer(session, form, _answerable(session, visit, key, ref))
        with visit.writing() as session:
            _answerable(session, visit, key, ref)
            answer(
                session,
                visit.here.blobs,
                key,
                ref,
                said=said,
                who=giver(session, _named(form, said), visit.account.person_id),
                by=visit.account.key,
                now=visit.now,
                seen=_seen(form),
            )
            sent(session, visit)
    except (Invalid, Conflict) as problem:
        meanwhile = isinstance(problem, AnsweredMeanwhile)
        with visit.reading() as session:
            return _account_page(session, visit, key, ref, _refused(form, problem), meanwhile=meanwhile)
    return to(f"/rounds/{key}/requests/{ref}", said=f"Your answer for {name} is recorded.")


@router.get(LINKED)
def ask_by_link(visit: Passing, link: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The page that a link opens: one workstream, and nothing else."""
    visit = _outside(visit)
    try:
        holder = holder_of_secret(visit.request, visit.here, link, now=visit.now)
    except NotSignedIn as refused:
        return _opens_nothing(visit, refused)
    with visit.reading() as session:
        return _link_page(session, visit, link, queries.get_request(session, holder.round, holder.ref))


@router.post(LINKED)
def answer_by_link(visit: Passing, form: Typed) -> Response:
    """What was typed is the answer, in the name of whom the link was given to."""
    visit, link = _outside(visit), form.value("link")
    try:
        holder = holder_of_secret(visit.request, visit.here, link, now=visit.now)
    except NotSignedIn as refused:
        return _opens_nothing(visit, refused, form)
    try:
        with visit.reading() as session:
            request = queries.get_request(session, holder.round, holder.ref)
            said, name = _typed_answer(session, form, request), request.workstream.name
        with visit.writing() as session:
            answer(
                session,
                visit.here.blobs,
                holder.round,
                holder.ref,
                said=said,
                who=Giver(holder.name),
                by=holder.by,
                now=visit.now,
                seen=_seen(form),
            )
    except (Invalid, Conflict) as problem:
        meanwhile = isinstance(problem, AnsweredMeanwhile)
        with visit.reading() as session:
            request = queries.get_request(session, holder.round, holder.ref)
            return _link_page(session, visit, link, request, _refused(form, problem), meanwhile=meanwhile)
    return to(f"{LINKED}/thanks", said=f"Your answer for {name} is recorded.")


@router.get(f"{LINKED}/thanks")
def thank(visit: Passing) -> Response:
    """That is all."""
    return page(_outside(visit), "rounds/thanks.html", "Thank you")


def _outside(visit: Visit) -> Visit:
    """The visit of somebody of whom nothing is known but the link, whoever else is signed in with this browser."""
    return replace(visit, who=None, session=None)


def _opens_nothing(visit: Visit, refused: NotSignedIn, form: Form = NOTHING_TYPED) -> Response:
    typed = _words_typed(form)
    return page(visit, "rounds/no_link.html", "This link opens nothing", status=404, why=str(refused), typed=typed)


def _words_typed(form: Form) -> dict[str, str]:
    """Field → what was typed into it, of the fields that take words."""
    return {
        name: said
        for name in form.typed
        if (name.startswith(("parts.", "sources.")) or name == "subject")
        and not name.endswith("_format")
        and (said := form.value(name)).strip()
    }


def _answerable(session: Session, visit: Visit, key: str, ref: str) -> Request:
    visit.authorise(Action.ANSWER_ROUNDS)
    return reach.get_answerable(session, visit.account, key, ref)


keeps(
    "/rounds/{key}/requests/{ref}/answer",
    lambda session, visit, names: _answerable(session, visit, names["key"], names["ref"]),
)


def _typed_answer(session: Session, form: Form, request: Request) -> SaidShape:
    """What was answered by the button that was pressed; raises FaultyForm."""
    try:
        kind = AnswerKind(form.value("deed"))
    except ValueError as unknown:
        raise FaultyForm([Fault("", "Choose one of the answers")]) from unknown
    workstream, parts = request.workstream, parts_to_fill(session, request)
    as_at = request.round.as_at
    kept = standing_at(session, workstream.id, as_at)
    if kind is AnswerKind.CHANGED:
        update = typed_update(form, as_at, scheme_of(session, workstream), parts, kept)
        return SaidShape(kind=kind, update=update)
    shown = said_of(find_update(session, workstream.ref, as_at))
    refuse_text(typed_parts(form, parts), shown["parts"] if shown else None)
    refuse_ratings(form, scheme_of(session, workstream), shown)
    try:
        if kind is AnswerKind.NO_CHANGE:
            return SaidShape(kind=kind, as_at=day_in(form.value("last")))
        refuse_loss(without_field(kept, parts))
        return SaidShape(kind=kind, subject=form.value("subject").strip() or None)
    except ValidationError as error:
        raise FaultyForm([Fault("subject", "Enter 300 characters or fewer, on one line")]) from error


def _named(form: Form, said: SaidShape) -> AnswerShape:
    """Who answers, and on whose behalf."""
    try:
        return AnswerShape(
            kind=said.kind,
            update=said.update,
            given_by=form.value("given_by") or None,
            on_behalf_of=form.value("on_behalf_of") or None,
        )
    except ValidationError as error:
        raise FaultyForm([Fault("on_behalf_of", "Choose somebody from the list")]) from error


def _seen(form: Form) -> Seen:
    """What who answers was shown."""
    return Seen(revision=form.number("revision"), answer=form.number("seen"))


def _refused(form: Form, problem: Invalid | Conflict) -> Form:
    """The form with its faults at the fields that people see."""
    refused = form.refused(problem, "given_by", "on_behalf_of")
    faults = tuple(Fault(fault.where.removeprefix("update."), fault.what) for fault in refused.faults)
    return replace(refused, faults=faults)


def _account_page(
    session: Session, visit: Visit, key: str, ref: str, form: Form = NOTHING_TYPED, *, meanwhile: bool = False
) -> Response:
    request = _answerable(session, visit, key, ref)
    form, earlier = begun(session, visit, form)
    return page(
        visit,
        "rounds/answer.html",
        request.workstream.name,
        form=form,
        begun=earlier,
        here=visit.request.url.path,
        persons=persons_for(session, form),
        names={person.key: person.name for given in request.answers if (person := given.on_behalf_of) is not None},
        knows_who=visit.account.person_id is not None,
        colours=ratings.style_sheet_address(session),
        link=None,
        name="",
        ends=None,
        **_told(session, visit, request, form, meanwhile=meanwhile),
    )


def _link_page(
    session: Session, visit: Visit, link: str, request: Request, form: Form = NOTHING_TYPED, *, meanwhile: bool = False
) -> Response:
    given = queries.link_by_secret(session, link)
    told = _told(session, visit, request, form, meanwhile=meanwhile)
    return page(
        visit,
        "rounds/answer.html",
        request.workstream.name,
        is_secret=True,
        form=form,
        link=link,
        name=given.name if given else "",
        ends=given.expires_at if given else None,
        begun=None,
        here="",
        persons=None,
        names={},
        knows_who=True,
        colours=ratings.style_sheet_address(session),
        **told | {name: _without_pictures(told[name]) for name in ("last", "theirs")},
    )


def _without_pictures(said: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The same for somebody who may not open our pictures."""
    if said is None:
        return None
    return {**said, "parts": {key: _PICTURE.sub("(a picture)", text) for key, text in said["parts"].items()}}


_PICTURE = re.compile(r"<img\b[^>]*>")


def _told(session: Session, visit: Visit, request: Request, form: Form, *, meanwhile: bool) -> dict[str, Any]:
    """What both pages know of the request."""
    shown: Asked = asked(session, request, now=visit.now)
    before, newest = last_time(session, request), last_answer(request)
    head = find_update(session, request.workstream.ref, request.round.as_at)
    seen = seen_of(session, request)
    is_fresh = meanwhile or not form.typed
    return {
        "asked": shown,
        "typed": _words_typed(form) if shown.closed else {},
        "standing": STANDINGS[shown.standing],
        "kinds": KINDS,
        "printed": printed(session, request, before),
        # Who was shown what somebody else answered may decide on it: that is the state which is answered then.
        "seen": seen.answer if is_fresh else form.number("seen"),
        "revision": seen.revision if is_fresh else form.number("revision"),
        "now": said_of(head),
        "others": without_field(standing_at(session, request.workstream_id, request.round.as_at), shown.to_fill),
        "theirs": said_of(head) if meanwhile and head else None,
        "newest": shown.answers[-1] if shown.answers else None,
        "meanwhile": meanwhile,
        "last": said_of(before),
        "last_day": before.as_at if before else None,
        "offers_no_change": before is not None and all(one.kind is AnswerKind.NO_CHANGE for one in request.answers),
        "scheme": scheme_of(session, request.workstream),
        "source": usual_source(request.workstream),
        "sent_back": newest is not None and shown.standing == "sent-back",
    }
