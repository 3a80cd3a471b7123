"""Stories of rounds: asked, answered, sent back, listed, and what the paper says of it."""

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from app import word
from app.accounts import queries as accounts
from app.accounts.models import Role
from app.assembly.assemble import ENGINE, make_again
from app.people.queries import get_person
from app.rounds.commands import claim_reminder
from app.rounds.queries import due_next, get_request, to_answer
from app.upkeep.verify import verify
from tests.clock import set_clock
from tests.rounds.stories import ASKED, FORENSICS, PROCUREMENT, ROUND, no_change, open_round, send_back
from tests.stories import JANUARY, NOON, PAPER, paper, update


def printed(client: TestClient) -> list[str]:
    """What a preview of the paper says, line by line."""
    answer = client.post(f"/api/v1/papers/{PAPER}/preview")
    assert answer.status_code == 200, answer.text
    return word.text_of(answer.content)


def gaps(client: TestClient) -> list[str]:
    return client.get(f"/api/v1/papers/{PAPER}/gaps").json()["gaps"]


def standings(client: TestClient, **asked: str) -> dict[str, str]:
    return {row["workstream"]: row["standing"] for row in client.get(f"{ROUND}/requests", params=asked).json()["items"]}


@pytest.fixture
def later(app):
    """Makes it another day."""

    def make(day: datetime) -> None:
        set_clock(app, lambda: day)

    return make


def test_a_round_is_due_when_the_meeting_s_deadlines_say(filled):
    said = open_round(filled)
    assert (said["due_on"], said["as_at"], said["closed"]) == ("2027-02-11", "2027-02-11", False)
    assert said["requests"][0] == {"workstream": "procurement", "parts": [], "person": "head"}
    assert open_round_again(filled, said | {"due_on": "2027-02-15"}).json()["due_on"] == "2027-02-15"


def open_round_again(client, said, **headers):
    etag = client.get(ROUND).headers["etag"]
    return client.put(ROUND, json=said, headers={"If-Match": etag} | headers)


def test_everybody_lists_what_is_asked_of_them(filled, client_of, database, later):
    open_round(filled)  # asks procurement of “head”, and forensics of nobody
    open_round(filled, key="march-too", due_on="2027-02-01", requests=[{"workstream": "forensics"}])
    named, lead, elsewhere = client_of(Role.AUTHOR, "force"), client_of(Role.LEAD, "force"), client_of(Role.READER)
    with database.writing() as session:
        accounts.get(session, "report-author-force").person_id = get_person(session, "head").id
        accounts.get(session, "workstream-lead-force").workstreams = ["forensics", "procurement"]
        accounts.get(session, "reader-all").boards = []
        accounts.get(session, "reader-all").workstreams = ["forensics"]

    def mine(client, **asked):
        answer = client.get("/api/v1/accounts/me/requests", params=asked)
        assert answer.status_code == 200, answer.text
        return [(item["round"], item["workstream"], item["standing"]) for item in answer.json()["items"]]

    no_change(filled)
    assert mine(named) == [("march", "procurement", "answered")]
    later(datetime(2027, 2, 5, tzinfo=UTC))
    everything = [
        ("march-too", "forensics", "missing"), ("march", "procurement", "answered"), ("march", "forensics", "waiting"),
    ]  # fmt: skip
    assert mine(lead) == everything, "what is due first comes first"
    assert mine(lead, standing="waiting") == [("march", "forensics", "waiting")]
    assert mine(elsewhere) == [], "what does not exist for an account is not asked of it"
    page = lead.get("/api/v1/accounts/me/requests", params={"limit": 2}).json()
    rest = mine(lead, limit=2, cursor=page["next"])
    assert [(item["round"], item["due_on"], item["meeting"], item["board"]) for item in page["items"]] == [
        ("march-too", "2027-02-01", "2027-03-11", "scrutiny-board"),
        ("march", "2027-02-11", "2027-03-11", "scrutiny-board"),
    ]
    assert rest == everything[2:]
    assert open_round_again(filled, filled.get(ROUND).json() | {"closed": True}).status_code == 200
    assert mine(lead) == everything[:1], "a closed round asks nothing"


def test_a_round_is_changed_only_by_who_has_seen_it(filled):
    said = open_round(filled)
    assert filled.put(ROUND, json=said).status_code == 428
    assert filled.put(ROUND, json=said, headers={"If-Match": '"stale"'}).status_code == 412
    assert open_round_again(filled, said).status_code == 200


