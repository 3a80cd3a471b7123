"""What every request passes through: a name, a limit to its length, and headers that browsers obey."""

import re
import sys
from collections.abc import Mapping
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.errors import TooLarge, for_whoever_asks, problem

REQUEST_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
"""What a client may call its request; anything else is replaced by a name of ours."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}
"""What every answer says unless its route says otherwise."""

MIB = 1024 * 1024

LONGEST_NUMBER = 19
"""Digits of a length; Python refuses to read a number of thousands of them."""


class RequestName:
    """The request has a name, its own `X-Request-Id` or a new one; the answer carries it, and the usual headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request under its name."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("x-request-id", "")
        name = asked if REQUEST_NAME.fullmatch(asked) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = name

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = name
                for header, value in HEADERS.items():
                    headers.setdefault(header, value)
            await send(message)

        await self.app(scope, receive, send_named)


class BodyLimit:
    """No more of a body is read than its address takes: `special` by beginning of the path, else `usual` bytes."""

    def __init__(self, app: ASGIApp, usual: int, special: Mapping[str, int]) -> None:
        self.app = app
        self.usual = usual
        self.special = special

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse a body that is too long: at once where its length is said, else as it comes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        if _length(scope) > limit:
            too_large = TooLarge(_sentence(limit))
            answer = for_whoever_asks(Request(scope), too_large, problem(413, str(too_large)))
            await answer(scope, receive, send)
            return
        seen = 0

        async def receive_limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge(_sentence(limit))
            return message

        await self.app(scope, receive_limited, send)

    def _limit(self, path: str) -> int:
        return next((limit for start, limit in self.special.items() if path.startswith(start)), self.usual)


def _length(scope: Scope) -> int:
    said = Headers(scope=scope).get("content-length", "")
    if not said.isdecimal():
        return 0
    return int(said) if len(said) < LONGEST_NUMBER else sys.maxsize


def _sentence(limit: int) -> str:
    return f"The body is longer than the {limit / MIB:.3g} MiB that are taken here."
