"""One quarter of a board's work as one story, by clients of the served API and nothing else.

A round is opened and answered, drafts say what is open, the paper is cleared, submitted, sent back, approved, released,
reissued and changed again; its meeting has it, and the next paper of the series begins with what that asked for. Each
chapter takes up where the one before ended.
"""

from collections import Counter
from hashlib import sha256

import pytest

from app import word
from app.assembly.assemble import ENGINE, make_again
from app.upkeep.verify import verify
from tests.quarter.people import LEADS, NEXT, PAPER, REFERENCE, ROUND, Quarter, done, gathered, sections
from tests.stories import JANUARY, MARCH, on_every_page, update


@pytest.fixture
def quarter(app, client):
    """Everybody who takes part, before a service that is served; nothing is asked yet."""
    with gathered(app, client.headers["Authorization"].removeprefix("Bearer ")) as quarter:
        yield quarter


def a_round_is_opened(quarter: Quarter) -> None:
    """The secretary opens the round that the paper proposes; 0.1 says that nobody has answered, and what lacks."""
    proposed = quarter.secretary.get(f"{PAPER}/proposed-round").json()
    assert (len(proposed["requests"]), proposed["meeting"], proposed["due_on"]) == (20, MARCH, "2027-02-11")
    assert quarter.secretary.put(ROUND, json=proposed).status_code == 201
    (mine,) = quarter.leads[7].get("/api/v1/accounts/me/requests").json()["items"]
    assert (mine["workstream"], mine["standing"], mine["due_on"]) == ("work-7", "waiting", "2027-02-11")
    seen = quarter.leads[7].get(f"{ROUND}/requests/work-7", params={"text": "1"}).json()
    assert seen["last_time"]["parts"] == {"progress": "Work 7 went on."}
    refused = quarter.leads[7].post(f"{ROUND}/requests/work-8/answers", json={"kind": "no-change"})
    assert refused.status_code == 403, "nobody answers for another's workstream"
    assert quarter.draft() == ("0.1", set(LEADS))
    assert quarter.drafts["0.1"].count("To be written: this section is required and has no text yet.") >= 2
    refused = quarter.submit()
    assert (refused.status_code, len(refused.json()["errors"]) > 22) == (422, True)


def eight_report_what_changed(quarter: Quarter) -> None:
    """0.2 has what eight reported and what was written meanwhile, and names the twelve that are missing."""
    quarter.on(2, 8)
    for n in range(1, 9):
        quarter.changed(n, f"Work {n} moved on.")
    quarter.write(sections=sections())
    changes = quarter.author.get(f"{PAPER}/versions/0.1/changes").json()["changes"]
    assert {"Work 8, Progress as at 8 February 2027: is new.", "Section “Demand”: was changed."} <= set(changes)
    assert quarter.draft() == ("0.2", set(range(9, 21)))
    assert {f"Work {n} moved on." for n in range(1, 9)} <= set(quarter.drafts["0.2"])
    before, now = (quarter.author.get(f"{PAPER}/versions/{label}").json()["open_points"] for label in ("0.1", "0.2"))
    assert before - now == 8 + 2, "eight answers and two sections"
    assert quarter.office.get(f"{PAPER}/versions").status_code == 404, "drafts are the writers'"


def others_on_the_day(quarter: Quarter) -> None:
    """Five say that nothing changed, two have nothing to report, one answers by a link, one for an absent colleague.

    The author sends one back: 0.3 says so.
    """
    quarter.on(2, 11)
    for n in range(9, 14):
        quarter.answer(n, kind="no-change", as_at=JANUARY)
    quarter.answer(14, kind="nothing-to-report", subject="changes to the contracts")
    quarter.answer(15, kind="nothing-to-report")
    by_link(quarter, 16)
    on_behalf = quarter.answer(17, quarter.author, kind="no-change", given_by="head", on_behalf_of="lead-17")
    assert (on_behalf["person"], on_behalf["on_behalf_of"], on_behalf["recorded_by"]) == ("head", "lead-17", "author")
    said = {"verdict": "sent-back", "reason": "Since when?"}
    done(quarter.author.post(f"{ROUND}/requests/work-1/answers/1/judgements", json=said))
    assert quarter.draft() == ("0.3", {1, 18, 19, 20})
    lines = quarter.drafts["0.3"]
    assert lines.count("No change since 15 January 2027.") == 6
    assert {f"Work {n} went on." for n in (*range(9, 14), 17)} <= set(lines), "which goes on being true"
    assert "There are no changes to the contracts to report as at 11 February 2027." in lines
    assert "Nothing to report as at 11 February 2027." in lines
    assert "The region’s work moved on." in lines
    assert any("the answer of Work 1, due on 11 February 2027, was sent back" in line for line in lines)


