"""Every request is counted, and leaves one line in the log stream: who asked for which route, and what came of it."""

import sys
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import LOG, failure
from app.web.metrics import Metrics

UNKNOWN = "none"
"""The route of a request for an address that leads nowhere: what clients invent is neither counted nor repeated."""


class Watch:
    """Sees each request end. The line has the route's pattern, never its address, which may name what is sensitive."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, and tell of it once its answer was sent or failed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_seen)
        finally:
            error = sys.exception()
            if error is not None:
                LOG.error("failure", request=scope["state"]["request_id"], **failure(error))
                status = 500
            self._tell(scope, status, perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = getattr(scope.get("route"), "path", UNKNOWN), scope["method"]
        self.metrics.count(method=method, route=route, status=status, seconds=seconds)
        state: dict[str, Any] = scope["state"]
        LOG.info(
            "request",
            request=state["request_id"],
            actor=state.get("account"),
            method=method[:20],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )
