"""What was approved is released, reissued, had by its meeting, and followed by the next paper of its series."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select

from app import word
from app.accounts import queries as accounts
from app.accounts.models import Role
from app.assembly.assemble import ENGINE
from app.assembly.snapshot import Snapshot
from app.boards.models import Board as BoardRow
from app.boards.models import Meeting
from app.boards.queries import get_meeting
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.people.queries import get_person, organisation_ids
from app.versions import queries as versions
from tests.review.board import ADDRESS, WRITTEN, gather, whole_paper
from tests.review.test_decisions import damage_of
from tests.rounds.stories import no_change, open_round
from tests.stories import PAPER, paper, scrutiny, update, world

RELEASES = "/api/v1/releases"
DOCUMENT = f"{ADDRESS}/versions/1.0/document"


@pytest.fixture
def approved(board):
    """The board, with its paper approved as 1.0."""
    board.submit()
    assert board.approve().status_code == 201
    return board


def release(board, label="1.0", client=None):
    return board.post(client or board.secretary, f"versions/{label}/release")


def reissue(board, client=None, **said):
    return board.post(client or board.secretary, "reissues", said, headers=board.seen())


# Released


def test_who_receives_a_paper_reads_what_was_released_and_nothing_before(approved, client_of):
    reader = client_of(Role.READER, "office")
    elsewhere = [f"{ADDRESS}/versions", f"{ADDRESS}/versions/1.0", DOCUMENT, f"{ADDRESS}/outcome"]
    assert {reader.get(address).status_code for address in elsewhere} == {404}
    assert reader.get(RELEASES).json()["items"] == []
    answer = release(approved)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["released_to"], answer.json()["released_by"]) == ("office", "secretary-force")
    assert [(item["paper"], item["version"]) for item in reader.get(RELEASES).json()["items"]] == [(PAPER, "1.0")]
    assert [item["label"] for item in reader.get(f"{ADDRESS}/versions").json()["items"]] == ["1.0"]
    assert reader.get(DOCUMENT).content == approved.document("1.0")
    hidden = ["/versions/0.1", "/versions/0.1/document", "/versions/1.0/snapshot", "", "/review", "/comments", "/gaps"]
    for rest in hidden:
        assert reader.get(ADDRESS + rest).status_code in (403, 404), rest
        assert "Purpose" not in reader.get(ADDRESS + rest).text
    assert reader.get(f"{ADDRESS}/versions/0.1").json() == {
        "type": "/problems/not-found",
        "title": "There is no such thing",
        "status": 404,
        "detail": f"There is no version “0.1 of {PAPER}”.",
    }


def test_only_what_is_approved_is_released_once_by_the_secretary(approved):
    assert release(approved, "0.1").status_code == 409
    assert release(approved, "9.9").status_code == 404
    assert release(approved, client=approved.author).status_code == 403
    assert release(approved).status_code == 201
    again = release(approved)
    assert (again.status_code, "released already" in again.json()["detail"]) == (409, True)


def test_a_reader_who_is_confined_to_other_boards_or_markings_sees_no_release(approved, client_of, database):
    release(approved)
    other = client_of(Role.READER, "force")
    assert [item["version"] for item in other.get(RELEASES).json()["items"]] == ["1.0"], "who wrote it sees it too"
    with database.writing() as session:
        from app.accounts.queries import get

        get(session, "reader-force").markings = ["SECRET"]
    assert other.get(RELEASES).json()["items"] == []


def test_of_versions_that_bear_another_marking_one_question_is_asked_for_all(board, client_of, database):
    confined = client_of(Role.AUTHOR, "force")
    with database.writing() as session:
        accounts.get(session, "report-author-force").markings = ["OFFICIAL"]

    def write(**changes: str) -> None:
        assert board.write(**changes).status_code == 200
        assert board.author.post(f"{ADDRESS}/versions").status_code == 201

    def listed_with() -> tuple[list[str], int]:
        asked: list[str] = []

        def note(*told: Any) -> None:
            asked.append(told[2])

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            items = confined.get(f"{ADDRESS}/versions").json()["items"]
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return [item["label"] for item in items], len(asked)

    write(marking="OFFICIAL-SENSITIVE")
    write(marking="OFFICIAL")
    labels, few = listed_with()
    assert labels == ["0.2"], "the first one bears what it bore"
    for title in ("One", "Two", "Three"):
        write(title=title)
    assert listed_with() == (["0.2", "0.3", "0.4", "0.5"], few)


def test_lists_of_what_was_released_read_no_snapshot_and_ask_as_much_for_many(approved, client_of, database):
    def asked_by(client: Any, address: str) -> tuple[list[dict[str, Any]], list[str]]:
        asked: list[str] = []

        def note(*told: Any) -> None:
            asked.append(told[2])

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            return client.get(address).json()["items"], asked
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    receives = client_of(Role.READER, "office")
    with database.writing() as session:
        accounts.get(session, "reader-office").markings = ["OFFICIAL"]
    release(approved)
    receives.get(RELEASES)
    few = {address: asked_by(receives, address) for address in (RELEASES, "/api/v1/papers")}
    ((only,), _), ((paper_listed,), _) = few.values()
    assert (only["paper"], only["version"], only["meeting"], only["board"]) == (
        PAPER,
        "1.0",
        "2027-03-11",
        "scrutiny-board",
    )
    assert (paper_listed["title"], paper_listed["marking"], paper_listed["released"]) == (
        only["title"],
        "OFFICIAL",
        "1.0",
    )
    assert (
        paper_listed["written_on"]
        == approved.author.get(f"{ADDRESS}/versions/1.0/snapshot").json()["paper"]["written_on"]
    )
    for number in range(1, 4):
        made = reissue(approved, agenda_number=f"{number}.0")
        assert made.status_code == 201
        assert release(approved, made.json()["label"]).status_code == 201
    for address, (_, before) in few.items():
        items, asked = asked_by(receives, address)
        assert len(items) == (4 if address == RELEASES else 1)
        assert len(asked) == len(before), address
        assert not [said for said in asked if "version.snapshot AS" in said], "no snapshot is read whole"
    assert items[0]["agenda_number"] == "3.0"


def test_a_release_stays_with_whom_it_was_released_to_when_the_paper_goes_to_another_board(
    approved, client_of, database
):
    release(approved)
    fire = {"key": "fire", "name": "Fire Service", "short_name": "Fire"}
    assert approved.admin.post("/api/v1/facts", json={"facts": "1", "organisations": [fire]}).status_code == 200
    receives, other = client_of(Role.READER, "office"), client_of(Role.READER, "fire")
    with database.writing() as session:
        board = session.scalars(select(BoardRow).where(BoardRow.key == "scrutiny-board")).one()
        board.organisation_id = organisation_ids(session, ["fire"])["fire"]
    for client, status in [(receives, 200), (other, 404)]:
        assert client.get(DOCUMENT).status_code == status
        assert client.get(f"{ADDRESS}/versions").status_code == status
    approved.reopen()
    approved.write(title="What nobody outside may read yet")
    assert [item["title"] for item in receives.get(RELEASES).json()["items"]] == [paper()["title"]]


def listed(client, **asked):
    answer = client.get("/api/v1/papers", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_who_receives_papers_has_them_in_their_list_as_they_were_released(approved, client_of):
    receives, lead, writes = (
        client_of(role, organisation)
        for role, organisation in [(Role.READER, "office"), (Role.LEAD, "office"), (Role.READER, "force")]
    )
    assert listed(receives) == [], "drafts are the writers'"
    release(approved)
    reissue(approved, agenda_number="6.0")
    approved.reopen()
    approved.write(title="What nobody outside may read yet", agenda_number="9.9", meeting="2027-06-10")
    (seen,) = listed(receives)
    assert (seen["title"], seen["meeting"], seen["agenda_number"]) == (paper()["title"], "2027-03-11", "5.0")
    assert (seen["released"], seen["organisation"], seen["board"]) == ("1.0", "force", "scrutiny-board")
    release(approved, "1.0.1")
    (seen,) = listed(receives)
    assert (seen["released"], seen["agenda_number"]) == ("1.0.1", "6.0")
    assert listed(lead) == [], "who may see no versions has none in the list"
    (own,) = listed(writes)
    assert (own["title"], own["released"]) == ("What nobody outside may read yet", None)


def test_received_papers_stand_among_ones_own_in_the_order_of_references(approved, client_of):
    release(approved)
    for reference in ("AAA", "ZZZ"):
        theirs = whole_paper(reference=reference, organisation="office", workstreams=[], consultees=[])
        assert approved.admin.put(f"/api/v1/papers/{reference}", json=theirs).status_code == 201
    both = client_of(Role.READER, "office")
    assert [item["reference"] for item in listed(both)] == ["AAA", PAPER, "ZZZ"]
    page = both.get("/api/v1/papers", params={"limit": 1}).json()
    found = page["items"]
    while page["next"]:
        page = both.get("/api/v1/papers", params={"limit": 1, "cursor": page["next"]}).json()
        found += page["items"]
    assert [(item["reference"], item["released"]) for item in found] == [("AAA", None), (PAPER, "1.0"), ("ZZZ", None)]
    asked = [
        {"organisation": "force"}, {"organisation": "office"}, {"board": "nowhere"}, {"meeting_from": "2027-03-12"},
        {"series": "collaboration", "organisation": "force"},
    ]  # fmt: skip
    assert [[item["reference"] for item in listed(both, **one)] for one in asked] == [
        [PAPER], ["AAA", "ZZZ"], [], [], [],
    ]  # fmt: skip


# Reissued


def test_a_reissue_says_nothing_else_and_the_decision_carries_over(approved, database, blobs):
    before = approved.document("1.0")
    answer = reissue(approved, agenda_number="6.0")
    assert answer.status_code == 201, answer.text
    assert answer.json()["label"] == "1.0.1"
    after = approved.document("1.0.1")
    assert approved.document("1.0") == before
    old, new = word.regions(before), word.regions(after)
    assert set(old) == set(new)
    assert {key for key in old if old[key].html != new[key].html} <= {"field/agenda-number"}
    lines = zip(word.text_of(before), word.text_of(after), strict=True)
    changed = {(one, other) for one, other in lines if one != other}
    assert all("6.0" in other or "1.0.1" in other for _, other in changed), changed
    assert approved.review()["state"] == "approved"
    assert approved.author.get(ADDRESS).json()["agenda_number"] == "6.0"
    assert release(approved, "1.0.1").status_code == 201
    said = approved.review()
    assert (said["approved"], said["released"]) == (["1.0", "1.0.1"], ["1.0.1"])
    with database.reading() as session:
        first, second = (versions.get(session, PAPER, label) for label in ("1.0", "1.0.1"))
        assert versions.approval_of(session, first).id == versions.approval_of(session, second).id
    assert damage_of(database, blobs) == []


def test_a_paper_goes_to_another_meeting_of_its_board(approved, database):
    with database.writing() as session:
        of_board = session.scalars(select(BoardRow).where(BoardRow.key == "scrutiny-board")).one()
        session.add(Meeting(board_id=of_board.id, held_on=date(2027, 4, 8), place="Town hall"))
        session.add(Meeting(board_id=of_board.id, held_on=date(2026, 11, 1)))
    early = reissue(approved, meeting="2026-11-01")
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/meeting")
    assert reissue(approved, meeting="2027-05-01").status_code == 404
    assert reissue(approved, meeting="2027-04-08").status_code == 201
    assert any("8 April 2027" in line for line in word.text_of(approved.document("1.0.1")))
    assert approved.author.get(ADDRESS).json()["meeting"] == "2027-04-08"


def test_a_paper_is_not_moved_to_a_meeting_whose_agenda_does_not_have_its_number(approved):
    (board,) = world()["boards"]
    board["meetings"][-1]["agenda"] = [{"number": "1.0", "title": "Reports"}]
    assert approved.admin.post("/api/v1/facts", json={"facts": "1", "boards": [board]}).status_code == 200
    refused = reissue(approved, meeting="2027-06-10")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/agenda_number")
    assert reissue(approved, meeting="2027-06-10", agenda_number="1.0").status_code == 201


def test_nothing_is_reissued_that_the_service_cannot_make_again(approved, monkeypatch):
    monkeypatch.setattr("app.assembly.wording.LANGUAGE", "en-US")
    refused = reissue(approved, agenda_number="6.0")
    assert (refused.status_code, "have it approved anew" in refused.json()["detail"]) == (409, True)
    assert approved.labels() == ["0.1", "1.0"]


def a_later_engine(monkeypatch) -> None:
    for module in ("assemble", "issuing"):
        monkeypatch.setattr(f"app.assembly.{module}.ENGINE", ENGINE + 1)


def test_what_an_earlier_engine_made_is_reissued_where_it_reads_and_looks_as_it_did(approved, monkeypatch):
    a_later_engine(monkeypatch)
    monkeypatch.setattr(Snapshot, "digest", property(lambda snapshot: "0" * 64))  # a property of the file says it
    before = approved.document("1.0")
    answer = reissue(approved, agenda_number="6.0")
    assert answer.status_code == 201, answer.text
    after = approved.document("1.0.1")
    old, new = word.regions(before), word.regions(after)
    assert {key for key in old | new if old[key].html != new[key].html} == {"field/agenda-number"}
    assert approved.document("1.0") == before


@pytest.mark.parametrize(
    ("place", "otherwise"),
    [
        ("app.assembly.wording.in_words", lambda day, style="": f"{day:%d.%m.%Y}"),
        ("app.assembly.wording.LANGUAGE", "en-US"),
    ],
    ids=["its words", "its language"],
)
def test_what_an_earlier_engine_made_and_this_one_makes_otherwise_is_not_reissued(
    approved, monkeypatch, place, otherwise
):
    a_later_engine(monkeypatch)
    monkeypatch.setattr(place, otherwise)
    refused = reissue(approved, agenda_number="6.0")
    assert refused.status_code == 409, refused.text
    said = f"Version 1.0 was made by an earlier release of this service (engine {ENGINE}; now {ENGINE + 1})"
    assert said in refused.json()["detail"], "and not that its text has changed"
    assert approved.labels() == ["0.1", "1.0"]


def test_what_is_not_approved_or_does_not_move_is_not_reissued(board):
    assert reissue(board, agenda_number="6.0").status_code == 409
    board.submit()
    board.approve()
    assert reissue(board).status_code == 422
    number = board.author.get(ADDRESS).json()["agenda_number"]
    assert reissue(board, agenda_number=number).status_code == 409, "as it is"
    assert reissue(board, board.author, agenda_number="6.0").status_code == 403
    assert board.post(board.secretary, "reissues", {"agenda_number": "6.0"}).status_code == 428
    assert board.labels() == ["0.1", "1.0"]


def test_labels_go_on_as_if_nothing_had_been_reissued(approved):
    reissue(approved, agenda_number="6.0")
    assert reissue(approved, agenda_number="7.0").json()["label"] == "1.0.2"
    approved.reopen()
    approved.write(title="Later")
    approved.submit()
    assert approved.approve().json()["version"] == "2.0"
    assert approved.labels() == ["0.1", "1.0", "1.0.1", "1.0.2", "1.1", "2.0"]
    assert reissue(approved, agenda_number="8.0").json()["label"] == "2.0.1"


def test_what_a_round_asked_goes_on_counting_when_the_paper_goes_to_another_meeting(board):
    open_round(board.admin, requests=[{"workstream": "procurement", "person": "head"}])
    no_change(board.admin, on_behalf_of="dcc")
    board.submit()
    board.approve()
    assert reissue(board, meeting="2027-06-10").status_code == 201
    board.reopen()
    board.write(author=None, chief_officer=None)
    assert "No change since 15 January 2027." in word.text_of(board.post(board.author, "preview").content)
    proposed = board.author.get(f"{ADDRESS}/proposed-consultees").json()["proposed"]
    assert "head" in [one["person"] for one in proposed]


# Had by its meeting, and followed


def after_the_meeting(board):
    board.on(2027, 3, 12)


def outcome(board, client=None, **said):
    return board.post(client or board.secretary, "outcome", {"text": "The board noted the report."} | said)


ASKED = [
    {"text": "Bring the cost of the second phase.", "owner": "dcc", "due_on": "2027-05-31"},
    {"text": "Write to the partners."},
]


def test_the_outcome_is_recorded_after_the_meeting_and_corrected_by_another(approved, client_of):
    early = outcome(approved)
    assert (early.status_code, "has not had" in early.json()["detail"]) == (409, True)
    after_the_meeting(approved)
    assert outcome(approved, actions=ASKED).status_code == 201
    assert outcome(approved, client_of(Role.AUTHOR)).status_code == 403
    receiving = client_of(Role.SECRETARY, "office")
    assert outcome(approved, receiving).status_code == 404, "nothing was released to it"
    release(approved)
    said = outcome(approved, receiving, text="The board approved the report.").json()
    assert said["outcome"]["text"] == "The board approved the report."
    again = outcome(approved, receiving, text="The board approved the report.").json()
    assert again == said, "the same once more is no correction"
    assert [row["text"] for row in said["earlier"]] == ["The board noted the report."]
    assert [(row["number"], row["owner"], row["done_on"]) for row in said["actions"]] == [
        (1, "dcc", None),
        (2, None, None),
    ]


def test_who_receives_a_paper_knows_it_as_it_was_released(approved, client_of):
    release(approved)
    approved.reopen()
    approved.write(title="Not released", meeting="2027-06-10")
    receiving = client_of(Role.SECRETARY, "office")
    early = outcome(approved, receiving)
    assert (early.status_code, early.json()["detail"]) == (
        409,
        "The meeting has not had “Collaboration update” yet: it is on 11 March 2027.",
    )
    after_the_meeting(approved)
    assert "it is on 10 June 2027" in outcome(approved).json()["detail"]
    assert outcome(approved, receiving).status_code == 201


def test_what_is_received_for_a_meeting_is_what_is_printed(approved, database, organisation_of):
    release(approved)
    approved.reopen()
    approved.write(meeting="2027-06-10")

    def received(**asked) -> list[str]:
        with database.reading() as session:
            found = versions.last_received(session, organisation_of("office"), limit=5, **asked)
            return [row.version.label for row in found]

    assert received(printed_day=date(2027, 3, 11)) == ["1.0"]
    assert received(printed_day=date(2027, 3, 12)) == []
    assert (received(held_from=date(2027, 6, 10)), received(held_from=date(2027, 6, 11))) == (["1.0"], [])


def test_a_meeting_makes_nothing_of_a_paper_that_was_never_approved(board):
    after_the_meeting(board)
    refused = outcome(board)
    assert (refused.status_code, "no version of it is approved" in refused.json()["detail"]) == (409, True)


@pytest.fixture
def series(app, client, person_of):
    """A board whose format prints open actions, and carries sections in three ways."""
    printing = '[[sections]]\nkey = "asked"\nheading = "Asked for"\nblocks = [{ kind = "actions" }]\n'
    board = gather(app, client, person_of, manifest=printing, series="collaboration")
    board.submit()
    assert board.approve().status_code == 201
    return board


NEXT = "/api/v1/papers/NEXT"


def start_next(board, **said):
    return board.post(board.author, "next", {"reference": "NEXT"} | said)


def test_what_a_meeting_asked_for_stands_open_in_the_next_paper(series):
    said = word.text_of(series.document("1.0"))
    assert "No actions of earlier meetings are open." in said
    after_the_meeting(series)
    assert outcome(series, actions=ASKED).status_code == 201
    assert start_next(series).status_code == 201
    found = series.author.get(f"{NEXT}/open-actions").json()["actions"]
    assert [action["text"] for action in found] == [action["text"] for action in ASKED]
    series.author.post(f"{NEXT}/versions")
    printed = word.text_of(series.author.get(f"{NEXT}/versions/0.1/document").content)
    assert "Outcome of the meeting of 11 March 2027: The board noted the report." in printed
    assert "Bring the cost of the second phase." in printed
    assert "31 May 2027" in printed
    done = series.post(series.secretary, "actions/1/done", {"done_on": "2027-03-12", "note": "Sent."})
    assert done.status_code == 201, done.text
    assert series.post(series.secretary, "actions/1/done", {}).status_code == 409
    assert series.post(series.secretary, "actions/9/done", {}).status_code == 404
    assert series.post(series.secretary, "actions/2/done", {"done_on": "2027-04-01"}).status_code == 422
    changes = series.author.get(f"{NEXT}/versions/0.1/changes").json()["changes"]
    assert changes == ["Action of 11 March 2027: is not there any more."]
    series.author.post(f"{NEXT}/versions")
    printed = word.text_of(series.author.get(f"{NEXT}/versions/0.2/document").content)
    assert "Bring the cost of the second phase." not in printed
    assert "Write to the partners." in printed


def test_the_next_paper_says_what_the_meeting_made_of_the_last_and_that_nothing_is_open(series):
    after_the_meeting(series)
    assert outcome(series).status_code == 201
    assert start_next(series).status_code == 201
    series.author.post(f"{NEXT}/versions")
    outcome(series, text="The board approved the report.\n\nIt thanked the team.")
    changes = series.author.get(f"{NEXT}/versions/0.1/changes").json()["changes"]
    assert [change.partition(":")[0] for change in changes] == ["Outcome of the meeting of 11 March 2027"]
    series.author.post(f"{NEXT}/versions")
    printed = word.text_of(series.author.get(f"{NEXT}/versions/0.2/document").content)
    first = printed.index("Outcome of the meeting of 11 March 2027: The board approved the report.")
    assert printed[first + 1 : first + 3] == ["It thanked the team.", "No actions of earlier meetings are open."]
    assert "The board noted the report." not in " ".join(printed), "it was corrected"


def test_what_a_meeting_asked_another_organisation_for_is_in_no_paper_of_this_one(series):
    after_the_meeting(series)
    outcome(series, actions=ASKED)
    theirs = whole_paper(reference="THEIRS", organisation="office", meeting="2027-06-10", workstreams=[])
    assert series.admin.put("/api/v1/papers/THEIRS", json=theirs).status_code == 201
    assert series.admin.get("/api/v1/papers/THEIRS/open-actions").json()["actions"] == []


def test_the_words_about_a_sensitive_paper_are_in_no_paper_that_is_marked_otherwise(series, database, client_of):
    after_the_meeting(series)
    assert outcome(series, actions=ASKED).status_code == 201
    assert start_next(series).status_code == 201
    with database.writing() as session:
        papers.get(session, PAPER).marking = "OFFICIAL-SENSITIVE"
    series.author.post(f"{NEXT}/versions")
    printed = "\n".join(word.text_of(series.author.get(f"{NEXT}/versions/0.1/document").content))
    instead = f"Recorded with the paper {PAPER}, which is marked OFFICIAL-SENSITIVE."
    assert printed.count(instead) >= 3, "an outcome and two actions, of which the paper says that they are there"
    assert not any(said in printed for said in ("noted the report", "second phase", "the partners"))

    confined = client_of(Role.AUTHOR, "force")
    with database.writing() as session:
        accounts.get(session, "report-author-force").markings = ["OFFICIAL"]
    assert confined.get(f"{NEXT}/open-actions").json()["actions"] == []
    assert len(series.author.get(f"{NEXT}/open-actions").json()["actions"]) == 2


def test_the_next_paper_carries_each_section_as_the_format_says(series):
    answer = start_next(series)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == NEXT
    there = answer.json()
    assert (there["meeting"], there["series"], there["agenda_number"]) == ("2027-06-10", "collaboration", None)
    assert (there["consultees"], there["own_wordings"], there["cut_off"]) == ([], [], None)
    assert {section["key"] for section in there["sections"]} == set(WRITTEN) - {"executive-summary"}
    asked = series.author.get(f"{NEXT}/carried").json()["sections"]
    assert "demand" in asked
    assert not {"purpose", "executive-summary"} & set(asked)
    gaps = series.author.get(f"{NEXT}/gaps").json()["gaps"]
    assert sum("as the paper before had it" in gap for gap in gaps) == len(asked)
    confirmed = series.author.post(f"{NEXT}/sections/demand/confirmation")
    assert (confirmed.status_code, "demand" in confirmed.json()["sections"]) == (201, False)
    assert series.author.post(f"{NEXT}/sections/demand/confirmation").status_code == 409
    section = f"{NEXT}/sections/{confirmed.json()['sections'][0]}"
    etag = series.author.get(section).headers["etag"]
    text = {"key": section.rpartition("/")[2], "blocks": [{"kind": "narrative", "text": "New."}]}
    assert series.author.put(section, json=text, headers={"If-Match": etag}).status_code == 200
    assert len(series.author.get(f"{NEXT}/carried").json()["sections"]) == len(asked) - 2


@pytest.fixture
def since(series):
    """What the next paper, which takes what is new, says now."""
    assert start_next(series).status_code == 201
    there = series.author.get(NEXT)
    changed = there.json() | {"take": "since-previous"}
    series.author.put(NEXT, json=changed, headers={"If-Match": there.headers["etag"]})

    def lines() -> list[str]:
        return word.text_of(series.author.post(f"{NEXT}/preview").content)

    return lines


def report(board, as_at, words):
    address = f"/api/v1/workstreams/procurement/updates/{as_at}"
    headers = {"If-Match": "*"} if board.admin.get(address).status_code == 200 else {}
    answer = board.admin.put(address, json=update(as_at, words), headers=headers)
    assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize("later", [False, True], ids=["at once", "on another day"])
def test_the_next_paper_takes_what_was_reported_or_corrected_since_this_one_was_submitted(series, since, later):
    assert "The team went live." not in since(), "the paper before had it"
    if later:
        series.on(2027, 3, 5)
    report(series, "2027-03-02", "Reported after the submission, before the meeting.")
    report(series, "2027-05-15", "Reported after the meeting.")
    report(series, "2027-01-15", "Two teams went live.")
    told = [
        "Two teams went live.",
        "Reported after the submission, before the meeting.",
        "Reported after the meeting.",
    ]
    assert [line for line in since() if line in told] == told


def test_the_next_paper_leaves_what_was_reported_long_before_this_one_was_submitted(series, since):
    report(series, "2026-12-20", "Older than what the paper took.")
    series.reopen()
    series.on(2026, 12, 1)
    series.write(title="Later")
    assert series.submit(written_on="2026-12-01").status_code == 201
    assert series.approve().status_code == 201
    assert "Older than what the paper took." not in since()


def test_what_is_older_than_the_paper_could_take_is_no_news_whenever_it_is_written_down(series, since):
    report(series, "2024-06-30", "Entered when the service was new.")
    report(series, "2026-12-20", "From before what the paper took.")
    report(series, "2024-06-30", "Entered when the service was new, and mended.")
    told = "\n".join(since())
    assert not any(words in told for words in ("when the service was new", "From before what"))


def test_a_paper_that_took_all_since_lacked_what_was_of_its_days_and_nothing_older(series, database):
    with database.writing() as session:
        of_board = session.scalars(select(BoardRow).where(BoardRow.key == "scrutiny-board")).one()
        session.add(Meeting(board_id=of_board.id, held_on=date(2027, 1, 7)))
    said = {"reference": "EARLIER", "meeting": "2027-01-07", "series": "collaboration", "cut_off": "2026-12-31"}
    assert series.admin.put("/api/v1/papers/EARLIER", json=whole_paper(**said)).status_code == 201
    series.reopen()
    series.write(take="since-previous")
    assert series.submit().status_code == 201
    assert series.approve().status_code == 201
    assert start_next(series).status_code == 201
    report(series, "2026-11-30", "From before its days.")
    report(series, "2027-01-02", "Of its days, and late.")
    told = word.text_of(series.author.post(f"{NEXT}/preview").content)
    assert "Of its days, and late." in told
    assert "From before its days." not in told
    assert "The team went live." not in told, "it had that"


def test_a_paper_that_was_moved_to_the_meeting_of_the_next_one_still_comes_before_it(series, database):
    assert start_next(series, meeting="2027-06-10").status_code == 201
    assert reissue(series, meeting="2027-06-10").status_code == 201
    with database.reading() as session:
        found = papers.previous(session, papers.get(session, "NEXT"))
        assert (found.reference, found.meeting.held_on) == (PAPER, date(2027, 6, 10))
        assert papers.previous(session, papers.get(session, PAPER)) is None


def test_a_series_has_one_next_paper_for_a_meeting_and_it_fits_its_format(series, database):
    assert start_next(series).status_code == 201
    again = start_next(series, reference="ANOTHER")
    assert (again.status_code, "has a paper for 10 June 2027 already" in again.json()["detail"]) == (409, True)
    assert "NEXT" not in again.text, "whoever asks may not see that one"
    (theirs,) = world()["boards"]
    facts = {"facts": "1", "boards": [theirs | {"key": "other-board", "name": "Other Board"}]}
    assert series.admin.post("/api/v1/facts", json=facts).status_code == 200
    with database.writing() as session:
        there = papers.get(session, "NEXT")
        here, elsewhere = there.meeting_id, get_meeting(session, "other-board", there.meeting.held_on).id
        there.meeting_id = elsewhere
    assert start_next(series, reference="ANOTHER").status_code == 201, "the other one is for another board"
    with database.writing() as session:
        papers.get(session, "ANOTHER").state = State.WITHDRAWN
        papers.get(session, "NEXT").meeting_id = here
    etag = series.author.get(f"{NEXT}/review").headers["etag"]
    assert series.author.post(f"{NEXT}/withdrawal", headers={"If-Match": etag}).status_code == 200
    with database.reading() as session:
        assert "NEXT" not in [paper.reference for paper in papers.to_come(session, since=date(2027, 1, 1), limit=9)]
    refused = series.author.post(f"{NEXT}/next", json={"reference": "THIRD"})
    assert (refused.status_code, "is withdrawn" in refused.json()["detail"]) == (409, True)
    said = re.sub("^markings = .*", 'markings = ["SECRET"]', scrutiny()["manifest"], flags=re.M)
    series.admin.post("/api/v1/facts", json={"facts": "1", "formats": [scrutiny() | {"manifest": said}]})
    unfit = start_next(series, reference="UNFIT")
    assert (unfit.status_code, unfit.json()["errors"][0]["pointer"]) == (422, "/marking"), unfit.text
    assert series.author.get("/api/v1/papers/UNFIT").status_code == 404


def test_a_paper_without_a_series_or_a_later_meeting_has_no_next_one(series, client):
    assert start_next(series, reference=PAPER).status_code == 409
    assert start_next(series, meeting="2027-03-11").status_code == 422
    assert start_next(series, meeting="2028-01-01").status_code == 404
    assert start_next(series, meeting="2027-06-10", title="Collaboration, summer").json()["title"].endswith("summer")
    following = series.author.post(f"{NEXT}/next", json={"reference": "THIRD"})
    assert (following.status_code, "enter one first" in following.json()["detail"]) == (409, True)
    client.put("/api/v1/papers/ALONE", json=whole_paper(reference="ALONE", series=None))
    alone = client.post("/api/v1/papers/ALONE/next", json={"reference": "FOURTH"})
    assert (alone.status_code, "no series" in alone.json()["detail"]) == (409, True)


def test_what_is_to_be_released_and_of_which_meeting_the_outcome_is_wanted(approved, database, organisation_of):
    day = date(2027, 3, 11)

    def to_release() -> list[str]:
        with database.reading() as session:
            found = versions.to_release(session, held_from=day, limit=5, organisation_id=organisation_of("force"))
            return [version.label for version in found]

    def without_outcome(organisation: str) -> list[str]:
        with database.reading() as session:
            number = organisation_of(organisation)
            found = versions.without_outcome(session, held_from=day, held_to=day, limit=5, organisation_id=number)
            return [version.label for version in found]

    assert (to_release(), without_outcome("force"), without_outcome("office")) == (["1.0"], ["1.0"], [])
    release(approved)
    assert (to_release(), without_outcome("office")) == ([], ["1.0"])
    reissue(approved, agenda_number="6.0")
    assert (to_release(), without_outcome("force"), without_outcome("office")) == (["1.0.1"], ["1.0.1"], ["1.0"])
    after_the_meeting(approved)
    assert outcome(approved, actions=ASKED).status_code == 201
    assert (without_outcome("force"), without_outcome("office")) == ([], [])
    with database.reading() as session:
        person = get_person(session, "dcc").id
        (asked,) = papers.actions_of_person(session, person, limit=5, organisation_id=organisation_of("force"))
        assert asked.text == "Bring the cost of the second phase."
        assert not papers.actions_of_person(session, person, limit=5, organisation_id=organisation_of("office"))


@pytest.fixture
def organisation_of(database):
    """The id of an organisation."""

    def find(key: str) -> int:
        with database.reading() as session:
            return organisation_ids(session, [key])[key]

    return find
