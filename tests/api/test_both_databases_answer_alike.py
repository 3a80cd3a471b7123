"""The same requests to the service over SQLite and over PostgreSQL get the same answers, byte by byte."""

import pytest
from starlette.testclient import TestClient

from app.accounts import commands as accounts
from app.accounts.models import Role
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.clock import set_clock
from tests.stories import NOON, PAPER, paper, scrutiny, update, world

UPDATE = "/api/v1/workstreams/procurement/updates"
STORY = [
    ("POST", "/api/v1/facts", world(formats=[scrutiny()])),
    ("POST", "/api/v1/facts", {"facts": "1", "papers": [paper(board="nobody")]}),
    *[("PUT", f"{UPDATE}/2027-02-{day:02}", update(f"2027-02-{day:02}", f"Day {day} – “ß”, 1 < 2.")) for day in (1, 2)],
    ("PUT", f"{UPDATE}/2027-02-01", update("2027-02-02", "Another day.")),
    ("POST", f"/api/v1/papers/{PAPER}/versions", None),
    ("POST", f"/api/v1/papers/{PAPER}/versions", None),
    ("PUT", f"/api/v1/papers/{PAPER}", paper(title="Émigré Zürich — update", marking="OFFICIAL-SENSITIVE")),
    ("POST", f"/api/v1/papers/{PAPER}/versions", None),
    ("POST", f"/api/v1/papers/{PAPER}/preview", None),
    *[("PUT", f"/api/v1/organisations/{key}", {"key": key, "name": key, "short_name": key}) for key in "aZ-z9"[::2]],
    *[
        ("GET", f"/api/v1/{address}", None)
        for address in (
            "organisations", "people", "frameworks", "boards", "boards/scrutiny-board/meetings", "series",
            "rag-schemes", "themes", "workstreams", "workstreams/procurement/updates", "formats", "formats/scrutiny",
            "papers", f"papers/{PAPER}", f"papers/{PAPER}/gaps", f"papers/{PAPER}/versions",
            *(f"papers/{PAPER}/versions/0.1{part}" for part in ("", "/snapshot", "/document")),
            *(f"papers/{PAPER}/versions/0.2{part}" for part in ("", "/snapshot", "/document")),
            "papers/NEVER", "accounts", "accounts/me", "audit?limit=100", "audit?under=paper/&since=2026-11-23",
            "audit?until=2026-11-22", "audit/export?format=csv",
        )
    ],
]  # fmt: skip
"""Requests in their order: right and wrong ones, and at the end everything that can be read."""


def answers_over(url: str, folder) -> list[tuple[object, ...]]:
    app = create_app(Settings(data=folder, database_url=url, _env_file=None))
    set_clock(app, lambda: NOON)
    database = Database(url)
    with database.writing() as session:
        _, token = accounts.create(
            session, key="ada", name="Ada", role=Role.ADMINISTRATOR, organisation_id=None, by="t", now=NOON
        )
    database.dispose()
    answers = []
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        for number, (method, address, document) in enumerate(STORY):
            headers = {"X-Request-Id": f"n-{number}", "If-Match": "*"} if address.endswith(PAPER) else {}
            headers |= {"X-Request-Id": f"n-{number}"}
            answer = client.request(method, address, json=document, headers=headers)
            answers.append((method, address, answer.status_code, dict(answer.headers), answer.content))
    return answers


@pytest.mark.trust(20)
def test_both_databases_answer_alike(sqlite_url, postgresql_url, tmp_path, figure):
    one, other = answers_over(sqlite_url, tmp_path / "one"), answers_over(postgresql_url, tmp_path / "other")

    for first, second in zip(one, other, strict=True):
        assert first == second
    assert {200, 201, 404, 422} <= {status for _, _, status, _, _ in one}
    figure("answers compared", len(one))
    figure("answers that differ", 0)
