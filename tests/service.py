"""The service as it is run: a process of its own that listens on this machine, to be killed, stopped, crowded."""

import os
import socket
import time
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx2

from app.accounts.commands import create
from app.accounts.models import Role
from app.blobs import Blobs
from app.db import Database
from tests import stories
from tests.processes import PROCESSES, boardpapers

SECONDS_TO_START = 60


@dataclass
class Service:
    """One installation and the process that serves it; a token of an administrator."""

    url: str
    folder: Path
    token: str
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: BaseProcess | None = None

    def start(self, by: BaseContext = PROCESSES) -> None:
        """The service answers."""
        self.port = self.port or free_port()
        environment = {
            **os.environ,
            "BOARDPAPERS_DATA": str(self.folder),
            "BOARDPAPERS_DATABASE_URL": self.url,
            "BOARDPAPERS_GENERATE_PER_MINUTE": "1000000",
            **self.settings,
        }
        words = ("serve", "--port", str(self.port))
        self.process = boardpapers(*words, folder=self.folder, environment=environment, by=by)
        until = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                httpx2.get(f"{self.address}/health/live", timeout=5)
            except httpx2.TransportError:
                if self.process.exitcode is not None or time.monotonic() > until:
                    raise AssertionError(f"the service did not start: {self.log()[-2000:]}") from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """The process is gone at once, whatever it did."""
        self.process.kill()
        self.process.join()

    def end(self) -> None:
        """No process is left."""
        if self.process is not None and self.process.exitcode is None:
            self.kill()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options) -> httpx2.Client:
        """A client with the administrator's token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx2.Client(base_url=self.address, headers=headers, timeout=60, **options)

    def log(self) -> str:
        """Everything that the service has said so far."""
        return (self.folder / "log").read_text(encoding="utf-8")


def founded(url: str, folder: Path, **settings: str) -> Service:
    """An installation with the small world in it; not started yet."""
    database = Database(url)
    stories.put(database, Blobs(folder / "blobs"), stories.world())
    with database.writing() as session:
        _, token = create(
            session, key="ada", name="Ada", role=Role.ADMINISTRATOR, organisation_id=None, by="t", now=stories.NOON
        )
    database.dispose()
    return Service(url, folder, token, settings)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
