"""Keeping answers, so that a request that comes again gets the one it got."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.db import lock
from app.errors import Conflict
from app.replies import queries
from app.replies.models import Reply


class KeyUsedBefore(Conflict):
    """The `Idempotency-Key` came with another request before."""

    def __init__(self, idempotency_key: str) -> None:
        super().__init__(
            f"This Idempotency-Key was used for another request: “{idempotency_key}”. A new request needs a new key."
        )


def claim(session: Session, account_key: str, idempotency_key: str, request_digest: str) -> Reply | None:
    """The answer that this request already got, or None: then nobody else can answer it until the transaction ends.

    Raises KeyUsedBefore when the key came with a request of another digest.
    """
    lock(session, f"reply/{account_key}/{idempotency_key}")
    reply = queries.find(session, account_key, idempotency_key)
    if reply is not None and reply.request_digest != request_digest:
        raise KeyUsedBefore(idempotency_key)
    return reply


def keep(
    session: Session,
    *,
    account_key: str,
    idempotency_key: str,
    request_digest: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Reply:
    """This answer is what the same request will get from now on."""
    reply = Reply(
        account_key=account_key,
        idempotency_key=idempotency_key,
        request_digest=request_digest,
        status=status,
        headers=dict(headers),
        body=body,
        answered_at=now,
    )
    session.add(reply)
    return reply
