"""The audit log as a file to take away; that it was taken is in the log."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, TypeAlias

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from app.audit import actions, export, queries
from app.audit import commands as audit
from app.audit.queries import Wanted
from app.web.deps import premises, request_id
from app.web.downloads import disposition

Way: TypeAlias = Literal["jsonl", "csv"]

MEDIA_TYPES: dict[Way, str] = {"jsonl": "application/jsonl", "csv": "text/csv"}


def log_file(request: Request, wanted: Wanted, way: Way, *, by: str, now: datetime) -> Response:
    """Every wanted event, oldest first; the account `by` takes it away."""
    database = premises(request).database
    with database.writing() as session:
        session.info[audit.REQUEST_ID] = request_id(request)
        audit.record(session, actions.LOG_EXPORTED, actions.LOG_OBJECT, by=by, at=now)

    def lines() -> Iterator[str]:
        # A door of its own: the answer is still being sent when those of the request are closed.
        with database.reading() as session:
            yield from export.WAYS[way](queries.walk(session, **wanted))

    headers = {
        "Content-Disposition": disposition(f"audit-{now:%Y-%m-%d}.{way}"),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(lines(), media_type=MEDIA_TYPES[way], headers=headers)
