"""The audit log, for administrators."""

import json
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.audit import queries
from app.audit.models import AuditEvent
from app.audit.queries import Wanted
from app.fields import Day, KeyText, Line
from app.web.api import examples
from app.web.api.kinds import Listing
from app.web.api.lists import Paging
from app.web.api.representation import plain
from app.web.api.routing import for_accounts
from app.web.deps import Auditor, Now, Reading
from app.web.edges import REQUEST_NAME
from app.web.log_file import MEDIA_TYPES, Way, log_file
from app.web.openapi import LINK, gives, problems

router = for_accounts("/audit", "audit")


EXPORTED = {"Content-Disposition": {"description": "Attachment, with its name", "schema": {"type": "string"}}}


class EventOut(BaseModel):
    """One event of the log."""

    sequence: int
    action: str = Field(description="What happened, for example `paper.changed`")
    object: str = Field(description="To what, for example `paper/REF`")
    by: str = Field(description="Key of the account")
    at: str = Field(description="When, in UTC")
    digests: dict[str, str] = Field(description="SHA-256 of what must be found unchanged later, by name")
    request: str | None = Field(description="X-Request-Id of the request, where there was one")
    hash: str = Field(description="What binds the event to all before it")

    @classmethod
    def of(cls, event: AuditEvent) -> "EventOut":
        """What the row says."""
        said: dict[str, Any] = json.loads(event.body)
        return cls(
            sequence=event.sequence,
            action=said["action"],
            object=said["object"],
            by=said["by"],
            at=said["at"],
            digests=said["digests"],
            request=said.get("request"),
            hash=event.hash,
        )


class EventsWanted:
    """Which events a request is about."""

    def __init__(
        self,
        *,
        action: Annotated[KeyText | None, Query(description="Only this action, for example `version.kept`")] = None,
        object_: Annotated[
            Line | None, Query(alias="object", description="Only about this, for example `paper/REF`")
        ] = None,
        under: Annotated[
            Line | None, Query(description="Only about what has a name that begins so, for example `paper/REF/`")
        ] = None,
        by: Annotated[KeyText | None, Query(description="Only by this account")] = None,
        request_id: Annotated[
            str | None,
            Query(alias="request", pattern=f"^{REQUEST_NAME.pattern}$", description="Only of this X-Request-Id"),
        ] = None,
        since: Annotated[Day | None, Query(description="Only on this day or later, in UTC")] = None,
        until: Annotated[Day | None, Query(description="Only on this day or earlier, in UTC")] = None,
    ) -> None:
        self.wanted = Wanted(
            action=action, object_=object_, under=under, by=by, request=request_id, since=since, until=until
        )


Asking = Annotated[EventsWanted, Depends()]


@router.get(
    "",
    summary="Read the audit log",
    description="Newest first; only the events of which all holds that is asked.",
    operation_id="list_audit",
    responses={
        200: gives(
            Listing[EventOut],
            "One page of the log.",
            example={"items": [examples.EVENT], "next": None},
            headers=LINK,
        ),
        **problems(),
    },
    response_class=Response,
)
def list_events(_who: Auditor, session: Reading, page: Paging, asked: Asking) -> Response:
    """Events that fit what is asked."""
    events = queries.page(session, limit=page.limit + 1, before=page.after_number() or None, **asked.wanted)
    return page.of(iter(events), key=lambda event: str(event.sequence), show=lambda event: plain(EventOut.of(event)))


@router.get(
    "/export",
    summary="Take the audit log away",
    description="Every event of which all holds that is asked, oldest first, as JSON lines or CSV. Each has its hash "
    "and the one before: the chain can be followed without this service. That it was taken is in the log.",
    operation_id="export_audit",
    responses={
        200: gives(
            None,
            "The events, one a line.",
            headers=EXPORTED,
            content={
                MEDIA_TYPES["jsonl"]: {"schema": {"type": "string"}, "example": f"{json.dumps(examples.EVENT)}\n"},
                MEDIA_TYPES["csv"]: {"schema": {"type": "string"}},
            },
        ),
        **problems(),
    },
    response_class=Response,
)
def export_events(
    *,
    who: Auditor,
    request: Request,
    now: Now,
    asked: Asking,
    way: Annotated[Way, Query(alias="format", description="`jsonl` or `csv`")] = "jsonl",
) -> Response:
    """Events that fit what is asked, as a file."""
    return log_file(request, asked.wanted, way, by=who.key, now=now)
