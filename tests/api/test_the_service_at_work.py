"""The service as a process: killed in the middle of its work, asked by many at once, told to stop, and overheard."""

import json
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime

import httpx2
import pytest

from app.accounts import queries as accounts
from app.accounts.commands import open_account
from app.accounts.models import Role
from app.assembly.assemble import ENGINE, make_again
from app.assembly.selection import LONDON
from app.audit import queries as log
from app.blobs import Blobs
from app.db import Database, lock
from app.upkeep.verify import verify
from tests import stories
from tests.api_fixtures import PASSWORD, PASSWORD_HASH
from tests.processes import FROM_NOTHING, PROCESSES
from tests.review.board import whole_paper
from tests.service import Service, founded
from tests.storage.writers import count_up_over_http

VERSIONS = f"/api/v1/papers/{stories.PAPER}/versions"
WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")


@pytest.fixture
def service(database_url, tmp_path):
    founded_here = founded(database_url, tmp_path, BOARDPAPERS_METRICS_TOKEN="figures-for-the-test")
    founded_here.start()
    yield founded_here
    founded_here.end()


def events_of(service: Service) -> list[dict[str, object]]:
    database = Database(service.url)
    with database.reading() as session:
        events = [json.loads(entry.body) for entry in log.walk(session)]
    database.dispose()
    return events


def faults_of(service: Service):
    database, blobs = Database(service.url), Blobs(service.folder / "blobs")
    with database.reading() as session:
        report = verify(
            session,
            blobs,
            checkpoints=service.folder / "audit-checkpoints.jsonl",
            engine=ENGINE,
            make_again=lambda version: make_again(version, blobs).content,
        )
    database.dispose()
    return report.findings


# Killed in the middle


@dataclass(frozen=True)
class Deed:
    """A request that the service is killed in: what comes before it, where it goes, and the event that it leaves."""

    prepare: Callable[[httpx2.Client, int], object]
    address: Callable[[int], str]
    leaves: str
    said: Callable[[int], object] = lambda _: None
    who: Callable[[Service], httpx2.Client] = Service.client


def report_something_new(client: httpx2.Client, number: int) -> None:
    day = f"20{10 + number // 300:02}-{1 + number // 25 % 12:02}-{1 + number % 25:02}"
    facts = {"facts": "1", "workstreams": [stories.workstream(updates=[stories.update(day, f"Turn {number}.")])]}
    facts["papers"] = [stories.paper(title=f"Collaboration update {number}")]
    client.post("/api/v1/facts", json=facts).raise_for_status()


PAPER = f"/api/v1/papers/{stories.PAPER}"
ANY = {"If-Match": "*"}
ON_SCREEN: dict[int, str] = {}
"""Turn → digest of the candidate that is approved in it."""


def write_it_whole(client: httpx2.Client, number: int) -> None:
    """The paper is a draft without a gap, and says something new."""
    if client.get(f"{PAPER}/review").json()["state"] != "draft":
        client.post(f"{PAPER}/withdrawal", headers=ANY)  # one that was approved is reopened as it is
        client.post(f"{PAPER}/reopening", headers=ANY).raise_for_status()
    whole = whole_paper(title=f"Collaboration update {number}")
    client.put(PAPER, json=whole, headers=ANY).raise_for_status()


def lay_it_before(client: httpx2.Client, number: int) -> None:
    """The paper is in review, and its candidate was on screen."""
    write_it_whole(client, number)
    client.post(f"{PAPER}/submissions", json=today(number), headers=ANY).raise_for_status()
    ON_SCREEN[number] = client.get(f"{PAPER}/candidate").json()["digest"]


def approver(service: Service) -> httpx2.Client:
    """The browser of an approver who just signed in."""
    database = Database(service.url)
    with database.writing() as session:
        if accounts.find(session, "dora") is None:
            made = open_account(
                session, key="dora", name="Dora", role=Role.APPROVER, organisation_id=None, by="t", now=stories.NOON
            )
            made.password_hash = PASSWORD_HASH
    database.dispose()
    browser = httpx2.Client(base_url=service.address, timeout=60)
    answer = browser.post("/api/v1/session", json={"account": "dora", "password": PASSWORD})
    browser.headers["X-CSRF-Token"] = answer.raise_for_status().json()["csrf"]
    return browser


