"""Keeping what is typed until it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import lock
from app.unsent import queries
from app.unsent.models import Unsent

MOST = 50
"""Forms that are kept for one account: those into which it typed last."""

KEPT_FOR = timedelta(days=90)
"""How long what nobody came back to is kept: as long as a quarter."""


def keep(
    session: Session, *, account_key: str, page: str, fields: Mapping[str, Sequence[str]], now: datetime
) -> Unsent:
    """This is what the account last typed into the page. Gone is anybody's that is too old, and its own beyond MOST."""
    lock(session, f"unsent/{account_key}")
    session.execute(delete(Unsent).where(Unsent.typed_at <= now - KEPT_FOR))
    there = queries.find(session, account_key, page)
    if there is None:
        there = Unsent(account_key=account_key, page=page)
        session.add(there)
    there.fields = {name: list(values) for name, values in fields.items()}
    there.typed_at = now
    session.flush()
    beyond = (
        select(Unsent.id).where(Unsent.account_key == account_key).order_by(Unsent.typed_at.desc(), Unsent.id.desc())
    )
    session.execute(delete(Unsent).where(Unsent.id.in_(session.scalars(beyond.offset(MOST)).all())))
    return there


def discard(session: Session, *, account_key: str, page: str) -> None:
    """Nothing of what the account typed into the page is kept: it was sent, or thrown away."""
    session.execute(delete(Unsent).where(Unsent.account_key == account_key, Unsent.page == page))
