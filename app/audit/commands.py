"""Appending to the audit log, and writing its head down outside the database."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import event, insert
from sqlalchemy.orm import Session, SessionTransaction

from app.audit import queries
from app.audit.models import AuditEvent
from app.audit.queries import Head
from app.db import lock

DOMAIN = "boardpapers audit event 1\n"
"""What every hash of the log begins with, so that it can be the hash of nothing else."""

HEAD = "audit_head"
"""Key of `session.info`: the head as this session's transaction left it."""

REQUEST_ID = "request_id"
"""Key of `session.info`: the request that this session answers, where there is one; the events name it."""

_TRANSACTION = "audit_transaction"


def record(
    session: Session,
    action: str,
    object_: str,
    *,
    by: str,
    at: datetime,
    digests: Mapping[str, str] | None = None,
) -> None:
    """The log ends with this event, in the session's transaction.

    `action` is what happened ("paper.changed"), `object_` to what ("paper/REF"), `by` the key of the account that did
    it, `digests` the SHA-256 of what must be found unchanged later, by name. Nothing else goes in: no narrative, no
    secret. Until the transaction ends, nobody else can append.
    """
    last = _head_for(session)
    said = body(action, object_, by=by, at=at, digests=digests, request_id=session.info.get(REQUEST_ID))
    new = Head(last.sequence + 1, link(last.hash, said))
    # Straight into the table: an event is no object of the session, which may let go of its objects before they are
    # written, and writing one event must not write everything else that still waits.
    session.connection().execute(
        insert(AuditEvent),
        {"sequence": new.sequence, "body": said, "previous_hash": last.hash, "hash": new.hash},
    )
    session.info[HEAD] = new


def body(
    action: str,
    object_: str,
    *,
    by: str,
    at: datetime,
    digests: Mapping[str, str] | None = None,
    request_id: str | None = None,
) -> str:
    """An event as canonical JSON: equal events are equal texts. The time is in UTC; one without a zone is refused."""
    if at.tzinfo is None:
        raise ValueError("an event needs a time with a zone")
    event_ = {
        "action": action,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": by,
        "digests": dict(digests or {}),
        "object": object_,
    }
    if request_id is not None:
        event_["request"] = request_id
    return json.dumps(event_, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(previous_hash: str, said: str) -> str:
    """The hash that binds an event's body to the event before it."""
    return sha256(f"{DOMAIN}{previous_hash}\n{said}".encode()).hexdigest()


def checkpoint(path: Path, head: Head) -> None:
    """The last line of the file says what the head is; `verify` finds a log that was cut or rewritten behind it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"sequence": head.sequence, "hash": head.hash}) + "\n"
    with path.open("a+b") as file:
        if _ends_within_a_line(path):
            line = "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def _head_for(session: Session) -> Head:
    """The head that the next event continues; read once a transaction, under the lock of the log."""
    transaction = session.get_transaction()
    if transaction is None or session.info.get(_TRANSACTION) is not transaction:
        lock(session, "audit")
        session.info[HEAD] = queries.head(session)
        session.info[_TRANSACTION] = session.get_transaction()
    head: Head = session.info[HEAD]
    return head


@event.listens_for(Session, "after_soft_rollback")
def _forget_head(session: Session, _previous: SessionTransaction) -> None:
    # Events that were rolled back, a savepoint's too, are no longer the end of the log.
    session.info.pop(HEAD, None)
    session.info.pop(_TRANSACTION, None)


def _ends_within_a_line(path: Path) -> bool:
    """Whether a crash cut the last line short."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