def test_a_round_that_names_what_is_not_there_is_refused_fault_by_fault(filled):
    wrong = {"organisation": "nobody", "meeting": "2027-03-12"}
    asks = [{"workstream": "never"}, {"workstream": "forensics", "person": "nobody"}, {"workstream": "forensics"}]
    answer = filled.put(ROUND, json=ASKED | wrong | {"requests": asks})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/organisation", "/meeting", "/requests/0/workstream", "/requests/1/workstream", "/requests/2/workstream",
        "/requests/1/person",
    }  # fmt: skip
    assert filled.get(ROUND).status_code == 404


def test_a_lead_sees_last_time_s_text_and_ratings(filled, client_of):
    open_round(filled)
    seen = client_of(Role.LEAD, "force").get(PROCUREMENT, params={"text": "1"}).json()
    assert (seen["standing"], seen["asked"], seen["answers"]) == ("waiting", "head", [])
    assert seen["last_time"]["as_at"] == "2027-01-15"
    assert seen["last_time"]["parts"] == {"progress": "The team went live."}
    assert seen["last_time"]["ratings"] == {"overall": "green"}
    assert filled.get(FORENSICS).json()["last_time"] is None


def test_no_change_is_carried_forward_and_printed_as_such(filled, client_of):
    open_round(filled)
    assert not any("No change" in line for line in printed(filled))
    given = no_change(client_of(Role.LEAD, "force"), as_at="2027-01-15", on_behalf_of="dcc")
    assert (given["given_by"], given["person"], given["on_behalf_of"]) == ("Head of Change", "head", "dcc")
    assert (given["recorded_by"], given["late"], given["revision"]) == ("workstream-lead-force", False, 1)
    lines = printed(filled)
    assert lines.index("No change since 15 January 2027.") + 1 == lines.index("The team went live.")
    filled.put("/api/v1/workstreams/procurement/updates/2027-02-20", json=update("2027-02-20", "It moved."))
    assert not any("No change" in line for line in printed(filled)), "something newer was reported"


def test_a_paper_that_takes_what_is_new_takes_what_is_still_true(filled):
    earlier = paper(reference="EARLIER", meeting="2026-12-10", cut_off="2027-02-01", sections=[])
    since = paper(take="since-previous")
    assert filled.post("/api/v1/facts", json={"facts": "1", "papers": [earlier]}).status_code == 200
    filled.put(f"/api/v1/papers/{PAPER}", json=since, headers={"If-Match": "*"})
    open_round(filled)
    assert "The team went live." not in printed(filled)
    no_change(filled)
    lines = printed(filled)
    assert "No change since 15 January 2027." in lines
    assert "The team went live." in lines


def test_no_change_needs_something_that_could_be_unchanged_and_is_what_was_seen(filled):
    open_round(filled)
    nothing = filled.post(f"{FORENSICS}/answers", json={"kind": "no-change", "given_by": "head"})
    assert nothing.status_code == 409
    assert "nothing that could be unchanged" in nothing.json()["detail"]
    other = {"kind": "no-change", "given_by": "head", "as_at": "2026-12-01"}
    assert filled.post(f"{PROCUREMENT}/answers", json=other).status_code == 409


def test_what_changed_becomes_an_update_of_the_workstream(filled):
    open_round(filled)
    said = {"kind": "changed", "given_by": "head", "update": update("2027-02-10", "A second team went live.")}
    given = filled.post(f"{PROCUREMENT}/answers", json=said)
    assert given.status_code == 201
    assert given.json()["update"]["as_at"] == "2027-02-10"
    assert filled.get("/api/v1/workstreams/procurement/updates/2027-02-10").status_code == 200
    assert "A second team went live." in printed(filled)
    corrected = said | {"update": update("2027-02-10", "Two teams are live."), "revision": 1}
    again = filled.post(f"{PROCUREMENT}/answers", json=corrected).json()
    assert (again["number"], again["revision"]) == (2, 2)
    first, second = filled.get(PROCUREMENT, params={"text": "1"}).json()["answers"]
    assert first["update"]["parts"]["progress"] == "A second team went live."
    assert second["update"]["parts"]["progress"] == "Two teams are live."


