"""Who comes in by password: attempts counted, passwords compared, sessions begun; each step in its own transaction.

A password takes long to compare, and no writer should wait meanwhile; and an attempt counts although it fails.
"""

from collections.abc import Collection
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from sqlalchemy.orm import Session

from app.accounts import passwords, queries, sign_in
from app.accounts.models import Account, BrowserSession
from app.audit import commands as audit
from app.db import Database
from app.web import cookies
from app.web.deps import NotSignedIn, Premises, request_id

WRONG = "Name and password do not go together, or the account is shut."


def by_password(request: Request, here: Premises, key: str, password: str, *, now: datetime) -> tuple[Account, str]:
    """The account, and the secret of its new session; the browser's session before is gone.

    Raises:
        NotSignedIn: the password opens no such account.
        TooManyAttempts: too many attempts of late, by account or by address.
        NotOurPage, NeedsHttps: the request should not carry a password.
    """
    _refuse_unsafe(request, here)
    subjects = [f"account/{key}", f"address/{_address(request)}"]
    account = _compared(request, here, key, password, subjects, now=now)
    with here.database.writing() as session:
        session.info[audit.REQUEST_ID] = request_id(request)
        sign_in.forget_attempts(session, subjects)
        _end_before(request, here, session, now=now)
        secret = sign_in.begin(session, account, here.rules, now=now)
    return account, secret


def proved(request: Request, here: Premises, there: BrowserSession, password: str, *, now: datetime) -> str:
    """The new secret of the session, in which the password was given again; raises as `by_password`."""
    _refuse_unsafe(request, here)
    key = there.account.key
    subjects = [f"account/{key}", f"address/{_address(request)}"]
    _compared(request, here, key, password, subjects, now=now)
    with here.database.writing() as session:
        session.info[audit.REQUEST_ID] = request_id(request)
        sign_in.forget_attempts(session, subjects)
        return sign_in.prove(session, there, by=key, now=now)


def set_by_link(request: Request, here: Premises, link: str, password: str, *, now: datetime) -> None:
    """The link's account has this password; raises NoSuchLink, FaultyPassword, and as `by_password`."""
    _refuse_unsafe(request, here)
    with here.database.writing() as session:
        sign_in.count_attempt(session, [f"address/{_address(request)}"], at_most=here.rules.attempts_a_minute, now=now)
    with here.database.reading() as session:
        key = sign_in.find_link(session, link, now=now).account.key
    kept = passwords.hashed(password, key=key)
    with here.database.writing() as session:
        session.info[audit.REQUEST_ID] = request_id(request)
        sign_in.use_link(session, link, kept, now=now)


def _refuse_unsafe(request: Request, here: Premises) -> None:
    cookies.refuse_other_pages(request, None)
    if not cookies.is_safe_channel(request, plain_http=here.rules.plain_http):
        raise cookies.NeedsHttps


def _compared(
    request: Request, here: Premises, key: str, password: str, subjects: Collection[str], *, now: datetime
) -> Account:
    with here.database.writing() as session:
        sign_in.count_attempt(session, subjects, at_most=here.rules.attempts_a_minute, now=now)
    with here.database.reading() as session:
        account = queries.find(session, key)
        session.expunge_all()
    if account is not None and sign_in.is_right(account, password):
        return account
    if account is None:
        sign_in.is_right(None, password)
    else:
        _note_refusal(request, here.database, key, now=now)
    raise NotSignedIn(WRONG)


def _note_refusal(request: Request, database: Database, key: str, *, now: datetime) -> None:
    # Only of accounts that are there: people type passwords where names belong, and the log keeps no secret.
    with database.writing() as session:
        session.info[audit.REQUEST_ID] = request_id(request)
        audit.record(session, "session.refused", f"account/{key}", by=key, at=now)


def _end_before(request: Request, here: Premises, session: Session, *, now: datetime) -> None:
    """The session that the browser had is gone: nobody goes on in one that somebody else gave them."""
    secret = cookies.secret_in(request)
    before = sign_in.find_session(session, secret, here.rules, now=now) if secret else None
    if before is not None:
        sign_in.end(session, before, by=before.account.key, now=now)


def _address(request: Request) -> str:
    """Where the request comes from; of IPv6 the network, since one machine has it whole."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:100]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address.packed, 64), strict=False))
    return str(address)
