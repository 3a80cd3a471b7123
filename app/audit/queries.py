"""Reading the audit log."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent

ZEROS = "0" * 64
"""What the first event has for the hash of the one before."""

BATCH = 500
"""How many events are held in memory at once while the log is walked."""


class Head(NamedTuple):
    """The end of the chain: the last event's sequence (0: the log is empty) and hash."""

    sequence: int
    hash: str


EMPTY = Head(0, ZEROS)
"""The head of a log without an event."""


class Entry(NamedTuple):
    """One row of the log as it stands in the database."""

    sequence: int
    body: str
    previous_hash: str
    hash: str


def head(session: Session) -> Head:
    """The end of the chain."""
    newest = select(AuditEvent.sequence, AuditEvent.hash).order_by(AuditEvent.sequence.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return Head(row.sequence, row.hash) if row else EMPTY


def walk(session: Session) -> Iterator[Entry]:
    """Every entry from first to last, a few hundred in memory at a time."""
    rows = select(AuditEvent.sequence, AuditEvent.body, AuditEvent.previous_hash, AuditEvent.hash)
    for row in session.execute(rows.order_by(AuditEvent.sequence).execution_options(yield_per=BATCH)):
        yield Entry(*row)


def page(
    session: Session,
    *,
    limit: int,
    before: int | None = None,
    action: str | None = None,
    object_: str | None = None,
    by: str | None = None,
) -> Sequence[AuditEvent]:
    """At most `limit` events, newest first, with a sequence below `before`, of these values where they are given."""
    events = select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(limit)
    if before is not None:
        events = events.where(AuditEvent.sequence < before)
    for name, value in (("action", action), ("object", object_), ("by", by)):
        if value is not None:
            events = events.where(_says(name, value))
    return session.scalars(events).all()


def _says(name: str, value: str) -> ColumnElement[bool]:
    # A body is canonical JSON, in which an unescaped quotation mark stands only at the edge of a name or value: this
    # text occurs exactly where the member does. LIKE would ignore case on SQLite; `replace` is exact on both engines.
    member = f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}"
    return func.replace(AuditEvent.body, member, "") != AuditEvent.body
