"""Comments hang on places of a version, are answered, and are settled by somebody."""

from app.accounts import queries as accounts
from app.accounts.models import Role
from tests.demonstrated import build_assets
from tests.review.board import ADDRESS
from tests.stories import PAPER

COMMENTS = f"{ADDRESS}/comments"


def threads(board):
    return board.admin.get(COMMENTS).json()["threads"]


def test_a_comment_is_made_answered_on_a_later_version_and_settled(board):
    board.submit()
    on_it = f"{ADDRESS}/versions/0.1/comments"
    said = {"place": "update/procurement/2027-01-15/progress", "text": "Since when?"}
    assert board.approver.post(on_it, json=said).status_code == 201
    board.approver.post(on_it, json={"place": "section/demand", "text": "Shorter."})
    board.send_back(reasons="See my comments.")
    board.write(title="Another")
    board.author.post(f"{ADDRESS}/versions")
    answered = board.author.post(f"{COMMENTS}/1/replies", json={"version": "0.2", "text": "Since May."})
    assert answered.status_code == 201, answered.text
    assert board.approver.post(f"{COMMENTS}/1/resolution").status_code == 201
    first, second = threads(board)
    assert [(remark["number"], remark["version"], remark["text"]) for remark in first["remarks"]] == [
        (1, "0.1", "Since when?"),
        (3, "0.2", "Since May."),
    ]
    assert (first["place"], first["resolved_by"]) == (said["place"], "approver-force")
    assert (second["place"], second["resolved_by"]) == ("section/demand", None)
    log = board.admin.get("/api/v1/audit").text
    assert "comment.resolved" in log
    assert "Since when?" not in log


def test_a_comment_needs_a_place_that_the_version_has(board, client_of):
    board.submit()
    on_it = f"{ADDRESS}/versions/0.1/comments"
    for said in ({"place": "section/nowhere", "text": "?"}, {"place": "section/demand", "text": ""}):
        assert board.approver.post(on_it, json=said).status_code == 422
    right = {"place": "section/demand", "text": "?"}
    assert board.approver.post(f"{ADDRESS}/versions/9.9/comments", json=right).status_code == 404
    other = client_of(Role.APPROVER, "office")
    assert other.post(on_it, json=right).status_code == 404
    assert other.get(COMMENTS).status_code == 404
    assert threads(board) == []


def test_a_settled_thread_stays_settled(board):
    board.submit()
    board.approver.post(f"{ADDRESS}/versions/0.1/comments", json={"place": "section/demand", "text": "Shorter."})
    twice = {"headers": {"Idempotency-Key": "once"}}
    assert [board.author.post(f"{COMMENTS}/1/resolution", **twice).status_code for _ in range(2)] == [201, 201]
    assert board.approver.post(f"{COMMENTS}/1/resolution").status_code == 409
    reply = {"version": "0.1", "text": "Still long."}
    assert board.approver.post(f"{COMMENTS}/1/replies", json=reply).status_code == 409
    assert board.approver.post(f"{COMMENTS}/7/replies", json=reply).status_code == 404
    assert len(threads(board)[0]["remarks"]) == 1


def test_words_about_a_version_above_ones_clearance_are_not_there(board, database, client_of, cannot_run):
    build_assets(cannot_run)
    assert board.write(marking="OFFICIAL-SENSITIVE").status_code == 200
    assert board.submit().status_code == 201
    said = {"place": "section/purpose", "text": "Name the site."}
    assert board.post(board.approver, "versions/0.1/comments", said).status_code == 201
    board.send_back(reasons="Name the site.")
    assert board.write(marking="OFFICIAL").status_code == 200
    reader = client_of(Role.READER, "force")
    with database.writing() as session:
        accounts.get(session, "reader-force").markings = ["OFFICIAL"]

    assert reader.get(f"{ADDRESS}/comments").json() == {"threads": []}
    told = reader.get(f"{ADDRESS}/review")
    assert (told.status_code, "Name the site." in told.text) == (200, False)
    page = reader.get(f"/papers/{PAPER}/review", headers={"Accept": "text/html"})
    assert (page.status_code, "Name the site." in page.text, "purpose" in page.text) == (200, False, False)
    answer = {"version": "0.1", "text": "Which?"}
    assert board.post(reader, "comments/1/replies", answer).status_code == 404
    assert board.post(reader, "comments/1/resolution").status_code == 404
    for where in ("comments", "review"):
        assert "Name the site." in board.author.get(f"{ADDRESS}/{where}").text
