"""A page from a template: the frame that all pages share, the headers that browsers obey, and what was just done."""

import gzip
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from starlette.types import Receive, Scope, Send

from app import assets
from app.web.cookies import hand_over, secret_in, take_back
from app.web.pages.charts import with_charts_drawn
from app.web.pages.forms import NOTHING_TYPED, Form
from app.web.pages.navigation import entries
from app.web.pages.visit import LOCAL, Visit

SERVICE = "Boardpapers"

SAID = "boardpapers-said"
"""Name of the cookie that carries a sentence about what was just done to the page that comes next."""

LONGEST_SAID = 500
"""Characters of such a sentence."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""What a page may load, and from where: from us alone, nothing written into the page itself."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    # With `no-referrer`, browsers would not say on plain http which page sends a form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept-Encoding, Cookie",
}

PICTURES = "/narrative/pictures"
"""Beginning of the address of a stored picture, which ends with its digest."""

WORTH_PACKING = 1_000
"""Bytes from which on a page is compressed."""


class NoBlank(jinja2.Undefined):
    """A name that nobody gave is never printed as nothing; what a component leaves open may be."""

    def __str__(self) -> str:
        """What is printed."""
        if self._undefined_obj is jinja2.utils.missing:
            self._fail_with_undefined_error()
        return super().__str__()


PAGES = jinja2.Environment(
    loader=jinja2.ChoiceLoader(
        [
            jinja2.PackageLoader("app.web", "html/pages"),
            jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
        ]
    ),
    autoescape=True,
    undefined=NoBlank,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(
    visit: Visit,
    template: str,
    heading: str,
    *,
    form: Form = NOTHING_TYPED,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    is_secret: bool = False,
    **said: Any,
) -> Response:
    """The template (below html/pages) as a page with this `h1` and title.

    A form that was refused comes back with its status, unless `status` says another. The templates know `visit`,
    `heading`, `form`, and what is `said`. A page that shows a secret is never packed.
    """
    told = secret_in(visit.request, SAID)
    text = PAGES.get_template(template).render(
        visit=visit,
        heading=heading,
        form=form,
        navigation=entries(visit),
        service=SERVICE,
        told=unquote(told)[:LONGEST_SAID] if told else None,
        **said,
    )
    response = _answer(visit, text.encode(), status or form.status, headers, is_secret=is_secret)
    if told:
        take_back(response, visit.request, SAID)
    return response


def fragment(visit: Visit, template: str, *, status: int = 200, **said: Any) -> Response:
    """A part of a page, for htmx to put in its place."""
    text = PAGES.get_template(template).render(visit=visit, **said)
    return _answer(visit, text.encode(), status, None)


def to(address: str, *, said: str | None = None) -> Response:
    """The browser goes on to this page of ours, which tells what was just done."""
    return _Onward(address, quote(said[:LONGEST_SAID]) if said else None)


class _Onward(RedirectResponse):
    """Leads on, and hands a sentence to the page that comes next in a cookie that no sister domain can set."""

    def __init__(self, address: str, said: str | None) -> None:
        super().__init__(address, 303, headers={"Cache-Control": "no-store"})
        self._said = said

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only the request says whether its channel is encrypted."""
        if self._said:
            hand_over(self, Request(scope), self._said, SAID, seconds=60)
        await super().__call__(scope, receive, send)


def asset(name: str) -> str:
    """The address of a built asset; raises NotBuilt where there is none."""
    found = _asset_names().get(name)
    if found is None:
        _asset_names.cache_clear()  # they may be built meanwhile
        raise assets.NotBuilt("they are not there yet. Run `boardpapers assets`, and start the service again.")
    return f"/assets/{found}"


@cache
def _asset_names() -> Mapping[str, str]:
    return assets.names()


def _answer(
    visit: Visit, body: bytes, status: int, headers: Mapping[str, str] | None, *, is_secret: bool = False
) -> Response:
    said = {**HEADERS, **(headers or {})}
    # How small a packed page gets tells something of a secret that stands beside what somebody else put there.
    if not is_secret and len(body) >= WORTH_PACKING and "gzip" in visit.request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        said["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status, headers=said)


def _day(value: date | datetime) -> str:
    """26 March 2020."""
    day = value.astimezone(LOCAL).date() if isinstance(value, datetime) else value
    return f"{day.day} {day:%B %Y}"


def _moment(value: datetime) -> str:
    """26 March 2020 at 14:02, by our clocks."""
    local = value.astimezone(LOCAL)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"


_PICTURE = re.compile(r'<img src="([0-9a-f]{64})"')


def _narrative(value: str) -> Markup:
    # Canonical narrative is what `narrative.clean` lets through: no script, no style, no address but http(s) and mail.
    # Its pictures are named by their digest; browsers need an address.
    return Markup(_PICTURE.sub(rf'<img src="{PICTURES}/\1"', with_charts_drawn(value)))  # noqa: S704


PAGES.filters |= {"day": _day, "moment": _moment, "narrative": _narrative}
PAGES.globals |= {"asset": asset}
