"""The log over the API: asked for what is wanted, taken away as a file, and nothing missing from it."""

import csv
import io
import json

from app.accounts.models import Role
from tests.stories import PAPER, paper


def events(client, **wanted):
    answer = client.get("/api/v1/audit", params=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_the_log_is_asked_by_day_request_and_the_beginning_of_a_name(filled):
    made = filled.post(f"/api/v1/papers/{PAPER}/versions", headers={"X-Request-Id": "monday-1"})
    assert made.status_code == 201

    assert [event["action"] for event in events(filled, request="monday-1")] == ["version.kept"]
    assert {event["object"] for event in events(filled, under=f"paper/{PAPER}/")} == {f"paper/{PAPER}/version/0.1"}
    assert events(filled, since="2026-11-24") == events(filled, until="2026-11-22") == []
    assert len(events(filled, since="2026-11-23", until="2026-11-23", under="workstream/")) == 3
    assert filled.get("/api/v1/audit", params={"since": "yesterday"}).status_code == 422


def test_the_log_is_taken_away_as_lines_or_as_a_table_and_says_so(filled):
    lines = filled.get("/api/v1/audit/export", headers={"X-Request-Id": "away"})
    assert lines.headers["content-disposition"].startswith('attachment; filename="audit-2026-11-23.jsonl"')
    log = [json.loads(line) for line in lines.text.splitlines()]
    assert [event["sequence"] for event in log] == list(range(1, len(log) + 1))
    assert (log[-1]["action"], log[-1]["request"]) == ("audit.exported", "away")

    table = filled.get("/api/v1/audit/export", params={"format": "csv", "under": "theme/"})
    assert table.headers["content-type"].startswith("text/csv")
    assert [row["object"] for row in csv.DictReader(io.StringIO(table.text))] == ["theme/region"]
    assert filled.get("/api/v1/audit/export", params={"format": "xls"}).status_code == 422


def test_only_who_reads_the_log_takes_it_away(filled, client_of):
    refused = client_of(Role.SECRETARY).get("/api/v1/audit/export")

    assert refused.status_code == 403
    assert events(filled, action="audit.exported") == []
    assert events(filled, action="request.refused")[0]["object"] == "GET /api/v1/audit/export"


def test_a_look_at_what_belongs_to_others_is_written_down(filled, client_of):
    other = client_of(Role.AUTHOR, "office")

    assert other.get(f"/api/v1/papers/{PAPER}", headers={"X-Request-Id": "nosy"}).status_code == 404
    assert other.get(f"/api/v1/papers/{PAPER}/gaps").status_code == 404
    assert other.get("/api/v1/papers/NEVER").status_code == 404

    found = events(filled, action="request.refused")
    assert [event["object"] for event in found] == [f"GET /api/v1/papers/{PAPER}/gaps", f"GET /api/v1/papers/{PAPER}"]
    assert (found[1]["by"], found[1]["request"]) == ("report-author-office", "nosy")


def test_every_look_into_a_sensitive_paper_is_written_down_and_no_other(filled, client_of):
    address = f"/api/v1/papers/{PAPER}"
    filled.put(address, json=paper(marking="OFFICIAL-SENSITIVE"), headers={"If-Match": "*"})
    filled.post(f"{address}/versions")
    reader = client_of(Role.AUTHOR)
    looks = {
        address: "paper.read",
        f"{address}/sections/purpose": "paper.read",
        f"{address}/gaps": "gaps.read",
        f"{address}/versions/0.1/snapshot": "snapshot.read",
        f"{address}/versions/0.1/changes": "changes.read",
        f"{address}/versions/0.1/document": "document.read",
        f"{address}/versions/0.1/comparison": "document.read",
    }
    for number, (look, action) in enumerate(looks.items()):
        assert reader.get(look, headers={"X-Request-Id": f"look-{number}"}).status_code == 200
        (event,) = events(filled, request=f"look-{number}")
        assert (event["action"], event["object"], event["by"]) == (action, f"paper/{PAPER}", "report-author-all")
    assert reader.post(f"{address}/preview", headers={"X-Request-Id": "p"}).status_code == 200
    assert [event["action"] for event in events(filled, request="p")] == ["preview.read"]

    filled.put(address, json=paper(marking="OFFICIAL"), headers={"If-Match": "*"})
    assert reader.get(address, headers={"X-Request-Id": "now"}).status_code == 200
    assert events(filled, request="now") == [], "it is no sensitive paper any more"
    assert reader.get(f"{address}/versions/0.1/document", headers={"X-Request-Id": "old"}).status_code == 200
    assert [event["action"] for event in events(filled, request="old")] == ["document.read"], "the old version is"
    for what in ("snapshot", "changes"):
        said = {"X-Request-Id": f"old-{what}"}
        assert reader.get(f"{address}/versions/0.1/{what}", headers=said).status_code == 200
        assert [event["action"] for event in events(filled, request=f"old-{what}")] == [f"{what}.read"]


def test_what_cannot_be_written_down_is_not_shown(filled, client_of, database, monkeypatch):
    filled.put(f"/api/v1/papers/{PAPER}", json=paper(marking="OFFICIAL-SENSITIVE"), headers={"If-Match": "*"})
    reader = client_of(Role.READER)
    reader._transport.raise_server_exceptions = False

    def no_room(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.web.trace.audit.record", no_room)
    answer = reader.get(f"/api/v1/papers/{PAPER}")

    assert answer.status_code == 500
    assert "gives an update" not in answer.text
