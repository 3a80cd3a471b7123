"""Making accounts, and giving and taking away the tokens by which programs act for them."""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.accounts import policy, queries, sign_in
from app.accounts.models import Account, Role, Token
from app.audit import commands as audit
from app.errors import Conflict, Fault, Invalid

COMMAND_LINE = "command-line"
"""Key of the account in whose name the command line acts."""

SECRET_BYTES = 32

MAIN = "main"
"""Name of the token that an account has when nobody names another."""


class AccountExists(Conflict):
    """An account with this key is there already."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There already is an account “{key}”.")


class FaultyToken(Invalid):
    """A token cannot be as it is asked for."""


def open_account(
    session: Session,
    *,
    key: str,
    name: str,
    role: Role,
    organisation_id: int | None,
    by: str,
    now: datetime,
) -> Account:
    """A new account, by which nobody can act yet; raises AccountExists."""
    if queries.find(session, key) is not None:
        raise AccountExists(key)
    account = Account(key=key, name=name, role=role, organisation_id=organisation_id, created_at=now)
    session.add(account)
    session.flush()
    audit.record(session, "account.created", f"account/{key}", by=by, at=now)
    return account


def create(
    session: Session,
    *,
    key: str,
    name: str,
    role: Role,
    organisation_id: int | None,
    by: str,
    now: datetime,
) -> tuple[Account, str]:
    """A new account, and its token, which is never shown again; raises AccountExists."""
    account = open_account(session, key=key, name=name, role=role, organisation_id=organisation_id, by=by, now=now)
    _, secret = _new_token(session, account, MAIN, now=now)
    return account, secret


class LastAdministrator(Conflict):
    """Nobody could manage accounts any more."""

    def __init__(self, key: str) -> None:
        super().__init__(f"“{key}” is the last administrator. Make another one first.")


def set_role(
    session: Session, account: Account, role: Role, *, organisation_id: int | None, by: str, now: datetime
) -> None:
    """The account has this role in this organisation (None: in all); raises LastAdministrator."""
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, account)
    account.role, account.organisation_id = role, organisation_id
    audit.record(session, "account.role-changed", f"account/{account.key}", by=by, at=now)


def name_person(session: Session, account: Account, person_id: int | None, *, by: str, now: datetime) -> None:
    """Papers and rounds know who signs in by the account as this person (None: as nobody)."""
    if account.person_id == person_id:
        return
    account.person_id = person_id
    audit.record(session, "account.person-named", f"account/{account.key}", by=by, at=now)


def confine(
    session: Session,
    account: Account,
    *,
    boards: Collection[str] | None,
    workstreams: Collection[str] | None,
    markings: Collection[str] | None,
    by: str,
    now: datetime,
) -> None:
    """The account sees papers of these boards and markings only, and reports these workstreams only; None: any."""
    account.boards, account.workstreams, account.markings = (
        None if remit is None else sorted(set(remit)) for remit in (boards, workstreams, markings)
    )
    audit.record(session, "account.confined", f"account/{account.key}", by=by, at=now)


def disable(session: Session, account: Account, *, by: str, now: datetime) -> None:
    """Nothing opens the account any more: no password, no session, no token; raises LastAdministrator.

    Its row stays: what it did is known by its name. A link to set a password opens it again, its tokens do not.
    """
    if account.disabled_at is not None:
        return
    _keep_an_administrator(session, account)
    account.disabled_at = now
    account.password_hash = None
    _take_all(session, account, now=now)
    sign_in.shut(session, account)
    audit.record(session, "account.disabled", f"account/{account.key}", by=by, at=now)


def enable(session: Session, account: Account, *, by: str, now: datetime) -> None:
    """The account can be opened again, by what it is given from now on."""
    if account.disabled_at is None:
        return
    account.disabled_at = None
    audit.record(session, "account.enabled", f"account/{account.key}", by=by, at=now)


def demonstrate(
    session: Session,
    *,
    key: str,
    name: str,
    role: Role,
    organisation_id: int | None,
    password_hash: str,
    by: str,
    now: datetime,
) -> Account:
    """An account of the demonstration that this password opens. Raises AccountExists.

    One that a demonstration made before gets this name and password; anybody else's account is left alone.
    """
    account = queries.find(session, key)
    if account is not None and not account.is_demonstration:
        raise AccountExists(key)
    if account is None:
        account = open_account(session, key=key, name=name, role=role, organisation_id=organisation_id, by=by, now=now)
        account.is_demonstration = True
    account.name = name
    sign_in.set_password(session, account, password_hash, by=by, now=now)
    return account


def _keep_an_administrator(session: Session, account: Account) -> None:
    if account.role is Role.ADMINISTRATOR and not queries.other_administrators(session, account, COMMAND_LINE):
        raise LastAdministrator(account.key)


def give_token(
    session: Session,
    account: Account,
    *,
    name: str,
    scopes: Collection[str] | None = None,
    expires_at: datetime | None = None,
    by: str,
    now: datetime,
) -> tuple[Token, str]:
    """A new token of the account, and its secret, which is never shown again.

    One that had this name opens nothing any more. `scopes`: the only deeds that it is for; None: whatever the account
    may do. Raises FaultyToken for a scope that the account's role does not go with, and for an end that is past.
    """
    faults = []
    beyond = sorted(set(scopes or ()) - policy.scopes_of(account.role))
    if scopes is not None and not scopes:
        faults.append(Fault("scopes", "a token without any scope would open nothing"))
    if beyond:
        faults.append(Fault("scopes", f"the role {account.role.value} has no scope {', '.join(beyond)[:300]}"))
    if expires_at is not None and expires_at <= now:
        faults.append(Fault("expires_at", "is past already"))
    if faults:
        raise FaultyToken("This token cannot be made.", faults)
    there = queries.find_token(session, account, name)
    if there is not None:
        _take_away(session, there, now=now)
    token, secret = _new_token(session, account, name, scopes=scopes, expires_at=expires_at, now=now)
    audit.record(session, "token.given", _named(account, name), by=by, at=now)
    return token, secret


def take_token(session: Session, account: Account, name: str, *, by: str, now: datetime) -> None:
    """The account's token of this name opens nothing any more; raises NoSuchToken."""
    _take_away(session, queries.get_token(session, account, name), now=now)
    audit.record(session, "token.revoked", _named(account, name), by=by, at=now)


