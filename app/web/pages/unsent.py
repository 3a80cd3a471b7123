"""What is typed is kept while it is typed, or by a button; the page shows it to whoever comes back to it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.routing import compile_path

from app.unsent import commands, queries
from app.unsent.models import Unsent
from app.web.errors import FaultyParameter, TooLarge
from app.web.onward import own_page
from app.web.pages.forms import Form, Typed, is_words
from app.web.pages.layout import fragment, to
from app.web.pages.routing import page_router
from app.web.pages.visit import LOCAL, Visit, Visiting

router = page_router()

Guard = Callable[[Session, Visit, Mapping[str, str]], object]
"""Lets somebody type into a page whose address has these names in it; raises as the page does."""

LARGEST = 512 * 1024
"""Bytes of a form that is kept."""

Page = Annotated[str, Query(max_length=300)]

BY_SCRIPT = "hx-request"
"""The header by which htmx says that it asks, and takes a part of a page."""


@router.post("/unsent")
def keep(visit: Visiting, form: Typed, page: Page) -> Response:
    """What stands in the form of the page is kept for who typed it, and nobody else sees it."""
    address = own_page(page)
    visit.here.keeping.count(visit.account.key, visit.now)
    _allow(visit, address)
    if sum(len(text.encode()) for name, values in form.typed.items() for text in (name, *values)) > LARGEST:
        raise TooLarge(f"Of what is not saved yet, at most {LARGEST // 1024} kB are kept. Save it, or send less.")
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
    visit.here.keeping.count(visit.account.key, visit.now)
    with visit.here.database.writing() as session:
        commands.discard(session, account_key=visit.account.key, page=address)
    return to(address, said="What you had typed is gone.")


def keeps(path: str, guard: Guard) -> None:
    """What is typed into the pages at this path (as routes have it) can be kept for whom `guard` lets in."""
    pattern, _, _ = compile_path(path)
    _keeping.append((pattern, guard))


_keeping: list[tuple[re.Pattern[str], Guard]] = []


class NothingIsKept(FaultyParameter):
    """There is no such page, or it keeps nothing."""

    def __init__(self) -> None:
        super().__init__("page", "Nothing is kept of what is typed into that page")


def require_day(said: str) -> None:
    """The address says a day as addresses do, `2026-11-20`; raises NothingIsKept."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
        raise NothingIsKept


def _allow(visit: Visit, address: str) -> None:
    for pattern, guard in _keeping:
        if (found := pattern.match(address)) and not set(address) & set("?#"):
            with visit.reading() as session:
                guard(session, visit, found.groupdict())
            return
    raise NothingIsKept


def begun(session: Session, visit: Visit, form: Form) -> tuple[Form, Unsent | None]:
    """The form with what was typed into this page earlier, and that itself; as it is where something was sent."""
    if form.typed:
        return form, None
    there = queries.find(session, visit.account.key, visit.request.url.path)
    if there is None or not all(is_words(text) for name, values in there.fields.items() for text in (name, *values)):
        return form, None
    return replace(form, typed=there.fields), there


def sent(session: Session, visit: Visit) -> None:
    """What was typed into this page was sent: nothing of it is kept here."""
    commands.discard(session, account_key=visit.account.key, page=visit.request.url.path)
