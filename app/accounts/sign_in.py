"""How people come to sign in: passwords set by link, and attempts counted. Commands, which never commit."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from app.accounts import passwords
from app.accounts.models import Account, PasswordLink, SignInAttempt
from app.accounts.queries import secret_hash
from app.audit import commands as audit
from app.db import lock
from app.errors import Conflict, NotFound

SECRET_BYTES = 32

WINDOW = timedelta(minutes=1)
"""Within which attempts are counted."""

LINK_LASTS = timedelta(days=2)
"""How long somebody has to set a password."""


class TooManyAttempts(Conflict):
    """So many attempts failed that the next has to wait; `retry_after` says how many seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"Too many attempts to sign in. Try again in {retry_after} seconds.")


class NoSuchLink(NotFound):
    """The link was never given out, was used, was replaced, or is too old."""

    def __init__(self) -> None:
        Exception.__init__(self, "This link opens nothing: it was used, replaced, or is too old. Ask for another one.")


def count_attempt(session: Session, subjects: Collection[str], *, at_most: int, now: datetime) -> None:
    """The attempt counts against each of the subjects; raises TooManyAttempts where one has its `at_most` a minute.

    Subjects are `account/KEY` and `address/ADDRESS`. Every worker of the service counts in the same place.
    """
    lock(session, "sign-in")
    begun = now - WINDOW
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= begun))
    counted = select(SignInAttempt.subject, func.min(SignInAttempt.at), func.count()).group_by(SignInAttempt.subject)
    full = [
        first
        for _, first, count in session.execute(counted.where(SignInAttempt.subject.in_(subjects)))
        if count >= at_most
    ]
    if full:
        raise TooManyAttempts(max(1, int((max(full) - begun).total_seconds()) + 1))
    session.add_all([SignInAttempt(subject=subject, at=now) for subject in subjects])


def forget_attempts(session: Session, subjects: Collection[str]) -> None:
    """The attempts of these subjects count no more: one succeeded."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject.in_(subjects)))


def give_link(session: Session, account: Account, *, by: str, now: datetime) -> tuple[str, datetime]:
    """The secret of a link by which a password is set once, never shown again, and its end; the one before is void."""
    secret = f"bpl_{secrets.token_urlsafe(SECRET_BYTES)}"
    session.execute(delete(PasswordLink).where(PasswordLink.account_id == account.id))
    expires_at = now + LINK_LASTS
    session.add(PasswordLink(account_id=account.id, secret_hash=secret_hash(secret), expires_at=expires_at))
    audit.record(session, "account.link-given", f"account/{account.key}", by=by, at=now)
    return secret, expires_at


def find_link(session: Session, secret: str, *, now: datetime) -> PasswordLink:
    """The link with this secret, with its account; raises NoSuchLink where it opens nothing."""
    link = session.scalars(
        select(PasswordLink)
        .where(PasswordLink.secret_hash == secret_hash(secret))
        .options(selectinload(PasswordLink.account))
    ).one_or_none()
    if link is None or link.expires_at <= now or link.account.disabled_at is not None:
        raise NoSuchLink
    return link


def use_link(session: Session, secret: str, password_hash: str, *, now: datetime) -> Account:
    """The link's account has this password, and the link is used up.

    Hash the password before (`passwords.hashed`): that takes time, for which no writer should wait. Raises NoSuchLink.
    """
    link = find_link(session, secret, now=now)
    account = link.account
    set_password(session, account, password_hash, by=account.key, now=now)
    return account


def set_password(session: Session, account: Account, password_hash: str, *, by: str, now: datetime) -> None:
    """From now on, this password opens the account; nothing that was opened before stays open."""
    account.password_hash = password_hash
    shut(session, account)
    audit.record(session, "account.password-set", f"account/{account.key}", by=by, at=now)


def shut(session: Session, account: Account) -> None:
    """No link opens the account any more."""
    session.execute(delete(PasswordLink).where(PasswordLink.account_id == account.id))


def is_right(account: Account | None, password: str) -> bool:
    """Whether the password opens the account; takes as long for an account that is not there, or not open."""
    open_ = account is not None and account.disabled_at is None
    return passwords.is_right(password, account.password_hash if account and open_ else None)
