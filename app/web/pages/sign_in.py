"""Signing in, setting a password by a link, proving again who one is, signing out."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts import sign_in
from app.accounts.identity import ProviderFails
from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.sign_in import NoSuchLink, TooManyAttempts
from app.errors import Invalid
from app.web import cookies, doorman
from app.web.deps import NotSignedIn
from app.web.onward import own_page, with_next
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.routing import page_router
from app.web.pages.visit import Passing, Visit, Visiting

router = page_router()

Onward = Annotated[str | None, Query(alias="next", max_length=2000)]
"""The page to which the browser goes on."""


class SignInForm(BaseModel):
    """Who signs in."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    account: str = Field(title="your account name", max_length=100)
    password: str = Field(title="your password", max_length=1000)


class ProofForm(BaseModel):
    """That it is still the same person."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    password: str = Field(title="your password", max_length=1000)


class PasswordForm(BaseModel):
    """A password, set by a link."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    link: str = Field(title="the link", max_length=200)
    password: str = Field(title="a password", max_length=1000)


@router.get("/sign-in")
def ask_who(visit: Passing, onward: Onward = None) -> Response:
    """The page on which people sign in; who is signed in goes on."""
    if visit.who is not None:
        return to(own_page(onward))
    return _sign_in_page(visit, own_page(onward))


@router.post("/sign-in")
def begin(visit: Passing, form: Typed) -> Response:
    """The browser has a session, and goes on to the page that it came for."""
    onward = own_page(form.value("next"))
    try:
        asked = form.read(SignInForm)
        account, secret = doorman.by_password(
            visit.request, visit.here, asked.account.strip(), asked.password, now=visit.now
        )
    except FaultyForm as faulty:
        return _sign_in_page(visit, onward, form.refused(faulty))
    except NotSignedIn as refused:
        return _sign_in_page(visit, onward, form.wrong("account", str(refused), status=401))
    except TooManyAttempts as refused:
        return _sign_in_page(visit, onward, form.refused(refused), retry_after=refused.retry_after)
    response = to(onward, said=f"You are signed in as {account.name}.")
    cookies.hand_over(response, visit.request, secret)
    return response


@router.post("/sign-out")
def end(visit: Visiting) -> Response:
    """The session has ended."""
    if visit.session is not None:
        with visit.writing() as session:
            sign_in.end(session, visit.session, by=visit.account.key, now=visit.now)
    response = to("/signed-out")
    cookies.take_back(response, visit.request)
    return response


@router.get("/signed-out")
def ended(visit: Passing) -> Response:
    """That the session has ended, and where the other one ends that may go on."""
    return page(visit, "sign_in/signed_out.html", "You have signed out", provider=_provider_sign_out(visit))


@router.get("/set-password")
def ask_password(visit: Passing, link: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The page to which a link leads that sets a password."""
    try:
        with visit.reading() as session:
            account = sign_in.find_link(session, link, now=visit.now).account.key
    except NoSuchLink:
        return _no_link_page(visit)
    return _password_page(visit, link, account)


@router.post("/set-password")
def set_password(visit: Passing, form: Typed) -> Response:
    """The account that the link is for has this password."""
    link = form.value("link")
    try:
        asked = form.read(PasswordForm)
        doorman.set_by_link(visit.request, visit.here, asked.link, asked.password, now=visit.now)
    except NoSuchLink:
        return _no_link_page(visit)
    except Invalid as faulty:
        with visit.reading() as session:
            account = sign_in.find_link(session, link, now=visit.now).account.key
        return _password_page(visit, link, account, form.refused(faulty))
    return to("/sign-in", said="Your password is set. Sign in with it.")


@router.get("/prove")
def ask_proof(visit: Visiting, onward: Onward = None) -> Response:
    """The page on which somebody shows again who they are, before they decide."""
    return _proof_page(visit, own_page(onward))


@router.post("/prove")
def prove(visit: Visiting, form: Typed) -> Response:
    """The session is proved, and the browser goes back to what it was about to do."""
    onward = own_page(form.value("next"))
    if visit.session is None:
        return to(onward)
    try:
        asked = form.read(ProofForm)
        secret = doorman.proved(visit.request, visit.here, visit.session, asked.password, now=visit.now)
    except FaultyForm as faulty:
        return _proof_page(visit, onward, form.refused(faulty))
    except NotSignedIn:
        return _proof_page(visit, onward, form.wrong("password", "This is not your password", status=401))
    except TooManyAttempts as refused:
        return _proof_page(visit, onward, form.refused(refused), retry_after=refused.retry_after)
    response = to(onward, said="Thank you. You can decide now.")
    cookies.hand_over(response, visit.request, secret)
    return response


def _sign_in_page(visit: Visit, onward: str, form: Form = NOTHING_TYPED, retry_after: int | None = None) -> Response:
    provider = with_next("/sign-in/identity", onward) if visit.here.provider else None
    return page(
        visit,
        "sign_in/sign_in.html",
        "Sign in",
        form=form,
        headers=_retry(retry_after),
        onward=onward,
        provider=provider,
    )


def _no_link_page(visit: Visit) -> Response:
    return page(visit, "sign_in/no_link.html", "This link cannot be used", status=404)


def _password_page(visit: Visit, link: str, account: str, form: Form = NOTHING_TYPED) -> Response:
    return page(
        visit,
        "sign_in/set_password.html",
        "Set your password",
        form=form,
        link=link,
        account=account,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _proof_page(visit: Visit, onward: str, form: Form = NOTHING_TYPED, retry_after: int | None = None) -> Response:
    vouched = visit.here.provider is not None and visit.account.issuer == visit.here.provider.issuer
    return page(
        visit,
        "sign_in/prove.html",
        "Show that it is you",
        form=form,
        headers=_retry(retry_after),
        onward=onward,
        provider=f"{with_next('/sign-in/identity', onward)}{'?' if onward == '/' else '&'}prove=1" if vouched else None,
        by_password=visit.account.password_hash is not None,
    )


def _retry(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _provider_sign_out(visit: Visit) -> str | None:
    if visit.here.provider is None:
        return None
    try:
        return visit.here.provider.sign_out_address()
    except ProviderFails:
        return None
