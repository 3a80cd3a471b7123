"""Reading what was begun."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.unsent.models import Unsent


def find(session: Session, account_key: str, page: str) -> Unsent | None:
    """What this account typed into this page and has not sent yet."""
    return session.scalars(select(Unsent).where(Unsent.account_key == account_key, Unsent.page == page)).one_or_none()
