"""Making accounts and giving, renewing and taking away their tokens."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import Account, Role
from app.audit import commands as audit
from app.errors import Conflict

COMMAND_LINE = "command-line"
"""Key of the account in whose name the command line acts."""

TOKEN_BYTES = 32


class AccountExists(Conflict):
    """An account with this key is there already."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There already is an account “{key}”.")


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
    if queries.find(session, key) is not None:
        raise AccountExists(key)
    account = Account(key=key, name=name, role=role, organisation_id=organisation_id, created_at=now)
    token = _give_token(account)
    session.add(account)
    session.flush()
    audit.record(session, "account.created", f"account/{key}", by=by, at=now)
    return account, token


def renew_token(session: Session, account: Account, *, by: str, now: datetime) -> str:
    """A new token for the account, never shown again; the old one opens nothing any more."""
    token = _give_token(account)
    audit.record(session, "account.token-renewed", f"account/{account.key}", by=by, at=now)
    return token


def revoke_token(session: Session, account: Account, *, by: str, now: datetime) -> None:
    """The account has no token; without one before, nothing changes."""
    if account.token_hash is None:
        return
    account.token_hash = None
    audit.record(session, "account.token-revoked", f"account/{account.key}", by=by, at=now)


def command_line(session: Session, now: datetime) -> Account:
    """The built-in account in whose name the command line acts: an administrator, without a token."""
    account = queries.find(session, COMMAND_LINE)
    if account is None:
        account = Account(
            key=COMMAND_LINE,
            name="Command line",
            role=Role.ADMINISTRATOR,
            organisation_id=None,
            token_hash=None,
            created_at=now,
        )
        session.add(account)
        session.flush()
        audit.record(session, "account.created", f"account/{COMMAND_LINE}", by=COMMAND_LINE, at=now)
    return account


def _give_token(account: Account) -> str:
    token = f"bp_{secrets.token_urlsafe(TOKEN_BYTES)}"
    account.token_hash = queries.token_hash(token)
    return token
