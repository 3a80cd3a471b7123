"""What every test may ask for: a database of either kind, a folder of blobs, a fixed time, and the two options."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app import db
from app.main import calm_collector
from tests import postgresql
from tests.real_papers.comparison import COMPARED

pytest_plugins = ["tests.api_fixtures", "tests.trust"]

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
"""When the stories happen: a Saturday afternoon."""

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the project."""

ENGINES = ("sqlite", "postgresql")

LONG = {
    "tests/api/test_no_request_breaks_the_service.py",
    "tests/api/test_who_may_do_what.py",
    "tests/benchmarks/test_benchmarks.py",
    "tests/house/test_house.py",
    "tests/narrative/test_cleaning.py",
    "tests/narrative/test_reading_canonical.py",
    "tests/review/test_no_wrong_way.py",
    "tests/storage/test_crashes.py",
    "tests/word/test_judges.py",
    "tests/word/test_mutations.py",
    "tests/word/test_narrated.py",
    "tests/word/test_numbers.py",
    "tests/word/test_regions.py",
}
"""Where single tests take ten seconds and more: begun last, one of them would run when every other process is done."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("boardpapers")
    group.addoption(
        "--require-tools",
        action="store_true",
        help="a test that lacks a tool on this machine fails; without this it is skipped with the reason",
    )
    group.addoption(
        "--full", action="store_true", help="expensive tests reach their full figures; without this a tenth of them"
    )


SERVER_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[SERVER_FOLDER] = Path(tempfile.mkdtemp(prefix="boardpapers-tests-"))
    else:
        config.stash[SERVER_FOLDER] = Path(config.workerinput["server_folder"])


def pytest_collection_finish() -> None:
    """Garbage is looked for as seldom as in the service: what the tests are made of stays until the end."""
    calm_collector()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first."""
    items.sort(key=lambda item: item.path.relative_to(ROOT).as_posix() not in LONG)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["server_folder"] = str(node.config.stash[SERVER_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(SERVER_FOLDER, None)
    if folder is not None and not hasattr(config, "workerinput"):
        postgresql.stop_server(folder)
        shutil.rmtree(folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what the tests on published papers compared, below everything else."""
    passed = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    found = [value for report in passed for name, value in report.user_properties if name == COMPARED]
    if found:
        terminalreporter.section(COMPARED)
        for lines in dict.fromkeys(found):
            terminalreporter.write_line(lines)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """All databases of a kind share what SQLAlchemy compiled for the first: else each story pays for it anew."""
    make, first = db.engine_for, {}

    def engine_for(url: str) -> Engine:
        engine = make(url)
        shared = first.setdefault(engine.dialect.name, engine)
        if shared.dialect.server_version_info is None:  # it never spoke to a database, and knows nothing of one
            first[engine.dialect.name] = engine
            return engine
        engine.dialect, engine._compiled_cache = shared.dialect, shared._compiled_cache
        return engine

    db.engine_for = engine_for
    yield
    db.engine_for = make


@pytest.fixture(scope="session", autouse=True)
def one_event_loop() -> Iterator[None]:
    """All clients of an application share a loop and its threads, as requests of a service do: else each has one."""
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether expensive tests reach their full figures."""
    return bool(pytestconfig.getoption("--full"))


@pytest.fixture(scope="session")
def cannot_run(pytestconfig: pytest.Config) -> Callable[[str], NoReturn]:
    """Ends a test for want of a tool: skipped with this reason, or failed under `--require-tools`."""

    def end(reason: str) -> NoReturn:
        if pytestconfig.getoption("--require-tools"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

    return end


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config, cannot_run) -> str:
    """The URL of a PostgreSQL server."""
    try:
        return postgresql.server_url(pytestconfig.stash[SERVER_FOLDER])
    except postgresql.NoPostgreSQL as reason:
        cannot_run(f"PostgreSQL cannot be had: {reason}")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and no rows, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "boardpapers.sqlite"
    _upgrade(f"sqlite:///{file.as_posix()}")
    return file


@pytest.fixture(scope="session")
def migrated_database(server: str, worker_id: str) -> Iterator[str]:
    """The URL of a PostgreSQL database with the newest schema, this process's own."""
    with postgresql.new_database(server, f"boardpapers_test_{worker_id}") as url:
        _upgrade(url)
        yield url


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of a SQLite file with the newest schema and no rows."""
    file = tmp_path / "boardpapers.sqlite"
    shutil.copyfile(migrated_file, file)
    return f"sqlite:///{file.as_posix()}"


@pytest.fixture
def postgresql_url(migrated_database: str) -> str:
    """The URL of a PostgreSQL database with the newest schema and no rows."""
    from app.tables import Base

    postgresql.empty(migrated_database, list(Base.metadata.tables))
    return migrated_database


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with the newest schema and no rows, of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{(tmp_path / 'empty.sqlite').as_posix()}"
        return
    name = f"boardpapers_empty_{request.getfixturevalue('worker_id')}"
    with postgresql.new_database(request.getfixturevalue("server"), name) as url:
        yield url


@pytest.fixture
def database(database_url: str):
    """A database with its two doors, the newest schema and no rows; of each kind in turn."""
    from app.db import Database

    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def blobs(tmp_path: Path):
    """An empty folder of blobs."""
    from app.blobs import Blobs

    return Blobs(tmp_path / "blobs")


def _upgrade(url: str) -> None:
    from app.settings import PACKAGED_MIGRATIONS
    from app.upkeep.upgrade import upgrade

    upgrade(url, PACKAGED_MIGRATIONS)
