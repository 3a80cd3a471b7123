"""The update page: what a workstream reports as at a day, beside what it reported last time."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.errors import Conflict, Fault, Invalid
from app.facts import reporting
from app.facts.read import update_shape
from app.facts.reporting import Asked, UpdateWasChanged
from app.facts.shapes import RatingShape, UpdateShape
from app.fields import Day, KeyText
from app.web.pages import ratings
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.narrative import narrative_of
from app.web.pages.unsent import begun, sent
from app.web.pages.visit import Visit, Visiting
from app.web.pages.workstreams import scheme_of, seen
from app.workstreams import queries
from app.workstreams.models import RagScheme, Update, Workstream

router = APIRouter()

NOT_RATED = "not-rated"

NOTHING = "nothing"
"""The deed of the button that says that there is nothing to report."""


@router.get("/workstreams/{ref}/report")
def ask_day(visit: Visiting, ref: KeyText, as_at: Annotated[str | None, Query(max_length=20)] = None) -> Response:
    """The page that asks as at which day something is reported, and then leads there."""
    with visit.reading() as session:
        workstream, matter = seen(session, visit, ref)
    visit.authorise(Action.WRITE_UPDATES, matter)
    form = NOTHING_TYPED.holding(as_at=as_at if as_at is not None else visit.today.isoformat())
    if as_at is not None:
        try:
            return to(f"/workstreams/{ref}/updates/{date.fromisoformat(as_at.strip()).isoformat()}")
        except ValueError:
            form = form.wrong("as_at", "Enter a day as 2026-11-20: year, month, day")
    return page(visit, "workstreams/report.html", f"Report on {workstream.name}", form=form, workstream=workstream)


@router.get("/workstreams/{ref}/updates/{as_at}")
def show(visit: Visiting, ref: KeyText, as_at: Day) -> Response:
    """The update page."""
    with visit.reading() as session:
        return _update_page(session, visit, ref, as_at)


@router.post("/workstreams/{ref}/updates/{as_at}")
def save(visit: Visiting, form: Typed, ref: KeyText, as_at: Day) -> Response:
    """What was typed is reported; where somebody changed it meanwhile, both are shown, and nothing is lost."""
    with visit.reading() as session:
        workstream, matter = seen(session, visit, ref)
        visit.authorise(Action.WRITE_UPDATES, matter)
        scheme, parts = scheme_of(session, workstream), reporting.asked_of(session, workstream)
    try:
        shape = _typed_update(form, as_at, scheme, parts)
        with visit.writing() as session:
            reporting.report(
                session,
                visit.here.blobs,
                ref,
                shape,
                seen=int(form.value("seen")) if form.value("seen").isdecimal() else reporting.NOTHING_YET,
                by=visit.account.key,
                now=visit.now,
            )
            sent(session, visit)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            changed = isinstance(problem, UpdateWasChanged)
            return _update_page(session, visit, ref, as_at, form.refused(problem), changed=changed)
    return to(f"/workstreams/{ref}", said=f"The update as at {as_at.day} {as_at:%B %Y} is saved.")


def _update_page(
    session: Session, visit: Visit, ref: str, as_at: date, form: Form = NOTHING_TYPED, *, changed: bool = False
) -> Response:
    workstream, matter = seen(session, visit, ref)
    visit.authorise(Action.WRITE_UPDATES, matter)
    form, earlier = begun(session, visit, form)
    head = queries.find_update(session, ref, as_at)
    last = reporting.before(session, workstream, as_at)
    scheme = scheme_of(session, workstream)
    parts = reporting.asked_of(session, workstream)
    return page(
        visit,
        "workstreams/update.html",
        f"{workstream.name}, as at {as_at.day} {as_at:%B %Y}",
        form=form,
        begun=earlier,
        here=visit.request.url.path,
        workstream=workstream,
        as_at=as_at,
        # Who was shown what somebody else saved may decide on it: that is the state which is changed then.
        seen=reporting.revision_of(head) if changed or not form.typed else form.value("seen"),
        now=_said(head),
        theirs=_said(head) if changed else None,
        last=_said(last),
        last_day=last.as_at if last else None,
        scheme=scheme,
        parts=parts,
        source=_usual_source(workstream),
        colours=ratings.style_sheet_address(session),
    )


def _said(update: Update | None) -> Mapping[str, Any] | None:
    """What an update says, by part and dimension; None: there is none."""
    if update is None:
        return None
    return {
        "nothing_to_report": update.nothing_to_report,
        "parts": {part.part: part.narrative for part in update.parts},
        "ratings": {rating.dimension.key: rating.value for rating in update.ratings},
        "sources": {rating.dimension.key: rating.source for rating in update.ratings},
        "shape": update_shape(update),
    }


def _typed_update(form: Form, as_at: date, scheme: RagScheme | None, parts: Sequence[Asked]) -> UpdateShape:
    """What was typed; raises FaultyForm."""
    faults: list[Fault] = []
    said: dict[str, Any] = {"as_at": as_at, "parts": {}, "ratings": {}}
    for part in parts:
        name = f"parts.{part.key}"
        try:
            said["parts"][part.key] = {"format": "html", "value": narrative_of(form, name)}
        except FaultyForm as faulty:
            faults += faulty.faults
    if form.value("deed") == NOTHING and not faults:
        return _nothing(as_at, {key: prose["value"] for key, prose in said["parts"].items() if prose["value"]})
    for dimension in scheme.dimensions if scheme else ():
        value = form.value(f"ratings.{dimension.key}")
        if not value:
            continue
        try:
            source = form.value(f"sources.{dimension.key}").strip() or None
            said["ratings"][dimension.key] = RatingShape(value=value, source=source)
        except ValidationError as error:
            faults.append(Fault(f"sources.{dimension.key}", str(error.errors()[0]["msg"])))
    if faults:
        raise FaultyForm(faults)
    return UpdateShape.model_validate(said)


def _nothing(as_at: date, typed: Mapping[str, str]) -> UpdateShape:
    """That there is nothing to report; raises FaultyForm where something is: no text is thrown away by a button."""
    if typed:
        what = "Take this text out where there is nothing to report, or save the update"
        raise FaultyForm([Fault(f"parts.{key}", what) for key in typed])
    return UpdateShape(as_at=as_at, nothing_to_report=True)


def _usual_source(workstream: Workstream) -> str | None:
    return workstream.rating_source or workstream.theme.rating_source
