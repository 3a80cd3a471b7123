"""The pages as a browser without JavaScript sees them: the real application over the demonstration."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts import queries, sign_in
from app.main import create_app
from app.web.cookies import PREFIX, SESSION
from tests.clock import set_clock
from tests.demonstrated import build_assets, copied, demonstrated, settings_for
from tests.pages.reading import Browser
from tests.stories import NOON


@pytest.fixture(scope="session", autouse=True)
def _assets(cannot_run) -> None:
    build_assets(cannot_run)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """The demonstration; not to be changed."""
    return demonstrated(tmp_path_factory.mktemp("installed"), migrated_file)


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> FastAPI:
    """The application over a demonstration of the test's own; it is noon there."""
    made = create_app(settings_for(copied(installed, tmp_path / "site")))
    set_clock(made, lambda: NOON)
    return made


@pytest.fixture
def visitor(site: FastAPI) -> Iterator[Browser]:
    """A browser in which nobody is signed in."""
    with TestClient(site, base_url="https://testserver", follow_redirects=False) as client:
        yield Browser(client)


@pytest.fixture
def browser_of(site: FastAPI, visitor: Browser) -> Callable[[str], Browser]:
    """Makes a browser in which an account of the demonstration signs in now: `browser_of("report-author")`."""

    def make(account: str) -> Browser:
        client = TestClient(site, base_url="https://testserver", follow_redirects=False)
        here, now = site.state.premises, site.state.premises.clock()
        with here.database.writing() as session:
            secret = sign_in.begin(session, queries.get(session, account), here.rules, now=now)
        client.cookies.set(f"{PREFIX}{SESSION}", secret)
        return Browser(client).visit("/")

    return make
