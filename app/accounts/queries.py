"""Finding accounts."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.errors import NotFound


class NoSuchAccount(NotFound):
    """No account has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("account", key)


def find(session: Session, key: str) -> Account | None:
    """The account with this key."""
    return session.scalars(select(Account).where(Account.key == key)).one_or_none()


def get(session: Session, key: str) -> Account:
    """The account with this key; raises NoSuchAccount."""
    account = find(session, key)
    if account is None:
        raise NoSuchAccount(key)
    return account


def page(session: Session, *, limit: int, after: str | None = None) -> Sequence[Account]:
    """At most `limit` accounts in the order of their keys, beginning behind the key `after`."""
    accounts = select(Account).order_by(Account.key).limit(limit)
    if after is not None:
        accounts = accounts.where(Account.key > after)
    return session.scalars(accounts).all()


def by_token(session: Session, token: str) -> Account | None:
    """The account that this token belongs to.

    Only hashes are compared: how long the search takes says nothing about the token.
    """
    return session.scalars(select(Account).where(Account.token_hash == token_hash(token))).one_or_none()


def token_hash(token: str) -> str:
    """What is kept of a token. It holds 256 random bits, so that a plain hash cannot be searched back."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
