"""How people sign in: passwords set by link, attempts counted, sessions that end. Commands, which never commit."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from app.accounts import passwords
from app.accounts.identity import LEEWAY, Identity, IdentityRefused
from app.accounts.models import Account, BrowserSession, Journey, PasswordLink, Role, SignInAttempt
from app.accounts.queries import secret_hash
from app.audit import commands as audit
from app.db import lock
from app.errors import Conflict, NotFound
from app.fields import NOT_XML
from app.people.queries import get_organisation

SECRET_BYTES = 32

WINDOW = timedelta(minutes=1)
"""Within which attempts are counted."""

JOURNEY_LASTS = timedelta(minutes=10)
"""How long somebody has to sign in at the provider of identities."""

LINK_LASTS = timedelta(days=2)
"""How long somebody has to set a password."""


SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last request of a session is known."""


@dataclass(frozen=True)
class SessionRules:
    """How long a session lasts, and how often one may try to begin one."""

    idle: timedelta
    absolute: timedelta
    proof: timedelta
    """For how long somebody who proved who they are may decide."""
    attempts_a_minute: int
    plain_http: bool
    """Whether people may sign in over plain http from other machines too."""

    def lets_last(self, session: BrowserSession, now: datetime) -> bool:
        """Whether the session goes on at this moment."""
        return now < session.seen_at + self.idle and now < session.began_at + self.absolute

    def is_proved(self, session: BrowserSession, now: datetime) -> bool:
        """Whether somebody proved in this session, a short while ago, who they are."""
        return now < session.proved_at + self.proof


@dataclass(frozen=True)
class ClaimedRoles:
    """What a provider's app roles are here, and whose people it vouches for."""

    roles: Mapping[str, Role]
    """App role → role; of several, the first named here counts."""
    organisation: str | None

    def role(self, claimed: Collection[str]) -> Role | None:
        """The role of who has these app roles; None where none of them is one here. Never the administrator's."""
        return next((role for name, role in self.roles.items() if name in claimed and role is not _MADE_HERE), None)


_MADE_HERE = Role.ADMINISTRATOR


class TooManyAttempts(Conflict):
    """So many attempts failed that the next has to wait; `retry_after` says how many seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"Too many attempts to sign in. Try again in {retry_after} seconds.")


class SessionEnded(Conflict):
    """The session ended while this was done."""

    def __init__(self) -> None:
        super().__init__("Your session has ended. Sign in again.")


class IdentityIsTaken(Conflict):
    """Another account has this identity."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Who has this identity signs in as “{key}” already.")


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
    """Neither link nor session opens the account any more."""
    session.execute(delete(PasswordLink).where(PasswordLink.account_id == account.id))
    session.execute(delete(BrowserSession).where(BrowserSession.account_id == account.id))


def begin(session: Session, account: Account, rules: SessionRules, *, now: datetime) -> str:
    """A new session of the account, just proved; its secret, which only the browser keeps."""
    session.execute(delete(BrowserSession).where(BrowserSession.began_at <= now - rules.absolute))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session.add(
        BrowserSession(account_id=account.id, secret_hash=secret_hash(secret), began_at=now, seen_at=now, proved_at=now)
    )
    audit.record(session, "session.began", f"account/{account.key}", by=account.key, at=now)
    return secret


