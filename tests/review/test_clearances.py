"""What the format wants cleared is cleared by a named person, text by text."""

import json

import pytest
from sqlalchemy import event, select

from app import word
from app.accounts.models import Account, Role
from app.assembly import review
from app.assembly.assemble import facts_of
from app.assembly.differences import changes_since
from app.people.models import Person
from app.versions import queries as versions
from app.workstreams.models import Workstream
from tests.review.board import ADDRESS, WRITTEN, Board, gather
from tests.stories import NOON, PAPER, scrutiny, update, world

CLEARANCES = f"{ADDRESS}/clearances"
MARKED = 'heading = "Equality and/or Human Rights Implications"\n'
TABLE = """
[[implications]]
key = "money"
label = "Finance"
clearance = "Chief finance officer"

[[implications]]
key = "law"
label = "Legal"

[[sections]]
key = "table"
heading = "Implications in a table"
blocks = [{ kind = "implications" }]
"""
SAID = {
    "money": {"text": "It costs £5.", "cleared_by": "head", "cleared_on": "2026-11-01"},
    "law": {"text": "It is lawful.", "cleared_by": "dcc", "cleared_on": "2026-11-02"},
}


def sections(money: str = "It costs £5.", equality: str = "About equality.") -> list[dict]:
    written = [
        {"key": key, "blocks": [{"kind": "narrative", "text": equality if key == "equality" else f"About {key}."}]}
        for key in WRITTEN
    ]
    entries = SAID | {"money": SAID["money"] | {"text": money}}
    return [*written, {"key": "table", "blocks": [{"kind": "implications", "entries": entries}]}]


@pytest.fixture
def board(app, client, person_of, monkeypatch) -> Board:
    """A board whose format wants one section and one implication cleared."""
    said = scrutiny()["manifest"]
    assert MARKED in said
    marked = scrutiny() | {"manifest": said.replace(MARKED, f'{MARKED}clearance = "Head of equality"\n')}
    monkeypatch.setattr("tests.review.board.scrutiny", lambda: marked)
    return gather(app, client, person_of, manifest=TABLE, sections=sections())


def needed(board) -> dict[str, dict]:
    answer = board.admin.get(CLEARANCES)
    assert answer.status_code == 200, answer.text
    return {entry["place"]: entry for entry in answer.json()["clearances"]}


def clear(board, place, **said):
    """The secretary writes down that somebody cleared the text."""
    body = {"place": place, "digest": needed(board)[place]["digest"], "cleared_by": "head"} | said
    return board.secretary.post(CLEARANCES, json=body)


def test_a_paper_is_submitted_when_everything_is_cleared_and_the_document_says_by_whom(board):
    assert {place: entry["cleared_by"] for place, entry in needed(board).items()} == {
        "section/equality": None,
        "implication/money": None,
    }, "what the author wrote of a clearance does not count where the format wants one"
    refused = board.submit()
    assert refused.status_code == 422
    details = [error["detail"] for error in refused.json()["errors"] if "clearances" in error["pointer"]]
    assert "“Finance” is not cleared yet (Chief finance officer)." in details
    assert len(details) == 2
    assert clear(board, "section/equality").status_code == 201
    assert clear(board, "implication/money", cleared_by="dcc", cleared_on="2026-11-20").status_code == 201
    assert board.submit().status_code == 201
    said = word.text_of(board.document("0.1"))
    assert "Cleared by: Head of Change, 23 November 2026" in said
    assert "20 November 2026" in said
    assert clear(board, "section/equality").status_code == 409, "in review"


def test_another_text_voids_its_own_clearance_and_no_other(board):
    clear(board, "section/equality")
    clear(board, "implication/money")
    board.write(sections=sections(money="It costs £6."))
    assert {place: entry["cleared_by"] for place, entry in needed(board).items()} == {
        "section/equality": "head",
        "implication/money": None,
    }
    board.write(sections=sections())
    assert needed(board)["implication/money"]["cleared_by"] == "head", "the text that was cleared"


