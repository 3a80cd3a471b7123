"""Without a token nothing opens; a role does what the policy says; what belongs to others does not exist."""

import re

import pytest
from fastapi.routing import APIRoute

from app.accounts.models import Role
from app.web.api.body import raw_body
from app.web.deps import May, link_holder, signed_in, writing
from tests.stories import PAPER, paper, update, workstream, world

PUBLIC = {
    "/health/live", "/health/ready", "/openapi.json", "/docs", "/problems/{name}",
    "/sign-in/identity", "/sign-in/identity/back",
}  # fmt: skip
"""What needs no token: whether the service lives, its manual, and the way to the provider of identities."""

OPEN = {
    ("POST", "/api/v1/session"), ("PUT", "/api/v1/session/password"),
    ("GET", "/api/v1/calendar/{secret}.ics"),
}  # fmt: skip
"""What needs no sign-in, since it is one, or since its address is the secret."""

OF_THE_CALLER = {f"/api/v1/session{below}" for below in ("", "/proof", "/password")}
"""What is nobody's but the caller's: no role is needed for it, and it chooses its doors itself."""

THINGS = {
    "reference": PAPER,
    "ref": "procurement",
    "key": "force",
    "held_on": "2027-03-11",
    "as_at": "2027-01-15",
    "section": "purpose",
    "label": "0.1",
    "number": "1",
    "digest": "0" * 64,
    "which": "new",
    "name": "main",
    "secret": "bc_nobodys",
}


def operations(app):
    """Method and path of every operation, from the table of routes and from the description."""
    described = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if method in {"get", "put", "post", "delete"}
    }
    assert len(described) > 50
    return sorted(described)


def filled_in(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: THINGS[found[1]], path)


