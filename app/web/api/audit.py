"""The audit log, for administrators."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from app.audit import queries
from app.audit.models import AuditEvent
from app.fields import KeyText, Line
from app.web.api import examples
from app.web.api.kinds import Listing
from app.web.api.lists import Paging
from app.web.api.representation import plain
from app.web.deps import Auditor, Reading
from app.web.openapi import LINK, gives, problems

router = APIRouter(prefix="/audit", tags=["audit"])


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


@router.get(
    "",
    summary="Read the audit log",
    description="Newest first; of one action, object or account where that is asked.",
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
def list_events(
    _who: Auditor,
    session: Reading,
    page: Paging,
    action: Annotated[KeyText | None, Query(description="Only this action, for example `version.kept`")] = None,
    object_: Annotated[
        Line | None, Query(alias="object", description="Only about this, for example `paper/REF`")
    ] = None,
    by: Annotated[KeyText | None, Query(description="Only by this account")] = None,
) -> Response:
    """Events that fit what is asked."""
    events = queries.page(
        session,
        limit=page.limit + 1,
        before=page.after_number() or None,
        action=action,
        object_=object_,
        by=by,
    )
    return page.of(iter(events), key=lambda event: str(event.sequence), show=lambda event: plain(EventOut.of(event)))