def by_link(quarter: Quarter, number: int) -> None:
    """A contributor outside answers for one workstream, with a link and nothing else."""
    asked = {"name": "Office of the region", "days": 10}
    given = done(quarter.secretary.post(f"{ROUND}/requests/work-{number}/links", json=asked))
    outside = quarter.client(given["secret"])
    assert outside.get("/api/v1/link").json()["workstream"] == f"Work {number}"
    said = update("2027-02-11", "The region’s work moved on.", ratings={"overall": "green"})
    assert outside.post("/api/v1/link/answers", json={"kind": "changed", "update": said}).status_code == 201
    assert outside.get(PAPER).status_code == 401


def late_ones_and_one_that_is_missing(quarter: Quarter) -> None:
    """Two answer late, the one that was sent back answers again; 0.4 names the one that is still missing."""
    quarter.on(2, 12)
    assert quarter.standings(standing="missing") == {f"work-{n}": "missing" for n in (18, 19, 20)}
    reason = quarter.leads[1].get(f"{ROUND}/requests/work-1").json()["answers"][0]["judgements"][0]["reason"]
    assert reason == "Since when?"
    quarter.changed(1, "Work 1 moved on, since 1 February.", seen=1)
    for n in (18, 19):
        assert quarter.changed(n, f"Work {n} moved on at last.")["late"] is True
    assert quarter.draft() == ("0.4", {20})
    assert "Work 1 moved on, since 1 February." in quarter.drafts["0.4"]
    assert "Work 1 moved on." not in quarter.drafts["0.4"]
    assert quarter.standings(standing="missing") == {"work-20": "missing"}
    assert set(quarter.standings(late="true")) == {"work-1", "work-18", "work-19"}


def the_round_is_closed(quarter: Quarter) -> None:
    """Whoever comes now comes too late, until it is opened again; who answered is proposed as consulted, and named."""
    put_round(quarter, closed=True)
    last = {"kind": "no-change", "given_by": "lead-20"}
    refused = quarter.leads[20].post(f"{ROUND}/requests/work-20/answers", json=last)
    assert (refused.status_code, "is closed" in refused.json()["detail"]) == (409, True)
    proposed = quarter.author.get(f"{PAPER}/proposed-consultees").json()["proposed"]
    expected = {f"lead-{n}" for n in LEADS} - {"lead-16", "lead-20"}  # by a link, and never; “head” is the author
    assert {one["person"] for one in proposed} == expected
    quarter.write(consultees=sorted(expected))
    pointers = {error["pointer"]: error["detail"] for error in quarter.submit().json()["errors"]}
    assert set(pointers) == {"/gaps/0", "/gaps/1", "/clearances/section~1equality", "/written_on"}, pointers
    assert "Work 20 has not answered" in pointers["/gaps/0"] + pointers["/gaps/1"]
    put_round(quarter, closed=False)
    assert quarter.answer(20, kind="no-change", as_at=JANUARY)["late"] is True
    put_round(quarter, closed=True)


def put_round(quarter: Quarter, *, closed: bool) -> None:
    there = quarter.secretary.get(ROUND)
    changed = there.json() | {"closed": closed}
    done(quarter.secretary.put(ROUND, json=changed, headers={"If-Match": there.headers["etag"]}))


def clear(quarter: Quarter) -> None:
    deputy = quarter.sign_in(quarter.deputy, "deputy")
    (needed,) = deputy.get(f"{PAPER}/clearances").json()["clearances"]
    said = {"place": needed["place"], "digest": needed["digest"], "cleared_by": "dcc"}
    done(deputy.post(f"{PAPER}/clearances", json=said))


def cleared_by_name(quarter: Quarter) -> None:
    """What the format wants cleared is cleared by a named person; another text needs another clearance."""
    quarter.on(2, 15)
    clear(quarter)
    quarter.write(sections=sections(equality="Nobody is left out."))
    refused = quarter.submit(written_on="2027-02-15")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/gaps/0", "/clearances/section~1equality"]
    clear(quarter)


