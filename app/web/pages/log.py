"""The audit log for administrators: found by what happened, to what, by whom and when; and taken away as a file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.policy import Action
from app.audit import queries
from app.audit.models import AuditEvent
from app.audit.queries import Wanted
from app.audit.words import in_words
from app.fields import LARGEST_NUMBER, Day, KeyText, Line
from app.web.log_file import Way, log_file
from app.web.pages.forms import FaultyForm, Form
from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Allowed, Visit

router = page_router()

MOST = 50
"""Events on one page."""

Auditing = Annotated[Visit, Depends(Allowed(Action.READ_AUDIT))]

FILTERS = ("action", "object", "under", "by", "since", "until")


class LogForm(BaseModel):
    """Which events are looked for."""

    model_config = ConfigDict(frozen=True)

    action: KeyText | None = Field(default=None, title="what happened")
    object: Line | None = Field(default=None, title="to what")
    under: Line | None = Field(default=None, title="to what, beginning with")
    by: Line | None = Field(default=None, title="by whom")
    """An account, or the link by which somebody outside answered."""
    since: Day | None = Field(default=None, title="from")
    until: Day | None = Field(default=None, title="to")

    @property
    def wanted(self) -> Wanted:
        """The events that fit."""
        return Wanted(
            action=self.action,
            object_=self.object,
            under=self.under,
            by=self.by,
            since=self.since,
            until=self.until,
        )


@dataclass(frozen=True)
class Told:
    """One event, for a reader."""

    sequence: int
    at: datetime
    what: str
    action: str
    """The code of what happened."""
    object: str
    by: str
    request: str | None
    hash: str


@router.get("/audit")
def events(visit: Auditing, before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None) -> Response:
    """Events that fit what is asked, the newest first."""
    form = _asked(visit)
    found: list[AuditEvent] = []
    try:
        wanted = form.read(LogForm).wanted
        with visit.reading() as session:
            found = list(queries.page(session, limit=MOST + 1, before=before, **wanted))
    except FaultyForm as faulty:
        form = form.refused(faulty)
    filters = urlencode({name: form.value(name) for name in FILTERS if form.value(name)})
    return page(
        visit,
        "log/events.html",
        "Audit log",
        form=form,
        events=list(_told(found[:MOST])),
        filters=filters,
        is_newest=before is None,
        older=found[MOST - 1].sequence if len(found) > MOST else None,
    )


@router.get("/audit/export")
def exported(visit: Auditing, way: Annotated[Way, Query(alias="format")] = "csv") -> Response:
    """The same events as a file."""
    wanted = _asked(visit).read(LogForm).wanted
    return log_file(visit.request, wanted, way, by=visit.account.key, now=visit.now)


def _asked(visit: Visit) -> Form:
    asked = visit.request.query_params
    return Form({name: tuple(asked.getlist(name)) for name in FILTERS if name in asked})


def _told(found: list[AuditEvent]) -> Iterator[Told]:
    for event in found:
        said: dict[str, Any] = json.loads(event.body)
        yield Told(
            sequence=event.sequence,
            at=datetime.fromisoformat(said["at"]),
            what=in_words(said["action"]),
            action=said["action"],
            object=said["object"],
            by=said["by"],
            request=said.get("request"),
            hash=event.hash,
        )