def test_no_answer_takes_the_place_of_a_text_that_was_not_seen(filled):
    open_round(filled)
    first, mine = ({"kind": "changed", "given_by": "head", "update": update("2027-02-11", text)}
                   for text in ("The first text.", "My text."))  # fmt: skip
    assert filled.get(PROCUREMENT).json()["revision"] == 0
    assert filled.post(f"{PROCUREMENT}/answers", json=first).status_code == 201
    filled.post(f"{PROCUREMENT}/answers/1/judgements", json={"verdict": "accepted"})

    nothing = {"kind": "nothing-to-report", "given_by": "head"}
    for said in (mine, nothing, mine | {"revision": 2}):
        refused = filled.post(f"{PROCUREMENT}/answers", json=said)
        assert refused.status_code == 409, refused.text
        both = refused.json()["meanwhile"]
        assert (both["revision"], both["saved"]["parts"]["progress"]["value"]) == (1, "<p>The first text.</p>")
    seen = filled.get(PROCUREMENT, params={"text": "1"}).json()
    assert (len(seen["answers"]), seen["revision"]) == (1, 1)
    assert seen["reported"]["parts"] == {"progress": "The first text."}

    assert filled.post(f"{PROCUREMENT}/answers", json=first).status_code == 201, "the same again loses nothing"
    assert filled.post(f"{PROCUREMENT}/answers", json=mine | {"revision": 1}).status_code == 201
    assert filled.get(PROCUREMENT).json()["revision"] == 2


def test_an_answer_changes_nothing_before_last_time(filled):
    open_round(filled)
    unseen = {"kind": "changed", "given_by": "head", "update": update(JANUARY, "It never was.")}
    assert filled.post(f"{PROCUREMENT}/answers", json=unseen).status_code == 409
    for day in ("2027-01-14", "2026-05-22"):
        refused = filled.post(f"{PROCUREMENT}/answers", json=unseen | {"update": update(day, "It never was.")})
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"] == [
            {"detail": "“procurement” has reported as at 2027-01-15: an answer changes nothing before",
             "pointer": "/update/as_at"},
        ]  # fmt: skip
    there = filled.get("/api/v1/workstreams/procurement/updates").json()["items"]
    assert [(one["as_at"], one["parts"]["progress"]["value"]) for one in there] == [
        (JANUARY, "<p>The team went live.</p>")
    ]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"kind": "changed"}, ""),
        ({"kind": "no-change", "subject": "x"}, ""),
        ({"kind": "changed", "update": update("2027-02-12", "Too new.")}, "/update/as_at"),
        ({"kind": "changed", "update": update("2027-02-10", "x", ratings={"mood": "green"})}, "/update/ratings/mood"),
        ({"kind": "no-change", "given_by": "nobody"}, "/given_by"),
    ],
)
def test_a_wrong_answer_is_refused_and_nothing_is_kept(filled, said, place):
    open_round(filled)
    answer = filled.post(f"{PROCUREMENT}/answers", json={"given_by": "head"} | said)
    assert answer.status_code == 422
    assert place in [error.get("pointer", "") for error in answer.json()["errors"]]
    assert filled.get(PROCUREMENT).json()["answers"] == []


def test_nothing_to_report_is_printed_in_the_format_s_words(filled):
    open_round(filled)
    both = paper(workstreams=["procurement", "forensics"])
    filled.put(f"/api/v1/papers/{PAPER}", json=both, headers={"If-Match": "*"})
    said = {"kind": "nothing-to-report", "given_by": "dcc", "subject": "new cases"}
    assert filled.post(f"{FORENSICS}/answers", json=said).status_code == 201
    lines = printed(filled)
    assert "There are no new cases to report as at 11 February 2027." in lines
    del said["subject"]
    filled.post(f"{FORENSICS}/answers", json=said)
    assert "Nothing to report as at 11 February 2027." in printed(filled)


def test_a_draft_says_which_answers_are_still_to_come(filled):
    assert not any("answer" in gap for gap in gaps(filled))
    open_round(filled)
    assert any(
        "Procurement has not answered the request that is due on 11 February 2027" in gap for gap in gaps(filled)
    )
    no_change(filled)
    assert not any("Procurement has not answered" in gap for gap in gaps(filled))
    send_back(filled)
    assert any("the answer of Procurement, due on 11 February 2027, was sent back" in gap for gap in gaps(filled))
    assert not any("No change" in line for line in printed(filled)), "what was sent back is not carried forward"
    no_change(filled)
    assert not any("was sent back" in gap for gap in gaps(filled))