def test_a_clearance_is_about_the_text_on_screen(board):
    digest = needed(board)["implication/money"]["digest"]
    board.write(sections=sections(money="It costs £6."))
    refused = clear(board, "implication/money", digest=digest)
    assert refused.status_code == 409
    assert clear(board, "implication/money", cleared_on="2026-11-24").status_code == 422, "still to come"
    assert clear(board, "implication/money", cleared_by="nobody").status_code == 404
    assert board.admin.post(CLEARANCES, json={}).status_code == 403
    assert needed(board)["implication/money"]["cleared_by"] is None


def test_a_format_may_leave_clearances_out_of_the_document_and_wants_them_all_the_same(
    app, client, person_of, monkeypatch
):
    said = scrutiny()["manifest"].replace(MARKED, f'{MARKED}clearance = "Head of equality"\n')
    left_out = scrutiny() | {"manifest": f'clearance = "left-out"\n{said}'}
    monkeypatch.setattr("tests.review.board.scrutiny", lambda: left_out)
    board = gather(app, client, person_of)
    assert [error["pointer"] for error in board.submit().json()["errors"]] == ["/clearances/section~1equality"]
    clear(board, "section/equality")
    assert board.submit().status_code == 201
    assert not any("Cleared by" in line for line in word.text_of(board.document("0.1")))


def test_everybody_clears_in_their_own_name_and_the_secretary_writes_it_down(board, database):
    with database.writing() as session:
        person = session.scalars(select(Person).where(Person.key == "dcc")).one().id
        session.scalars(select(Account).where(Account.key == "approver-force")).one().person_id = person
    own = {"place": "section/equality", "digest": needed(board)["section/equality"]["digest"], "cleared_by": "dcc"}
    refused = board.approver.post(CLEARANCES, json=own | {"cleared_by": "head"})
    assert (refused.status_code, "in your own name" in refused.json()["detail"]) == (403, True)
    assert board.approver.post(CLEARANCES, json=own).status_code == 201
    assert needed(board)["section/equality"]["cleared_by"] == "dcc"
    assert clear(board, "implication/money", cleared_by="head").status_code == 201


PRINTED = """
[[sections]]
key = "once-more"
heading = "Once more"
clearance = "Head of change"
blocks = [{ kind = "again", section = "background" }]

[[sections]]
key = "in-short"
heading = "In short"
clearance = "Head of change"
blocks = [{ kind = "workstreams" }]
"""


def test_what_a_section_prints_is_cleared_and_not_only_what_is_written_in_it(app, client, person_of):
    board = gather(app, client, person_of, manifest=PRINTED)
    places = {"section/once-more", "section/in-short"}
    cleared = {place: clear(board, place) for place in places}
    assert {answer.status_code for answer in cleared.values()} == {201}
    written = board.author.get(ADDRESS).json()["sections"]
    for section in written:
        if section["key"] == "background":
            section["blocks"] = [{"kind": "narrative", "text": "It came otherwise."}]
    board.write(sections=written)
    assert {place: entry["cleared_by"] for place, entry in needed(board).items()} == {
        "section/once-more": None,
        "section/in-short": "head",
    }
    there = "/api/v1/workstreams/procurement/updates/2027-01-15"
    board.admin.put(there, json=update("2027-01-15", "Two teams went live."), headers={"If-Match": "*"})
    assert needed(board)["section/in-short"]["cleared_by"] is None
    for place in places:
        clear(board, place)
    assert board.submit().status_code == 201


LISTED = """
[[sections]]
key = "reported"
heading = "Reported"
clearance = "Head of change"
workstreams = { objectives = true }
blocks = [{ kind = "workstreams" }]

[[sections]]
key = "unrated"
heading = "Without ratings"
clearance = "Head of change"
blocks = [{ kind = "workstreams", ratings = false }]

[[sections]]
key = "named"
heading = "Named"
clearance = "Head of change"
blocks = [{ kind = "outline" }]
"""


