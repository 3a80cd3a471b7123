"""Accounts that are confined to boards, markings or workstreams: through the API, other things do not exist."""

import pytest

from app.accounts import commands, queries
from app.accounts.models import Role
from tests.stories import MARCH, NOON, PAPER, paper, update, world

SENSITIVE = "OFFICIAL-SENSITIVE"


@pytest.fixture
def confined(filled, client_of, database):
    """Makes a client of the force's that is confined: `confined(role, boards=…, markings=…, workstreams=…)`."""

    def make(role, **remits):
        made = client_of(role, "force")
        with database.writing() as session:
            remit = {"boards": None, "workstreams": None, "markings": None} | remits
            commands.confine(session, queries.get(session, f"{role.value}-force"), **remit, by="x", now=NOON)
        return made

    return make


def seen(client):
    return [listed["reference"] for listed in client.get("/api/v1/papers").json()["items"]]


ADDRESSES = ["", "/versions", "/versions/0.1", "/versions/0.1/document", "/versions/0.1/snapshot", "/sections/purpose"]


@pytest.mark.parametrize(
    ("remit", "sees"),
    [
        ({"boards": ["scrutiny-board"]}, True),
        ({"boards": ["ethics"]}, False),
        ({"boards": []}, False),
        ({"markings": ["OFFICIAL"]}, True),
        ({"markings": [SENSITIVE]}, False),
        ({"boards": ["scrutiny-board"], "markings": []}, False),
        ({}, True),
    ],
)
def test_a_paper_of_another_board_or_marking_does_not_exist(filled, confined, remit, sees):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    author = confined(Role.AUTHOR, **remit)
    assert seen(author) == ([PAPER] if sees else [])
    for rest in ADDRESSES:
        answer = author.get(f"/api/v1/papers/{PAPER}{rest}")
        assert answer.status_code == (200 if sees else 404), (rest, answer.text)
        if not sees:
            never = author.get(f"/api/v1/papers/NEVER{rest}")
            assert answer.json()["detail"] == never.json()["detail"].replace("NEVER", PAPER)
    made = author.post(f"/api/v1/papers/{PAPER}/versions")
    assert made.status_code == (200 if sees else 404)


def test_a_version_stays_as_it_was_marked_when_its_paper_is_marked_lower(filled, confined):
    path = f"/api/v1/papers/{PAPER}"
    filled.put(path, json=paper(marking=SENSITIVE), headers={"If-Match": "*"})
    filled.post(f"{path}/versions")
    filled.put(path, json=paper(marking="OFFICIAL"), headers={"If-Match": "*"})
    filled.post(f"{path}/versions")
    author = confined(Role.AUTHOR, markings=["OFFICIAL"])

    assert [listed["label"] for listed in author.get(f"{path}/versions").json()["items"]] == ["0.2"]
    for rest in ("", "/document", "/snapshot", "/changes"):
        hidden = author.get(f"{path}/versions/0.1{rest}")
        never = author.get(f"{path}/versions/0.9{rest}")
        assert hidden.status_code == 404, rest
        assert hidden.json()["detail"] == never.json()["detail"].replace("0.9", "0.1")
        assert author.get(f"{path}/versions/0.2{rest}").status_code == 200, rest
    assert author.get(f"{path}/versions/0.2/comparison?since=0.1").status_code == 404
    assert author.get(f"{path}/versions/0.2/comparison?since=0.2").status_code == 200
    said = {"place": "section/purpose", "text": "Say more."}
    assert author.post(f"{path}/versions/0.1/comments", json=said).status_code == 404
    assert author.post(f"{path}/versions/0.2/comments", json=said).status_code == 201


@pytest.mark.parametrize(
    ("remit", "sees"),
    [
        ({"boards": ["scrutiny-board"], "markings": ["OFFICIAL"]}, True),
        ({"boards": ["ethics"]}, False),
        ({"markings": [SENSITIVE]}, False),
    ],
)
def test_a_template_is_tried_on_papers_that_exist_for_who_tries_it(filled, confined, remit, sees):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    manager = confined(Role.TEMPLATE_MANAGER, **remit)
    version = "/api/v1/formats/scrutiny/versions/1"
    effect = manager.get(f"{version}/effect").json()["papers"]
    assert [paper["paper"] for paper in effect] == ([PAPER] if sees else [])
    status = 200 if sees else 404
    assert manager.get(f"{version}/effect/{PAPER}/old").status_code == status
    assert manager.post(f"{version}/trial", params={"paper": PAPER}).status_code == status


def test_nobody_writes_into_a_marking_or_board_that_they_do_not_see(filled, confined):
    author = confined(Role.AUTHOR, boards=["ethics"], markings=[SENSITIVE])
    whole = {"facts": "1", "papers": [paper(reference="NEW", workstreams=[], meeting=MARCH)]}
    refused = author.post("/api/v1/facts", json=whole)
    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json()["errors"]} == {"/papers/0/board", "/papers/0/marking"}
    taken = author.put(f"/api/v1/papers/{PAPER}", json=paper(), headers={"If-Match": "*"})
    assert taken.status_code == 404
    overwritten = author.post("/api/v1/facts", json={"facts": "1", "papers": [paper()]})
    assert "/papers/0/reference" in {fault["pointer"] for fault in overwritten.json()["errors"]}


