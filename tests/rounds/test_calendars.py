"""Stories of calendars: what a program that subscribes sees, at an address that nobody guesses."""

from datetime import date, timedelta

from icalendar import Calendar

from app.accounts import commands
from app.accounts import queries as accounts
from app.accounts.models import Role
from app.people.queries import get_person
from tests.clock import set_clock
from tests.rounds.stories import ROUND, no_change, open_round
from tests.stories import NOON, PAPER, paper

CALENDARS = "/api/v1/calendars"


def address_of(client, **whose) -> str:
    given = client.post(CALENDARS, json=whose)
    assert given.status_code == 201, given.text
    return "/api/v1/calendar/" + given.json()["address"].rpartition("/")[2]


def shown(stranger, address) -> dict[str, date]:
    """Title → day, the last of those that have it, as a calendar program reads it."""
    answer = stranger.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert all(event["dtend"].dt - event["dtstart"].dt == timedelta(days=1) for event in events)
    return {str(event["summary"]): event["dtstart"].dt for event in events}


def uids(stranger, address) -> dict[str, str]:
    events = Calendar.from_ical(stranger.get(address).content).walk("VEVENT")
    return {str(event["summary"]): str(event["uid"]) for event in events}


def test_a_board_s_calendar_has_its_meetings_and_when_their_papers_are_due(filled, stranger):
    seen = shown(stranger, address_of(filled, board="scrutiny-board"))
    assert seen["Scrutiny Board"] == date(2027, 6, 10), "the last of its meetings"
    assert seen["Answers due: Scrutiny Board, 11 March 2027"] == date(2027, 2, 11)
    assert seen["Papers due with the board: Scrutiny Board, 11 March 2027"] == date(2027, 3, 2)


def test_a_person_s_calendar_has_what_is_asked_of_them_and_the_meetings_of_their_papers(filled, stranger):
    open_round(filled)
    address = address_of(filled, person="head")
    seen = shown(stranger, address)
    assert seen["Answer due: Procurement"] == date(2027, 2, 11)
    assert not any("Forensics" in title for title in seen)
    assert seen["Scrutiny Board"] == date(2027, 3, 11)
    filled.put(f"/api/v1/papers/{PAPER}", json=paper(author="dcc"), headers={"If-Match": "*"})
    no_change(filled)
    assert shown(stranger, address) == {"Answered: Procurement": date(2027, 2, 11)}


def test_what_moves_to_another_day_or_is_called_otherwise_is_known_again(filled, stranger):
    open_round(filled)
    address = address_of(filled, person="head")
    before = uids(stranger, address)["Answer due: Procurement"]
    said = filled.get(ROUND).json() | {"due_on": "2027-02-15"}
    filled.put(ROUND, json=said, headers={"If-Match": "*"})
    no_change(filled)
    assert uids(stranger, address)["Answered: Procurement"] == before
    assert uids(stranger, address_of(filled, person="head"))["Answered: Procurement"] == before
    board = Calendar.from_ical(stranger.get(address_of(filled, board="scrutiny-board")).content).walk("VEVENT")
    assert len({str(event["uid"]) for event in board}) == len(board) == 3 * 6


def test_the_same_calendar_is_the_same_bytes_all_day(app, filled, stranger):
    address = address_of(filled, board="scrutiny-board")
    set_clock(app, lambda: NOON + timedelta(hours=1))
    first = stranger.get(address).content
    set_clock(app, lambda: NOON + timedelta(hours=2))
    assert stranger.get(address).content == first


def test_an_address_is_shown_once_kept_nowhere_and_can_be_taken_away(filled, stranger, database):
    from sqlalchemy import text

    once = {"Idempotency-Key": "k"}
    given = filled.post(CALENDARS, json={"board": "scrutiny-board"}, headers=once).json()
    secret = given["address"].rpartition("/")[2].removesuffix(".ics")
    assert len(secret) == len("bc_") + 43
    again = filled.post(CALENDARS, json={"board": "scrutiny-board"}, headers=once).json()
    assert again == given | {"address": None}
    with database.reading() as session:
        kept = [str(row) for table in ("calendar_feed", "audit_event", "reply")
                for row in session.execute(text(f"SELECT * FROM {table}"))]  # fmt: skip
    assert not any(secret in row for row in kept)
    address = f"/api/v1/calendar/{secret}.ics"
    assert stranger.get(address).status_code == 200
    assert [one["board"] for one in filled.get(CALENDARS).json()["items"]] == ["scrutiny-board"]
    assert [filled.delete(f"{CALENDARS}/1").status_code for _ in range(2)] == [204, 204]
    assert filled.get(CALENDARS).json()["items"] == []
    gone, never = stranger.get(address), stranger.get("/api/v1/calendar/bc_never.ics")
    assert (gone.status_code, gone.json()) == (404, never.json())
    events = [event["action"] for event in filled.get("/api/v1/audit").json()["items"]]
    assert events[:2] == ["calendar.revoked", "calendar.given"]
    assert filled.post(CALENDARS, json={"board": "scrutiny-board"}).json()["number"] == 2


def test_nobody_has_calendars_without_end(filled, monkeypatch):
    monkeypatch.setattr("app.rounds.commands.MOST_CALENDARS", 2)
    given = [filled.post(CALENDARS, json={"board": "scrutiny-board"}) for _ in range(3)]
    assert [answer.status_code for answer in given] == [201, 201, 409]
    assert "take one away" in given[-1].json()["detail"]
    assert filled.delete(f"{CALENDARS}/1").status_code == 204
    assert filled.post(CALENDARS, json={"board": "scrutiny-board"}).json()["number"] == 3


def test_a_calendar_shows_what_exists_for_its_account_and_ends_with_it(filled, stranger, client_of, database):
    open_round(filled)
    author = client_of(Role.AUTHOR, "force")
    board, person = address_of(author, board="scrutiny-board"), address_of(author, person="head")
    assert "Answer due: Procurement" in shown(stranger, person)
    other = address_of(client_of(Role.AUTHOR, "office"), person="head")
    assert shown(stranger, other) == {}
    with database.writing() as session:
        accounts.get(session, "report-author-force").boards = ["another"]
    assert (shown(stranger, board), shown(stranger, person)) == ({}, {})
    with database.writing() as session:
        commands.disable(session, accounts.get(session, "report-author-force"), by="tester", now=NOON)
    assert stranger.get(board).status_code == 404


def test_everybody_gets_their_own_calendar_and_only_who_runs_rounds_another_s(filled, client_of, database):
    lead = client_of(Role.LEAD, "force")
    assert lead.post(CALENDARS, json={"person": "head"}).status_code == 403
    with database.writing() as session:
        accounts.get(session, "workstream-lead-force").person_id = get_person(session, "head").id
    assert lead.post(CALENDARS, json={"person": "head"}).status_code == 201
    assert lead.post(CALENDARS, json={"person": "dcc"}).status_code == 403
    assert lead.post(CALENDARS, json={"board": "scrutiny-board"}).status_code == 201
    assert filled.delete(f"{CALENDARS}/1").status_code == 404, "a calendar of another account"
    for wrong in ({}, {"person": "head", "board": "scrutiny-board"}):
        assert filled.post(CALENDARS, json=wrong).status_code == 422
    assert filled.post(CALENDARS, json={"board": "never"}).status_code == 404
