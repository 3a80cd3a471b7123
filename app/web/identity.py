"""Signing in at the provider of identities: the browser goes there, and comes back with a code."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts import sign_in
from app.accounts.identity import Identity, IdentityRefused, Provider, Secrets
from app.accounts.models import BrowserSession, Journey
from app.audit import commands as audit
from app.errors import NotFound
from app.web import cookies
from app.web.deps import Here, Now, Premises, request_id
from app.web.onward import own_page

PREFIX = "/sign-in/identity"

router = APIRouter(prefix=PREFIX, include_in_schema=False)

ONWARD = "boardpapers-onward"
"""Name of the cookie of the page to which a browser goes on that is signed in."""


class NoProvider(NotFound):
    """People sign in by password here."""

    def __init__(self) -> None:
        Exception.__init__(self, "This service knows no provider of identities.")


@router.get("")
def go(
    *,
    request: Request,
    here: Here,
    now: Now,
    prove: Annotated[bool, Query()] = False,
    onward: Annotated[str | None, Query(alias="next", max_length=2000)] = None,
) -> Response:
    """The browser goes to the provider; `?prove=1`: to prove again, in its session, who its person is.

    `next` is the page of ours to which it comes back in the end.
    """
    provider = _provider(request, here)
    with here.database.writing() as session:
        there = _session_of(request, here, session, now=now) if prove else None
        kept = sign_in.leave_for_provider(session, there, now=now)
    address = provider.address_for(Secrets.of(kept), _back(here), fresh=prove)
    response = RedirectResponse(address, 303)
    cookies.hand_over(response, request, kept, cookies.JOURNEY)
    cookies.hand_over(response, request, quote(own_page(onward), safe="/"), ONWARD)
    return response


@router.get("/back")
def come_back(
    *,
    request: Request,
    here: Here,
    now: Now,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str | None, Query(max_length=4000)] = None,
    error: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """The browser is signed in as whom the provider vouches for, or its session is proved."""
    provider = _provider(request, here)
    kept = cookies.secret_in(request, cookies.JOURNEY)
    if kept is None or not sign_in.is_same(state, Secrets.of(kept).state):
        raise IdentityRefused("This sign-in was not begun in this browser. Begin again.")
    with here.database.writing() as session:  # of its own: a journey ends once, whatever comes of it
        journey = sign_in.come_from_provider(session, kept, now=now)
    if code is None:
        raise IdentityRefused(f"The provider of identities refused: {(error or 'no reason given')[:100]}.")
    identity = provider.identity(code, Secrets.of(kept), _back(here), now=now)
    with here.database.writing() as session:
        session.info[audit.REQUEST_ID] = request_id(request)
        secret = _opened(request, here, session, identity, journey, now=now)
    response = RedirectResponse(own_page(unquote(cookies.secret_in(request, ONWARD) or "")), 303)
    cookies.hand_over(response, request, secret)
    cookies.take_back(response, request, cookies.JOURNEY)
    cookies.take_back(response, request, ONWARD)
    return response


def _opened(
    request: Request, here: Premises, session: Session, identity: Identity, journey: Journey, *, now: datetime
) -> str:
    if journey.session_id is None:
        before = _session_of(request, here, session, now=now)
        if before is not None:
            sign_in.end(session, before, by=before.account.key, now=now)
        account = sign_in.account_of(session, identity, here.claimed, now=now)
        return sign_in.begin(session, account, here.rules, now=now)
    there = _session_of(request, here, session, now=now)
    if there is None or there.id != journey.session_id:
        raise sign_in.SessionEnded
    sign_in.check_proof(there.account, identity, begun_at=journey.began_at)
    return sign_in.prove(session, there, by=there.account.key, now=now)


def _session_of(request: Request, here: Premises, session: Session, *, now: datetime) -> BrowserSession | None:
    secret = cookies.secret_in(request)
    return sign_in.find_session(session, secret, here.rules, now=now) if secret else None


def _provider(request: Request, here: Premises) -> Provider:
    if here.provider is None:
        raise NoProvider
    if not cookies.is_safe_channel(request, plain_http=here.rules.plain_http):
        raise cookies.NeedsHttps
    return here.provider


def _back(here: Premises) -> str:
    return f"{here.address}{PREFIX}/back"
