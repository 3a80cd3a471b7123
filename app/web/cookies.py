"""The cookie by which a browser is known, and the proof that a request was made by a page of ours."""

import hmac
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response

from app.errors import Forbidden

SESSION = "boardpapers"
"""Name of the cookie of a session."""

JOURNEY = "boardpapers-journey"
"""Name of the cookie of a browser that is on its way to the provider of identities and back."""

PREFIX = "__Host-"
"""Makes browsers refuse a cookie of such a name that is not Secure, or that a sister domain has set."""

TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotOurPage(Forbidden):
    """The browser was made to send this by a page that is not ours, or cannot show that it was not."""

    def __init__(self) -> None:
        super().__init__(
            "This does not come from a page of this service. Send the session's csrf token as X-CSRF-Token."
        )


class NeedsHttps(Forbidden):
    """A password or session would travel for everybody to read."""

    def __init__(self) -> None:
        super().__init__("People sign in over https, or on the machine itself. BOARDPAPERS_PLAIN_HTTP allows more.")


def is_safe_channel(request: Request, *, plain_http: bool) -> bool:
    """Whether a secret may travel: encrypted, within this machine, or where the settings say that it may."""
    return plain_http or request.url.scheme == "https" or _is_this_machine(request.url.hostname or "")


def secret_in(request: Request, name: str = SESSION) -> str | None:
    """The secret that the browser sends in this cookie; over plain http only the cookie for it."""
    return request.cookies.get(_named(request, name)) or None


def hand_over(
    response: Response, request: Request, secret: str, name: str = SESSION, *, seconds: int | None = None
) -> None:
    """The browser keeps the secret for so long, or until it is closed; no script reads it, no other site sends it."""
    response.set_cookie(
        _named(request, name),
        secret,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def take_back(response: Response, request: Request, name: str = SESSION) -> None:
    """The browser keeps no secret."""
    response.delete_cookie(
        _named(request, name), path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def token_of(secret: str) -> str:
    """What shows that a request was made by a page of ours: bound to the session, and says nothing of its secret."""
    return hmac.new(secret.encode(errors="surrogatepass"), b"boardpapers csrf 1", sha256).hexdigest()


def refuse_other_pages(request: Request, secret: str | None) -> None:
    """The request changes nothing, or was made by a page of ours; raises NotOurPage.

    Browsers say where a request comes from (Sec-Fetch-Site over https, Origin elsewhere); else the session's token
    shows it. What says that it comes from elsewhere is refused, whatever else it carries.
    """
    if request.method in SAFE:
        return
    ours = is_from_our_page(request)
    if ours is None:
        shown = request.headers.get(TOKEN_HEADER, "")
        ours = secret is None or hmac.compare_digest(shown.encode(), token_of(secret).encode())
    if not ours:
        raise NotOurPage


def is_from_our_page(request: Request) -> bool | None:
    """Whether the browser says that a page of ours made the request; None where it says nothing of that."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    if origin is not None:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""
    return None


def _named(request: Request, name: str) -> str:
    return f"{PREFIX}{name}" if request.url.scheme == "https" else name


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