def prove(session: Session, there: BrowserSession, *, by: str, now: datetime) -> str:
    """The session is just proved, and known by a new secret, which is answered; the old one opens nothing.

    Raises SessionEnded where it is gone, or has another secret already.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    changed = session.execute(
        update(BrowserSession)
        .where(BrowserSession.id == there.id, BrowserSession.secret_hash == there.secret_hash)
        .values(secret_hash=secret_hash(secret), proved_at=now, seen_at=now)
        .returning(BrowserSession.id)
    ).one_or_none()
    if changed is None:
        raise SessionEnded
    audit.record(session, "session.proved", f"account/{by}", by=by, at=now)
    return secret


def end(session: Session, there: BrowserSession, *, by: str, now: datetime) -> None:
    """The session is gone: its secret opens nothing, wherever it was copied to."""
    session.execute(delete(BrowserSession).where(BrowserSession.id == there.id))
    audit.record(session, "session.ended", f"account/{by}", by=by, at=now)


def end_everywhere(session: Session, account: Account, *, by: str, now: datetime) -> None:
    """Every session of the account is gone."""
    session.execute(delete(BrowserSession).where(BrowserSession.account_id == account.id))
    audit.record(session, "session.ended-everywhere", f"account/{account.key}", by=by, at=now)


def find_session(session: Session, secret: str, rules: SessionRules, *, now: datetime) -> BrowserSession | None:
    """The session with this secret, with its account, while it goes on and its account is open."""
    hashed = secret_hash(secret)
    there = session.scalars(
        select(BrowserSession).where(BrowserSession.secret_hash == hashed).options(selectinload(BrowserSession.account))
    ).one_or_none()
    if there is None or not compare_digest(there.secret_hash, hashed):
        return None
    return there if rules.lets_last(there, now) and there.account.disabled_at is None else None


def note_seen(session: Session, session_id: int, *, now: datetime) -> None:
    """A request came in this session; written at most once a minute, however many come."""
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.id == session_id, BrowserSession.seen_at <= now - SEEN_EVERY)
        .values(seen_at=now)
    )


def is_right(account: Account | None, password: str) -> bool:
    """Whether the password opens the account; takes as long for an account that is not there, or not open."""
    open_ = account is not None and account.disabled_at is None
    return passwords.is_right(password, account.password_hash if account and open_ else None)


def leave_for_provider(session: Session, there: BrowserSession | None, *, now: datetime) -> str:
    """The secret of a new journey, which only the browser keeps: to begin a session, or to prove this one."""
    session.execute(delete(Journey).where(Journey.began_at <= now - JOURNEY_LASTS))
    kept = secrets.token_urlsafe(SECRET_BYTES)
    session.add(Journey(secret_hash=secret_hash(kept), session_id=there.id if there else None, began_at=now))
    return kept


def come_from_provider(session: Session, kept: str, *, now: datetime) -> Journey:
    """The journey with this secret, which has ended: nobody comes back twice. Raises IdentityRefused."""
    journey = session.scalars(
        delete(Journey)
        .where(Journey.secret_hash == secret_hash(kept), Journey.began_at > now - JOURNEY_LASTS)
        .returning(Journey)
    ).one_or_none()
    if journey is None:
        raise IdentityRefused("This sign-in is over, or took too long. Begin again.")
    session.expunge(journey)
    return journey


def account_of(session: Session, identity: Identity, claimed: ClaimedRoles, *, now: datetime) -> Account:
    """The account of the person for whom the provider vouches, with the role that its app roles give.

    Known by issuer and subject alone: names and addresses change hands. A person who is new gets an account where an
    app role says what for. An administrator's role is given and taken here, whatever the provider says.
    Raises IdentityRefused.
    """
    account = session.scalars(
        select(Account).where(Account.issuer == identity.issuer, Account.subject == identity.subject)
    ).one_or_none()
    role = claimed.role(identity.roles)
    if account is not None and account.disabled_at is not None:
        raise IdentityRefused("This account is shut.")
    if account is not None and account.role is Role.ADMINISTRATOR:
        return account
    if role is None:
        raise IdentityRefused("The provider of identities gives you no role here: ask who keeps its roles.")
    if account is None:
        return _vouched_for(session, identity, role, claimed.organisation, now=now)
    if account.role is not role:
        account.role = role
        audit.record(session, "account.role-changed", f"account/{account.key}", by=account.key, at=now)
    return account


def link(session: Session, account: Account, issuer: str, subject: str, *, by: str, now: datetime) -> None:
    """Who has this identity signs in to the account; raises IdentityIsTaken."""
    taken = session.scalars(select(Account).where(Account.issuer == issuer, Account.subject == subject)).one_or_none()
    if taken is not None and taken.id != account.id:
        raise IdentityIsTaken(taken.key)
    account.issuer, account.subject = issuer, subject
    audit.record(session, "account.linked", f"account/{account.key}", by=by, at=now)


def check_proof(account: Account, identity: Identity, *, begun_at: datetime) -> None:
    """The account's own person has just proved who they are; raises IdentityRefused."""
    if (account.issuer, account.subject) != (identity.issuer, identity.subject):
        raise IdentityRefused("Somebody else signed in at the provider of identities.")
    if identity.proved_at is None or identity.proved_at < begun_at - LEEWAY:
        raise IdentityRefused("The provider of identities does not say that you have just proved who you are.")


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are equal; takes as long whatever they are."""
    return compare_digest(one.encode(errors="replace"), other.encode())


def _vouched_for(
    session: Session, identity: Identity, role: Role, organisation: str | None, *, now: datetime
) -> Account:
    organisation_id = None
    if organisation is not None:
        organisation_id = get_organisation(session, organisation).id
    # The key says nothing that changes, and can be made again from what is known: names are for reading.
    key = f"id-{secret_hash(f'{identity.issuer} {identity.subject}')[:16]}"
    name = " ".join(NOT_XML.sub("", identity.name).split())[:300] or key
    account = Account(key=key, name=name, role=role, organisation_id=organisation_id, created_at=now)
    account.issuer, account.subject = identity.issuer, identity.subject
    session.add(account)
    session.flush()
    audit.record(session, "account.created", f"account/{key}", by=key, at=now)
    return account
