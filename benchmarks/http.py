"""The service over HTTP on this machine's own network, beside a bare route that renders as much with docxtpl.

Each is served by two processes and asked by clients that keep both at work. The clients take turns with the processes
on the same cores: both sides pay for that alike.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from time import perf_counter, sleep
from typing import TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.main import calm_collector
from benchmarks.engines import of_docxtpl
from benchmarks.service import Service, reference_of
from benchmarks.workload import facts, template

WORKERS = 2
CLIENTS = 4
_HOST = "127.0.0.1"
_WARMING = 5  # requests that each process answers before any is timed
_PATIENCE = 600  # tenths of a second until a process must answer
_PYTHON = (sys.executable, "-m")

Ask: TypeAlias = Callable[[HTTPConnection], None]


class Served:
    """Processes that serve at these ports, and connections to them: one for each client."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._connections = [HTTPConnection(_HOST, ports[number % WORKERS]) for number in range(CLIENTS)]

    def warmed(self, ask: Ask) -> None:
        """Every connection has been answered a few times."""
        for connection in self._connections * _WARMING:
            ask(connection)

    def rate(self, ask: Ask, seconds: float) -> float:
        """How often a second they answer, all clients asking again and again at once."""
        self.close()  # a server lets go of what was silent for a while; the next request connects again
        until = perf_counter() + seconds

        def count(connection: HTTPConnection) -> int:
            answered = 0
            while perf_counter() < until:
                ask(connection)
                answered += 1
            return answered

        begun = perf_counter()
        return sum(self._at_once(count)) / (perf_counter() - begun)

    def once_each(self, asks: Sequence[Ask]) -> float:
        """Seconds until every client, asking its own at the same time as the others, is answered."""
        mine = dict(zip(self._connections, asks, strict=True))
        begun = perf_counter()
        self._at_once(lambda connection: mine[connection](connection))
        return perf_counter() - begun

    def _at_once(self, work: Callable[[HTTPConnection], int | None]) -> list[int]:
        with ThreadPoolExecutor(CLIENTS) as clients:
            return [done or 0 for done in clients.map(work, self._connections)]

    def close(self) -> None:
        """The connections are closed."""
        for connection in self._connections:
            connection.close()


@contextmanager
def bare_route(n: int) -> Iterator[Served]:
    """A route that does nothing but render a paper of `n` workstreams with docxtpl."""
    with _served([*_PYTHON, "benchmarks.http", str(n)]) as there:
        there.warmed(render)
        yield there


@contextmanager
def whole_service(service: Service) -> Iterator[Served]:
    """The service, as `boardpapers serve` serves it."""
    with _served([*_PYTHON, "app.cli", "serve", "--data", str(service.settings.data), "--port"]) as there:
        there.warmed(preview_of(service))
        yield there


def render(connection: HTTPConnection) -> None:
    """A paper from the bare route."""
    _post(connection, "/", 200)


def preview_of(service: Service) -> Ask:
    """A preview of the service's first paper."""
    return _of_paper(service, 0, "preview", 200)


def previews_of(service: Service) -> list[Ask]:
    """For each client, the preview of a paper of its own."""
    return [_of_paper(service, number, "preview", 200) for number in range(CLIENTS)]


def versions_of(service: Service) -> list[Ask]:
    """For each client, the next version of a paper of its own: one that is kept, once the facts have changed."""
    return [_of_paper(service, number, "versions", 201) for number in range(CLIENTS)]


def _of_paper(service: Service, number: int, what: str, expected: int) -> Ask:
    path = f"/api/v1/papers/{reference_of(number)}/{what}"
    return lambda connection: _post(connection, path, expected, service.token)


def _post(connection: HTTPConnection, path: str, expected: int, token: str = "") -> None:
    connection.request("POST", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != expected:
        raise ValueError(f"{path}: {answer.status} {said[:300]!r}")


@contextmanager
def _served(command: Sequence[str]) -> Iterator[Served]:
    """Processes that were started with this command, each with a port of its own; they end with the block."""
    ports = [_free_port() for _ in range(WORKERS)]
    no_pace = {**os.environ, "BOARDPAPERS_GENERATE_PER_MINUTE": "1000000"}
    processes = [
        subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=no_pace)
        for port in ports
    ]
    try:
        for process, port in zip(processes, ports, strict=True):
            _await(process, port)
        there = Served(ports)
        try:
            yield there
        finally:
            there.close()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _free_port() -> int:
    with socket.socket() as there:
        there.bind((_HOST, 0))
        port: int = there.getsockname()[1]
        return port


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(_PATIENCE):
        if process.poll() is not None:
            raise ValueError(f"{process.args!r} ended with {process.returncode}")
        try:
            socket.create_connection((_HOST, port)).close()
        except ConnectionRefusedError:
            sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers at port {port}")


def _bare_application(n: int) -> Starlette:
    opened, said = template("plain"), facts(n)

    def answer(_: Request) -> Response:
        return Response(of_docxtpl(opened, said))

    return Starlette(routes=[Route("/", answer, methods=["POST"])])


if __name__ == "__main__":
    workstreams, own_port = map(int, sys.argv[1:])
    application = _bare_application(workstreams)
    calm_collector()  # as `boardpapers serve` does
    uvicorn.run(application, host=_HOST, port=own_port, log_level="warning")