def changed(client: TestClient, as_at: str, words: str) -> dict:
    before = [1] if as_at == JANUARY else [0]
    given = client.get(PROCUREMENT).json()["answers"]
    seen = max(before + [answer["revision"] for answer in given if answer["update"]["as_at"] == as_at])
    said = {"kind": "changed", "given_by": "head", "update": update(as_at, words), "revision": seen}
    answer = client.post(f"{PROCUREMENT}/answers", json=said)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("as_at", ["2027-02-10", "2027-01-15"], ids=["a new update", "a correction of last time's"])
def test_what_was_sent_back_is_in_no_paper_and_is_nothing_that_could_be_unchanged(filled, as_at):
    open_round(filled)
    changed(filled, as_at, "Not so.")
    assert "Not so." in printed(filled)
    send_back(filled)
    assert "Not so." not in printed(filled)
    assert "The team went live." in printed(filled), "what was reported before stands"
    before = filled.get(PROCUREMENT, params={"text": "1"}).json()["last_time"]
    assert (before["as_at"], before["parts"]["progress"]) == ("2027-01-15", "The team went live.")
    no_change(filled, as_at=before["as_at"])
    lines = printed(filled)
    assert lines.index("No change since 15 January 2027.") + 1 == lines.index("The team went live.")
    assert "Not so." not in lines
    assert not any("sent back" in gap for gap in gaps(filled))
    changed(filled, as_at, "So it is.")
    assert "So it is." in printed(filled)


def test_what_was_sent_back_is_not_last_time_of_the_next_round(filled):
    open_round(filled)
    changed(filled, "2027-02-10", "Not so.")
    send_back(filled)
    no_change(filled)
    filled.put("/api/v1/rounds/june", json=ASKED | {"meeting": "2027-06-10"})
    seen = filled.get("/api/v1/rounds/june/requests/procurement").json()
    assert seen["last_time"]["as_at"] == "2027-01-15"


def test_what_one_round_sent_back_and_another_one_accepted_is_printed(filled):
    open_round(filled)
    open_round(filled, key="march-too")
    other = PROCUREMENT.replace("/march/", "/march-too/")
    changed(filled, "2027-02-11", "So it is.")
    send_back(filled)
    assert "So it is." not in printed(filled)

    seen = filled.get(other).json()
    said = {"kind": "changed", "given_by": "head", "update": update("2027-02-11", "So it is.")}
    given = filled.post(f"{other}/answers", json=said | {"revision": seen["revision"]})
    assert (given.status_code, given.json()["revision"]) == (201, 1), "the same words are the same revision"
    assert filled.post(f"{other}/answers/1/judgements", json={"verdict": "accepted"}).status_code == 201
    assert "So it is." in printed(filled)
    filled.put("/api/v1/rounds/june", json=ASKED | {"meeting": "2027-06-10"})
    assert filled.get("/api/v1/rounds/june/requests/procurement").json()["last_time"]["as_at"] == "2027-02-11"

    said = {"verdict": "sent-back", "reason": "Which team?"}
    assert filled.post(f"{other}/answers/1/judgements", json=said).status_code == 201
    assert "So it is." not in printed(filled)


def test_what_wants_answers_is_asked_of_the_database(filled, database):
    open_round(filled)

    def wanting() -> tuple[list[str], list[str]]:
        with database.reading() as session:
            rounds = due_next(session, limit=5, wants_answers=True)
            requests = to_answer(session, None, ["procurement", "forensics"], wants_answers=True)
            return [row.key for row in rounds], [request.workstream.ref for request in requests]

    assert wanting() == (["march"], ["procurement", "forensics"])
    no_change(filled)
    assert wanting() == (["march"], ["forensics"])
    send_back(filled)
    assert wanting() == (["march"], ["procurement", "forensics"])
    no_change(filled)
    filled.post(f"{FORENSICS}/answers", json={"kind": "nothing-to-report", "given_by": "head"})
    assert wanting() == (["march"], [])
    for address, number in ((PROCUREMENT, 2), (FORENSICS, 1)):
        filled.post(f"{address}/answers/{number}/judgements", json={"verdict": "accepted"})
    assert wanting() == ([], [])