def test_no_operation_is_open(app, stranger):
    for headers in ({}, {"Authorization": "Bearer bp_nobodys"}, {"Authorization": "Basic YTpi"}):
        for method, path in operations(app):
            if path in PUBLIC or (method, path) in OPEN:
                continue
            answer = stranger.request(method, filled_in(path), headers=headers)
            assert (answer.status_code, answer.headers.get("www-authenticate")) == (
                401,
                'Bearer realm="boardpapers"',
            ), (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


def test_every_route_is_described(app):
    # Pages are for people, and described by themselves.
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    found = [route for route in routes if not route.endpoint.__module__.startswith("app.web.pages.")]
    assert len([route for route in found if route.include_in_schema]) == len(operations(app))
    assert {route.path for route in found if not route.include_in_schema} < PUBLIC


TEMPLATES = {"add templates", "try templates", "put templates live", "retire templates"}

MAY = {
    Role.TEMPLATE_MANAGER: {"read", "preview", "formats", "versions", "download", "comment"} | TEMPLATES,
    Role.SECRETARY: {
        "read", "write", "report", "share", "preview", "generate", "pictures", "versions", "download",
        "submit", "decide", "record", "comment", "clear", "release", "reissue", "outcome", "rounds", "answer", "judge",
    },
    Role.APPROVER: {"read", "preview", "versions", "download", "decide", "comment", "clear"},
    Role.AUTHOR: {
        "read", "write", "report", "preview", "generate", "pictures", "versions", "download", "submit", "comment",
        "clear", "rounds", "answer", "judge",
    },
    Role.LEAD: {"read", "report", "preview", "pictures", "answer"},
    Role.CLIENT: {"read", "write", "report", "preview", "generate", "pictures", "versions", "download", "answer"},
    Role.READER: {"read", "versions", "download", "comment", "clear"},
    Role.ADMINISTRATOR: {
        "read", "write", "report", "share", "preview", "generate", "formats", "pictures", "versions", "download",
        "audit", "accounts", "submit", "comment", "release", "reissue", "outcome", "rounds", "answer", "judge",
    } | TEMPLATES,
}  # fmt: skip
"""Written by hand from what each person comes to do, not from the policy."""

NEEDS = {
    "GET /api/v1/accounts": "accounts",
    "POST /api/v1/accounts": "accounts",
    "GET /api/v1/accounts/me": None,
    "GET /api/v1/accounts/me/requests": "read",
    "GET /api/v1/accounts/{key}": "accounts",
    "POST /api/v1/accounts/{key}/password-link": "accounts",
    "DELETE /api/v1/accounts/{key}/token": "accounts",
    "POST /api/v1/accounts/{key}/token": "accounts",
    "GET /api/v1/accounts/{key}/tokens": "accounts",
    "POST /api/v1/accounts/{key}/tokens": "accounts",
    "DELETE /api/v1/accounts/{key}/tokens/{name}": "accounts",
    "GET /api/v1/audit": "audit",
    "GET /api/v1/audit/export": "audit",
    "GET /api/v1/boards": "read",
    "GET /api/v1/boards/{key}": "read",
    "PUT /api/v1/boards/{key}": "share",
    "GET /api/v1/boards/{key}/meetings": "read",
    "GET /api/v1/boards/{key}/meetings/{held_on}": "read",
    "GET /api/v1/boards/{key}/meetings/{held_on}/deadlines": "read",
    "PUT /api/v1/boards/{key}/meetings/{held_on}": "share",
    "POST /api/v1/facts": "write",
    "PUT /api/v1/facts": "write",
    "GET /api/v1/calendar/{secret}.ics": None,
    "GET /api/v1/calendars": "read",
    "POST /api/v1/calendars": "read",
    "DELETE /api/v1/calendars/{number}": "read",
    "GET /api/v1/formats": "read",
    "GET /api/v1/formats/{key}": "read",
    "PUT /api/v1/formats/{key}": "formats",
    "GET /api/v1/formats/{key}/versions": "read",
    "POST /api/v1/formats/{key}/versions": "add templates",
    "GET /api/v1/formats/{key}/versions/{number}": "read",
    "GET /api/v1/formats/{key}/versions/{number}/effect": "try templates",
    "GET /api/v1/formats/{key}/versions/{number}/effect/{reference}/{which}": "try templates",
    "GET /api/v1/formats/{key}/versions/{number}/findings": "try templates",
    "POST /api/v1/formats/{key}/versions/{number}/live": "put templates live",
    "GET /api/v1/formats/{key}/versions/{number}/manifest": "read",
    "POST /api/v1/formats/{key}/versions/{number}/retire": "retire templates",
    "GET /api/v1/formats/{key}/versions/{number}/template": "read",
    "POST /api/v1/formats/{key}/versions/{number}/trial": "try templates",
    "GET /api/v1/frameworks": "read",
    "GET /api/v1/frameworks/{key}": "read",
    "PUT /api/v1/frameworks/{key}": "share",
    "GET /api/v1/link": None,
    "POST /api/v1/link/answers": None,
    "GET /api/v1/meetings": "read",
    "GET /api/v1/organisations": "read",
    "GET /api/v1/organisations/{key}": "read",
    "PUT /api/v1/organisations/{key}": "share",
    "GET /api/v1/papers": "read",
    "GET /api/v1/papers/{reference}": "read",
    "PUT /api/v1/papers/{reference}": "write",
    "GET /api/v1/papers/{reference}/deadlines": "read",
    "GET /api/v1/papers/{reference}/gaps": "preview",
    "POST /api/v1/papers/{reference}/preview": "preview",
    "GET /api/v1/papers/{reference}/proposed-consultees": "read",
    "GET /api/v1/papers/{reference}/proposed-round": "rounds",
    "DELETE /api/v1/papers/{reference}/sections/{section}": "write",
    "GET /api/v1/papers/{reference}/sections/{section}": "read",
    "PUT /api/v1/papers/{reference}/sections/{section}": "write",
    "GET /api/v1/papers/{reference}/versions": "versions",
    "POST /api/v1/papers/{reference}/versions": "generate",
    "GET /api/v1/papers/{reference}/versions/{label}": "versions",
    "GET /api/v1/papers/{reference}/versions/{label}/document": "download",
    "GET /api/v1/papers/{reference}/versions/{label}/snapshot": "download",
    "GET /api/v1/papers/{reference}/versions/{label}/changes": ("versions", "preview"),
    "GET /api/v1/papers/{reference}/review": "versions",
    "GET /api/v1/papers/{reference}/candidate": "versions",
    "GET /api/v1/papers/{reference}/candidate/document": "download",
    "POST /api/v1/papers/{reference}/submissions": "submit",
    "POST /api/v1/papers/{reference}/withdrawal": "submit",
    "POST /api/v1/papers/{reference}/reopening": "submit",
    "GET /api/v1/papers/{reference}/comments": "versions",
    "POST /api/v1/papers/{reference}/versions/{label}/comments": "comment",
    "POST /api/v1/papers/{reference}/comments/{number}/replies": "comment",
    "POST /api/v1/papers/{reference}/comments/{number}/resolution": "comment",
    "GET /api/v1/papers/{reference}/clearances": "versions",
    "POST /api/v1/papers/{reference}/clearances": "clear",
    "POST /api/v1/papers/{reference}/decisions": "decide",
    "POST /api/v1/papers/{reference}/recorded-decisions": "record",
    "GET /api/v1/papers/{reference}/carried": "read",
    "GET /api/v1/papers/{reference}/open-actions": "read",
    "GET /api/v1/papers/{reference}/outcome": "versions",
    "POST /api/v1/papers/{reference}/outcome": "outcome",
    "POST /api/v1/papers/{reference}/actions/{number}/done": "outcome",
    "POST /api/v1/papers/{reference}/next": "write",
    "POST /api/v1/papers/{reference}/reissues": "reissue",
    "POST /api/v1/papers/{reference}/sections/{section}/confirmation": "write",
    "POST /api/v1/papers/{reference}/versions/{label}/release": "release",
    "GET /api/v1/releases": "versions",
    "GET /api/v1/papers/{reference}/versions/{label}/comparison": "download",
    "GET /api/v1/people": "read",
    "GET /api/v1/people/{key}": "read",
    "PUT /api/v1/people/{key}": "write",
    "POST /api/v1/pictures": "pictures",
    "GET /api/v1/pictures/{digest}": "read",
    "GET /api/v1/pictures/{digest}/content": "read",
    "GET /api/v1/rag-schemes": "read",
    "GET /api/v1/rag-schemes/{key}": "read",
    "PUT /api/v1/rag-schemes/{key}": "share",
    "GET /api/v1/rounds": "read",
    "GET /api/v1/rounds/{key}": "read",
    "PUT /api/v1/rounds/{key}": "rounds",
    "GET /api/v1/rounds/{key}/requests": "read",
    "GET /api/v1/rounds/{key}/requests/{ref}": "read",
    "POST /api/v1/rounds/{key}/requests/{ref}/answers": "answer",
    "POST /api/v1/rounds/{key}/requests/{ref}/answers/{number}/judgements": "judge",
    "GET /api/v1/rounds/{key}/requests/{ref}/links": "rounds",
    "POST /api/v1/rounds/{key}/requests/{ref}/links": "rounds",
    "DELETE /api/v1/rounds/{key}/requests/{ref}/links/{number}": "rounds",
    "GET /api/v1/series": "read",
    "GET /api/v1/series/{key}": "read",
    "PUT /api/v1/series/{key}": "share",
    "DELETE /api/v1/session": None,
    "GET /api/v1/session": None,
    "POST /api/v1/session": None,
    "PUT /api/v1/session/password": None,
    "POST /api/v1/session/proof": None,
    "GET /api/v1/template-reference": "read",
    "GET /api/v1/themes": "read",
    "GET /api/v1/themes/{key}": "read",
    "PUT /api/v1/themes/{key}": "write",
    "GET /api/v1/themes/{key}/introductions": "read",
    "GET /api/v1/themes/{key}/introductions/{as_at}": "read",
    "PUT /api/v1/themes/{key}/introductions/{as_at}": "write",
    "GET /api/v1/themes/{key}/introductions/{as_at}/revisions": "read",
    "GET /api/v1/workstreams": "read",
    "GET /api/v1/workstreams/{ref}": "read",
    "PUT /api/v1/workstreams/{ref}": "write",
    "GET /api/v1/workstreams/{ref}/updates": "read",
    "GET /api/v1/workstreams/{ref}/updates/{as_at}": "read",
    "PUT /api/v1/workstreams/{ref}/updates/{as_at}": "report",
    "GET /api/v1/workstreams/{ref}/updates/{as_at}/revisions": "read",
    "GET /metrics": None,  # no account opens it, but a token of its own
}
"""What an operation needs (None: nothing but to be signed in, or not even that; several: all of them).

Every one is declared by hand.
"""


A_PERSONS = {"decide", "record", "clear"}
"""What no token does."""


@pytest.mark.trust(9)
def test_a_route_without_a_row_above_fails(app):
    assert set(NEEDS) == {f"{method} {path}" for method, path in operations(app) if path not in PUBLIC}


@pytest.mark.trust(9)
def test_each_role_does_what_it_is_for_and_no_more(app, client_of, person_of, figure):
    assert set(MAY) == set(Role)
    asked = 0
    for role, may in MAY.items():
        client, person = client_of(role), person_of(role)
        for method, path in operations(app):
            if path in PUBLIC:
                continue
            need = NEEDS[f"{method} {path}"]
            needs = {need} - {None} if not isinstance(need, tuple) else set(need)
            asks = person if needs & A_PERSONS else client
            refused = asks.request(method, filled_in(path)).status_code == 403
            assert refused == (not needs <= may), (method, path, role)
            asked += 1
    figure("requests, one for each route and role", asked)


def test_a_refusal_says_why_and_is_in_the_log(client, client_of):
    answer = client_of(Role.READER).put("/api/v1/themes/region", json={})
    assert answer.status_code == 403
    assert answer.json()["detail"] == "A reader may not change facts."
    event = client.get("/api/v1/audit", params={"action": "request.refused"}).json()["items"][0]
    assert (event["object"], event["by"]) == ("PUT /api/v1/themes/region", "reader-all")
    assert event["request"] == answer.headers["x-request-id"]


def test_a_paper_of_another_organisation_does_not_exist(filled, client_of):
    filled.post(f"/api/v1/papers/{PAPER}/versions")
    other = client_of(Role.AUTHOR, "office")
    hidden = f"/api/v1/papers/{PAPER}"
    never = "/api/v1/papers/NEVER"
    for method, rest in [
        ("GET", ""), ("GET", "/sections/purpose"), ("GET", "/gaps"), ("POST", "/preview"), ("POST", "/versions"),
        ("GET", "/versions"), ("GET", "/versions/0.1"), ("GET", "/versions/0.1/snapshot"),
        ("GET", "/versions/0.1/document"), ("GET", "/versions/0.1/changes"), ("GET", "/review"), ("GET", "/candidate"),
        ("GET", "/versions/0.1/comparison"), ("GET", "/candidate/document"), ("GET", "/comments"),
        ("GET", "/clearances"), ("POST", "/withdrawal"), ("POST", "/reopening"), ("POST", "/comments/1/resolution"),
        ("GET", "/carried"), ("GET", "/open-actions"), ("GET", "/outcome"),
        ("POST", "/sections/purpose/confirmation"),
    ]:  # fmt: skip
        answer = other.request(method, hidden + rest)
        assert answer.status_code == 404, rest
        assert answer.json()["detail"] == other.request(method, never + rest).json()["detail"].replace("NEVER", PAPER)
    for noun in ("papers", "workstreams", "themes"):
        assert other.get(f"/api/v1/{noun}").json()["items"] == []
        assert filled.get(f"/api/v1/{noun}").json()["items"] != []
    assert other.get("/api/v1/workstreams/procurement/updates").status_code == 404
    assert other.put(hidden, json=paper(), headers={"If-Match": "*"}).status_code == 404
    own = client_of(Role.AUTHOR, "force")
    assert own.get(hidden).json() == filled.get(hidden).json()


OUT_OF_REACH = [
    ({"papers": [paper(title="Taken over")]}, "/papers/0/reference"),
    ({"papers": [paper(reference="NEW", organisation="office")]}, "/papers/0/workstreams/0"),
    ({"papers": [paper(reference="NEW", workstreams=[])]}, "/papers/0/organisation"),
    ({"workstreams": [workstream(name="Renamed")]}, "/workstreams/0/ref"),
    ({"workstreams": [workstream(updates=[update("2027-02-15", "False.")])]}, "/workstreams/0/ref"),
    ({"workstreams": [workstream() | {"ref": "new", "updates": []}]}, "/workstreams/0/theme"),
    ({"themes": [world()["themes"][0] | {"organisation": "office"}]}, "/themes/0/key"),
    ({"themes": [{"key": "new", "name": "New", "organisation": "force"}]}, "/themes/0/organisation"),
]
"""What the commissioner's office may not send about the force, and what is wrong with it."""


def test_a_facts_file_reaches_no_further_than_its_sender(filled, client_of):
    other = client_of(Role.CLIENT, "office")
    before = filled.get("/api/v1/audit").json()["items"]
    for facts, place in OUT_OF_REACH:
        answer = other.post("/api/v1/facts", json={"facts": "1"} | facts)
        assert answer.status_code == 422
        assert place in [error["pointer"] for error in answer.json()["errors"]]
    assert filled.get("/api/v1/audit").json()["items"] == before


def test_only_who_manages_formats_brings_formats_in_a_facts_file(filled, client_of):
    author = client_of(Role.AUTHOR)
    own = {name: list_ for name, list_ in world().items() if name in {"facts", "themes", "workstreams", "papers"}}
    assert author.post("/api/v1/facts", json=own).status_code == 200
    one = filled.get("/api/v1/formats/scrutiny").json()
    assert author.post("/api/v1/facts", json={"facts": "1", "formats": [one]}).status_code == 403


def test_a_token_is_shown_once_and_opens_until_it_is_renewed_or_taken_away(filled, stranger):
    asked = {"key": "intranet", "name": "The intranet", "role": "client", "organisation": "force"}
    made = filled.post("/api/v1/accounts", json=asked, headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201
    token = made.json()["token"]
    again = filled.post("/api/v1/accounts", json=asked, headers={"Idempotency-Key": "k1"})
    assert again.json() == made.json() | {"token": None}

    def me(token):
        return stranger.get("/api/v1/accounts/me", headers={"Authorization": f"Bearer {token}"})

    assert me(token).json()["organisation"] == "force"
    assert "change accounts" not in me(token).json()["may"]
    renewed = filled.post("/api/v1/accounts/intranet/token").json()["token"]
    assert (me(token).status_code, me(renewed).status_code) == (401, 200)
    assert filled.delete("/api/v1/accounts/intranet/token").status_code == 204
    assert me(renewed).status_code == 401
    assert filled.get("/api/v1/accounts/intranet").json()["has_token"] is False
    assert filled.post("/api/v1/accounts", json=asked).status_code == 409


def test_no_token_is_kept_anywhere(client, database):
    from sqlalchemy import select, text

    from app.replies.models import Reply

    asked = {"key": "intranet", "name": "The intranet", "role": "client"}
    made = client.post("/api/v1/accounts", json=asked, headers={"Idempotency-Key": "k1"})
    with database.reading() as session:
        assert made.json()["token"].encode() not in session.scalars(select(Reply.body)).one()
        bodies = session.execute(text("SELECT body FROM audit_event")).scalars()
        assert not any(made.json()["token"] in body for body in bodies)


def test_nobody_uploads_without_leave_or_holds_a_door_while_uploading(app):
    def order(dependant):
        for below in dependant.dependencies:
            yield from order(below)
        yield dependant.call

    checked = 0
    for route in (route for route in app.routes if isinstance(route, APIRoute)):
        calls = list(order(route.dependant))
        if raw_body in calls and route.path not in OF_THE_CALLER:
            opener = link_holder if link_holder in calls else signed_in
            assert calls.index(opener) < calls.index(raw_body) < calls.index(writing), route.path
            assert opener is link_holder or any(isinstance(call, May) for call in calls[: calls.index(raw_body)]), (
                route.path
            )
            checked += 1
    assert checked > 15


SHARED = ["organisations", "frameworks", "rag_schemes", "boards", "series", "people"]


def test_what_all_organisations_share_is_changed_by_who_may_and_nobody_else(filled, client_of):
    everything = world()
    for role in (Role.AUTHOR, Role.CLIENT, Role.LEAD):
        for organisation in (None, "office"):
            other = client_of(role, organisation)
            for kind in SHARED:
                answer = other.post("/api/v1/facts", json={"facts": "1", kind: everything[kind]})
                assert answer.status_code == 403, (role, kind)
    board = filled.get("/api/v1/boards/scrutiny-board").json() | {"name": "Mine now"}
    refused = client_of(Role.LEAD, "force").put("/api/v1/boards/scrutiny-board", json=board, headers={"If-Match": "*"})
    assert refused.status_code == 403
    assert refused.json()["detail"] == "A workstream lead may not change what all organisations share."
    assert filled.get("/api/v1/boards/scrutiny-board").json()["name"] == "Scrutiny Board"
    secretary = client_of(Role.SECRETARY, "office")
    changed = secretary.put("/api/v1/boards/scrutiny-board", json=board, headers={"If-Match": "*"})
    assert changed.status_code == 200
    assert secretary.post("/api/v1/facts", json={"facts": "1", "people": everything["people"]}).status_code == 200


def test_an_account_of_an_organisation_writes_its_own_people(filled, client_of):
    own, other, of_all = client_of(Role.AUTHOR, "force"), client_of(Role.AUTHOR, "office"), client_of(Role.CLIENT)
    person = filled.get("/api/v1/people/head").json() | {"name": "Head of Everything"}

    def put(client, document, key="head"):
        headers = {"If-Match": "*"} if key == "head" else {}
        return client.put(f"/api/v1/people/{key}", json=document, headers=headers).status_code

    assert put(own, person) == 200
    assert put(other, person) == put(of_all, person) == 403
    assert put(other, person | {"organisation": "office"}) == 403, "nobody is taken over"
    assert put(own, person | {"organisation": "office"}) == 403, "nor given away"
    assert put(own, {"key": "new", "name": "New", "organisation": "office"}, "new") == 403
    assert put(own, {"key": "new", "name": "New", "organisation": "force"}, "new") == 201


def test_a_workstream_lead_reports_and_changes_nothing_else(filled, client_of):
    lead, stranger_to_it = client_of(Role.LEAD, "force"), client_of(Role.LEAD, "office")
    address = "/api/v1/workstreams/procurement/updates/2027-02-15"
    assert stranger_to_it.put(address, json=update("2027-02-15", "False.")).status_code == 404
    assert lead.put(address, json=update("2027-02-15", "We moved in.")).status_code == 201
    for refused, document in [
        (f"/papers/{PAPER}", paper()),
        ("/themes/region", world()["themes"][0]),
        ("/workstreams/procurement", workstream()),
        (f"/papers/{PAPER}/sections/purpose", {"key": "purpose", "blocks": []}),
    ]:
        answer = lead.put(f"/api/v1{refused}", json=document, headers={"If-Match": "*"})
        assert answer.status_code == 403, refused
    assert lead.post("/api/v1/facts", json={"facts": "1", "workstreams": [workstream()]}).status_code == 403


def test_a_staff_number_is_seen_by_few_and_erased_by_nobody_else(filled, client_of):
    address = "/api/v1/people/head"
    person = filled.get(address).json() | {"staff_number": "4711"}
    assert filled.put(address, json=person, headers={"If-Match": "*"}).json()["staff_number"] == "4711"
    assert client_of(Role.SECRETARY).get(address).json()["staff_number"] == "4711"
    author = client_of(Role.AUTHOR, "force")
    for role in (Role.READER, Role.CLIENT, Role.LEAD, Role.APPROVER, Role.TEMPLATE_MANAGER):
        client = client_of(role)
        assert client.get(address).json()["staff_number"] is None
        assert "4711" not in client.get("/api/v1/people").text
    seen = author.get(address)
    answer = author.put(address, json=seen.json() | {"name": "Head of All"}, headers={"If-Match": seen.headers["etag"]})
    assert (answer.status_code, answer.json()["staff_number"]) == (200, None)
    own = {"facts": "1", "people": [{"key": "head", "name": "Head of None", "organisation": "force"}]}
    assert author.post("/api/v1/facts", json=own).status_code == 200
    kept = filled.get(address).json()
    assert (kept["name"], kept["staff_number"]) == ("Head of None", "4711")
