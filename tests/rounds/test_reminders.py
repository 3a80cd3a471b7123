"""Stories of reminders: who is reminded when, never twice of the same, by a real mail server and into a folder."""

import json
import os
import socket
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from app.audit.queries import page
from app.notices.post import Folder, NotSentError, PerhapsSentError, Smtp
from app.notices.reminders import remind
from tests.processes import boardpapers
from tests.rounds.stories import FORENSICS, no_change, open_round, send_back
from tests.stories import world

ADDRESS = "https://papers.northmoor.example"

DUE = datetime(2027, 2, 11, 9, 0, tzinfo=UTC)
"""The morning of the day on which answers are due: a Thursday."""


class Letterbox:
    """A mail server on this machine that keeps what it is given, and can refuse it."""

    def __init__(self) -> None:
        self.letters = []
        self.refusing = False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        if self.refusing:
            return "451 come again later"
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 taken"


@pytest.fixture
def letterbox():
    return Letterbox()


@pytest.fixture
def mail_server(letterbox):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield Smtp("127.0.0.1", port, starttls=False, user=None, password=None)
    controller.stop()


@pytest.fixture
def asked(filled):
    """An open round: the head of change and a contributor outside can be reached, the other lead cannot."""
    people = world()["people"]
    people[1] |= {"contact": "change@northmoor.example"}
    assert filled.post("/api/v1/facts", json={"facts": "1", "people": people}).status_code == 200
    open_round(filled)
    outside = {"name": "Region", "contact": "office@region.example", "days": 90}
    assert filled.post(f"{FORENSICS}/links", json=outside).status_code == 201
    return filled


def sent(database, post, now):
    done = remind(database, post, sender="papers@northmoor.example", address=ADDRESS, by="command-line", now=now)
    return [(outcome.reminder.to, outcome.reminder.occasion, outcome.trouble) for outcome in done]


HEAD, REGION = "change@northmoor.example", "office@region.example"


def test_who_has_not_answered_is_reminded_before_on_the_day_and_after_each_once(
    asked, database, mail_server, letterbox
):
    assert sent(database, mail_server, DUE - timedelta(days=3)) == []
    for day, occasion in [(-2, "soon"), (-1, None), (0, "today"), (0, None), (1, "late"), (5, None)]:
        expected = [(to, f"2027-02-11/{occasion}", None) for to in (HEAD, REGION)] if occasion else []
        assert sent(database, mail_server, DUE + timedelta(days=day)) == expected, day
    assert len(letterbox.letters) == 6
    (to,), letter = letterbox.letters[0]
    assert (to, letter["To"], letter["From"]) == (HEAD, HEAD, "papers@northmoor.example")
    assert letter["Subject"] == "Procurement: Collaboration, March 2027"
    assert letter.get_content_type() == "text/plain"
    assert "An answer is due on 11 February 2027." in letter.get_content()
    assert f"Answer in Boardpapers: {ADDRESS}" in letter.get_content()
    (to,), letter = letterbox.letters[1]
    assert to == REGION
    assert "Answer by the link that you were given." in letter.get_content()
    assert "bl_" not in letter.get_content()
    assert "was due on 11 February 2027 and has not come" in letterbox.letters[-1][1].get_content()


def test_who_has_answered_is_not_reminded_until_the_answer_is_sent_back(asked, database, mail_server, letterbox):
    no_change(asked)
    assert [to for to, _, _ in sent(database, mail_server, DUE)] == [REGION]
    send_back(asked)
    assert sent(database, mail_server, DUE) == [(HEAD, "2027-02-11/sent-back/1", None)]
    assert "Your answer was sent back: Which team?" in letterbox.letters[-1][1].get_content()
    assert sent(database, mail_server, DUE) == []


def test_another_day_due_is_another_thing_to_be_reminded_of(asked, database, mail_server):
    assert len(sent(database, mail_server, DUE)) == 2
    said = asked.get("/api/v1/rounds/march").json() | {"due_on": "2027-02-18"}
    asked.put("/api/v1/rounds/march", json=said, headers={"If-Match": "*"})
    assert sent(database, mail_server, DUE) == []
    assert len(sent(database, mail_server, DUE + timedelta(days=7))) == 2


def test_nobody_is_reminded_of_a_closed_round(asked, database, mail_server):
    said = asked.get("/api/v1/rounds/march").json() | {"closed": True}
    asked.put("/api/v1/rounds/march", json=said, headers={"If-Match": "*"})
    assert sent(database, mail_server, DUE) == []


def test_a_letter_that_the_server_refused_is_sent_later_once(asked, database, mail_server, letterbox):
    letterbox.refusing = True
    assert all("451" in trouble for _, _, trouble in sent(database, mail_server, DUE))
    letterbox.refusing = False
    assert len(sent(database, mail_server, DUE)) == 2
    assert sent(database, mail_server, DUE) == []
    assert len(letterbox.letters) == 2


def test_a_server_that_does_not_answer_is_trouble_and_nothing_is_forgotten(asked, database, mail_server, tmp_path):
    nobody = Smtp("127.0.0.1", 1, starttls=False, user=None, password=None, seconds=2)
    assert all("does not answer" in trouble for _, _, trouble in sent(database, nobody, DUE))
    assert len(sent(database, Folder(tmp_path / "mail"), DUE)) == 2


def test_a_letter_that_perhaps_left_is_not_sent_again(asked, database, mail_server):
    class Lost:
        def send(self, letter, name):
            raise PerhapsSentError("the line went dead")

    assert all("not sent again" in trouble for _, _, trouble in sent(database, Lost(), DUE))
    assert sent(database, mail_server, DUE) == []


def test_without_a_mail_server_each_letter_is_a_file(asked, database, tmp_path):
    sent(database, Folder(tmp_path / "mail"), DUE)
    letters = [message_from_bytes(file.read_bytes(), policy=default) for file in (tmp_path / "mail").glob("*.eml")]
    assert {letter["To"] for letter in letters} == {HEAD, REGION}
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotSentError):
        Folder(tmp_path / "file").send(letters[0], "x")


def test_reminders_are_in_the_log(asked, database, mail_server):
    sent(database, mail_server, DUE)
    with database.reading() as session:
        said = [json.loads(event.body) for event in page(session, limit=2)]
    assert {event["action"] for event in said} == {"reminder.sent"}
    assert said[-1]["object"] == "round/march/workstream/procurement/reminder/2027-02-11/today"


def test_the_command_line_reminds(asked, database_url, tmp_path):
    now = datetime.now(UTC).date()
    said = asked.get("/api/v1/rounds/march").json() | {"due_on": now.isoformat(), "as_at": now.isoformat()}
    asked.put("/api/v1/rounds/march", json=said, headers={"If-Match": "*"})
    environment = os.environ | {"BOARDPAPERS_DATABASE_URL": database_url, "BOARDPAPERS_DATA": str(tmp_path)}
    for expected in (2, 0):
        process = boardpapers("remind", "--json", folder=tmp_path, environment=environment)
        process.join()
        assert process.exitcode == 0
        printed = tmp_path / "said"
        assert len(json.loads(printed.read_text(encoding="utf-8"))) == expected
        printed.unlink()
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2
