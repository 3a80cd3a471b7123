"""Keeping what is typed until it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.db import lock
from app.unsent import queries
from app.unsent.models import Unsent

KEPT_FOR = timedelta(days=90)
"""How long what nobody came back to is kept: as long as a quarter."""


def keep(
    session: Session, *, account_key: str, page: str, fields: Mapping[str, Sequence[str]], now: datetime
) -> Unsent:
    """This is what the account last typed into the page. What is too old, anybody's, is gone."""
    lock(session, f"unsent/{account_key}/{page}")
    session.execute(delete(Unsent).where(Unsent.typed_at <= now - KEPT_FOR))
    there = queries.find(session, account_key, page)
    if there is None:
        there = Unsent(account_key=account_key, page=page)
        session.add(there)
    there.fields = {name: list(values) for name, values in fields.items()}
    there.typed_at = now
    session.flush()
    return there


def discard(session: Session, *, account_key: str, page: str) -> None:
    """Nothing of what the account typed into the page is kept: it was sent, or thrown away."""
    session.execute(delete(Unsent).where(Unsent.account_key == account_key, Unsent.page == page))
