"""Accounts and the tokens by which programs act for them."""

from datetime import UTC, datetime
from typing import Any

from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import commands, queries, sign_in
from app.accounts.models import Account, Role, Token
from app.accounts.policy import Action, may
from app.fields import KeyText, Line
from app.people.queries import named_organisation, named_person, organisation_by_id, person_by_id
from app.web.api import examples
from app.web.api.body import JsonBody, read_as
from app.web.api.kinds import Listing
from app.web.api.lists import Paging, every
from app.web.api.once import Doing
from app.web.api.representation import json_answer, plain
from app.web.api.routing import for_accounts
from app.web.deps import AccountManager, Now, ProvedByBrowser, Reading, SignedIn, Writing
from app.web.openapi import LINK, LOCATION, REPLAY, gives, problems, takes

router = for_accounts("/accounts", "accounts")


class AccountIn(BaseModel):
    """A new account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: KeyText
    name: Line
    role: Role
    organisation: KeyText | None = Field(
        default=None, description="Key of the organisation whose papers it sees; without one, it sees all"
    )
    person: KeyText | None = Field(default=None, description="Key of the person who signs in by it")
    boards: list[KeyText] | None = Field(
        default=None, max_length=100, description="The only boards whose papers it sees"
    )
    workstreams: list[KeyText] | None = Field(
        default=None, max_length=1000, description="The only workstreams that it reports"
    )
    markings: list[Line] | None = Field(
        default=None, max_length=20, description="Its clearance: the only markings of papers that it sees"
    )


class AccountOut(BaseModel):
    """An account; never its token."""

    key: str
    name: str
    role: Role
    organisation: str | None
    person: str | None = Field(description="Key of the person who signs in by it")
    boards: list[str] | None = Field(description="The only boards whose papers it sees; null: every board")
    workstreams: list[str] | None = Field(description="The only workstreams that it reports; null: any")
    markings: list[str] | None = Field(description="The only markings of papers that it sees; null: any")
    may: list[str] = Field(description="What its role allows; for who asks by a token with scopes, what they allow")
    has_token: bool
    created_at: datetime


class AccountWithToken(BaseModel):
    """An account with the token that it was just given."""

    account: AccountOut
    token: str | None = Field(description="Shown this once; null where this answer is given again")


class TokenIn(BaseModel):
    """A new token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: KeyText = Field(description="What it is for; a token that has this name is replaced")
    scopes: list[Line] | None = Field(
        default=None, max_length=100, description="The only deeds that it is for; null: whatever the account may do"
    )
    expires_at: AwareDatetime | None = Field(default=None, description="When it ends to open; null: never")


class TokenOut(BaseModel):
    """A token; never its secret."""

    name: str
    scopes: list[str] | None = Field(description="The only deeds that it is for; null: whatever the account may do")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the hour; null: never")

    @classmethod
    def of(cls, token: Token) -> "TokenOut":
        """What the row says."""
        return cls(
            name=token.name,
            scopes=token.scopes,
            created_at=token.created_at.astimezone(UTC),
            expires_at=token.expires_at and token.expires_at.astimezone(UTC),
            last_used_at=token.last_used_at and token.last_used_at.astimezone(UTC),
        )


class TokenWithSecret(TokenOut):
    """A token with its secret."""

    token: str | None = Field(description="Shown this once; null where this answer is given again")


class PasswordLinkOut(BaseModel):
    """By which somebody sets the password of an account, once."""

    link: str | None = Field(description="Secret of the link; null where this answer is given again")
    expires_at: datetime


ACCOUNT: dict[str, Any] = {
    **examples.ACCOUNT,
    "person": None,
    "boards": None,
    "workstreams": None,
    "markings": ["OFFICIAL"],
    "may": ["download documents", "generate papers"],
    "has_token": True,
    "created_at": "2026-11-21T14:30:00Z",
}
WITH_TOKEN = {"account": ACCOUNT, "token": "bp_6mP0yVq3Ck1oJ9b2dX8fR5tH7wLzA4sEuNgKiTvQxYc"}
TOKEN_IN = {"name": "nightly-download", "scopes": ["facts:read", "versions:read", "versions:download"]}
TOKEN: dict[str, Any] = {
    **TOKEN_IN,
    "created_at": "2026-11-21T14:30:00Z",
    "expires_at": "2027-11-21T00:00:00Z",
    "last_used_at": None,
}

LINK_OUT = {"link": "bpl_6mP0yVq3Ck1oJ9b2dX8fR5tH7wLzA4sEuNgKiTvQxYc", "expires_at": "2026-11-23T14:30:00Z"}

