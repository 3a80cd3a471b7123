"""A paper is submitted: what is in the way is told at once, and its facts stand still from then on."""

from tests.review.board import ADDRESS, gather
from tests.stories import PAPER

UPDATE = "/api/v1/workstreams/procurement/updates/2027-02-15"
NEWS = {"as_at": "2027-02-15", "parts": {"progress": "The team grew."}}


def test_what_is_in_the_way_is_answered_in_one_list_and_nothing_is_kept(app, client, person_of):
    board = gather(app, client, person_of, sections=[], cut_off="2027-04-01")
    refused = board.submit()
    assert refused.status_code == 422
    pointers = [error["pointer"] for error in refused.json()["errors"]]
    assert sum(pointer.startswith("/gaps/") for pointer in pointers) > 5
    assert "/cut_off" in pointers
    assert board.review()["state"] == "draft"
    assert board.labels() == []


def test_a_submitted_paper_is_in_review_and_its_version_holds_its_facts(board):
    answer = board.submit()
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["submissions"][0]["version"]) == ("in-review", "0.1")
    assert board.candidate()["label"] == "1.0"
    digest = board.candidate()["digest"]
    assert board.admin.put(UPDATE, json=NEWS).status_code == 201
    assert board.candidate()["digest"] == digest
    said = board.admin.get(f"{ADDRESS}/versions/0.1/changes").json()["changes"]
    assert said == [
        "Procurement, Progress as at 15 January 2027: is not there any more.",
        "Procurement, rating of Overall as at 15 January 2027: is not there any more.",
        "Procurement, Progress as at 15 February 2027: is new.",
    ]


def test_changed_facts_are_named_with_what_they_were(board):
    board.author.post(f"{ADDRESS}/versions")
    assert board.admin.get(f"{ADDRESS}/versions/0.1/changes").json()["changes"] == []
    board.write(title="Collaboration, second half")
    said = board.admin.get(f"{ADDRESS}/versions/0.1/changes").json()["changes"]
    assert said == ["Title: was “Collaboration update”, is “Collaboration, second half” now."]


def test_nobody_changes_or_generates_a_paper_in_review(board):
    board.submit()
    refused = board.write(title="Another")
    assert refused.status_code == 409
    assert "is in review" in refused.json()["detail"]
    assert board.author.post(f"{ADDRESS}/versions").status_code == 409
    assert board.submit().status_code == 409
    assert board.write().status_code == 200, "sending what is there changes nothing"


def test_who_submits_says_which_state_was_seen(board):
    assert board.post(board.author, "submissions", {}).status_code == 428
    seen = board.seen()
    board.write(title="Another")
    assert board.post(board.author, "submissions", {}, headers=seen).status_code == 412
    key = board.seen() | {"Idempotency-Key": "once"}
    first = board.post(board.author, "submissions", {}, headers=key)
    again = board.post(board.author, "submissions", {}, headers=key)
    assert (first.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replay"] == "true"
    assert len(board.review()["submissions"]) == 1


def test_a_withdrawn_paper_can_be_taken_up_again(board):
    board.submit()
    withdrawn = board.post(board.author, "withdrawal", headers=board.seen())
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert board.write(title="Another").status_code == 409
    assert board.approve(digest="0" * 64).status_code == 409
    assert board.reopen().json()["state"] == "draft"
    assert board.write(title="Another").status_code == 200
    assert board.submit().json()["submissions"][1]["version"] == "0.2"


def test_the_author_is_asked_for_the_day_of_writing_when_the_text_has_changed_since(board):
    board.author.post(f"{ADDRESS}/versions")
    board.on(2026, 11, 30)
    board.write(title="Another")
    asked = board.submit()
    assert asked.status_code == 422
    assert [error["pointer"] for error in asked.json()["errors"]] == ["/written_on"]
    assert board.submit(written_on="2026-12-01").status_code == 422, "still to come"
    assert board.submit(written_on="2026-11-30").status_code == 201
    snapshot = board.admin.get(f"{ADDRESS}/versions/0.2/snapshot").json()
    assert snapshot["paper"]["written_on"] == "2026-11-30"


def test_the_author_is_not_asked_for_the_day_of_writing_when_nothing_has_changed_since_its_last_draft(board):
    board.author.post(f"{ADDRESS}/versions")
    board.write(title="Another")
    board.author.post(f"{ADDRESS}/versions")
    board.on(2026, 11, 30)
    assert board.submit().status_code == 201
    board.send_back(reasons="Say more.")
    assert board.submit().status_code == 201
    board.send_back(reasons="Say more.")
    board.write(title="A third")
    assert [error["pointer"] for error in board.submit().json()["errors"]] == ["/written_on"]


def test_a_paper_is_not_submitted_after_its_meeting(board):
    board.on(2027, 3, 12)
    assert [error["pointer"] for error in board.submit().json()["errors"]] == ["/meeting"]


def test_every_transition_is_in_the_log(board):
    board.submit()
    board.send_back(reasons="Say more.")
    board.post(board.author, "withdrawal", headers=board.seen())
    board.reopen()
    events = board.admin.get("/api/v1/audit", params={"object": f"paper/{PAPER}"}).json()["items"]
    assert [event["action"] for event in events][:4] == [
        "paper.reopened", "paper.withdrawn", "paper.sent-back", "paper.submitted",
    ]  # fmt: skip
