"""Stories of the demonstration's round: what it shows, in the database and in the draft."""

from datetime import date

import pytest

from app import word
from app.assembly.assemble import preview
from app.db import Database
from app.facts.demonstration_round import KEY, play_round
from app.facts.load import load
from app.facts.shapes import FactsFile
from app.facts.shipped import demonstration, shipped_formats
from app.notices import reminders
from app.rounds import queries
from app.rounds.models import AnswerKind
from app.rounds.standing import Standing, is_late, standing_of
from app.settings import PACKAGED_TEMPLATES
from tests.conftest import NOW

TODAY = date(2026, 11, 23)
PAPER = "collaboration-2026-12"


@pytest.fixture
def demonstrated(database, blobs) -> Database:
    """A database with the demonstration and its round."""
    facts = demonstration()
    with database.writing() as session:
        formats = FactsFile(facts="1", formats=shipped_formats(PACKAGED_TEMPLATES))
        load(session, blobs, formats, by="tester", now=NOW)
        load(session, blobs, facts, by="tester", now=NOW)
        assert play_round(session, blobs, facts, by="tester")
    return database


def test_the_round_shows_every_way_to_answer_and_not_to(demonstrated, blobs):
    with demonstrated.reading() as session:
        round_ = queries.get(session, KEY)
        requests = [queries.get_request(session, KEY, request.workstream.ref) for request in round_.requests]
        answers = [answer for request in requests for answer in request.answers]
        assert {answer.kind for answer in answers} == set(AnswerKind)
        assert {standing_of(request, today=TODAY) for request in requests} == set(Standing) - {Standing.WAITING}
        assert sum(is_late(answer, round_.due_on) for answer in answers) == 1
        assert [answer.given_by_name for answer in answers if answer.given_by is None] == [
            "Programme office of the region"
        ]
        assert sum(answer.on_behalf_of is not None for answer in answers) == 1
        said = word.text_of(preview(session, blobs, PAPER, now=NOW).content)
        due = reminders.due(session, address="https://papers.example", now=NOW)
    assert "No change since 14 August 2026." in said
    assert "There are no events in the joint dog section to report as at 20 November 2026." in said
    assert any("National air support has not answered the request that is due on 20 November 2026" in x for x in said)
    assert any("University of Tidwell research partnership, due on 20 November 2026, was sent back" in x for x in said)
    assert due, "somebody who has not answered can be reached"


def test_the_round_is_played_once(demonstrated, blobs):
    with demonstrated.writing() as session:
        assert not play_round(session, blobs, demonstration(), by="tester")
        assert len(queries.get_request(session, KEY, "JNT-01").answers) == 1