def test_meetings_are_listed_of_the_boards_of_ones_own(filled, confined):
    other = {**world()["boards"][0], "key": "ethics", "name": "Ethics Board", "meetings": [{"held_on": MARCH}]}
    assert filled.post("/api/v1/facts", json={"facts": "1", "boards": [other]}).status_code == 200

    def boards(client, **asked):
        return {found["board"] for found in client.get("/api/v1/meetings", params=asked).json()["items"]}

    assert boards(filled) == {"ethics", "scrutiny-board"}
    ethical = confined(Role.AUTHOR, boards=["ethics"])
    assert boards(ethical) == {"ethics"}
    assert boards(ethical, limit=1) == {"ethics"}
    assert boards(ethical, board="scrutiny-board") == set()
    assert boards(confined(Role.READER, boards=[])) == set()


def test_nobody_changes_a_board_or_series_of_others(filled, confined):
    other = {**world()["boards"][0], "key": "ethics", "name": "Ethics Board", "meetings": []}
    fairness = {"key": "fairness", "name": "Fairness", "board": "ethics"}
    known = {"facts": "1", "boards": [other], "series": [fairness]}
    assert filled.post("/api/v1/facts", json=known).status_code == 200
    secretary = confined(Role.SECRETARY, boards=["scrutiny-board"])
    assert secretary.get("/api/v1/boards/ethics").json()["name"] == "Ethics Board", "it is no secret"

    renamed = {"facts": "1", "boards": [other | {"name": "Ours"}], "series": [fairness | {"board": "scrutiny-board"}]}
    refused = secretary.post("/api/v1/facts", json=renamed)
    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json()["errors"]} == {"/boards/0/key", "/series/0/key"}
    given = {"facts": "1", "series": [{"key": "collaboration", "name": "Collaboration", "board": "ethics"}]}
    refused = secretary.post("/api/v1/facts", json=given)
    assert {fault["pointer"] for fault in refused.json()["errors"]} == {"/series/0/board"}
    assert filled.get("/api/v1/boards/ethics").json()["name"] == "Ethics Board"

    own = {"facts": "1", "boards": [world()["boards"][0] | {"recipient": "The Commissioner"}]}
    assert secretary.post("/api/v1/facts", json=own).status_code == 200
    assert filled.get("/api/v1/boards/scrutiny-board").json()["recipient"] == "The Commissioner"


def test_a_lead_reports_the_workstreams_of_their_own(filled, confined):
    lead = confined(Role.LEAD, workstreams=["forensics"])
    document = update("2027-02-15", "We moved in.")
    refused = lead.put("/api/v1/workstreams/procurement/updates/2027-02-15", json=document)
    assert (refused.status_code, "not among your workstreams" in refused.json()["detail"]) == (403, True)
    assert lead.get("/api/v1/workstreams/procurement").status_code == 200
    assert len(filled.get("/api/v1/workstreams/procurement/updates").json()["items"]) == 1
    written = lead.put("/api/v1/workstreams/forensics/updates/2027-02-15", json=update("2027-02-15", "We moved in."))
    assert written.status_code == 201, written.text


def test_an_account_says_what_it_is_confined_to(client):
    asked = {"key": "ada", "name": "Ada", "role": "reader", "boards": ["b", "a", "a"], "markings": ["OFFICIAL"]}
    made = client.post("/api/v1/accounts", json=asked)
    said = made.json()["account"]
    assert (said["boards"], said["workstreams"], said["markings"]) == (["a", "b"], None, ["OFFICIAL"])
    assert client.get("/api/v1/accounts/ada").json() == said


def test_an_account_says_who_signs_in_by_it(filled):
    made = filled.post("/api/v1/accounts", json={"key": "ada", "name": "Ada", "role": "approver", "person": "dcc"})
    assert (made.status_code, made.json()["account"]["person"]) == (201, "dcc")
    assert filled.get("/api/v1/accounts/ada").json()["person"] == "dcc"
    refused = filled.post("/api/v1/accounts", json={"key": "bob", "name": "Bob", "role": "approver", "person": "bob"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/person")
    assert filled.get("/api/v1/accounts/bob").status_code == 404, "nothing is half made"


def test_an_answer_is_given_again_only_while_the_paper_is_there_for_who_asks(filled, client_of, database):
    author, once = client_of(Role.AUTHOR, "force"), {"Idempotency-Key": "once"}
    versions = f"/api/v1/papers/{PAPER}/versions"
    first, again = (author.post(versions, headers=once) for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    with database.writing() as session:
        queries.get(session, "report-author-force").markings = ["SECRET"]
    assert author.post(versions, headers=once).status_code == 404
