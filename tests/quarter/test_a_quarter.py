"""One quarter of a board's work, through the API alone: drafts, clearances, decision, release, reissue, the next paper.

Each chapter takes up where the one before ended; `Quarter` holds who takes part.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import word
from app.accounts.models import Account, Role
from app.people.models import Person
from tests.review.board import ADDRESS, WRITTEN, Board, gather
from tests.review.test_decisions import damage_of
from tests.stories import PAPER, scrutiny

EQUALITY = 'heading = "Equality and/or Human Rights Implications"\n'
NEXT = "/api/v1/papers/COL-2027-06"


@dataclass
class Quarter:
    """Who takes part, beside those whom a board has: each sees what the service shows them."""

    board: Board
    deputy: TestClient
    """Clears in her own name, and decides."""
    intranet: TestClient
    """A token that may read versions and nothing else."""
    office: TestClient
    """A token of the organisation whose board receives the paper."""
    receiving_secretary: TestClient


@pytest.fixture
def quarter(app, client, client_of, person_of, database, monkeypatch) -> Quarter:
    said = scrutiny()["manifest"]
    assert EQUALITY in said
    marked = scrutiny() | {"manifest": said.replace(EQUALITY, f'{EQUALITY}clearance = "Head of equality"\n')}
    monkeypatch.setattr("tests.review.board.scrutiny", lambda: marked)
    board = gather(app, client, person_of)
    deputy = person_of(Role.READER, "force", "deputy")
    with database.writing() as session:
        person = session.scalars(select(Person).where(Person.key == "dcc")).one().id
        session.scalars(select(Account).where(Account.key == "deputy")).one().person_id = person
    intranet = client_of(Role.CLIENT, "force")
    scopes = {"name": "intranet", "scopes": ["versions:read", "versions:download"]}
    made = client.post("/api/v1/accounts/client-force/tokens", json=scopes)
    assert made.status_code == 201, made.text
    intranet.headers["Authorization"] = f"Bearer {made.json()['token']}"
    return Quarter(board, deputy, intranet, client_of(Role.READER, "office"), client_of(Role.SECRETARY, "office"))


def sections(**texts: str) -> list[dict[str, Any]]:
    said = {key: f"About {key}." for key in WRITTEN} | texts
    return [{"key": key, "blocks": [{"kind": "narrative", "text": text}]} for key, text in said.items() if text]


def generate(board: Board) -> dict[str, Any]:
    answer = board.author.post(f"{ADDRESS}/versions")
    assert answer.status_code == 201, answer.text
    return answer.json()


def drafts_on_the_way(quarter: Quarter) -> None:
    """0.1 says what is missing, 0.2 has it, 0.3 follows what a workstream reported meanwhile."""
    board = quarter.board
    board.write(sections=sections(demand="", risks=""))
    first = generate(board)
    assert (first["label"], first["open_points"] > 0) == ("0.1", True)
    refused = board.submit()
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) > 2
    board.write(sections=sections())
    second = generate(board)
    assert (second["label"], second["open_points"] < first["open_points"]) == ("0.2", True)
    news = {"as_at": "2027-02-15", "parts": {"progress": "The team grew to nine."}, "ratings": {"overall": "green"}}
    assert board.admin.put("/api/v1/workstreams/procurement/updates/2027-02-15", json=news).status_code == 201
    changes = board.admin.get(f"{ADDRESS}/versions/0.2/changes").json()["changes"]
    assert "Procurement, Progress as at 15 February 2027: is new." in changes
    assert generate(board)["label"] == "0.3"
    assert quarter.office.get(f"{ADDRESS}/versions").status_code == 404, "drafts are the writers'"


def clear(quarter: Quarter) -> None:
    (needed,) = quarter.deputy.get(f"{ADDRESS}/clearances").json()["clearances"]
    said = {"place": needed["place"], "digest": needed["digest"], "cleared_by": "dcc"}
    assert quarter.deputy.post(f"{ADDRESS}/clearances", json=said).status_code == 201


def cleared_by_name(quarter: Quarter) -> None:
    """What the format wants cleared is cleared by a named person; another text needs another clearance."""
    board = quarter.board
    clear(quarter)
    board.write(sections=sections(equality="Nobody is left out."))
    assert [error["pointer"] for error in board.submit().json()["errors"]] == [
        "/gaps/0",
        "/clearances/section~1equality",
    ]
    clear(quarter)


def sent_back_with_reasons(quarter: Quarter) -> None:
    """0.4 is submitted, commented on, and sent back; the author answers, and submits again."""
    board = quarter.board
    assert board.submit().json()["submissions"][0]["version"] == "0.4"
    said = {"place": "section/demand", "text": "How many calls?"}
    assert board.approver.post(f"{ADDRESS}/versions/0.4/comments", json=said).status_code == 201
    assert board.send_back(reasons="Say how many calls.").status_code == 201
    board.write(sections=sections(equality="Nobody is left out.", demand="12,480 calls."))
    assert generate(board)["label"] == "0.5"
    reply = {"version": "0.5", "text": "12,480: it says so now."}
    assert board.author.post(f"{ADDRESS}/comments/1/replies", json=reply).status_code == 201
    assert board.approver.post(f"{ADDRESS}/comments/1/resolution").status_code == 201
    assert board.submit().json()["submissions"][1]["version"] == "0.5"


def approved_by_a_second_person(quarter: Quarter) -> bytes:
    """Exactly the bytes on screen become 1.0."""
    board = quarter.board
    candidate = board.candidate()
    on_screen = board.approver.get(candidate["document"]).content
    assert board.approve(board.author, digest=candidate["digest"]).status_code == 403
    answer = board.approve(digest=candidate["digest"])
    assert (answer.status_code, answer.json()["version"]) == (201, "1.0")
    assert sha256(board.document("1.0")).hexdigest() == candidate["digest"]
    assert board.document("1.0") == on_screen
    return on_screen


def released_and_downloaded(quarter: Quarter, approved: bytes) -> None:
    """Who receives it reads 1.0, and the intranet's token downloads it and may do nothing else."""
    board = quarter.board
    assert board.post(board.secretary, "versions/1.0/release").status_code == 201
    assert [item["version"] for item in quarter.office.get("/api/v1/releases").json()["items"]] == ["1.0"]
    assert quarter.office.get(f"{ADDRESS}/versions/1.0/document").content == approved
    assert quarter.office.get(f"{ADDRESS}/versions/0.4").status_code == 404
    assert quarter.intranet.get(f"{ADDRESS}/versions/1.0/document").content == approved
    assert quarter.intranet.post(f"{ADDRESS}/versions").status_code == 403


