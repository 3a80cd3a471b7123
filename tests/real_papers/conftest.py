"""Each published paper goes through the service once for each kind of database; many stories then read the document."""

import pytest

from tests.conftest import ENGINES


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The kind of database, in turn."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str) -> str:
    """The URL of a database of that kind, with the newest schema and no rows."""
    url: str = request.getfixturevalue(f"{engine}_url")
    return url


@pytest.fixture(scope="module")
def documents() -> dict[str, bytes]:
    """Kind of database → the document that was made there of the module's paper."""
    return {}


@pytest.fixture
def document(request: pytest.FixtureRequest, documents: dict[str, bytes], engine: str) -> bytes:
    """The draft that the module's own fixture `draft` downloads, made once over this kind of database."""
    if engine not in documents:
        documents[engine] = request.getfixturevalue("draft")
    return documents[engine]