SHOWN_ONCE = "The token is shown in this answer and never again, not even when the answer is repeated."


@router.get(
    "/me",
    summary="See who I am",
    description="The account whose token this is, and what it may do.",
    operation_id="get_me",
    responses={200: gives(AccountOut, "The account.", example=ACCOUNT), **problems()},
    response_class=Response,
)
def get_me(who: SignedIn, session: Reading) -> Response:
    """The account that asks."""
    return json_answer(plain(said(session, who)))


@router.get(
    "",
    summary="List accounts",
    description="In the order of their keys.",
    operation_id="list_accounts",
    responses={
        200: gives(
            Listing[AccountOut],
            "One page of the list.",
            example={"items": [ACCOUNT], "next": None},
            headers=LINK,
        ),
        **problems(),
    },
    response_class=Response,
)
def list_accounts(_who: AccountManager, session: Reading, page: Paging) -> Response:
    """Every account."""
    found = every(
        lambda after, size: queries.page(session, limit=size, after=after),
        page.after,
        size=page.limit + 1,
        key=lambda account: account.key,
    )
    return page.of(found, key=lambda account: account.key, show=lambda account: plain(said(session, account)))


@router.post(
    "",
    summary="Make an account",
    description=f"A new account with a token. {SHOWN_ONCE}",
    operation_id="post_account",
    openapi_extra=takes(AccountIn, examples.ACCOUNT),
    responses={
        201: gives(AccountWithToken, "The account, and its token.", example=WITH_TOKEN, headers=LOCATION | REPLAY),
        **problems(409, 413, 415),
    },
    response_class=Response,
)
def make_account(
    *, who: AccountManager, _proved: ProvedByBrowser, document: JsonBody, session: Writing, once: Doing, now: Now
) -> Response:
    """The account exists."""

    def make() -> Response:
        asked = read_as(AccountIn, document)
        account, token = commands.create(
            session,
            key=asked.key,
            name=asked.name,
            role=asked.role,
            organisation_id=named_organisation(session, asked.organisation),
            by=who.key,
            now=now,
        )
        commands.name_person(session, account, named_person(session, asked.person), by=who.key, now=now)
        if any(remit is not None for remit in (asked.boards, asked.workstreams, asked.markings)):
            commands.confine(
                session,
                account,
                boards=asked.boards,
                workstreams=asked.workstreams,
                markings=asked.markings,
                by=who.key,
                now=now,
            )
        made = AccountWithToken(account=said(session, account), token=token)
        return json_answer(plain(made), 201, {"Location": f"/api/v1/accounts/{account.key}"})

    return once.answer(repr(sorted(document.items())).encode(), make, secret=["token"])


@router.get(
    "/{key}",
    summary="Read an account",
    description="What it may do; never its token.",
    operation_id="get_account",
    responses={200: gives(AccountOut, "The account.", example=ACCOUNT), **problems(404)},
    response_class=Response,
)
def get_account(key: KeyText, _who: AccountManager, session: Reading) -> Response:
    """The account."""
    return json_answer(plain(said(session, queries.get(session, key))))


@router.post(
    "/{key}/token",
    summary="Give an account a new token for everything",
    description=f"A token without scopes, named “main”. Every one before opens nothing any more. {SHOWN_ONCE}",
    operation_id="post_account_token",
    responses={
        201: gives(AccountWithToken, "The account, and its new token.", example=WITH_TOKEN, headers=REPLAY),
        **problems(404, 409, 413),
    },
    response_class=Response,
)
def renew_token(
    *, key: KeyText, who: AccountManager, _proved: ProvedByBrowser, session: Writing, once: Doing, now: Now
) -> Response:
    """The account has a new token."""

    def make() -> Response:
        account = queries.get(session, key)
        token = commands.renew_token(session, account, by=who.key, now=now)
        return json_answer(plain(AccountWithToken(account=said(session, account), token=token)), 201)

    return once.answer(b"", make, secret=["token"])


@router.delete(
    "/{key}/token",
    summary="Take every token of an account away",
    description="From now on they open nothing. The account stays: what it did is known by its name.",
    operation_id="delete_account_token",
    status_code=204,
    responses={204: gives(None, "It has no token."), **problems(404, 413)},
    response_class=Response,
)
def revoke_token(key: KeyText, who: AccountManager, session: Writing, now: Now) -> Response:
    """The account has no token."""
    commands.revoke_token(session, queries.get(session, key), by=who.key, now=now)
    return Response(status_code=204)


