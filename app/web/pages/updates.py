"""The update page: what a workstream reports as at a day, beside what it reported last time."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.errors import Conflict, Invalid
from app.facts import reporting
from app.facts.reporting import UpdateWasChanged
from app.fields import Day, KeyText
from app.web.pages import ratings
from app.web.pages.days import day_asked
from app.web.pages.forms import NOTHING_TYPED, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.reported import said_of, typed_update, usual_source, without_field
from app.web.pages.routing import page_router
from app.web.pages.unsent import begun, keeps, require_day, sent
from app.web.pages.visit import Visit, Visiting
from app.web.pages.workstreams import scheme_of, seen, still_asked
from app.workstreams import queries

router = page_router()


@router.get("/workstreams/{ref}/report")
def ask_day(visit: Visiting, ref: KeyText, as_at: Annotated[str | None, Query(max_length=20)] = None) -> Response:
    """The page that asks as at which day something is reported, and then leads there."""
    with visit.reading() as session:
        workstream, matter = seen(session, visit, ref)
        visit.authorise(Action.WRITE_UPDATES, matter)
        asked = still_asked(session, visit, ref)
    day, form = day_asked(as_at, otherwise=visit.today, wrong="Enter the day as at which you report")
    if day is not None:
        return to(f"/workstreams/{ref}/updates/{day}")
    heading = f"Report on {workstream.name}"
    return page(visit, "workstreams/report.html", heading, form=form, workstream=workstream, asked=asked)


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
        kept = reporting.standing_at(session, workstream.id, as_at)
    try:
        shape = typed_update(form, as_at, scheme, parts, kept)
        with visit.writing() as session:
            reporting.report(
                session,
                visit.here.blobs,
                ref,
                shape,
                seen=form.number("seen", reporting.NOTHING_YET),
                by=visit.account.key,
                now=visit.now,
            )
            sent(session, visit)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            changed = isinstance(problem, UpdateWasChanged)
            return _update_page(session, visit, ref, as_at, form.refused(problem), changed=changed)
    return to(f"/workstreams/{ref}", said=f"The update as at {as_at.day} {as_at:%B %Y} is saved.")


def _may_report(session: Session, visit: Visit, names: Mapping[str, str]) -> None:
    require_day(names["as_at"])
    _, matter = seen(session, visit, names["ref"])
    visit.authorise(Action.WRITE_UPDATES, matter)


keeps("/workstreams/{ref}/updates/{as_at}", _may_report)


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
        asked=still_asked(session, visit, ref),
        as_at=as_at,
        # Who was shown what somebody else saved may decide on it: that is the state which is changed then.
        seen=reporting.revision_of(head) if changed or not form.typed else form.number("seen"),
        now=said_of(head),
        others=without_field(reporting.standing_at(session, workstream.id, as_at), parts),
        theirs=said_of(head) if changed else None,
        last=said_of(last),
        last_day=last.as_at if last else None,
        scheme=scheme,
        parts=parts,
        source=usual_source(workstream),
        colours=ratings.style_sheet_address(session),
    )