def test_who_said_that_something_changed_may_say_that_nothing_did(filled):
    open_round(filled)
    changed(filled, "2027-02-10", "A mistake.")
    no_change(filled, as_at="2027-01-15")
    lines = printed(filled)
    assert "No change since 15 January 2027." in lines
    assert "A mistake." not in lines


def test_a_correction_of_last_time_stands_when_nothing_has_changed_since_it(filled):
    open_round(filled)
    changed(filled, JANUARY, "Two teams went live.")
    assert no_change(filled, as_at=JANUARY)["revision"] == 2
    lines = printed(filled)
    assert lines.index("No change since 15 January 2027.") + 1 == lines.index("Two teams went live.")


def test_late_and_missing_answers_are_listed(filled, later):
    open_round(filled)
    assert standings(filled) == {"procurement": "waiting", "forensics": "waiting"}
    later(datetime(2027, 2, 11, 23, 30, tzinfo=UTC))
    assert standings(filled, standing="missing") == {}
    later(datetime(2027, 2, 12, 8, 0, tzinfo=UTC))
    assert standings(filled, standing="missing") == {"procurement": "missing", "forensics": "missing"}
    assert no_change(filled)["late"] is True
    assert standings(filled, late="true") == {"procurement": "answered"}
    assert standings(filled, standing="missing") == {"forensics": "missing"}


def test_the_author_accepts_or_sends_back_with_a_reason(filled, client_of):
    open_round(filled)
    no_change(filled)
    author, lead = client_of(Role.AUTHOR, "force"), client_of(Role.LEAD, "force")
    address = f"{PROCUREMENT}/answers/1/judgements"
    assert lead.post(address, json={"verdict": "accepted"}).status_code == 403
    assert author.post(address, json={"verdict": "sent-back"}).json()["errors"][0]["pointer"] == "/reason"
    send_back(author)
    assert standings(filled)["procurement"] == "sent-back"
    no_change(lead)
    assert author.post(address, json={"verdict": "accepted"}).status_code == 409, "there is a newer answer"
    judged = author.post(address.replace("/1/", "/2/"), json={"verdict": "accepted"})
    assert judged.json()["judgements"][0]["by"] == "report-author-force"
    assert standings(filled)["procurement"] == "accepted"
    told = [answer["judgements"] for answer in lead.get(PROCUREMENT).json()["answers"]]
    assert told[0][0]["reason"] == "Which team?"


def test_a_closed_round_takes_no_answers_and_an_answered_workstream_stays(filled):
    said = open_round(filled)
    no_change(filled)
    without = open_round_again(filled, said | {"requests": [{"workstream": "forensics"}]})
    assert without.status_code == 409
    assert "“procurement” was answered" in without.json()["detail"]
    turned = open_round_again(filled, said | {"requests": said["requests"][:1]})
    assert [request["workstream"] for request in turned.json()["requests"]] == ["procurement"]
    assert open_round_again(filled, turned.json() | {"closed": True}).status_code == 200
    refused = filled.post(f"{PROCUREMENT}/answers", json={"kind": "no-change", "given_by": "head"})
    assert (refused.status_code, "is closed" in refused.json()["detail"]) == (409, True)


def test_a_workstream_that_was_only_reminded_may_be_left_out(filled, database):
    said = open_round(filled)

    def is_reminded() -> bool:
        with database.writing() as session:
            request = get_request(session, "march", "forensics")
            told = {"object_": "round/march", "by": "timer", "at": NOON}
            return claim_reminder(session, request.id, "due", "lead@northmoor.example", **told)

    assert (is_reminded(), is_reminded()) == (True, False)
    without = open_round_again(filled, said | {"requests": said["requests"][:1]})
    assert (without.status_code, len(without.json()["requests"])) == (200, 1), without.text
    assert open_round_again(filled, said).status_code == 200
    assert is_reminded(), "asked again"