def today(_number: int) -> dict[str, str]:
    return {"written_on": datetime.now(LONDON).date().isoformat()}


DEEDS = {
    "generate": Deed(report_something_new, lambda _: VERSIONS, "version.kept"),
    "load": Deed(
        lambda *_: None,
        lambda _: "/api/v1/facts",
        "organisation.added",
        lambda number: {"facts": "1", "organisations": [{"key": f"o{number}", "name": "New", "short_name": "N"}]},
    ),
    "submit": Deed(write_it_whole, lambda _: f"{PAPER}/submissions", "submission.recorded", today),
    "approve": Deed(
        lay_it_before,
        lambda _: f"{PAPER}/decisions",
        "decision.recorded",
        lambda number: {"decision": "approve", "digest": ON_SCREEN[number]},
        approver,
    ),
}
"""What the service is killed in the middle of; one line for each deed."""


@WINDOWS
@pytest.mark.trust(2)
@pytest.mark.parametrize("deed", DEEDS)
def test_a_service_killed_at_work_loses_no_acknowledgement_and_does_nothing_twice(service, deed, full, figure):
    what, chance, acknowledged = DEEDS[deed], random.Random(deed), {}
    kills = 7 if full else 1  # for each deed, on each database: together, more than was promised
    for number in range(kills):
        with service.client() as client:
            what.prepare(client, number)
        headers = {"Idempotency-Key": f"key-{number}", "X-Request-Id": f"turn-{number}"} | ANY
        answers: list[httpx2.Response] = []

        asks = what.who(service)

        def ask(asks=asks, headers=headers, number=number, answers=answers) -> None:
            with suppress(httpx2.TransportError):  # killed before it had answered
                answers.append(asks.post(what.address(number), json=what.said(number), headers=headers))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(chance.uniform(0, 0.25))
        service.kill()
        asking.join()
        service.start()
        with closing(asks):
            again = asks.post(what.address(number), json=what.said(number), headers=headers)
        assert again.status_code in (200, 201), again.text
        for answer in answers:
            assert (answer.status_code, answer.content) == (again.status_code, again.content)
            acknowledged[number] = answer

    service.kill()
    events = events_of(service)
    for number in range(kills):
        deeds = [
            event for event in events if (event["action"], event.get("request")) == (what.leaves, f"turn-{number}")
        ]
        assert len(deeds) == 1, f"turn {number} was carried out {len(deeds)} times"
    assert faults_of(service) == ()
    figure(f"kills while it does “{deed}”", kills)
    figure("answered before the kill", len(acknowledged))
    figure("lost acknowledgements or doubles", 0)


# Many at once


@pytest.mark.trust(6)
def test_sixteen_processes_that_edit_one_thing_lose_no_edit(service, full, figure):
    edits = 50 if full else 5
    with service.client() as client:
        thing = "/api/v1/organisations/force"
        seen = client.get(thing)
        begin = seen.json() | {"short_name": "0"}
        assert client.put(thing, json=begin).status_code == 428
        assert client.put(thing, json=begin, headers={"If-Match": seen.headers["etag"]}).status_code == 200
        assert client.put(thing, json=begin | {"name": "Old"}, headers={"If-Match": '"stale"'}).status_code == 412

        arguments = (service.address, service.token, edits)
        editors = [PROCESSES.Process(target=count_up_over_http, args=arguments) for _ in range(16)]
        for editor in editors:
            editor.start()
        for editor in editors:
            editor.join()

        assert [editor.exitcode for editor in editors] == [0] * 16
        assert client.get(thing).json()["short_name"] == str(16 * edits)
        changes = client.get("/api/v1/audit", params={"action": "organisation.changed", "limit": 100}).json()["items"]
        assert len(changes) == min(100, 16 * edits + 1)
    figure("edits with If-Match by 16 processes", 16 * edits)
    figure("edits lost", 0)


@pytest.mark.trust(7)
def test_one_request_that_comes_fifty_times_at_once_makes_one_version(service, figure):
    together = threading.Barrier(50)

    def ask(number: int) -> httpx2.Response:
        with service.client() as client:
            together.wait()
            return client.post(VERSIONS, headers={"Idempotency-Key": "the-same", "X-Request-Id": f"n-{number}"})

    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(ask, range(50)))

    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert sum("idempotent-replay" not in answer.headers for answer in answers) == 1
    assert [event["action"] for event in events_of(service)].count("version.kept") == 1
    figure("equal requests at once", 50)
    figure("versions made", 1)


