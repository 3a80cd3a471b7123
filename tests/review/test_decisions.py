"""A decision is about bytes, and is taken by somebody else, once."""

import re
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from threading import Barrier
from zipfile import ZipFile

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from app import word
from app.accounts import queries as accounts
from app.accounts.models import Account, Role
from app.assembly.assemble import ENGINE, make_again
from app.assembly.review import NothingToDecide, refusal
from app.people.models import Person
from app.people.queries import get_person
from app.upkeep.verify import verify
from app.versions.models import Decision, Version
from app.web.pace import Pace
from tests.api.test_it_fails_cleanly import Steps, is_told_without_our_inside
from tests.clock import set_clock
from tests.review.board import ADDRESS, gather
from tests.stories import PAPER, on_every_page, paper, scrutiny

TWO_STEPS = """
[[decisions]]
key = "sponsor"
label = "Sponsor"
role = "board-secretary"

[[decisions]]
key = "chief"
label = "Chief officer"
"""


EVERY = {"disk": (3, 1), "statement": (25, 5)}
"""Of the steps of an approval, every how many-th fails: by default, and in full."""


def test_exactly_the_bytes_on_screen_are_approved_and_kept(board):
    board.submit()
    candidate = board.candidate()
    on_screen = board.approver.get(candidate["document"]).content
    assert sha256(on_screen).hexdigest() == candidate["digest"]
    said = word.text_of(on_screen)
    assert "23 November 2026" in said
    assert not any("DRAFT" in line for line in on_every_page(on_screen))
    assert "OFFICIAL – DRAFT" in on_every_page(board.document("0.1"))
    assert board.labels() == ["0.1"], "the candidate is not kept"
    answer = board.approve(digest=candidate["digest"])
    assert answer.status_code == 201, answer.text
    assert (answer.json()["version"], answer.json()["digest"]) == ("1.0", candidate["digest"])
    assert board.document("1.0") == on_screen
    assert board.review()["state"] == "approved"
    assert board.version("1.0")["file_name"] == candidate["file_name"]
    assert "DRAFT" not in candidate["file_name"]


