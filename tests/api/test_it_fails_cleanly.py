"""Whatever step fails, the state is the one before or the one after, and the client is told in a problem document."""

import os

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.assembly.assemble import ENGINE, make_again
from app.upkeep.verify import verify
from tests import stories

VERSIONS = f"/api/v1/papers/{stories.PAPER}/versions"


class Steps:
    """Counts what touches the disk or the database, and lets the n-th of them fail as a full disk does."""

    def __init__(self, monkeypatch, kind: str) -> None:
        self._left = 0
        if kind == "disk":
            for name in ("fsync", "replace", "mkdir"):
                monkeypatch.setattr(os, name, self._failing(getattr(os, name)))
        self._name, self._step = ("commit" if kind == "disk" else "before_cursor_execute"), self._count
        event.listen(Engine, self._name, self._step)

    def end(self) -> None:
        event.remove(Engine, self._name, self._step)

    def let_fail(self, number: int) -> None:
        """The step with this number from now on fails."""
        self._left = number

    @property
    def have_failed(self) -> bool:
        return self._left <= 0

    def _count(self, *_arguments: object) -> None:
        self._left -= 1
        if self._left == 0:
            raise OSError(28, "No space left on device")

    def _failing(self, real):
        def step(*arguments, **named):
            self._count()
            return real(*arguments, **named)

        return step


@pytest.fixture(params=["disk", "statement"])
def steps(request, monkeypatch, filled):
    made = Steps(monkeypatch, request.param)
    made.kind = request.param
    made.let_fail(10**9)
    yield made
    made.end()


def report_something_new(client, number: int) -> None:
    day = f"2026-{1 + number // 28:02}-{1 + number % 28:02}"
    facts = {"workstreams": [stories.workstream(updates=[stories.update(day, "So it went.")])]}
    facts["papers"] = [stories.paper(title=f"Collaboration update {number}")]
    assert client.post("/api/v1/facts", json={"facts": "1"} | facts).status_code == 200


def versions_of(client) -> list[str]:
    return [version["label"] for version in client.get(VERSIONS, params={"limit": 100}).json()["items"]]


def faults_of(database, blobs, folder):
    with database.reading() as session:
        report = verify(
            session,
            blobs,
            checkpoints=folder / "audit-checkpoints.jsonl",
            engine=ENGINE,
            make_again=lambda version: make_again(version, blobs).content,
        )
    return report.findings


def is_told_without_our_inside(answer) -> bool:
    told = answer.headers["content-type"] == "application/problem+json"
    return told and not any(word in answer.text for word in ("Traceback", "OSError", "No space", ".py", "SELECT"))


@pytest.mark.trust(3)
def test_the_step_that_fails_leaves_the_state_before_or_after(filled, steps, database, blobs, tmp_path, full, figure):
    filled._transport.raise_server_exceptions = False
    failures = 0
    for number in range(1, 500, 1 if full or steps.kind == "disk" else 10):
        report_something_new(filled, number)
        before, headers = versions_of(filled), {"Idempotency-Key": f"key-{number}"}
        steps.let_fail(number)
        answer = filled.post(VERSIONS, headers=headers)
        failed = steps.have_failed
        steps.let_fail(10**9)

        after = versions_of(filled)
        assert after[: len(before)] == before
        assert len(after) - len(before) in ({1} if answer.status_code == 201 else {0, 1})
        if answer.status_code != 201:
            assert answer.status_code == 500
            assert is_told_without_our_inside(answer)
        again = filled.post(VERSIONS, headers=headers)
        assert again.status_code == 201
        assert len(versions_of(filled)) == len(before) + 1
        if not failed:
            break
        failures += 1
    else:
        pytest.fail("there is no end of steps")
    assert failures >= 4
    assert faults_of(database, blobs, tmp_path) == ()
    figure("failing steps of a generation", failures)


@pytest.mark.trust(3)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_has_no_room_left_keeps_what_it_had(app, filled, database, blobs, tmp_path):
    filled.post(VERSIONS)
    report_something_new(filled, 1)
    filled._transport.raise_server_exceptions = False

    def leave_no_room(connection, _record, _proxy) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine = app.state.premises.database.engine
    event.listen(engine, "checkout", leave_no_room)
    statuses = []
    for number in range(2, 40):
        answer = filled.post("/api/v1/facts", json={"facts": "1", "organisations": [
            {"key": f"o{number}-{n}", "name": "N" * 250, "short_name": "N"} for n in range(50)
        ]})  # fmt: skip
        statuses.append(answer.status_code)
        if answer.status_code != 200:
            break
    event.remove(engine, "checkout", leave_no_room)

    assert statuses[-1] == 500
    assert is_told_without_our_inside(answer)
    with database.reading() as session:
        asked = text("SELECT count(*) FROM organisation WHERE key LIKE :like")
        assert session.scalar(asked, {"like": f"o{number}-%"}) == 0
    assert faults_of(database, blobs, tmp_path) == ()


@pytest.mark.trust(3)
def test_who_asks_when_every_door_is_taken_is_told_to_ask_again(app, filled):
    engine = app.state.premises.database.engine
    engine.pool._timeout = 0.01
    taken = []
    while True:
        try:
            taken.append(engine.connect())
        except NoConnectionFree:
            break
    asked = [("GET", "/api/v1/papers"), ("POST", VERSIONS), ("PUT", "/api/v1/themes/region")]
    answers = [filled.request(method, address) for method, address in asked]
    for connection in taken:
        connection.close()
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"] == "5"
        assert answer.headers["content-type"] == "application/problem+json"
    assert filled.get("/api/v1/papers").status_code == 200
    assert filled.get(VERSIONS).json()["items"] == []


@pytest.mark.trust(3)
def test_who_waits_in_vain_for_another_writer_is_told_to_ask_again(app, filled):
    database = app.state.premises.database
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL lets writers wait for as long as they like")
    database.engine.dispose()

    @event.listens_for(database.engine, "connect")
    def be_impatient(connection, _record):
        connection.execute("PRAGMA busy_timeout = 10")

    with database.writing() as session:
        session.execute(text("SELECT 1"))
        answer = filled.post(VERSIONS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert filled.get(VERSIONS).json()["items"] == []
