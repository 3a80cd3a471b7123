"""Reading kept answers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.replies.models import Reply


def find(session: Session, account_key: str, idempotency_key: str) -> Reply | None:
    """The answer that this account was given under this `Idempotency-Key`."""
    return session.scalars(
        select(Reply).where(Reply.account_key == account_key, Reply.idempotency_key == idempotency_key)
    ).one_or_none()
