"""What whoever watches over the service is told: figures behind a token of their own, limits, and what goes wrong."""

import json
import logging
import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app.accounts.models import Role
from app.main import create_app
from app.settings import Settings
from app.web.pace import Pace, TooFast
from tests.clock import set_clock
from tests.stories import NOON, PAPER

TOKEN = "figures-for-the-test"


@pytest.fixture
def app(database, database_url, tmp_path):
    settings = Settings(
        data=tmp_path, database_url=database_url, metrics_token=TOKEN, generate_per_minute=2, _env_file=None
    )
    made = create_app(settings)
    set_clock(made, lambda: NOON)
    return made


def figures_of(client) -> dict[str, float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    told = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in told}


def test_the_figures_tell_what_was_asked_and_how_things_stand(filled):
    assert filled.post(f"/api/v1/papers/{PAPER}/versions").status_code == 201
    filled.get("/api/v1/papers/NEVER")
    filled.get("/what-a-client-invents")
    filled.request("BREW", "/api/v1/papers")

    found = figures_of(filled)

    route = "/api/v1/papers/{reference}"
    assert found[f'boardpapers_requests_total{{method="GET",route="{route}",status="404"}}'] == 1
    assert found['boardpapers_requests_total{method="GET",route="none",status="404"}'] == 1
    assert found[f'boardpapers_request_seconds_count{{method="POST",route="{route}/versions"}}'] == 1
    assert (found["boardpapers_versions"], found["boardpapers_doors_writing"]) == (1, 0)
    assert found["boardpapers_gaps"] > 0
    assert found["boardpapers_templates_held"] >= 1
    assert found["boardpapers_free_bytes"] > 0
    assert not any("BREW" in name or "invents" in name for name in found)


@pytest.mark.parametrize("token", ["", "wrong", "an administrator's"])
def test_the_figures_are_for_nobody_else(client, stranger, token):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asking = client if token.startswith("an") else stranger
    answer = asking.get("/metrics", headers=headers if not token.startswith("an") else {})

    assert answer.status_code == 401
    assert "boardpapers_" not in answer.text


def test_without_the_setting_nothing_opens_the_figures(tmp_path, migrated_file):
    app = create_app(Settings(data=tmp_path, _env_file=None))

    assert TestClient(app).get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 401


def test_a_document_may_be_made_so_many_times_a_minute_by_each_account(app, filled, client_of):
    preview = f"/api/v1/papers/{PAPER}/preview"
    assert [filled.post(preview).status_code for _ in range(3)] == [200, 200, 429]
    refused = filled.post(f"/api/v1/papers/{PAPER}/versions")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.json()["detail"] == "This may be done 2 times a minute. Try again in 60 seconds."

    assert client_of(Role.AUTHOR).post(preview).status_code == 200, "others have their own pace"
    set_clock(app, lambda: NOON + timedelta(minutes=1))
    headers = {"Idempotency-Key": "k"}
    answers = [filled.post(f"/api/v1/papers/{PAPER}/versions", headers=headers) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201] * 5, "a request that comes again costs nothing"


@pytest.mark.parametrize(
    ("what", "often"),
    [("findings", [200, 200, 429]), ("effect?last=10", [200, 429]), ("trial", [200, 200, 429])],
)
def test_templates_are_tried_so_many_times_a_minute_too(filled, what, often):
    method = "POST" if what == "trial" else "GET"
    address = f"/formats/scrutiny/versions/1/{what}"
    assert [filled.request(method, f"/api/v1{address}").status_code for _ in often] == often
    page = address if what != "trial" else f"{address}/result"
    assert filled.get(page, headers={"Accept": "text/html"}).status_code == 429


def test_a_pace_is_kept_over_any_minute():
    pace = Pace(2)
    pace.count("ada", NOON)
    pace.count("ada", NOON + timedelta(seconds=40))

    with pytest.raises(TooFast) as refused:
        pace.count("ada", NOON + timedelta(seconds=59.5))
    assert refused.value.retry_after == 1
    pace.count("ada", NOON + timedelta(seconds=60))
    with pytest.raises(TooFast) as refused:
        pace.count("ada", NOON + timedelta(seconds=61))
    assert refused.value.retry_after == 39


def test_many_at_once_count_as_many_and_never_as_more_than_a_minutes():
    pace = Pace(3)
    pace.count("ada", NOON, 2)
    with pytest.raises(TooFast):
        pace.count("ada", NOON, 2)
    pace.count("ada", NOON + timedelta(seconds=30), 1)
    with pytest.raises(TooFast) as refused:
        pace.count("ada", NOON + timedelta(seconds=30), 3)
    assert refused.value.retry_after == 60
    pace.count("ada", NOON + timedelta(seconds=90), 10)


def test_a_disk_that_is_nearly_full_serves_no_more(stranger, monkeypatch):
    assert stranger.get("/health/ready").status_code == 200
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage(10**9, 10**9 - 1000, 1000))

    answer = stranger.get("/health/ready")

    assert answer.status_code == 503
    assert [error["parameter"] for error in answer.json()["errors"]] == ["disk"]
    assert stranger.get("/health/live").status_code == 200


def test_a_failure_is_told_by_its_kind_and_place_and_none_of_its_words(app, filled, monkeypatch, caplog):
    def fail(*_arguments, **_named):
        raise LookupError("the words of a narrative")

    monkeypatch.setattr("app.web.api.versions.assemble", fail)
    filled._transport.raise_server_exceptions = False
    with caplog.at_level(logging.INFO, logger="boardpapers"):
        answer = filled.post(f"/api/v1/papers/{PAPER}/versions", headers={"X-Request-Id": "it-fails"})

    assert answer.status_code == 500
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "boardpapers"]
    failure = next(line for line in lines if line["event"] == "failure")
    assert (failure["request"], failure["kind"]) == ("it-fails", "builtins.LookupError")
    assert failure["where"][-1].endswith(" fail")
    assert lines[-1]["status"] == 500
    assert "the words of" not in caplog.text
