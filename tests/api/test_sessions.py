"""People in browsers: signed in by a cookie that no script reads and no other site sends, until it ends."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.accounts import queries
from app.accounts.models import Role
from app.web.deps import RecentlyProved
from tests.api_fixtures import PASSWORD
from tests.clock import set_clock
from tests.stories import NOON

SESSION = "/api/v1/session"
COOKIE = "__Host-boardpapers"


def later(app, **time):
    set_clock(app, lambda: NOON + timedelta(**time))


def sign_in(browser, key, password=PASSWORD, **sent):
    return browser.post(SESSION, json={"account": key, "password": password}, **sent)


@pytest.fixture
def ada(person_of):
    return person_of(Role.ADMINISTRATOR, key="ada")


@pytest.fixture
def other_browser(app):
    return TestClient(app, base_url="https://testserver")


def test_somebody_signs_in_is_known_and_signs_out(ada):
    said = ada.get(SESSION).json()
    assert (said["account"]["key"], said["ends_at"]) == ("ada", "2026-11-24T00:00:00Z")
    assert "change accounts" in said["account"]["may"]
    assert ada.get("/api/v1/papers").status_code == 200
    copied = ada.cookies[COOKIE]
    assert ada.delete(SESSION).status_code == 204
    assert COOKIE not in ada.cookies
    assert ada.get(SESSION).status_code == 401
    ada.cookies.set(COOKIE, copied, domain="testserver.local", path="/")
    assert ada.get(SESSION).status_code == 401, "wherever the cookie was copied to"


def test_the_cookie_is_what_browsers_guard_best(other_browser, ada):
    cookie = sign_in(other_browser, "ada").headers["set-cookie"]
    assert re.fullmatch(r"__Host-boardpapers=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie), cookie
    gone = other_browser.delete(SESSION, headers={"Origin": "https://testserver"}).headers["set-cookie"]
    assert gone.startswith('__Host-boardpapers="";')
    assert "Max-Age=0" in gone
    assert "Secure" in gone


def test_over_plain_http_people_sign_in_on_the_machine_itself_only(app, ada):
    for address in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
        cookie = sign_in(TestClient(app, base_url=address), "ada").headers["set-cookie"]
        assert re.fullmatch(r"boardpapers=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie), cookie
    refused = sign_in(TestClient(app, base_url="http://papers.example"), "ada")
    assert (refused.status_code, "over https" in refused.json()["detail"]) == (403, True)


def test_a_session_ends_when_idle_and_after_half_a_day_in_any_case(app, ada):
    for minutes in range(0, 12 * 60, 29):
        later(app, minutes=minutes)
        assert ada.get(SESSION).status_code == 200, minutes
    later(app, hours=12)
    assert ada.get(SESSION).status_code == 401


def test_half_an_hour_without_a_request_ends_it(app, ada):
    later(app, minutes=29, seconds=59)
    assert ada.get(SESSION).status_code == 200
    later(app, minutes=59, seconds=59)
    ended = ada.get(SESSION)
    assert (ended.status_code, ended.json()["detail"]) == (401, "Your session has ended. Sign in again.")


def test_the_secret_is_another_one_after_each_proof_and_nowhere_in_the_database(app, ada, other_browser, database):
    secrets = [ada.cookies[COOKIE]]
    assert ada.post(f"{SESSION}/proof", json={"password": PASSWORD}).status_code == 200
    secrets.append(ada.cookies[COOKIE])
    sign_in(ada, "ada", headers={"Origin": "https://testserver"})
    secrets.append(ada.cookies[COOKIE])
    assert len(set(secrets)) == 3
    for secret, status in zip(secrets, (401, 401, 200), strict=True):
        other_browser.cookies.clear()
        other_browser.cookies.set(COOKIE, secret, domain="testserver.local", path="/")
        assert other_browser.get(SESSION).status_code == status
    with database.reading() as session:
        rows = [
            str(row)
            for table in ("browser_session", "audit_event", "sign_in_attempt")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        ]
        assert session.scalar(text("SELECT count(*) FROM browser_session")) == 1
    assert not any(secret in row for secret in [*secrets, PASSWORD] for row in rows)


def test_nobody_goes_on_in_a_session_that_somebody_else_gave_them(ada, other_browser, person_of):
    person_of(Role.READER, key="bob")
    other_browser.cookies.set(COOKIE, ada.cookies[COOKIE], domain="testserver.local", path="/")
    sign_in(other_browser, "bob", headers={"Origin": "https://testserver"})
    assert other_browser.get(SESSION).json()["account"]["key"] == "bob"
    assert ada.get(SESSION).status_code == 401, "the planted one is gone"


def test_signing_out_everywhere_ends_every_session(ada, other_browser):
    sign_in(other_browser, "ada")
    assert ada.delete(SESSION, params={"everywhere": 1}).status_code == 204
    assert other_browser.get(SESSION).status_code == 401


def test_what_shuts_an_account_ends_its_sessions_at_once(ada, database, client):
    from app.accounts import commands

    with database.writing() as session:
        commands.disable(session, queries.get(session, "ada"), by="x", now=NOON)
    assert ada.get(SESSION).status_code == 401


def test_a_new_password_ends_what_the_old_one_opened(ada, client, other_browser):
    link = client.post("/api/v1/accounts/ada/password-link").json()["link"]
    new = {"link": link, "password": "quite another three words"}
    assert other_browser.put(f"{SESSION}/password", json=new | {"password": "short"}).status_code == 422
    assert other_browser.put(f"{SESSION}/password", json=new).status_code == 204
    assert other_browser.put(f"{SESSION}/password", json=new).status_code == 404
    assert ada.get(SESSION).status_code == 401
    assert sign_in(other_browser, "ada").status_code == 401
    assert sign_in(other_browser, "ada", new["password"]).status_code == 201


def test_a_wrong_name_and_a_wrong_password_are_told_alike(ada, other_browser):
    told = [sign_in(other_browser, *who) for who in [("ada", "wrong"), ("nobody", PASSWORD), ("command-line", "")]]
    assert {(answer.status_code, answer.json()["detail"]) for answer in told} == {
        (401, "Name and password do not go together, or the account is shut.")
    }


def test_the_sixth_attempt_in_a_minute_waits(app, ada, other_browser):
    for _ in range(5):
        assert sign_in(other_browser, "ada", "wrong").status_code == 401
    waits = sign_in(other_browser, "ada")
    assert (waits.status_code, waits.headers["retry-after"]) == (429, "61")
    assert ada.post(f"{SESSION}/proof", json={"password": PASSWORD}).status_code == 429, "proofs count too"
    later(app, seconds=61)
    assert sign_in(other_browser, "ada").status_code == 201


def test_a_password_that_was_typed_as_a_name_is_not_in_the_log(ada, other_browser, client):
    sign_in(other_browser, "three.words.nobody", "ada")
    sign_in(other_browser, "ada", "wrong")
    events = client.get("/api/v1/audit").json()["items"]
    assert not any("three.words" in str(event) for event in events)
    assert [event["object"] for event in events if event["action"] == "session.refused"] == ["account/ada"]


WRITING = ("PUT", "/api/v1/themes/new")


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://testserver"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://testserver", "X-CSRF-Token": "right"}, False),
        ({"Origin": "https://testserver"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://testserver.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example", "X-CSRF-Token": "right"}, False),
        ({"X-CSRF-Token": "right"}, True),
        ({"X-CSRF-Token": "wrong"}, False),
        ({"X-CSRF-Token": "é"}, False),
        ({}, False),
    ],
)
def test_only_a_page_of_ours_changes_anything_in_a_session(ada, headers, ours):
    right = ada.headers.pop("X-CSRF-Token")
    sent = {name: right if value == "right" else value.encode() for name, value in headers.items()}
    answer = ada.request(*WRITING, json={}, headers=sent)
    assert answer.status_code == (422 if ours else 403), answer.text
    assert ada.get("/api/v1/papers", headers=sent).status_code == 200, "reading is for everybody's links"


def test_a_page_elsewhere_signs_nobody_in(ada, other_browser):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert sign_in(other_browser, "ada", headers=headers).status_code == 403


def test_one_sessions_token_is_no_others(ada, person_of):
    bob = person_of(Role.ADMINISTRATOR, key="bob")
    assert ada.request(*WRITING, json={}, headers={"X-CSRF-Token": bob.headers["X-CSRF-Token"]}).status_code == 403


def test_programs_need_no_such_token(client):
    assert client.request(*WRITING, json={}).status_code == 422


@pytest.fixture
def deciding(app):
    """The application with a route at which something is decided."""

    @app.post("/api/v1/decide")
    def decide(who: RecentlyProved) -> str:
        return who.key

    return "/api/v1/decide"


def test_a_decision_asks_for_a_fresh_proof(app, ada, deciding):
    assert ada.post(deciding).json() == "ada", "signing in is one"
    for minutes in (5, 9):
        later(app, minutes=minutes)
        assert ada.post(deciding).status_code == 200
    later(app, minutes=10)
    refused = ada.post(deciding)
    assert (refused.status_code, "Prove again" in refused.json()["detail"]) == (403, True)
    assert ada.post(f"{SESSION}/proof", json={"password": "wrong"}).status_code == 401
    assert ada.post(deciding).status_code == 403
    proved = ada.post(f"{SESSION}/proof", json={"password": PASSWORD})
    assert proved.json()["proved_until"] == "2026-11-23T12:20:00Z"
    ada.headers["X-CSRF-Token"] = proved.json()["csrf"]
    assert ada.post(deciding).status_code == 200


def test_no_token_decides_or_has_a_session(client, deciding):
    refused = client.post(deciding)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "A person decides, who is signed in: a token does not.",
    )
    assert client.get(SESSION).json()["csrf"] is None
    assert client.delete(SESSION).status_code == 409
    assert client.post(f"{SESSION}/proof", json={"password": PASSWORD}).status_code == 409
