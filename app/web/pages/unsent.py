"""What is typed is kept while it is typed, or by a button; the page shows it to whoever comes back to it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.unsent import commands, queries
from app.unsent.models import Unsent
from app.web.onward import own_page
from app.web.pages.forms import Form, Typed
from app.web.pages.layout import fragment, to
from app.web.pages.visit import LOCAL, Visit, Visiting

router = APIRouter()

Page = Annotated[str, Query(max_length=300)]

BY_SCRIPT = "hx-request"
"""The header by which htmx says that it asks, and takes a part of a page."""


@router.post("/unsent")
def keep(visit: Visiting, form: Typed, page: Page) -> Response:
    """What stands in the form of the page is kept for who typed it, and nobody else sees it."""
    address = own_page(page)
    # A door of its own, not `visit.writing`: keeping every few seconds waits for nobody who changes facts.
    with visit.here.database.writing() as session:
        commands.keep(session, account_key=visit.account.key, page=address, fields=form.typed, now=visit.now)
    if visit.request.headers.get(BY_SCRIPT) == "true":
        return fragment(visit, "parts/kept.html", at=f"{visit.now.astimezone(LOCAL):%H:%M}")
    return to(address, said="What you typed is kept for you. It is not saved yet.")


@router.post("/unsent/discarded")
def discard(visit: Visiting, page: Page) -> Response:
    """The page is as it is for everybody else."""
    address = own_page(page)
    with visit.here.database.writing() as session:
        commands.discard(session, account_key=visit.account.key, page=address)
    return to(address, said="What you had typed is gone.")


def begun(session: Session, visit: Visit, form: Form) -> tuple[Form, Unsent | None]:
    """The form with what was typed into this page earlier, and that itself; as it is where something was sent."""
    if form.typed:
        return form, None
    there = queries.find(session, visit.account.key, visit.request.url.path)
    return (replace(form, typed=there.fields), there) if there else (form, None)


def sent(session: Session, visit: Visit) -> None:
    """What was typed into this page was sent: nothing of it is kept here."""
    commands.discard(session, account_key=visit.account.key, page=visit.request.url.path)
