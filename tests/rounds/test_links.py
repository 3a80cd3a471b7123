"""Stories of links: a contributor outside answers for one workstream, and sees nothing else."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app.accounts.models import Role
from app.web.pace import Pace
from tests.api.test_who_may_do_what import OPEN
from tests.clock import set_clock
from tests.rounds.stories import PROCUREMENT, open_round
from tests.stories import NOON, update

LINK = "/api/v1/link"

THERE = {
    "key": "march", "ref": "procurement", "reference": "COL-2027-03", "held_on": "2027-03-11", "label": "0.1",
    "as_at": "2027-01-15", "section": "purpose", "digest": "0" * 64,
}  # fmt: skip
"""What addresses name that is there."""


@pytest.fixture
def given(filled) -> dict:
    """The link that was given out for procurement."""
    open_round(filled)
    asked = {"name": "Regional programme office", "contact": "office@region.example", "days": 7}
    answer = filled.post(f"{PROCUREMENT}/links", json=asked, headers={"Idempotency-Key": "once"})
    assert answer.status_code == 201, answer.text
    again = filled.post(f"{PROCUREMENT}/links", json=asked, headers={"Idempotency-Key": "once"})
    assert again.json() == answer.json() | {"secret": None}
    return answer.json()


@pytest.fixture
def outsider(app, given) -> TestClient:
    """A client that has the link and nothing else."""
    return TestClient(app, headers={"Authorization": f"Bearer {given['secret']}"})


def test_a_link_holds_256_random_bits_and_no_secret_is_kept(filled, given, database):
    from sqlalchemy import text

    assert len(given["secret"]) == len("bl_") + 43
    with database.reading() as session:
        kept = [str(row) for table in ("answer_link", "audit_event", "reply")
                for row in session.execute(text(f"SELECT * FROM {table}"))]  # fmt: skip
    assert not any(given["secret"] in row for row in kept)
    assert given["secret"] not in filled.get(f"{PROCUREMENT}/links").text


def test_an_outsider_sees_one_workstream_and_nothing_else(app, filled, outsider):
    seen = outsider.get(LINK, params={"text": "1"})
    assert seen.status_code == 200
    assert seen.json()["workstream"] == "Procurement"
    assert seen.json()["last_time"]["parts"] == {"progress": "The team went live."}
    for word in ("Forensics", "forensics", "march", "Collaboration", "scrutiny"):
        assert word not in seen.text
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            if path.startswith("/api/v1") and not path.startswith(LINK) and (method.upper(), path) not in OPEN:
                there = re.sub(r"\{(\w+)\}", lambda named: THERE.get(named[1], "1"), path)
                assert outsider.request(method, there).status_code == 401, (method, path)


def test_an_outsider_answers_in_the_name_that_the_link_was_given_to(filled, outsider):
    said = {"kind": "changed", "update": update("2027-02-11", "The region went live.")}
    answer = outsider.post(f"{LINK}/answers", json=said)
    assert answer.status_code == 201, answer.text
    assert answer.json()["answers"][0]["given_by"] == "Regional programme office"
    kept = filled.get(PROCUREMENT).json()["answers"][0]
    assert (kept["given_by"], kept["person"]) == ("Regional programme office", None)
    assert kept["recorded_by"] == "round/march/workstream/procurement/link/1"
    assert outsider.post(f"{LINK}/answers", json=said | {"given_by": "dcc"}).status_code == 422
    once = {"Idempotency-Key": "k"}
    first, second = (outsider.post(f"{LINK}/answers", json={"kind": "no-change"}, headers=once) for _ in range(2))
    assert first.json() == second.json()
    assert len(filled.get(PROCUREMENT).json()["answers"]) == 2


def test_an_outsider_reports_as_at_the_rounds_day_and_over_nothing_that_was_not_seen(filled, outsider):
    for day in ("2027-01-15", "2026-05-22", "2027-02-10"):
        said = {"kind": "changed", "update": update(day, "It never was.")}
        refused = outsider.post(f"{LINK}/answers", json=said)
        assert refused.status_code == 422, refused.text
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/update/as_at"]
    there = filled.get("/api/v1/workstreams/procurement/updates").json()["items"]
    assert [(one["as_at"], one["parts"]["progress"]["value"]) for one in there] == [
        ("2027-01-15", "<p>The team went live.</p>")
    ]

    lead = {"kind": "changed", "given_by": "head", "update": update("2027-02-11", "The lead’s text.")}
    assert filled.post(f"{PROCUREMENT}/answers", json=lead).status_code == 201
    mine = {"kind": "changed", "update": update("2027-02-11", "From outside.")}
    refused = outsider.post(f"{LINK}/answers", json=mine)
    assert refused.status_code == 409
    both = refused.json()["meanwhile"]
    assert [both[one]["parts"]["progress"]["value"] for one in ("sent", "saved")] == [
        "<p>From outside.</p>", "<p>The lead’s text.</p>",
    ]  # fmt: skip
    assert outsider.get(LINK, params={"text": "1"}).json()["reported"]["parts"] == {"progress": "The lead’s text."}
    assert outsider.post(f"{LINK}/answers", json=mine | {"revision": both["revision"]}).status_code == 201


def test_every_use_is_in_the_log(filled, outsider, client_of):
    outsider.get(LINK)
    outsider.post(f"{LINK}/answers", json={"kind": "no-change"})
    name = "round/march/workstream/procurement/link/1"
    events = filled.get("/api/v1/audit").json()["items"]
    done = [event["action"] for event in events if event["by"] == name]
    assert done == ["answer.recorded", "link.used", "link.used"]


def test_a_link_ends_with_its_days_or_when_it_is_taken_away(app, filled, outsider):
    set_clock(app, lambda: NOON + timedelta(days=7))
    refused = outsider.get(LINK)
    assert (refused.status_code, "expired" in refused.json()["detail"]) == (401, True)
    set_clock(app, lambda: NOON + timedelta(days=6))
    assert outsider.get(LINK).status_code == 200
    assert filled.delete(f"{PROCUREMENT}/links/1").status_code == 204
    assert filled.delete(f"{PROCUREMENT}/links/1").status_code == 204
    assert filled.delete(f"{PROCUREMENT}/links/2").status_code == 404
    assert outsider.get(LINK).status_code == 401
    assert outsider.post(f"{LINK}/answers", json={"kind": "no-change"}).status_code == 401
    done = [event["action"] for event in filled.get("/api/v1/audit").json()["items"]]
    assert done[:4] == ["link.refused", "link.refused", "link.revoked", "link.used"]
    (kept,) = filled.get(f"{PROCUREMENT}/links").json()["items"]
    assert kept["revoked_at"] is not None


def test_links_are_given_by_who_runs_rounds(filled, given, client_of):
    lead, other = client_of(Role.LEAD, "force"), client_of(Role.SECRETARY, "office")
    asked = {"name": "Anybody"}
    assert lead.post(f"{PROCUREMENT}/links", json=asked).status_code == 403
    assert lead.get(f"{PROCUREMENT}/links").status_code == 403
    assert other.post(f"{PROCUREMENT}/links", json=asked).status_code == 404
    assert other.delete(f"{PROCUREMENT}/links/1").status_code == 404


def test_who_guesses_holds_up_nobody_and_a_link_has_its_pace(app, database, outsider):
    guessing = TestClient(app, headers={"Authorization": "Bearer bl_guessed"})
    with database.writing():
        assert guessing.get(LINK).status_code == 401, "it did not wait for who writes"
    app.state.premises = replace(app.state.premises, linked=Pace(2))
    assert [outsider.get(LINK).status_code for _ in range(3)] == [200, 200, 429]