def reissued_under_another_number(quarter: Quarter, approved: bytes) -> None:
    """The agenda moves: the paper comes out again, and is what was approved."""
    board = quarter.board
    answer = board.post(board.secretary, "reissues", {"agenda_number": "7.0"}, headers=board.seen())
    assert (answer.status_code, answer.json()["label"]) == (201, "1.0.1")
    before, after = word.regions(approved), word.regions(board.document("1.0.1"))
    differing = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert differing <= {"field/agenda-number"}
    assert board.document("1.0") == approved


def had_by_its_meeting(quarter: Quarter) -> None:
    """The receiving board's secretary records what it made of the paper, and what it asked for."""
    board = quarter.board
    board.on(2027, 3, 12)
    said = {
        "text": "The board noted the report.",
        "actions": [{"text": "Bring the cost of a second team.", "owner": "dcc", "due_on": "2027-05-31"}],
    }
    answer = quarter.receiving_secretary.post(f"{ADDRESS}/outcome", json=said)
    assert answer.status_code == 201, answer.text


def a_later_change(quarter: Quarter, approved: bytes) -> None:
    """The next label begins, and what was approved stays."""
    board = quarter.board
    board.reopen()
    board.write(title="Collaboration update, corrected")
    assert generate(board)["label"] == "1.1"
    assert board.document("1.0") == approved
    assert quarter.office.get(f"{ADDRESS}/versions/1.1").status_code == 404


def the_next_paper(quarter: Quarter) -> None:
    """It begins with what still holds, asks for the rest, and says what the board asked for."""
    board = quarter.board
    answer = board.post(board.author, "next", {"reference": "COL-2027-06"})
    assert (answer.status_code, answer.json()["meeting"]) == (201, "2027-06-10")
    carried = {section["key"] for section in answer.json()["sections"]}
    assert "purpose" in carried
    assert not {"executive-summary", "consultation"} & carried
    assert "demand" in board.author.get(f"{NEXT}/carried").json()["sections"]
    made = board.author.post(f"{NEXT}/versions")
    assert made.status_code == 201, made.text
    said = word.text_of(board.author.get(f"{NEXT}/versions/0.1/document").content)
    assert "Bring the cost of a second team." in said


STORY = [
    "paper.changed", "version.kept", "paper.changed", "version.kept", "version.kept", "clearance.given",
    "paper.changed", "clearance.given", "version.kept", "submission.recorded", "paper.submitted", "comment.made",
    "decision.recorded", "paper.sent-back", "paper.changed", "version.kept", "comment.made", "comment.resolved",
    "submission.recorded", "paper.submitted", "version.kept", "decision.recorded", "paper.approved",
    "version.released", "version.kept", "version.reissued", "paper.reissued", "outcome.recorded", "action.recorded",
    "paper.reopened", "paper.changed", "version.kept",
]  # fmt: skip
"""What the log says of the paper, from its first change on."""


def the_log_tells_it(quarter: Quarter) -> None:
    page = quarter.board.admin.get("/api/v1/audit", params={"limit": 100}).json()
    events = page["items"]
    while page["next"]:
        page = quarter.board.admin.get("/api/v1/audit", params={"limit": 100, "cursor": page["next"]}).json()
        events += page["items"]
    of_paper = [
        event["action"]
        for event in reversed(events)
        if event["object"] == f"paper/{PAPER}" or event["object"].startswith(f"paper/{PAPER}/")
    ]
    assert of_paper[of_paper.index("paper.changed") :] == STORY
    assert "request.refused" in {event["action"] for event in events}


def test_a_quarter_from_the_first_draft_to_the_next_paper(quarter, database, blobs):
    drafts_on_the_way(quarter)
    cleared_by_name(quarter)
    sent_back_with_reasons(quarter)
    approved = approved_by_a_second_person(quarter)
    released_and_downloaded(quarter, approved)
    reissued_under_another_number(quarter, approved)
    had_by_its_meeting(quarter)
    a_later_change(quarter, approved)
    the_next_paper(quarter)
    the_log_tells_it(quarter)
    assert damage_of(database, blobs) == []