def sent_back_with_reasons(quarter: Quarter) -> None:
    """0.5 is submitted, commented on, and sent back; the author answers, and submits again."""
    assert done(quarter.submit(written_on="2027-02-15"))["submissions"][0]["version"] == "0.5"
    quarter.on(2, 17)
    chief = quarter.sign_in(quarter.chief, "chief")
    comment = {"place": "section/demand", "text": "How many calls?"}
    done(chief.post(f"{PAPER}/versions/0.5/comments", json=comment))
    done(chief.post(f"{PAPER}/decisions", json={"decision": "send-back", "reasons": "Say how many calls."}))
    quarter.write(sections=sections(equality="Nobody is left out.", demand="12,480 calls."))
    assert quarter.draft() == ("0.6", set())
    assert "12,480 calls." in quarter.drafts["0.6"]
    assert {"Cleared by: Deputy Chief Constable, 15 February 2027", "15 February 2027"} <= set(quarter.drafts["0.6"])
    done(quarter.author.post(f"{PAPER}/comments/1/replies", json={"version": "0.6", "text": "It says so now."}))
    done(chief.post(f"{PAPER}/comments/1/resolution"))
    assert done(quarter.submit(written_on="2027-02-17"))["submissions"][1]["version"] == "0.7"


def approved_by_a_second_person(quarter: Quarter) -> bytes:
    """Exactly the bytes on screen become 1.0: with the day of approval, no DRAFT, and what every lead answered."""
    quarter.on(2, 22)
    chief = quarter.sign_in(quarter.chief, "chief")
    candidate = chief.get(f"{PAPER}/candidate").json()
    on_screen = chief.get(candidate["document"]).content
    said = {"decision": "approve", "digest": candidate["digest"]}
    assert quarter.author.post(f"{PAPER}/decisions", json=said).status_code == 403
    assert done(chief.post(f"{PAPER}/decisions", json=said))["version"] == "1.0"
    assert sha256(on_screen).hexdigest() == candidate["digest"]
    assert quarter.document("1.0") == on_screen
    lines = quarter.lines("1.0")
    assert {"22 February 2027", "17 February 2027", "5.0", "12,480 calls.", "Nobody is left out."} <= set(lines)
    assert not any("To be " in line or "Not yet approved" in line for line in lines)
    assert "OFFICIAL – DRAFT" in on_every_page(quarter.document("0.7"))
    assert not any("DRAFT" in line for line in on_every_page(on_screen))
    moved = {f"Work {n} moved on." for n in range(2, 9)} | {f"Work {n} moved on at last." for n in (18, 19)}
    assert moved | {"Work 1 moved on, since 1 February.", "The region’s work moved on."} <= set(lines)
    assert lines.count("No change since 15 January 2027.") == 7
    assert {f"Work {n} went on." for n in (*range(9, 14), 17, 20)} <= set(lines)
    nil = {"There are no changes to the contracts to report as at 11 February 2027."}
    assert nil | {"Nothing to report as at 11 February 2027."} <= set(lines)
    return on_screen


def released_and_downloaded(quarter: Quarter, approved: bytes) -> None:
    """Who receives it reads 1.0, and the intranet's token downloads it and may do nothing else."""
    assert quarter.office.get(f"{PAPER}/versions/1.0/document").status_code == 404
    done(quarter.secretary.post(f"{PAPER}/versions/1.0/release"))
    assert [item["version"] for item in quarter.office.get("/api/v1/releases").json()["items"]] == ["1.0"]
    assert quarter.office.get(f"{PAPER}/versions/1.0/document").content == approved
    assert quarter.office.get(f"{PAPER}/versions/0.6").status_code == 404
    assert [paper["released"] for paper in quarter.office.get("/api/v1/papers").json()["items"]] == ["1.0"]
    assert quarter.intranet.get(f"{PAPER}/versions/1.0/document").content == approved
    assert quarter.intranet.post(f"{PAPER}/versions").status_code == 403


def reissued_under_another_number(quarter: Quarter, approved: bytes) -> None:
    """The agenda moves: the paper comes out again, and is what was approved."""
    answer = quarter.secretary.post(f"{PAPER}/reissues", json={"agenda_number": "7.0"}, headers=quarter.seen())
    assert done(answer)["label"] == "1.0.1"
    before, after = word.regions(approved), word.regions(quarter.document("1.0.1"))
    assert {key for key in {*before, *after} if before.get(key) != after.get(key)} <= {"field/agenda-number"}
    said = zip(word.text_of(approved), quarter.lines("1.0.1"), strict=True)
    differing = {(old, new) for old, new in said if old != new}
    assert ("5.0", "7.0") in differing
    assert all("7.0" in new or "1.0.1" in new for _, new in differing), differing
    assert quarter.document("1.0") == approved


def a_later_change(quarter: Quarter, approved: bytes) -> None:
    """The next label begins, and what was approved stays."""
    quarter.on(2, 26)
    done(quarter.author.post(f"{PAPER}/reopening", headers=quarter.seen()))
    quarter.write(title="Region, corrected")
    assert quarter.draft() == ("1.1", set())
    assert "Region, corrected" in quarter.drafts["1.1"]
    assert quarter.document("1.0") == approved
    assert quarter.office.get(f"{PAPER}/versions/1.1").status_code == 404


