"""How the service is: whether it can serve, what it holds, and when it was last proved and backed up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response

from app.accounts.policy import Action
from app.upkeep.diary import Deed, Done
from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Allowed, Visit

router = page_router()

Looking = Annotated[Visit, Depends(Allowed(Action.READ_AUDIT))]

OLD = {Deed.VERIFY: timedelta(days=7), Deed.BACKUP: timedelta(days=1)}
"""The age from which on a deed is due again."""

FIGURES = {
    "versions": "Versions kept",
    "gaps": "Gaps in them",
    "audit_events": "Events of the audit log",
    "free_bytes": "Free on the disk of the kept files",
}
"""Figure → its words; the others are for machines."""

GIB = 1024**3


@dataclass(frozen=True)
class Upkeep:
    """A deed as the page tells of it."""

    deed: Deed
    done: Done | None
    age: str
    is_due: bool


@router.get("/service")
def service(visit: Looking) -> Response:
    """The state of the service."""
    figures = visit.here.figures()
    noted = visit.here.upkeep()
    return page(
        visit,
        "service/service.html",
        "How the service is",
        missing=visit.here.readiness(),
        figures={words: _said(name, figures[name]) for name, words in FIGURES.items() if name in figures},
        verify=_upkeep(visit, Deed.VERIFY, noted.get(Deed.VERIFY)),
        backup=_upkeep(visit, Deed.BACKUP, noted.get(Deed.BACKUP)),
    )


def _upkeep(visit: Visit, deed: Deed, done: Done | None) -> Upkeep:
    if done is None:
        return Upkeep(deed, None, "never", is_due=True)
    age = visit.now - done.at
    return Upkeep(deed, done, _age(age), is_due=age > OLD[deed])


def _age(age: timedelta) -> str:
    hours = max(0, int(age.total_seconds() // 3600))
    if hours < 1:
        return "less than an hour ago"
    number, what = (hours, "hour") if hours < 48 else (hours // 24, "day")
    return f"{number} {what}{'s' if number > 1 else ''} ago"


def _said(name: str, figure: float) -> str:
    return f"{figure / GIB:,.1f} GiB" if name == "free_bytes" else f"{figure:,.0f}"
