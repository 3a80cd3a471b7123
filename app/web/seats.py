"""How many requests are worked on at once: the others wait here, where they hold no thread and no door."""

from asyncio import AbstractEventLoop, Semaphore, get_running_loop
from weakref import WeakKeyDictionary

from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = ("/health/", "/metrics")
"""Beginnings of addresses that answer also when every seat is taken."""


class Seats:
    """No more than `count` requests are worked on at once.

    Each works in one thread at a time. Were there as many as threads, all of them could wait for a door while the one
    that holds it found no thread to go on in.
    """

    def __init__(self, app: ASGIApp, count: int) -> None:
        self.app = app
        self.count = count
        self._free: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, on a seat unless it is one of the open ones."""
        if scope["type"] != "http" or scope["path"].startswith(OPEN):
            await self.app(scope, receive, send)
            return
        seat = self._free.setdefault(get_running_loop(), Semaphore(self.count))
        is_whole = False

        async def receive_standing() -> Message:
            # Whoever sends slowly keeps nobody from the seat; no door is open while a body is read.
            nonlocal is_whole
            if is_whole:
                return await receive()
            seat.release()
            try:
                message = await receive()
            finally:
                await seat.acquire()
            is_whole = not message.get("more_body", False)
            return message

        async with seat:
            await self.app(scope, receive_standing, send)