@router.post(
    "/{key}/password-link",
    summary="Give a person a link to set a password",
    description="Who has the secret sets the account's password, once, with PUT /session/password; a link that was "
    "given out before opens nothing any more. Shown in this answer and never again.",
    operation_id="post_account_password_link",
    responses={
        201: gives(PasswordLinkOut, "The secret of the link.", example=LINK_OUT, headers=REPLAY),
        **problems(404, 409, 413),
    },
    response_class=Response,
)
def give_link(
    *, key: KeyText, who: AccountManager, _proved: ProvedByBrowser, session: Writing, once: Doing, now: Now
) -> Response:
    """The account has a link by which its password is set."""

    def make() -> Response:
        secret, expires_at = sign_in.give_link(session, queries.get(session, key), by=who.key, now=now)
        return json_answer(plain(PasswordLinkOut(link=secret, expires_at=expires_at)), 201)

    return once.answer(b"", make, secret=["link"])


@router.get(
    "/{key}/tokens",
    summary="List the tokens of an account",
    description="In the order of their names, expired ones too; never their secrets.",
    operation_id="list_account_tokens",
    responses={
        200: gives(Listing[TokenOut], "One page of the list.", example={"items": [TOKEN], "next": None}, headers=LINK),
        **problems(404),
    },
    response_class=Response,
)
def list_tokens(key: KeyText, _who: AccountManager, session: Reading, page: Paging) -> Response:
    """The tokens that were not taken away."""
    found = queries.tokens(session, queries.get(session, key), after=page.after, limit=page.limit + 1)
    return page.of(iter(found), key=lambda token: token.name, show=lambda token: plain(TokenOut.of(token)))


@router.post(
    "/{key}/tokens",
    summary="Give an account a token",
    description="One that had this name opens nothing any more. Scopes are among what the account's role allows, as "
    f"`facts:read`, `versions:download`. {SHOWN_ONCE}",
    operation_id="post_account_tokens",
    openapi_extra=takes(TokenIn, TOKEN_IN),
    responses={
        201: gives(
            TokenWithSecret,
            "The token.",
            example=TOKEN | {"token": WITH_TOKEN["token"]},
            headers=LOCATION | REPLAY,
        ),
        **problems(404, 409, 413, 415),
    },
    response_class=Response,
)
def give_token(
    *,
    key: KeyText,
    who: AccountManager,
    _proved: ProvedByBrowser,
    document: JsonBody,
    session: Writing,
    once: Doing,
    now: Now,
) -> Response:
    """The account has a token of this name."""

    def make() -> Response:
        account = queries.get(session, key)
        asked = read_as(TokenIn, document)
        token, secret = commands.give_token(
            session,
            account,
            name=asked.name,
            scopes=asked.scopes,
            expires_at=asked.expires_at,
            by=who.key,
            now=now,
        )
        made = TokenWithSecret(**TokenOut.of(token).model_dump(), token=secret)
        return json_answer(plain(made), 201, {"Location": f"/api/v1/accounts/{key}/tokens/{token.name}"})

    return once.answer(repr(sorted(document.items())).encode(), make, secret=["token"])


@router.delete(
    "/{key}/tokens/{name}",
    summary="Take a token away",
    description="From now on it opens nothing.",
    operation_id="delete_account_tokens",
    status_code=204,
    responses={204: gives(None, "It is gone."), **problems(404, 413)},
    response_class=Response,
)
def take_token(*, key: KeyText, name: KeyText, who: AccountManager, session: Writing, now: Now) -> Response:
    """The token opens nothing any more."""
    commands.take_token(session, queries.get(session, key), name, by=who.key, now=now)
    return Response(status_code=204)


def said(session: Session, account: Account) -> AccountOut:
    """The account as its owner and administrators see it."""
    return AccountOut(
        key=account.key,
        name=account.name,
        role=account.role,
        organisation=_organisation_key(session, account.organisation_id),
        person=_person_key(session, account.person_id),
        boards=account.boards,
        workstreams=account.workstreams,
        markings=account.markings,
        may=sorted(action.value for action in Action if may(account, action)),
        has_token=bool(queries.tokens(session, account, limit=1)),
        created_at=account.created_at.astimezone(UTC),
    )


def _organisation_key(session: Session, number: int | None) -> str | None:
    if number is None:
        return None
    organisation = organisation_by_id(session, number)
    return organisation.key if organisation else None


def _person_key(session: Session, number: int | None) -> str | None:
    person = None if number is None else person_by_id(session, number)
    return person.key if person else None
