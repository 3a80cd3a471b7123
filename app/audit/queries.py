"""Reading the audit log."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, TypedDict, Unpack

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


class Wanted(TypedDict, total=False):
    """Which events are meant: those of which everything that is given holds."""

    action: str | None
    object_: str | None
    under: str | None
    """What the object's name begins with: `paper/REF/`."""
    by: str | None
    request: str | None
    """`X-Request-Id` of the request that caused them."""
    since: date | None
    """On this day or later, in UTC."""
    until: date | None
    """On this day or earlier, in UTC."""


def head(session: Session) -> Head:
    """The end of the chain."""
    newest = select(AuditEvent.sequence, AuditEvent.hash).order_by(AuditEvent.sequence.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return Head(row.sequence, row.hash) if row else EMPTY


def page(session: Session, *, limit: int, before: int | None = None, **wanted: Unpack[Wanted]) -> Sequence[AuditEvent]:
    """At most `limit` wanted events, newest first, with a sequence below `before` where that is given."""
    events = select(AuditEvent).where(*_conditions(session, wanted)).order_by(AuditEvent.sequence.desc()).limit(limit)
    if before is not None:
        events = events.where(AuditEvent.sequence < before)
    return session.scalars(events).all()


def walk(session: Session, **wanted: Unpack[Wanted]) -> Iterator[Entry]:
    """Every wanted entry from first to last, a few hundred in memory at a time."""
    rows = select(AuditEvent.sequence, AuditEvent.body, AuditEvent.previous_hash, AuditEvent.hash)
    rows = rows.where(*_conditions(session, wanted)).order_by(AuditEvent.sequence)
    for row in session.execute(rows.execution_options(yield_per=BATCH)):
        yield Entry(*row)


def _conditions(session: Session, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("action", "object", "by", "request"):
        value = wanted.get("object_" if name == "object" else name)
        if value is not None:
            yield _says(f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}")
    under = wanted.get("under")
    if under is not None:
        yield _says(f'"object":{json.dumps(under, ensure_ascii=False)[:-1]}')
    since, until = wanted.get("since"), wanted.get("until")
    if since is not None:
        yield _day(session) >= since.isoformat()
    if until is not None:
        yield _day(session) <= until.isoformat()


def _says(member: str) -> ColumnElement[bool]:
    # A body is canonical JSON, in which an unescaped quotation mark stands only at the edge of a name or value: this
    # text occurs exactly where the member does. LIKE would ignore case on SQLite; `replace` is exact on both engines.
    return func.replace(AuditEvent.body, member, "") != AuditEvent.body


def _day(session: Session) -> ColumnElement[str]:
    """The day of an event in UTC, as text that sorts like days do: "2026-11-21"."""
    name = '"at":"'
    if session.get_bind().dialect.name == "postgresql":
        return func.substr(AuditEvent.body, func.strpos(AuditEvent.body, name) + len(name), 10).collate("C")
    return func.substr(AuditEvent.body, func.instr(AuditEvent.body, name) + len(name), 10)
