"""Sessions of browsers: signing in, seeing who one is, proving it again, signing out."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import queries, sign_in
from app.accounts.identity import ProviderFails
from app.errors import Conflict
from app.fields import KeyText
from app.web import cookies, doorman
from app.web.api.accounts import ACCOUNT, AccountOut, said
from app.web.api.body import JsonBody, read_as
from app.web.api.representation import json_answer, plain
from app.web.api.routing import for_accounts, for_anybody
from app.web.deps import Caller, Calling, Here, Now, Premises, Reading, Writing
from app.web.openapi import gives, open_problems, problems, takes

doors = for_anybody("/session", "session")
"""What needs no sign-in, since it is one."""

router = for_accounts("/session", "session")


class NoSession(Conflict):
    """A token asks for what only a session has."""

    def __init__(self) -> None:
        super().__init__("A token has no session: it is not signed out or proved, but taken away.")


class SignInBody(BaseModel):
    """Who signs in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    account: KeyText
    password: str = Field(max_length=1000)


class ProofBody(BaseModel):
    """That it is still the same person."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    password: str = Field(max_length=1000)


class PasswordBody(BaseModel):
    """A password, set by a link."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    link: str = Field(max_length=200, description="Secret of the link, as `bpl_…`")
    password: str = Field(max_length=1000, description="12 to 200 characters")


class SessionOut(BaseModel):
    """Who asks, what they may do, and until when."""

    account: AccountOut
    csrf: str | None = Field(description="To be sent as X-CSRF-Token; null: a token asks, which needs none")
    ends_at: datetime | None = Field(description="When the session ends in any case; null: a token asks")
    proved_until: datetime | None = Field(description="Until when its person may decide; null: a token asks")
    sign_out_at: str | None = Field(
        description="Where the browser signs out of the provider of identities too; null: it did not vouch"
    )


SESSION: dict[str, Any] = {
    "account": ACCOUNT,
    "csrf": "5d0f…",
    "ends_at": "2026-11-22T02:30:00Z",
    "proved_until": "2026-11-21T14:40:00Z",
    "sign_out_at": None,
}

COOKIE = {"Set-Cookie": {"description": "The session's cookie", "schema": {"type": "string"}}}


@doors.post(
    "",
    status_code=201,
    summary="Sign in",
    description="With name and password; the answer sets the cookie of a new session. Five attempts may fail in a "
    "minute, by account and by address.",
    operation_id="post_session",
    openapi_extra=takes(SignInBody, {"account": "ada", "password": "three words nobody expects"}),
    responses={
        201: gives(SessionOut, "The session.", example=SESSION, headers=COOKIE),
        **open_problems(401, 403, 413, 415, 429),
    },
    response_class=Response,
)
def begin_session(request: Request, document: JsonBody, here: Here, now: Now) -> Response:
    """The browser has a new session."""
    asked = read_as(SignInBody, document)
    _, secret = doorman.by_password(request, here, asked.account, asked.password, now=now)
    return _in_session(request, here, secret, 201, now=now)


@doors.put(
    "/password",
    summary="Set a password by a link",
    description="The link is used up, and every session of the account has ended. Sign in with the password then.",
    operation_id="put_session_password",
    openapi_extra=takes(PasswordBody, {"link": "bpl_6mP0yVq3…", "password": "three words nobody expects"}),
    status_code=204,
    responses={204: gives(None, "It is set."), **open_problems(403, 404, 413, 415, 429)},
    response_class=Response,
)
def set_password(request: Request, document: JsonBody, here: Here, now: Now) -> Response:
    """The link's account has this password."""
    asked = read_as(PasswordBody, document)
    doorman.set_by_link(request, here, asked.link, asked.password, now=now)
    return Response(status_code=204)


@router.get(
    "",
    summary="See who I am",
    description="The account that asks, by session or by token, what it may do, and until when.",
    operation_id="get_session",
    responses={200: gives(SessionOut, "Who asks.", example=SESSION), **problems()},
    response_class=Response,
)
def get_session(request: Request, calling: Calling, here: Here, session: Reading) -> Response:
    """Who asks."""
    secret = cookies.secret_in(request) if calling.session else None
    return json_answer(plain(_told(session, here, calling, secret)))


@router.post(
    "/proof",
    summary="Prove again who I am",
    description="A decision asks for a proof that is at most ten minutes old. The session's cookie is a new one.",
    operation_id="post_session_proof",
    openapi_extra=takes(ProofBody, {"password": "three words nobody expects"}),
    responses={
        200: gives(SessionOut, "The session, proved.", example=SESSION, headers=COOKIE),
        **problems(409, 413, 415, 429),
    },
    response_class=Response,
)
def prove(request: Request, calling: Calling, document: JsonBody, here: Here, now: Now) -> Response:
    """The session is proved."""
    if calling.session is None:
        raise NoSession
    asked = read_as(ProofBody, document)
    secret = doorman.proved(request, here, calling.session, asked.password, now=now)
    return _in_session(request, here, secret, 200, now=now)


@router.delete(
    "",
    summary="Sign out",
    description="The session is gone, wherever its cookie was copied to; `?everywhere=1`: all of the account's are.",
    operation_id="delete_session",
    status_code=204,
    responses={204: gives(None, "Signed out."), **problems(409, 413)},
    response_class=Response,
)
def end_session(
    *,
    request: Request,
    calling: Calling,
    session: Writing,
    now: Now,
    everywhere: Annotated[bool, Query(description="`1`: every session of the account")] = False,
) -> Response:
    """The session has ended."""
    if calling.session is None:
        raise NoSession
    key = calling.account.key
    if everywhere:
        sign_in.end_everywhere(session, queries.get(session, key), by=key, now=now)
    else:
        sign_in.end(session, calling.session, by=key, now=now)
    response = Response(status_code=204)
    cookies.take_back(response, request)
    return response


def _in_session(request: Request, here: Premises, secret: str, status: int, *, now: datetime) -> Response:
    with here.database.reading() as session:
        there = sign_in.find_session(session, secret, here.rules, now=now)
        if there is None:
            raise sign_in.SessionEnded
        response = json_answer(plain(_told(session, here, Caller(there.account, there), secret)), status)
    cookies.hand_over(response, request, secret)
    return response


def _told(session: Session, here: Premises, calling: Caller, secret: str | None) -> SessionOut:
    there = calling.session
    return SessionOut(
        account=said(session, calling.account),
        csrf=cookies.token_of(secret) if secret else None,
        ends_at=(there.began_at + here.rules.absolute).astimezone(UTC) if there else None,
        proved_until=(there.proved_at + here.rules.proof).astimezone(UTC) if there else None,
        sign_out_at=_sign_out_at(here, calling),
    )


def _sign_out_at(here: Premises, calling: Caller) -> str | None:
    if calling.session is None or here.provider is None or calling.account.issuer != here.provider.issuer:
        return None
    try:
        return here.provider.sign_out_address()
    except ProviderFails:
        return None  # who one is here is known without it