def test_the_same_answer_sent_twice_with_its_key_is_one(filled):
    open_round(filled)
    said = {"kind": "nothing-to-report", "given_by": "head"}
    first, second = (
        filled.post(f"{PROCUREMENT}/answers", json=said, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert len(filled.get(PROCUREMENT).json()["answers"]) == 1


def test_a_round_of_another_organisation_does_not_exist(filled, client_of):
    open_round(filled)
    other = client_of(Role.SECRETARY, "office")
    answer = {"kind": "no-change", "given_by": "head"}
    for method, path, body in [
        ("GET", ROUND, None), ("GET", f"{ROUND}/requests", None), ("GET", PROCUREMENT, None),
        ("PUT", ROUND, ASKED), ("POST", f"{PROCUREMENT}/answers", answer),
        ("POST", f"{PROCUREMENT}/answers/1/judgements", {"verdict": "accepted"}),
    ]:  # fmt: skip
        assert other.request(method, path, json=body, headers={"If-Match": "*"}).status_code == 404, (method, path)
    assert other.get("/api/v1/rounds").json()["items"] == []
    assert other.put("/api/v1/rounds/mine", json=ASKED).status_code == 404, "nor is anybody else's workstream asked"


def test_answers_are_bound_to_the_log_and_proved(filled, database, blobs, tmp_path):
    open_round(filled)
    no_change(filled)
    send_back(filled)
    with database.reading() as session:
        report = verify(
            session, blobs, checkpoints=tmp_path / "audit-checkpoints.jsonl", engine=ENGINE,
            make_again=lambda version: make_again(version, blobs).content,
        )  # fmt: skip
    assert report.findings == ()
    assert (report.counts["answers"], report.counts["judgements"]) == (1, 1)
    seen = [event["action"] for event in filled.get("/api/v1/audit").json()["items"]]
    assert seen[:3] == ["answer.judged", "answer.recorded", "round.added"]


def test_this_time_stands_beside_last_time(filled):
    open_round(filled)
    said = {"kind": "changed", "given_by": "head", "update": update("2027-02-10", "A second team went live.")}
    filled.post(f"{PROCUREMENT}/answers", json=said)
    seen = filled.get(PROCUREMENT, params={"text": "1"}).json()
    assert seen["last_time"]["parts"] == {"progress": "The team went live."}
    assert seen["this_time"]["parts"] == {"progress": "A second team went live."}
    no_change(filled, as_at="2027-02-10")
    assert filled.get(PROCUREMENT).json()["this_time"] is None


def test_who_answers_is_the_person_of_the_account_unless_another_is_named(filled, database, client_of):
    open_round(filled)
    lead = client_of(Role.LEAD, "force")
    nobody = lead.post(f"{PROCUREMENT}/answers", json={"kind": "no-change"})
    assert [error["pointer"] for error in nobody.json()["errors"]] == ["/given_by"]
    with database.writing() as session:
        accounts.get(session, "workstream-lead-force").person_id = get_person(session, "head").id
    given = lead.post(f"{PROCUREMENT}/answers", json={"kind": "no-change"})
    assert (given.status_code, given.json()["person"]) == (201, "head")


def test_who_is_confined_to_workstreams_answers_for_those_only(filled, database, client_of):
    open_round(filled)
    lead = client_of(Role.LEAD, "force")
    with database.writing() as session:
        accounts.get(session, "workstream-lead-force").workstreams = ["procurement"]
    said = {"kind": "nothing-to-report", "given_by": "head"}
    assert lead.post(f"{FORENSICS}/answers", json=said).status_code == 403
    assert lead.get(FORENSICS).status_code == 200
    assert lead.post(f"{PROCUREMENT}/answers", json=said).status_code == 201


def test_a_round_for_a_board_that_is_none_of_the_account_s_does_not_exist(filled, database, client_of):
    open_round(filled)
    author = client_of(Role.AUTHOR, "force")
    with database.writing() as session:
        accounts.get(session, "report-author-force").boards = ["another"]
    assert author.get("/api/v1/rounds").json()["items"] == []
    assert author.get(ROUND).status_code == 404
    assert author.put(ROUND, json=ASKED, headers={"If-Match": "*"}).status_code == 404
    assert author.post(f"{PROCUREMENT}/answers", json={"kind": "no-change", "given_by": "head"}).status_code == 404
    refused = filled.get("/api/v1/audit", params={"action": "request.refused"}).json()["items"]
    assert {event["by"] for event in refused} == {"report-author-force"}


def test_a_paper_proposes_a_round_that_asks_its_workstreams(filled, client_of):
    author = client_of(Role.AUTHOR, "force")
    proposed = author.get(f"/api/v1/papers/{PAPER}/proposed-round").json()
    assert (proposed["name"], proposed["due_on"]) == ("Collaboration, March 2027", "2027-02-11")
    assert [request["workstream"] for request in proposed["requests"]] == ["procurement"]
    assert author.put(f"/api/v1/rounds/{proposed['key']}", json=proposed).status_code == 201
    due = author.get(f"/api/v1/papers/{PAPER}/deadlines").json()["deadlines"]
    assert due[0] == {"stage": "answers", "due_on": "2027-02-11"}
    other = client_of(Role.AUTHOR, "office")
    for what in ("proposed-round", "deadlines", "proposed-consultees"):
        assert other.get(f"/api/v1/papers/{PAPER}/{what}").status_code == 404


def test_who_answered_is_proposed_as_consulted_and_the_author_takes_or_leaves_each(filled):
    def proposed():
        found = filled.get(f"/api/v1/papers/{PAPER}/proposed-consultees").json()["proposed"]
        return [(one["person"], one["workstreams"]) for one in found]

    both = {"workstreams": ["procurement", "forensics"], "author": None, "chief_officer": None}
    filled.put(f"/api/v1/papers/{PAPER}", json=paper(**both), headers={"If-Match": "*"})
    assert proposed() == []
    open_round(filled)
    no_change(filled, on_behalf_of="dcc")
    filled.post(f"{FORENSICS}/answers", json={"kind": "nothing-to-report", "given_by": "head"})
    assert proposed() == [("dcc", ["Procurement"]), ("head", ["Procurement", "Forensics"])]
    send_back(filled)
    assert proposed() == [("head", ["Forensics"])]
    taken = paper(**both, consultees=["head"])
    assert filled.put(f"/api/v1/papers/{PAPER}", json=taken, headers={"If-Match": "*"}).status_code == 200
    assert proposed() == []


def with_format(client: TestClient) -> None:
    """The scrutiny board has the format of its paper."""
    board = client.get("/api/v1/boards/scrutiny-board").json() | {"format": "scrutiny"}
    assert client.put("/api/v1/boards/scrutiny-board", json=board, headers={"If-Match": "*"}).status_code == 200


def test_the_parts_that_a_round_asks_for_are_filled(filled):
    with_format(filled)
    asked = [{"workstream": "procurement", "parts": ["progress", "next-steps"]}, {"workstream": "forensics"}]
    open_round(filled, requests=asked)
    to_fill = filled.get(PROCUREMENT).json()["to_fill"]
    assert [(part["key"], part["label"], part["required"]) for part in to_fill] == [
        ("progress", "Progress", True), ("next-steps", "Next steps", True),
    ]  # fmt: skip
    assert len(filled.get(FORENSICS).json()["to_fill"]) > 2, "all parts of the format"
    said = {"kind": "changed", "given_by": "head", "update": update("2027-02-10", "It moved.")}
    refused = filled.post(f"{PROCUREMENT}/answers", json=said)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/update/parts/next-steps"]
    assert filled.get("/api/v1/workstreams/procurement/updates/2027-02-10").status_code == 404
    said["update"]["parts"] |= {"next-steps": "It will stop.", "recent-activity": "It began."}
    assert filled.post(f"{PROCUREMENT}/answers", json=said).status_code == 201
    assert filled.post(f"{FORENSICS}/answers", json=said).status_code == 201


def test_a_round_asks_for_no_part_that_nobody_has(filled):
    with_format(filled)
    workstream = filled.get("/api/v1/workstreams/forensics").json() | {"parts": {"progress": "unused"}}
    filled.put("/api/v1/workstreams/forensics", json=workstream, headers={"If-Match": "*"})
    asked = [{"workstream": "procurement", "parts": ["progres"]}, {"workstream": "forensics", "parts": ["progress"]}]
    answer = filled.put(ROUND, json=ASKED | {"requests": asked})
    assert [(error["pointer"], error["detail"]) for error in answer.json()["errors"]] == [
        ("/requests/0/parts/0", "the board's format has no part “progres”"),
        ("/requests/1/parts/0", "“forensics” has no part “progress”"),
    ]
    open_round(filled, requests=[{"workstream": "forensics"}])
    assert "progress" not in {part["key"] for part in filled.get(FORENSICS).json()["to_fill"]}