def renew_token(session: Session, account: Account, *, by: str, now: datetime) -> str:
    """A new token for the account, never shown again; the ones before open nothing any more."""
    _take_all(session, account, now=now)
    _, secret = _new_token(session, account, MAIN, now=now)
    audit.record(session, "account.token-renewed", f"account/{account.key}", by=by, at=now)
    return secret


def revoke_token(session: Session, account: Account, *, by: str, now: datetime) -> None:
    """The account has no token; without one before, nothing changes."""
    if _take_all(session, account, now=now):
        audit.record(session, "account.token-revoked", f"account/{account.key}", by=by, at=now)


def note_use(session: Session, token_id: int, *, now: datetime) -> None:
    """The token was used in the hour before this moment; written at most once an hour, however many ask."""
    session.execute(
        update(Token)
        .where(Token.id == token_id)
        .where(or_(Token.last_used_at.is_(None), Token.last_used_at <= now - queries.USE_NOTED_EVERY))
        .values(last_used_at=now)
    )


def command_line(session: Session, now: datetime) -> Account:
    """The built-in account in whose name the command line acts: an administrator, without a token."""
    account = queries.find(session, COMMAND_LINE)
    if account is None:
        account = Account(
            key=COMMAND_LINE,
            name="Command line",
            role=Role.ADMINISTRATOR,
            organisation_id=None,
            created_at=now,
        )
        session.add(account)
        session.flush()
        audit.record(session, "account.created", f"account/{COMMAND_LINE}", by=COMMAND_LINE, at=now)
    return account


def _new_token(
    session: Session,
    account: Account,
    name: str,
    *,
    scopes: Collection[str] | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[Token, str]:
    secret = f"bp_{secrets.token_urlsafe(SECRET_BYTES)}"
    token = Token(
        account_id=account.id,
        name=name,
        secret_hash=queries.secret_hash(secret),
        scopes=None if scopes is None else sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return token, secret


def _take_all(session: Session, account: Account, *, now: datetime) -> bool:
    """No token of the account opens anything; answers whether one did."""
    there = queries.tokens(session, account)
    for token in there:
        _take_away(session, token, now=now)
    return bool(there)


def _take_away(session: Session, token: Token, *, now: datetime) -> None:
    token.revoked_at = now
    session.flush()  # before another of this name can come


def _named(account: Account, name: str) -> str:
    return f"account/{account.key}/token/{name}"
