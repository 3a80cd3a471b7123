"""Finding accounts, and opening them by a secret."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from app.accounts.models import Account, Role, Token
from app.db import batches
from app.errors import NotFound

USE_NOTED_EVERY = timedelta(hours=1)
"""How exactly a token's last use is known."""


class NoSuchAccount(NotFound):
    """No account has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("account", key)


class NoSuchToken(NotFound):
    """The account has no token of this name, or had it taken away."""

    def __init__(self, name: str) -> None:
        super().__init__("token", name)


def find(session: Session, key: str) -> Account | None:
    """The account with this key."""
    return session.scalars(select(Account).where(Account.key == key)).one_or_none()


def get(session: Session, key: str) -> Account:
    """The account with this key; raises NoSuchAccount."""
    account = find(session, key)
    if account is None:
        raise NoSuchAccount(key)
    return account


def of_the_same_persons(session: Session, keys: Iterable[str]) -> dict[str, frozenset[str]]:
    """Each of these keys → itself, and the keys of every other account of the person who signs in by it."""
    found = {key: frozenset({key}) for key in keys}
    other = aliased(Account)
    for batch in batches(sorted(found)):
        rows = session.execute(
            select(Account.key, other.key)
            .join(other, other.person_id == Account.person_id)
            .where(Account.key.in_(batch))
        )
        for key, same in rows:
            found[key] |= {same}
    return found


def keys_of(session: Session, persons: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """Id of each person → keys of the accounts by which they sign in; `persons` says the key of the person with an id.

    One that is linked to nobody and bears the person's key counts too: where nothing was said, caution speaks.
    """
    found: dict[int, frozenset[str]] = {number: frozenset() for number in persons}
    for batch in batches(sorted(persons)):
        bearing = {persons[number]: number for number in batch}
        nobodys = and_(Account.person_id.is_(None), Account.key.in_(sorted(bearing)))
        rows = session.execute(select(Account.key, Account.person_id).where(or_(Account.person_id.in_(batch), nobodys)))
        for key, number in rows:
            found[bearing[key] if number is None else number] |= {key}
    return found


def names(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """Key → name, for those of the accounts that there are."""
    found: dict[str, str] = {}
    for batch in batches(sorted(set(keys))):
        found |= dict(session.execute(select(Account.key, Account.name).where(Account.key.in_(batch))).all())
    return found


def page(
    session: Session,
    *,
    limit: int,
    after: str | None = None,
    containing: str = "",
    role: Role | None = None,
) -> Sequence[Account]:
    """At most `limit` accounts in the order of their keys, beginning behind the key `after`.

    Only those whose key or name has the text `containing`, in whatever case, and of the role where one is given.
    """
    accounts = select(Account).order_by(Account.key).limit(limit)
    if after is not None:
        accounts = accounts.where(Account.key > after)
    if containing:
        accounts = accounts.where(or_(*(words.icontains(containing, autoescape=True) for words in _WORDS)))
    if role is not None:
        accounts = accounts.where(Account.role == role)
    return session.scalars(accounts).all()


_WORDS = (Account.key, Account.name)


def other_administrators(session: Session, account: Account, *keys: str) -> bool:
    """Whether an administrator beside this one, and beside those of these keys, can be opened."""
    others = select(Account.id).where(
        Account.role == Role.ADMINISTRATOR,
        Account.disabled_at.is_(None),
        Account.id != account.id,
        Account.key.not_in(keys),
    )
    return session.scalars(others.limit(1)).first() is not None


def demonstration(session: Session) -> Sequence[Account]:
    """The accounts of the demonstration that can be opened, by key."""
    made = select(Account).where(Account.is_demonstration, Account.disabled_at.is_(None))
    return session.scalars(made.order_by(Account.key)).all()


def tokens(session: Session, account: Account, *, after: str = "", limit: int | None = None) -> Sequence[Token]:
    """At most `limit` tokens of the account that were not taken away, expired ones too, by name behind `after`."""
    live = select(Token).where(Token.account_id == account.id, Token.revoked_at.is_(None), Token.name > after)
    return session.scalars(live.order_by(Token.name).limit(limit)).all()


def find_token(session: Session, account: Account, name: str) -> Token | None:
    """The account's token of this name, unless it was taken away."""
    return session.scalars(
        select(Token).where(Token.account_id == account.id, Token.name == name, Token.revoked_at.is_(None))
    ).one_or_none()


def get_token(session: Session, account: Account, name: str) -> Token:
    """The account's token of this name; raises NoSuchToken."""
    token = find_token(session, account, name)
    if token is None:
        raise NoSuchToken(name)
    return token


def opened_by(session: Session, secret: str, *, now: datetime) -> Token | None:
    """The token whose secret this is, with its account, while it opens anything.

    Only hashes are compared: how long that takes says nothing about the secret.
    """
    hashed = secret_hash(secret)
    token = session.scalars(
        select(Token).where(Token.secret_hash == hashed).options(selectinload(Token.account))
    ).one_or_none()
    if token is None or not compare_digest(token.secret_hash, hashed):
        return None
    expired = token.expires_at is not None and token.expires_at <= now
    shut = token.revoked_at is not None or token.account.disabled_at is not None
    return None if expired or shut else token


def acting_by(token: Token) -> Account:
    """The token's account, allowed no more than the token is for."""
    token.account.scopes = None if token.scopes is None else frozenset(token.scopes)
    return token.account


def use_is_to_be_noted(token: Token, now: datetime) -> bool:
    """Whether the token's last use is not known to the hour."""
    return token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY


def secret_hash(secret: str) -> str:
    """What is kept of a secret of ours. It holds 256 random bits, so that a plain hash cannot be searched back."""
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()