def had_by_its_meeting(quarter: Quarter) -> None:
    """The receiving board's secretary records what it made of the paper, and what it asked for."""
    said = {
        "text": "The board noted the report.",
        "actions": [{"text": "Bring the cost of a second team.", "owner": "dcc", "due_on": "2027-05-31"}],
    }
    assert quarter.clerk.post(f"{PAPER}/outcome", json=said).status_code == 409, "not before the meeting"
    quarter.on(3, 12)
    done(quarter.clerk.post(f"{PAPER}/outcome", json=said))


def the_next_paper(quarter: Quarter) -> None:
    """It begins with what still holds, asks for the rest, and says what the board made of the last and asked for."""
    answer = quarter.author.post(f"{PAPER}/next", json={"reference": NEXT})
    begun = done(answer)
    assert (begun["meeting"], begun["agenda_number"], begun["consultees"]) == ("2027-06-10", None, [])
    carried = {section["key"] for section in begun["sections"]}
    assert "purpose" in carried
    assert not {"executive-summary", "consultation"} & carried
    address = f"/api/v1/papers/{NEXT}"
    assert "demand" in quarter.author.get(f"{address}/carried").json()["sections"]
    assert done(quarter.author.post(f"{address}/versions"))["label"] == "0.1"
    lines = quarter.lines("0.1", address)
    assert "Outcome of the meeting of 11 March 2027: The board noted the report." in lines
    action = lines.index("Bring the cost of a second team.")
    assert lines[action : action + 4][1:] == ["Deputy Chief", "31 May 2027", "11 March 2027"]
    assert {"Work 1 moved on, since 1 February.", "Work 20 went on.", "About purpose."} <= set(lines)


ITS_STORY = [
    "paper.added",
    # drafts on the way, and what was written for them
    "version.kept", "paper.changed", "version.kept", "version.kept", "version.kept", "paper.changed",
    # cleared, submitted, sent back, submitted again
    "clearance.given", "paper.changed", "clearance.given", "version.kept", "submission.recorded", "paper.submitted",
    "comment.made", "decision.recorded", "paper.sent-back", "paper.changed", "version.kept", "comment.made",
    "comment.resolved", "version.kept", "submission.recorded", "paper.submitted",
    # approved, out of the house, out again
    "version.kept", "decision.recorded", "paper.approved", "version.released", "version.kept", "version.reissued",
    "paper.reissued",
    # changed again, and had by its meeting
    "paper.reopened", "paper.changed", "version.kept", "outcome.recorded", "action.recorded",
]  # fmt: skip
"""What the log says of the paper."""


def the_log_tells_it(quarter: Quarter) -> None:
    """Every deed is in the log, in its order, under the name of who did it; and what was refused."""
    paper = quarter.events(under=f"paper/{REFERENCE}")
    assert [event["action"] for event in paper] == ITS_STORY
    by = {event["action"]: event["by"] for event in paper}
    assert (by["paper.approved"], by["version.released"], by["outcome.recorded"]) == ("chief", "secretary", "clerk")
    round_ = quarter.events(under=f"round/{REFERENCE}")
    assert Counter(event["action"] for event in round_) == {
        "round.added": 1, "round.changed": 3, "answer.recorded": 21, "answer.judged": 1, "link.given": 1,
        "link.used": 2,
    }  # fmt: skip
    assert [event["action"] for event in quarter.events(under=f"paper/{NEXT}")] == ["paper.added", "version.kept"]
    refused = quarter.events(action="request.refused", by="intranet")
    assert [event["object"] for event in refused] == [f"POST {PAPER}/versions"]


def test_a_quarter_from_the_first_question_to_the_next_paper(quarter, database, blobs, tmp_path):
    a_round_is_opened(quarter)
    eight_report_what_changed(quarter)
    others_on_the_day(quarter)
    late_ones_and_one_that_is_missing(quarter)
    the_round_is_closed(quarter)
    cleared_by_name(quarter)
    sent_back_with_reasons(quarter)
    approved = approved_by_a_second_person(quarter)
    released_and_downloaded(quarter, approved)
    reissued_under_another_number(quarter, approved)
    a_later_change(quarter, approved)
    had_by_its_meeting(quarter)
    the_next_paper(quarter)
    the_log_tells_it(quarter)
    with database.reading() as session:
        report = verify(
            session, blobs, checkpoints=tmp_path / "audit-checkpoints.jsonl", engine=ENGINE,
            make_again=lambda version: make_again(version, blobs).content,
        )  # fmt: skip
    assert report.findings == ()
    assert (report.counts["answers"], report.counts["judgements"]) == (21, 1)