def test_fifty_readers_at_once_of_a_sensitive_paper_are_all_served_and_all_written_down(service):
    with service.client() as client:
        sensitive = stories.paper(marking="OFFICIAL-SENSITIVE")
        client.put(f"/api/v1/papers/{stories.PAPER}", json=sensitive, headers={"If-Match": "*"}).raise_for_status()
    together = threading.Barrier(50)

    def ask(_number: int) -> int:
        with service.client() as client:
            together.wait()
            return client.get(f"/api/v1/papers/{stories.PAPER}").status_code

    with ThreadPoolExecutor(50) as crowd:
        assert set(crowd.map(ask, range(50))) == {200}
    assert [event["action"] for event in events_of(service)].count("paper.read") == 50


# Told to stop


def answers_at(address: str) -> bool:
    try:
        httpx2.get(f"{address}/health/live")
    except httpx2.TransportError:
        return False
    return True


@WINDOWS
def test_told_to_stop_it_finishes_what_runs_and_leaves(service):
    service.kill()
    service.start(FROM_NOTHING)  # as a person starts it
    database = Database(service.url)
    answers: list[httpx2.Response] = []

    def ask() -> None:
        with service.client() as client:
            answers.append(client.post(VERSIONS))

    with database.writing() as session:
        session.connection()  # the request has to wait for us: on SQLite because we have begun,
        lock(session, "facts")  # on PostgreSQL because of this
        asking = threading.Thread(target=ask)
        asking.start()
        with httpx2.Client(headers={"Authorization": "Bearer figures-for-the-test"}) as watcher:
            until = time.monotonic() + 30
            while "boardpapers_doors_writing 1.0" not in watcher.get(f"{service.address}/metrics").text:
                assert time.monotonic() < until
                time.sleep(0.02)
        service.process.terminate()
        while answers_at(service.address):
            time.sleep(0.02)
        assert service.process.exitcode is None, "it left before its work was done"
        assert answers == []
    asking.join()

    assert [answer.status_code for answer in answers] == [201]
    service.process.join(30)
    assert service.process.exitcode in (0, -signal.SIGTERM)
    assert [event["action"] for event in events_of(service)].count("version.kept") == 1
    database.dispose()


# Overheard


def test_each_request_leaves_one_line_that_tells_no_narrative_and_no_token(service):
    secret = "what nobody but the board may read"
    section = {"key": "purpose", "blocks": [{"kind": "narrative", "text": secret}]}
    with service.client() as client:
        client.headers["X-Request-Id"] = "overheard"
        address = f"/api/v1/papers/{stories.PAPER}/sections/purpose"
        assert client.put(address, json=section, headers={"If-Match": "*"}).status_code == 200
        assert client.post(VERSIONS).status_code == 201
        assert client.get(f"/api/v1/papers/{secret}").status_code == 422
        assert client.get(f"/{secret}").status_code == 404
        assert client.get("/api/v1/papers", params={"cursor": secret}).status_code == 422
    assert (
        httpx2.get(f"{service.address}/api/v1/papers", headers={"Authorization": "Bearer bp_wrong"}).status_code == 401
    )
    service.end()

    lines = [json.loads(line) for line in service.log().splitlines()]
    requests = [line for line in lines if line["event"] == "request" and line["request"] == "overheard"]
    told = [(line["actor"], line["method"], line["route"], line["status"]) for line in requests]
    assert told == [
        ("ada", "PUT", "/api/v1/papers/{reference}/sections/{section}", 200),
        ("ada", "POST", "/api/v1/papers/{reference}/versions", 201),
        ("ada", "GET", "/api/v1/papers/{reference}", 422),
        (None, "GET", "none", 404),
        ("ada", "GET", "/api/v1/papers", 422),
    ]
    assert all(line["ms"] > 0 and line["at"] for line in requests)
    heads = [line for line in lines if line["event"] == "audit head"]
    last = events_of(service)
    assert heads[-1]["sequence"] == len(last)
    for word in (secret, service.token, "bp_wrong"):
        assert word not in service.log()
