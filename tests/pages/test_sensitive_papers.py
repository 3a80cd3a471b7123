"""A paper with a sensitive marking is written, generated and followed by the next; who read it is written down."""

import pytest
from sqlalchemy import select
from starlette.requests import Request

from app.audit.models import AuditEvent
from app.main import create_app
from app.papers import queries as papers
from app.web.deps import only_writer
from tests.clock import set_clock
from tests.conftest import ENGINES
from tests.demonstrated import copied, demonstrate, settings_for
from tests.stories import NOON

REFERENCE = "collaboration-2026-12"
PAPER = f"/papers/{REFERENCE}"


@pytest.fixture(params=ENGINES)
def site(request, tmp_path):
    """The application over a demonstration of the test's own on each kind of database, with a sensitive paper."""
    if request.param == "sqlite":
        settings = settings_for(copied(request.getfixturevalue("installed"), tmp_path / "site"))
    else:
        settings = settings_for(tmp_path / "site", database_url=request.getfixturevalue("postgresql_url"))
        demonstrate(settings)
    made = create_app(settings)
    set_clock(made, lambda: NOON)
    with made.state.premises.database.writing() as session:
        papers.get(session, REFERENCE).marking = "OFFICIAL-SENSITIVE"
    yield made
    made.state.premises.database.dispose()


def reads(site) -> int:
    """How often the log says that somebody read the paper."""
    with site.state.premises.database.reading() as session:
        bodies = session.scalars(select(AuditEvent.body)).all()
    return sum('"paper.read"' in body and REFERENCE in body for body in bodies)


def test_all_that_writes_a_sensitive_paper_writes_it_and_each_read_is_in_the_log(site, browser_of):
    author = browser_of("report-author")

    def done(address: str, told: str, to: str = "", /, **typed) -> None:
        author.visit(f"{PAPER}{address}")
        before = reads(site)
        author.send(f"{PAPER}{to or address}", **typed)
        assert author.page.told == told, author.page.text
        assert reads(site) > before, address

    def pressed(address: str, told: str, **data: str) -> None:
        before = reads(site)
        author._shown(author.client.post(f"{PAPER}{address}", data=data))
        assert author.page.told == told, author.page.text
        assert reads(site) > before, address

    done("/front-sheet", "The front sheet is saved.", title="A title that few may read")
    done("/sections/purpose", "“Purpose of Report” is saved.", press="do=save", blocks__0__text="It tells the board.")
    done("/workstreams/JNT-01", "The wording is saved.")
    pressed("/workstreams", "JNT-01 is moved up.", do="up.JNT-01")
    pressed("/consultees", "acc-operations is taken out.", do="remove.acc-operations")
    assert author.client.post(f"{PAPER}/sections/purpose/confirmation").status_code == 409, "nothing was carried over"
    pressed("/versions", "Version 0.2 is generated.")
    later = author.visit(f"{PAPER}/next").page.tree.xpath("//select[@name='meeting']/option/@value")
    meeting = next(filter(None, later))
    next_one = "“The next one” is begun. What was carried over is marked where it asks for you."
    done("/next", next_one, title="The next one", meeting=meeting)


def test_what_is_refused_is_shown_beside_what_others_wrote_and_that_read_is_in_the_log(site, browser_of):
    address = f"{PAPER}/sections/purpose"
    mine, theirs = browser_of("report-author").visit(address), browser_of("board-secretary").visit(address)
    theirs.send(address, blocks__0__text="What they wrote.", press="do=save")
    before = reads(site)

    mine.send(address, blocks__0__text="What I wrote.", press="do=save")

    assert mine.page.status == 409
    assert "What they wrote." in mine.page.text
    assert reads(site) > before


def test_every_look_at_its_review_is_in_the_log(site, browser_of):
    address = f"{PAPER}/review"
    reader = browser_of("reader")
    before = reads(site)
    assert "Nobody has commented on the paper" in reader.visit(address).page.text
    assert reads(site) == before + 1
    assert "in the way" not in reader.page.text, "who may not preview the paper is not told what it lacks"

    author = browser_of("report-author").visit(address)
    assert "stand in the way" in author.page.text
    author.send(f"{address}/submit")
    assert (author.page.status, reads(site)) == (422, before + 3)


def test_a_second_writing_door_of_a_request_is_refused_at_once():
    asked = Request({"type": "http", "state": {}})
    with only_writer(asked), pytest.raises(RuntimeError, match="open already"), only_writer(asked):
        pass
    with only_writer(asked):
        pass
