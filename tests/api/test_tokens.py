"""Tokens of programs: as many as an account needs, each for what it is for, shown once, until it ends."""

from datetime import timedelta

import pytest

from app.accounts.models import Role
from app.accounts.policy import Action
from tests.clock import set_clock
from tests.stories import NOON, PAPER

TOKENS = "/api/v1/accounts/intranet/tokens"


@pytest.fixture
def intranet(filled):
    """The administrator's client, beside an account for the intranet."""
    made = filled.post("/api/v1/accounts", json={"key": "intranet", "name": "Intranet", "role": "client"})
    assert made.status_code == 201
    return filled


def asking(stranger, token, method, address, **sent):
    return stranger.request(method, f"/api/v1{address}", headers={"Authorization": f"Bearer {token}"}, **sent)


def make(client, **asked):
    answer = client.post(TOKENS, json={"name": "nightly"} | asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


def test_a_token_does_what_it_is_for_and_no_more(intranet, stranger):
    intranet.post(f"/api/v1/papers/{PAPER}/versions")
    token = make(intranet, scopes=["versions:download", "facts:read"])

    assert asking(stranger, token, "GET", f"/papers/{PAPER}/versions/0.1/document").status_code == 200
    refused = asking(stranger, token, "POST", f"/papers/{PAPER}/versions")
    assert refused.status_code == 403
    assert refused.json()["detail"] == "This token may not generate papers: it has no scope “papers:generate”."
    assert asking(stranger, token, "GET", "/accounts/me").json()["may"] == ["download documents", "read facts"]
    event = intranet.get("/api/v1/audit", params={"action": "request.refused"}).json()["items"][0]
    assert event["by"] == "intranet"


@pytest.mark.parametrize("action", list(Action))
def test_a_token_of_one_scope_opens_one_deed(action):
    from app.accounts import policy
    from app.accounts.models import Account

    role = next(role for role in Role if action in policy.ALLOWED[role])
    account = Account(key="ada", name="Ada", role=role)
    account.scopes = frozenset({action.scope})

    assert [deed for deed in Action if policy.may(account, deed)] == [action]


def test_no_token_is_for_more_than_its_account_may_do(intranet):
    for scopes, said in [
        (["accounts:manage"], "the role client has no scope accounts:manage"),
        (["versions:download", "nonsense"], "the role client has no scope nonsense"),
        ([], "a token without any scope would open nothing"),
    ]:
        answer = intranet.post(TOKENS, json={"name": "more", "scopes": scopes})
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"detail": said, "pointer": "/scopes"}]
    past = intranet.post(TOKENS, json={"name": "more", "expires_at": NOON.isoformat()})
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/expires_at")
    assert [token["name"] for token in intranet.get(TOKENS).json()["items"]] == ["main"]


def test_a_role_that_shrinks_takes_its_tokens_along(intranet, stranger, database):
    from app.accounts import queries

    token = make(intranet, scopes=["papers:generate", "facts:read"])
    with database.writing() as session:
        queries.get(session, "intranet").role = Role.READER

    assert asking(stranger, token, "GET", "/papers").status_code == 200
    assert asking(stranger, token, "POST", f"/papers/{PAPER}/versions").status_code == 403


def test_a_token_opens_until_its_last_moment(app, intranet, stranger):
    token = make(intranet, expires_at=(NOON + timedelta(days=1)).isoformat())
    for after, status in [(timedelta(hours=23, minutes=59), 200), (timedelta(days=1), 401), (timedelta(days=9), 401)]:
        set_clock(app, lambda after=after: NOON + after)
        assert asking(stranger, token, "GET", "/accounts/me").status_code == status


def test_each_token_is_taken_away_by_itself(intranet, stranger):
    first, second = make(intranet), make(intranet, name="daily")
    assert intranet.delete(f"{TOKENS}/nightly").status_code == 204
    assert asking(stranger, first, "GET", "/accounts/me").status_code == 401
    assert asking(stranger, second, "GET", "/accounts/me").status_code == 200
    assert intranet.delete(f"{TOKENS}/nightly").status_code == 404
    assert asking(stranger, make(intranet), "GET", "/accounts/me").status_code == 200, "the name is free again"


def test_a_token_of_the_same_name_replaces_the_one_before(intranet, stranger):
    old = make(intranet)
    new = make(intranet)
    assert asking(stranger, old, "GET", "/accounts/me").status_code == 401
    assert asking(stranger, new, "GET", "/accounts/me").status_code == 200
    assert [token["name"] for token in intranet.get(TOKENS).json()["items"]] == ["main", "nightly"]


def test_a_token_is_shown_once(intranet, database):
    headers = {"Idempotency-Key": "k1"}
    asked = {"name": "nightly", "scopes": ["facts:read"]}
    made = intranet.post(TOKENS, json=asked, headers=headers)
    assert intranet.post(TOKENS, json=asked, headers=headers).json() == made.json() | {"token": None}
    assert made.json()["token"] not in intranet.get(TOKENS).text

    from sqlalchemy import text

    with database.reading() as session:
        for table in ("token", "audit_event", "reply"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert rows
            assert not any(made.json()["token"] in str(value) for row in rows for value in row), table


def test_the_last_use_is_known_to_the_hour_and_written_once_in_it(app, intranet, stranger, database):
    from sqlalchemy import event

    token = make(intranet)
    writes = []
    engine = app.state.premises.database.engine
    event.listen(
        engine,
        "before_cursor_execute",
        lambda *said: writes.append(said[2]) if said[2].startswith("UPDATE token") else None,
    )

    def last_used():
        return intranet.get(TOKENS).json()["items"][1]["last_used_at"]

    assert last_used() is None
    writes.clear()
    for minutes, seen in [(0, "12:00"), (30, "12:00"), (59, "12:00"), (61, "13:01"), (90, "13:01")]:
        set_clock(app, lambda minutes=minutes: NOON + timedelta(minutes=minutes))
        asking(stranger, token, "GET", "/accounts/me")
        assert last_used()[11:16] == seen
    nightly = [write for write in writes if write]
    assert len(nightly) == 2 + 1, "two for this token, one for the administrator's, an hour later"


def test_a_use_that_cannot_be_noted_fails_no_request(app, intranet, stranger, caplog):
    from sqlalchemy import event
    from sqlalchemy.exc import OperationalError

    token = make(intranet)

    def full(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE token"):
            raise OperationalError(statement, {}, Exception("disk is full"))

    event.listen(app.state.premises.database.engine, "before_cursor_execute", full)
    assert asking(stranger, token, "GET", "/accounts/me").status_code == 200
    assert "could not be noted" in caplog.text