@pytest.mark.parametrize(
    ("kind", "old", "new", "voided"),
    [
        ("rag_schemes", '"Green"', '"Emerald"', {"reported"}),
        ("rag_schemes", "2E7D32", "1B5E20", {"reported"}),
        ("frameworks", "Victims first", "Every victim first", {"reported"}),
        ("workstreams", '"position": 1', '"owner": "dcc", "position": 1', {"reported", "unrated"}),
        ("workstreams", '"position": 1', '"rating_source": "by hand", "position": 1', {"reported"}),
        ("workstreams", '"Procurement"', '"Buying"', {"reported", "unrated", "named"}),
    ],
)
def test_a_clearance_is_of_all_that_is_printed_and_of_no_more(app, client, person_of, kind, old, new, voided):
    board = gather(app, client, person_of, manifest=LISTED)
    places = {"reported", "unrated", "named"}
    assert {clear(board, f"section/{place}").status_code for place in places} == {201}
    told = json.dumps(world()[kind], ensure_ascii=False)
    assert old in told, told
    answer = board.admin.post("/api/v1/facts", json={"facts": "1", kind: json.loads(told.replace(old, new))})
    assert answer.status_code == 200, answer.text
    assert {place for place in places if needed(board)[f"section/{place}"]["cleared_by"] is None} == voided


def test_an_implication_that_is_written_twice_is_cleared_as_a_whole(board):
    clear(board, "implication/money")
    twice = sections()
    twice[-1]["blocks"].insert(0, {"kind": "implications", "entries": {"money": {"text": "It costs £6."}}})
    board.write(sections=twice)
    assert needed(board)["implication/money"]["cleared_by"] is None


def test_who_is_asked_to_clear_is_told_of_it_until_it_is_cleared(board, database):
    def asked(key: str) -> list[str]:
        with database.reading() as session:
            account = session.scalar(select(Account).where(Account.key == key))
            found = review.clearances_wanted(session, account, now=NOON, limit=5)
            return [needed.place for _, texts in found for needed in texts]

    assert asked("secretary-force") == ["section/equality", "implication/money"], "who writes down what others cleared"
    assert asked("approver-force") == []
    with database.writing() as session:
        head = session.scalar(select(Person).where(Person.key == "head"))
        head.name = "head of Equality"
        session.scalar(select(Account).where(Account.key == "approver-force")).person_id = head.id
    assert asked("approver-force") == ["section/equality"]
    clear(board, "section/equality")
    assert asked("approver-force") == []
    assert asked("secretary-force") == ["implication/money"]


def test_whoever_asks_what_a_paper_says_reads_its_workstreams_once(board, database):
    assert board.author.post(f"{ADDRESS}/versions").status_code == 201
    loaded: list[str] = []

    def note(workstream: Workstream, _: object) -> None:
        loaded.append(workstream.ref)

    event.listen(Workstream, "load", note)
    try:
        with database.reading() as session:
            account = session.scalar(select(Account).where(Account.key == "secretary-force"))
            assert [w.ref for w in facts_of(session, PAPER, now=NOON).workstreams] == ["procurement"]
            assert changes_since(session, versions.get(session, PAPER, "0.1"), now=NOON) == []
            assert review.in_the_way(session, PAPER, now=NOON)
            assert review.clearances_wanted(session, account, now=NOON, limit=5)
    finally:
        event.remove(Workstream, "load", note)
    assert loaded == [], "in plain values alone"


def test_no_token_clears_and_no_person_who_only_bears_the_accounts_name(board, client_of):
    digest = needed(board)["section/equality"]["digest"]
    said = {"place": "section/equality", "digest": digest, "cleared_by": "approver-force"}
    twin = {"key": "approver-force", "name": "Chief finance officer", "organisation": "force"}
    assert board.admin.post("/api/v1/facts", json={"facts": "1", "people": [twin]}).status_code == 200
    assert board.approver.post(CLEARANCES, json=said).status_code == 403, "nobody linked the account to that person"

    refused = client_of(Role.SECRETARY, "force").post(CLEARANCES, json=said | {"cleared_by": "head"})
    assert (refused.status_code, "a token does not" in refused.json()["detail"]) == (403, True)
    asked = {"name": "clearing", "scopes": ["papers:clear"]}
    assert board.admin.post("/api/v1/accounts/secretary-force/tokens", json=asked).status_code == 422
    assert needed(board)["section/equality"]["cleared_by"] is None