def test_a_candidate_is_made_so_many_times_a_minute_by_each_account(board):
    board.submit()
    board.app.state.premises = replace(board.app.state.premises, generating=Pace(2))
    address = f"{ADDRESS}/candidate"
    asked = [board.approver.get(where) for where in (address, f"{address}/document", address)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert asked[-1].headers["retry-after"] == "60"
    assert board.approve(digest="0" * 64).status_code == 429, "that makes it again"
    page = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    for where in (f"/papers/{PAPER}/decide", f"/papers/{PAPER}/decide/document"):
        assert board.approver.get(where, headers=page).status_code == 429
    assert (
        board.approver.post(f"/papers/{PAPER}/decide/approve", data={"digest": "0" * 64}, headers=page).status_code
        == 429
    )
    assert board.send_back(reasons="That makes nothing.").status_code == 201


def test_a_token_that_sees_versions_downloads_no_candidate_and_no_snapshot(board):
    board.submit()
    asked = {"name": "looking", "scopes": ["versions:read"]}
    token = board.admin.post("/api/v1/accounts/approver-force/tokens", json=asked).json()["token"]
    looking = TestClient(board.app, headers={"Authorization": f"Bearer {token}"})
    assert looking.get(f"{ADDRESS}/candidate").status_code == 200
    for where in ("candidate/document", "versions/0.1/snapshot", "versions/0.1/document"):
        assert looking.get(f"{ADDRESS}/{where}").status_code == 403, where
    page = looking.get(f"/papers/{PAPER}/decide/document", headers={"Accept": "text/html"})
    assert page.status_code == 403


def test_another_day_is_another_candidate_and_the_answer_names_it(board):
    board.submit()
    yesterdays = board.candidate()["digest"]
    board.on(2026, 11, 24)
    refused = board.approve(digest=yesterdays)
    assert refused.status_code == 409
    assert board.candidate()["digest"] in refused.json()["detail"]
    assert board.candidate()["digest"] != yesterdays
    assert (board.review()["state"], board.labels()) == ("in-review", ["0.1"])
    assert board.approve().status_code == 201


def test_the_day_of_approval_is_londons(board):
    from datetime import UTC, datetime

    board.on(2027, 3, 1)
    board.submit()
    set_clock(board.app, lambda: datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    refused = board.approver.get(f"{ADDRESS}/candidate")
    assert refused.status_code == 422, "before it was written"
    assert "2 July 2026" in refused.json()["errors"][0]["detail"]


def test_nobody_decides_on_a_paper_that_they_wrote_or_submitted(board, client_of, person_of):
    board.secretary.put(
        "/api/v1/workstreams/procurement/updates/2027-02-15",
        json={"as_at": "2027-02-15", "parts": {"progress": "The team grew."}},
    )
    writing = person_of(Role.APPROVER)
    board.submit(board.secretary)
    digest = board.candidate()["digest"]
    own = {"digest": digest, "decided_by": "dcc", "decided_on": "2026-11-23", "evidence": "Minutes"}
    refused = board.post(board.secretary, "recorded-decisions", own)
    assert refused.status_code == 403, "who submitted it"
    assert "wrote or submitted" in refused.json()["detail"]
    events = board.admin.get("/api/v1/audit", params={"action": "request.refused"}).json()["items"]
    assert events[0]["object"] == f"POST {ADDRESS}/recorded-decisions"
    assert board.approve(writing, on_behalf_of="head").status_code == 403, "in the place of its author"
    assert board.approve(board.admin).status_code == 403, "an administrator is no approver"
    by_token = board.approve(client_of(Role.APPROVER))
    assert (by_token.status_code, "a token does not" in by_token.json()["detail"]) == (403, True)
    assert board.approve(writing).status_code == 201


def test_the_person_counts_whatever_the_account_is_called(board, database, person_of):
    author = person_of(Role.APPROVER, "force", "0d5c-of-the-provider")
    namesake = person_of(Role.APPROVER, "force", "head")
    with database.writing() as session:
        accounts = {account.key: account for account in session.scalars(select(Account))}
        persons = {person.key: person.id for person in session.scalars(select(Person))}
        accounts["0d5c-of-the-provider"].person_id = persons["head"]
    board.submit()
    assert board.approve(author).status_code == 403, "the author, by an account that the provider of identities named"
    assert board.approve(namesake).status_code == 403, "who may be the author: nobody has said who it is"
    with database.writing() as session:
        session.scalars(select(Account).where(Account.key == "head")).one().person_id = persons["dcc"]
    assert board.approve(namesake).status_code == 201, "somebody else, as we know now"


def test_who_may_decide_next_can_be_asked_before(board, database):
    with database.reading() as session, pytest.raises(NothingToDecide):
        refusal(session, PAPER, by=session.scalars(select(Account).where(Account.key == "approver-force")).one())
    board.submit(board.secretary)
    with database.reading() as session:
        accounts = {account.key: account for account in session.scalars(select(Account))}
        assert refusal(session, PAPER, by=accounts["approver-force"]) is None
        assert "“Approval” is decided by the role" in str(refusal(session, PAPER, by=accounts["secretary-force"]))


def test_nobody_decides_in_the_place_of_who_submitted(board, database):
    with database.writing() as session:
        person = session.scalars(select(Person).where(Person.key == "dcc")).one().id
        session.scalars(select(Account).where(Account.key == "secretary-force")).one().person_id = person
    board.submit(board.secretary)
    refused = board.approve(on_behalf_of="dcc")
    assert (refused.status_code, "wrote or submitted" in refused.json()["detail"]) == (403, True)
    assert board.approve().status_code == 201


def test_who_changed_the_paper_wrote_it_and_who_only_reported_did_not(app, client, person_of):
    board = gather(app, client, person_of, manifest='[[decisions]]\nkey = "a"\nlabel = "A"\nrole = "board-secretary"\n')
    other = person_of(Role.SECRETARY)
    there = board.secretary.get(ADDRESS)
    board.secretary.put(ADDRESS, json=there.json() | {"title": "Mine"}, headers={"If-Match": there.headers["etag"]})
    news = {"as_at": "2027-02-15", "parts": {"progress": "The team grew."}}
    assert other.put("/api/v1/workstreams/procurement/updates/2027-02-15", json=news).status_code == 201
    board.submit()
    assert board.approve(board.secretary).status_code == 403
    assert board.approve(other).status_code == 201


def test_a_paper_is_sent_back_with_reasons_and_comes_again(board):
    board.submit()
    assert board.send_back().status_code == 422
    answer = board.send_back(reasons="Say what it costs.")
    assert (answer.status_code, answer.json()["decision"]) == (201, "sent-back")
    assert answer.json()["digest"] == board.version("0.1")["file_digest"]
    assert board.review()["state"] == "draft"
    assert board.send_back(reasons="Again").status_code == 409
    board.write(title="Collaboration and its costs")
    board.submit()
    late = board.send_back(reasons="Say what it costs.", submission=1)
    assert (late.status_code, "submission 2 is in review now" in late.json()["detail"]) == (409, True)
    assert (board.review()["state"], board.candidate()["submission"]) == ("in-review", 2)
    assert board.approve().status_code == 201
    steps = [submission["steps"][0]["decision"] for submission in board.review()["submissions"]]
    assert [(step["decision"], step["version"]) for step in steps] == [("sent-back", "0.1"), ("approved", "1.0")]
    assert steps[0]["reasons"] == "Say what it costs."


def test_somebody_stands_in_and_both_are_recorded(board):
    board.submit()
    answer = board.approve(on_behalf_of="dcc")
    assert (answer.json()["by"], answer.json()["on_behalf_of"]) == ("approver-force", "dcc")
    assert answer.json()["evidence"] is None


def test_a_decision_made_elsewhere_is_recorded_with_its_day_and_evidence(board):
    board.submit()
    board.on(2026, 12, 1)
    made = board.candidate(decided_on="2026-11-25")
    said = {"digest": made["digest"], "decided_by": "dcc", "decided_on": "2026-11-25", "evidence": "E-mail, 16:02"}
    assert board.post(board.approver, "recorded-decisions", said).status_code == 403
    wrong = board.post(board.secretary, "recorded-decisions", said | {"decided_on": "2026-11-26"})
    assert wrong.status_code == 409
    answer = board.post(board.secretary, "recorded-decisions", said)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["evidence"], answer.json()["on_behalf_of"]) == ("E-mail, 16:02", "dcc")
    assert "25 November 2026" in word.text_of(board.document("1.0"))


def test_as_many_steps_as_the_format_lists_in_their_order(app, client, person_of):
    board = gather(app, client, person_of, manifest=TWO_STEPS)
    board.submit()
    first = board.candidate()
    assert (first["step"], first["last"], first["digest"]) == ("sponsor", False, board.version("0.1")["file_digest"])
    refused = board.approve()
    assert refused.status_code == 403
    assert "“Sponsor” is decided by the role “board-secretary”" in refused.json()["detail"]
    assert board.approve(board.secretary).json()["version"] == "0.1"
    assert (board.candidate()["step"], board.candidate()["last"]) == ("chief", True)
    assert board.approve(digest=first["digest"]).status_code == 409
    assert board.approve().json()["version"] == "1.0"
    assert board.review()["state"] == "approved"


def test_a_step_is_not_decided_before_the_one_that_went_before_it(app, client, person_of):
    board = gather(app, client, person_of, manifest=TWO_STEPS)
    board.submit(board.author)
    board.on(2026, 11, 30)
    assert board.approve(board.secretary).status_code == 201
    for day, status in [("2026-11-29", 422), ("2026-12-01", 422), ("2026-11-30", 200)]:
        answer = board.secretary.get(f"{ADDRESS}/candidate", params={"decided_on": day})
        assert answer.status_code == status, answer.text


def test_nobody_decides_in_the_place_of_who_belongs_elsewhere(board):
    clerk = {"key": "clerk", "name": "Clerk of the office", "organisation": "office"}
    assert board.admin.post("/api/v1/facts", json={"facts": "1", "people": [clerk]}).status_code == 200
    board.submit()
    refused = board.approve(on_behalf_of="clerk")
    assert (refused.status_code, "does not belong to Northmoor" in refused.json()["detail"]) == (403, True)


def test_a_later_change_starts_the_next_label_and_what_was_approved_stays(board):
    board.submit()
    board.approve()
    approved = board.document("1.0")
    refused = board.write(title="Later")
    assert refused.status_code == 409
    assert "is approved" in refused.json()["detail"]
    board.reopen()
    board.write(title="Later")
    board.author.post(f"{ADDRESS}/versions")
    board.write(title="Later still")
    board.submit()
    assert board.approve().json()["version"] == "2.0"
    assert board.labels() == ["0.1", "1.0", "1.1", "1.2", "2.0"]
    assert board.document("1.0") == approved


def put_format(board, manifest, template=None):
    """The board's papers have this manifest from now on, with the template or else the scrutiny format's."""
    format_ = scrutiny() | {"manifest": manifest} | ({"template": b64encode(template).decode()} if template else {})
    answer = board.admin.post("/api/v1/facts", json={"facts": "1", "formats": [format_]})
    assert answer.status_code == 200, answer.text


def test_what_was_approved_is_not_submitted_again_even_where_a_draft_would_print_the_same(board):
    row = re.compile(r'\[\[front_sheet\]\]\n(?:[^\[\n].*\n)*source = "approved-on"\n')
    manifest = row.sub("", scrutiny()["manifest"])
    packed, unmarked = BytesIO(b64decode(scrutiny()["template"])), BytesIO()
    with ZipFile(packed) as source, ZipFile(unmarked, "w") as target:
        for part in source.infolist():
            mark = "{% if draft %} – {{ draft }}{% endif %}".encode()
            target.writestr(part, source.read(part).replace(mark, b""))
    put_format(board, manifest, unmarked.getvalue())
    board.submit()
    assert board.approve().json()["version"] == "1.0"
    assert not any("approv" in line.lower() or "DRAFT" in line for line in word.text_of(board.document("1.0")))
    board.reopen()
    assert board.submit().json()["submissions"][1]["version"] == "1.1"
    assert board.review()["approved"] == ["1.0"]
    assert board.approve().json()["version"] == "2.0"
    assert board.review()["approved"] == ["1.0", "2.0"]


def test_a_label_that_is_taken_is_passed_over(board):
    labels = 'draft = "0.{n}"\nfinal = "{n}.3"\nfirst = 0\nrevised = "R{m}.{n}"\nreissued = "{label}-{n}"'
    put_format(board, scrutiny()["manifest"].replace('draft = "0.{n}"\nfinal = "{n}.0"', labels))
    for number in range(4):
        board.write(title=f"Draft {number}")
        board.author.post(f"{ADDRESS}/versions")
    board.submit()
    assert board.approve().json()["version"] == "1.3", "0.3 is a draft"
    assert board.labels() == ["0.0", "0.1", "0.2", "0.3", "1.3"]


def test_what_was_submitted_and_decided_is_verified(board, database, blobs):
    board.submit()
    board.send_back(reasons="Say more.")
    board.submit()
    board.approve()
    assert damage_of(database, blobs) == []
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER decision_refuses_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE decision SET reasons = 'None at all.' WHERE position = 1"))
    assert damage_of(database, blobs) == [
        ("row-edited", f"paper/{PAPER}/submission/1/decision/1"),
        ("row-edited", f"paper/{PAPER}/submission/2/decision/1"),
    ]


def damage_of(database, blobs):
    with database.reading() as session:
        report = verify(
            session,
            blobs,
            checkpoints=None,
            engine=ENGINE,
            make_again=lambda version: make_again(version, blobs).content,
        )
    return sorted((finding.kind.value, finding.object) for finding in report.findings)


@pytest.mark.trust(5)
def test_two_approvals_at_once_are_one(board, person_of, full, figure):
    clients, rounds = 200, 10 if full else 1  # on each database: together, what was promised
    # Whoever comes last waits for all others: how long is not what is proved here.
    board.app.state.premises.database.engine.pool._timeout = 600
    approvers = [board.approver, person_of(Role.APPROVER)]
    for _ in range(rounds):
        assert board.submit().status_code == 201
        digest = board.candidate()["digest"]
        released = Barrier(clients)

        def approve(number, digest=digest, released=released):
            released.wait()
            return board.approve(approvers[number % len(approvers)], digest=digest).status_code

        with ThreadPoolExecutor(clients) as pool:
            answers = sorted(pool.map(approve, range(clients)))
        assert answers[0] == 201
        assert set(answers[1:]) <= {409, 412}, answers
        board.reopen()
    events = board.admin.get("/api/v1/audit", params={"action": "paper.approved", "limit": 100}).json()["items"]
    decisions = board.admin.get("/api/v1/audit", params={"action": "decision.recorded", "limit": 100}).json()["items"]
    assert len(events) == len(decisions) == rounds
    figure("rounds of 200 approvals released together", rounds)
    figure("approvals beyond the one of a round", len(decisions) - rounds)
    assert len([label for label in board.labels() if label.endswith(".0")]) == rounds


@pytest.mark.trust(4)
def test_approved_bytes_never_change_whoever_asks_and_however(board, database, blobs, figure):
    board.submit()
    board.approve()
    before, row = board.document("1.0"), board.version("1.0")
    kept = [blobs.get(digest) for digest in sorted(blobs.digests())]

    def by_the_orm(session):
        session.scalars(select(Version).where(Version.label == "1.0")).one().file_digest = "0" * 64
        session.flush()

    def by_deletion(session):
        session.delete(session.scalars(select(Decision)).one())
        session.flush()

    statements = [
        update(Version).values(size=1),
        update(Decision).values(digest="0" * 64),
        *map(text, ("UPDATE version SET label = '9.9'", "DELETE FROM version", "DELETE FROM decision")),
    ]
    attempts = [by_the_orm, by_deletion, *(lambda session, s=s: session.execute(s) for s in statements)]
    for attempt in attempts:
        with pytest.raises(DBAPIError, match="never changes"), database.writing() as session:
            attempt(session)
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        for rest in ("/versions/1.0", "/versions/1.0/document", "/versions/1.0/snapshot"):
            assert board.admin.request(method, ADDRESS + rest, json={}).status_code == 405
    assert board.write(title="Another").status_code == 409
    facts = {"facts": "1", "papers": [paper(title="Another")]}
    assert board.admin.post("/api/v1/facts", json=facts).status_code == 409
    assert blobs.put(before) == row["file_digest"]
    assert [blobs.get(digest) for digest in sorted(blobs.digests())] == kept
    assert (board.document("1.0"), board.version("1.0")) == (before, row)
    assert damage_of(database, blobs) == []
    figure("ways to change what is approved, refused", len(attempts) + 4 * 3 + 2)
    figure("digests changed", 0)


@pytest.mark.trust(3)
@pytest.mark.parametrize("kind", ["disk", "statement"])
def test_the_step_of_an_approval_that_fails_leaves_the_state_before_or_after(
    board, kind, monkeypatch, database, blobs, full, figure
):
    steps = Steps(monkeypatch, kind)
    steps.let_fail(10**9)
    failures = 0
    try:
        for number in range(1, 500, EVERY[kind][full]):
            board.write(title=f"Collaboration update {number}")
            assert board.submit().status_code == 201
            said = {"decision": "approve", "digest": board.candidate()["digest"]}
            labels, decided = board.labels(), decisions_of(board)
            board.approver._transport.raise_server_exceptions = False
            once = {"headers": {"Idempotency-Key": f"key-{number}"}}
            steps.let_fail(number)
            answer = board.post(board.approver, "decisions", said, **once)
            failed = steps.have_failed
            steps.let_fail(10**9)
            if answer.status_code != 201:
                assert answer.status_code == 500
                assert is_told_without_our_inside(answer)
            whole = (board.review()["state"], len(board.labels()) - len(labels), decisions_of(board) - decided)
            assert whole == ("approved", 1, 1) or (whole == ("in-review", 0, 0) and answer.status_code != 201)
            assert board.post(board.approver, "decisions", said, **once).status_code == 201
            assert (board.review()["state"], len(board.labels()) - len(labels)) == ("approved", 1)
            assert decisions_of(board) - decided == 1
            if not failed:
                break
            failures += 1
            board.reopen()
        else:
            pytest.fail("there is no end of steps")
    finally:
        steps.end()
    assert failures >= 2
    assert damage_of(database, blobs) == []
    figure("failing steps of an approval", failures)


def decisions_of(board) -> int:
    return sum(step["decision"] is not None for made in board.review()["submissions"] for step in made["steps"])


def test_nobody_decides_on_their_paper_by_another_account_of_theirs(board, database):
    with database.writing() as session:
        person = get_person(session, "dcc")
        for key in ("author-force", "approver-force"):
            accounts.get(session, key).person_id = person.id
    board.submit()

    answer = board.approve()

    assert (answer.status_code, "you wrote or submitted" in answer.json()["detail"]) == (403, True)


def test_what_was_decided_elsewhere_was_not_decided_tomorrow(board):
    board.submit()
    said = {"digest": board.candidate()["digest"], "decided_by": "dcc", "evidence": "Minutes"}

    answer = board.post(board.secretary, "recorded-decisions", said | {"decided_on": "2026-11-24"})

    assert answer.status_code == 422, answer.text
    assert "still to come" in answer.text
