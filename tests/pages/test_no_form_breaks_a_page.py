"""Whatever an address, a form or a file holds, no page fails on our side: every route of the pages is tried."""

from itertools import count
from random import Random
from urllib.parse import quote

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.accounts import queries, sign_in
from app.accounts.models import Role
from app.web.cookies import PREFIX, SESSION
from app.web.pages.routes import ROUTES
from tests.pages.reading import HEADERS
from tests.rounds.stories import ROUND, open_round
from tests.stories import JANUARY, NOON, PAPER

LONG = "9" * 5000

ODD = (
    "", " ", "\x00", "a\x00b", "\ufffe", "-1", "9" * 12, "9" * 25, LONG, "1e9", "\u0661\u0662", "0001-01-01",
    "9999-12-31", "2026-02-30", "<b>x</b>", "{{ 1 }}", "{% if", "%00", "a" * 400, "a/b", "..", "\U0001f600", "on",
    f"up.{LONG}", f"remove.{LONG}", "bogus", "'\";--", "\\", "clause:none", "again:none", "section/none 0",
    "framework/item", "text", "html", "x\r\ny",
)  # fmt: skip
"""What people, programs and attackers may send; what no document can hold among it."""

THERE = {
    "reference": PAPER, "ref": "procurement", "label": "0.1", "as_at": JANUARY, "held_on": "2027-03-11", "which": "old",
    "name": "main", "way": "approve", "key": "scrutiny", "board": "scrutiny-board", "digest": "0" * 64,
}  # fmt: skip
"""What addresses name that is there; the rest is 1."""

KEYS = {"/accounts": "approver-force", "/rounds": "march", "/papers": "purpose", "/formats": "scrutiny"}
"""Beginning of an address → the key that is there."""

NEVER = {"/sign-out", "/assets/{name}", "/accounts/{key}/shut"}
"""What would end the walk, or is a file."""

WALKED = [route for route in ROUTES if route.path not in NEVER]


def test_no_form_breaks_a_page(app, filled, person_of, database, full, figure):
    open_round(filled)
    assert filled.get(ROUND).status_code == 200
    assert filled.post(f"/api/v1/papers/{PAPER}/versions").status_code == 201
    people = [signed_in(app, person_of, database, role) for role in (Role.ADMINISTRATOR, Role.SECRETARY, Role.APPROVER)]
    people.append(TestClient(app, base_url="https://testserver", headers=HEADERS, follow_redirects=False))
    for browser in people:
        browser._transport.raise_server_exceptions = False

    random = Random(20)
    tried = [*gets(random), *posts(people[0], random)]
    chosen = tried if full else random.sample(tried, min(len(tried), 100))
    turns = count()
    failed = []
    for method, address, sent in chosen:
        for browser in people if full else [people[next(turns) % 3]]:
            answer = browser.request(method, address, **sent)
            if answer.status_code >= 500:
                failed.append((method, address[:300], str(sent)[:300], answer.status_code))
    assert len(tried) > 1000
    figure("requests", len(chosen))
    figure("answers of 5xx", len(failed))
    assert failed == []


def signed_in(app, person_of, database, role: Role) -> TestClient:
    person_of(role, "force", f"{role.value}-force")
    here = app.state.premises
    with database.writing() as session:
        secret = sign_in.begin(session, queries.get(session, f"{role.value}-force"), here.rules, now=NOON)
    browser = TestClient(app, base_url="https://testserver", headers=HEADERS, follow_redirects=False)
    browser.cookies.set(f"{PREFIX}{SESSION}", secret)
    return browser


def filled_in(path: str, **odd: str) -> str:
    key = next((key for start, key in KEYS.items() if path.startswith(start)), "1")
    there = THERE | {"key": key} | odd
    for name in names_in(path):
        path = path.replace(f"{{{name}}}", quote(there.get(name, "1"), safe=""))
    return path


def names_in(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def asked_by(dependant) -> set[str]:
    """Every name behind an address that the route reads."""
    own = {field.alias for field in dependant.query_params}
    return own.union(*map(asked_by, dependant.dependencies))


def gets(random: Random):
    for route in WALKED:
        if "GET" not in route.methods:
            continue
        for name in asked_by(route.dependant):
            for odd in random.sample(ODD, 8):
                yield "GET", filled_in(route.path), {"params": {name: odd}}
        for name in names_in(route.path):
            for odd in random.sample(ODD[2:], 6):
                yield "GET", filled_in(route.path, **{name: odd}), {}


def posts(browser: TestClient, random: Random):
    forms = forms_of(browser)
    for route in WALKED:
        if "POST" not in route.methods:
            continue
        address = filled_in(route.path)
        usual = forms.get(address, {}) | {"next": ["/"], "seen": ["0"]}
        yield "POST", address, {"data": {name: random.choice(ODD) for name in usual}}
        for name in usual:
            for odd in random.sample(ODD, 3):
                yield "POST", address, {"data": usual | {name: [odd]}, "params": {"page": random.choice(ODD)}}
        for name in names_in(route.path):
            yield "POST", filled_in(route.path, **{name: random.choice(ODD[2:])}), {"data": usual}
        for name in FILES:
            kinds = {"blocks.0.kind": random.choice(KINDS), "blocks.1.kind": random.choice(KINDS)}
            more = kinds | {"blocks.0.alt": "x", "blocks.1.alt": "x", "blocks.0.text_format": "bogus", "manifest": "x"}
            file = ("x.png", random.randbytes(40), "image/png")
            yield "POST", address, {"data": usual | more, "files": {name: file}}
        kind = {"content-type": random.choice(TYPES)}
        yield "POST", address, {"content": b"account=\\ud800&next=/\\ud800", "headers": kind}
        yield "POST", address, {"content": b"account=%ED%A0%80&x=%FF", "headers": {"content-type": FORM}}


FILES = ("file", "template", "manifest", "blocks.0.picture", f"blocks.{LONG}.picture", "blocks.1.picture")
KINDS = ("outline", "narrative", "table", "recommendations", "none")
TYPES = ("multipart/form-data; charset=unicode_escape", "multipart/form-data; boundary=x", "text/plain")
FORM = "application/x-www-form-urlencoded"


def forms_of(browser: TestClient) -> dict[str, dict[str, list[str]]]:
    """Address → what is sent there by the forms of every page, as it stands in their fields."""
    found: dict[str, dict[str, list[str]]] = {}
    for route in WALKED:
        if "GET" not in route.methods:
            continue
        address = filled_in(route.path)
        answer = browser.get(address)
        if "text/html" not in answer.headers.get("content-type", "") or answer.status_code != 200:
            continue
        for form in html.fromstring(answer.text).forms:
            sent = found.setdefault((form.get("action") or address).split("?")[0], {})
            for element in form.inputs:
                if element.name:
                    sent.setdefault(element.name, [element.value if isinstance(element.value, str) else ""])
    return found


pytestmark = pytest.mark.filterwarnings("ignore")
