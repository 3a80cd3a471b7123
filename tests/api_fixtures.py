"""The whole service for tests: the real application over a real database of each kind, and clients with tokens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from app.accounts import commands as accounts
from app.accounts.models import Role
from app.main import create_app
from app.people.queries import organisation_ids
from app.settings import Settings
from tests.clock import set_clock
from tests.stories import NOON, scrutiny, world

Clients = Callable[..., TestClient]

PASSWORD = "three words nobody expects"
PASSWORD_HASH = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""As the service keeps it, but for its strength: hundreds of stories sign people in."""


@pytest.fixture
def app(database, database_url: str, tmp_path: Path) -> FastAPI:
    """The application, over the database and blobs of the test; it is noon there."""
    # It is always noon: a minute never ends, and a story may generate as often as it likes.
    settings = Settings(data=tmp_path, database_url=database_url, generate_per_minute=1_000_000, _env_file=None)
    made = create_app(settings)
    set_clock(made, lambda: NOON)
    return made


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    """A client without a token."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def client_of(app: FastAPI, stranger: TestClient, database) -> Clients:
    """Makes a client with the token of a new account: `client_of(role, organisation)`."""

    def make(role: Role, organisation: str | None = None) -> TestClient:
        with database.writing() as session:
            number = organisation_ids(session, [organisation])[organisation] if organisation else None
            key = f"{role.value}-{organisation or 'all'}"
            _, token = accounts.create(session, key=key, name=key, role=role, organisation_id=number, by=key, now=NOON)
        return TestClient(app, headers={"Authorization": f"Bearer {token}"})

    return make


@pytest.fixture
def person_of(app: FastAPI, stranger: TestClient, database) -> Clients:
    """Makes a browser in which a person just signed in by password: `person_of(role, organisation)`.

    It shows the session's csrf token; another `key` makes another person of the same role.
    """

    def make(role: Role, organisation: str | None = None, key: str | None = None) -> TestClient:
        key = key or f"{role.value}-{organisation or 'all'}-person"
        with database.writing() as session:
            number = organisation_ids(session, [organisation])[organisation] if organisation else None
            account = accounts.open_account(
                session, key=key, name=key, role=role, organisation_id=number, by=key, now=NOON
            )
            account.password_hash = PASSWORD_HASH
        browser = TestClient(app, base_url="https://testserver")
        answer = browser.post("/api/v1/session", json={"account": key, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return browser

    return make


@pytest.fixture
def client(client_of: Clients) -> TestClient:
    """A client with an administrator's token."""
    return client_of(Role.ADMINISTRATOR)


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    """The administrator's client of a service that has the small world in it."""
    answer = client.post("/api/v1/facts", json=world(formats=[scrutiny()]))
    assert answer.status_code == 200, answer.text
    return client
