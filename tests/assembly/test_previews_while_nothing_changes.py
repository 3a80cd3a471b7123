"""Stories of a preview that is asked for again: nothing is looked up while nothing changed, nothing old is shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from sqlite3 import connect

import pytest
from sqlalchemy import event, text

from app.assembly.assemble import facts_of, preview
from app.blobs import Blobs
from app.db import Database, state_of
from app.word import text_of
from tests import stories
from tests.stories import NOON, PAPER

RENAME = "UPDATE paper SET title = 'Fleet renewal'"


@pytest.fixture
def stored(database: Database, blobs: Blobs) -> Database:
    stories.put(database, blobs, stories.world())
    return database


def previewed(database: Database, blobs: Blobs, now=NOON) -> str:
    with database.reading() as session:
        return text_of(preview(session, blobs, PAPER, now=now).content)


@contextmanager
def what_is_read(database: Database) -> Iterator[list[str]]:
    """The statements about papers meanwhile."""
    read: list[str] = []

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        if "FROM paper" in statement:
            read.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield read
    event.remove(database.engine, "before_cursor_execute", note)


def by_this_process(database: Database) -> None:
    with database.writing() as session:
        session.execute(text(RENAME))


def by_another_process(database: Database) -> None:
    other = Database(database.engine.url.render_as_string(hide_password=False))
    by_this_process(other)
    other.dispose()


def by_hand(database: Database) -> None:
    """As somebody does who opens the file with another program."""
    if database.engine.dialect.name != "sqlite":
        return by_another_process(database)
    there = connect(str(database.engine.url.database))
    there.execute(RENAME)
    there.commit()
    return there.close()


@pytest.mark.parametrize("change", [by_this_process, by_another_process, by_hand])
def test_a_change_is_in_the_next_preview(stored: Database, blobs: Blobs, change: Callable[[Database], None]) -> None:
    assert "Fleet renewal" not in previewed(stored, blobs)
    assert "Fleet renewal" not in previewed(stored, blobs)
    change(stored)
    assert "Fleet renewal" in previewed(stored, blobs)
    with stored.reading() as session:
        assert facts_of(session, PAPER, now=NOON).paper.title == "Fleet renewal"


def what_a_second_preview_reads(database: Database, blobs: Blobs) -> tuple[str, ...]:
    first = previewed(database, blobs)
    with what_is_read(database) as read:
        assert previewed(database, blobs) == first
    return tuple(read)


def tries(database: Database) -> int:
    """A PostgreSQL server counts the transactions of all its databases, those of other tests too."""
    return 1 if database.engine.dialect.name == "sqlite" else 30


def test_while_nothing_changes_nothing_is_read_again(stored: Database, blobs: Blobs) -> None:
    assert () in {what_a_second_preview_reads(stored, blobs) for _ in range(tries(stored))}
    by_this_process(stored)
    with what_is_read(stored) as read:
        previewed(stored, blobs)
    assert read


def test_a_session_that_began_before_a_change_leaves_nothing_old_behind(stored: Database, blobs: Blobs) -> None:
    previewed(stored, blobs)
    with stored.reading() as idle, stored.reading() as busy:
        busy.execute(text("SELECT title FROM paper")).all()  # from now on it sees what was there before the change
        by_another_process(stored)
        for _ in range(2):
            assert "Fleet renewal" not in text_of(preview(busy, blobs, PAPER, now=NOON).content)
            assert "Fleet renewal" in text_of(preview(idle, blobs, PAPER, now=NOON).content)
            assert "Fleet renewal" in previewed(stored, blobs)


def test_tomorrow_has_a_preview_of_its_own(stored: Database, blobs: Blobs) -> None:
    assert "23 November 2026" in previewed(stored, blobs)
    assert "24 November 2026" in previewed(stored, blobs, NOON + timedelta(days=1))


def test_the_public_copy_is_another_answer(stored: Database, blobs: Blobs) -> None:
    with stored.reading() as session:
        full, public = (preview(session, blobs, PAPER, now=NOON, public=public) for public in (False, True))
    assert full.content != public.content


def test_who_writes_is_answered_from_what_it_wrote(stored: Database, blobs: Blobs) -> None:
    previewed(stored, blobs)
    with stored.writing() as session:
        assert state_of(session) is None
        session.execute(text(RENAME))
        assert "Fleet renewal" in text_of(preview(session, blobs, PAPER, now=NOON).content)


def test_the_state_of_two_databases_is_never_the_same(sqlite_url: str, postgresql_url: str) -> None:
    names = set()
    for url in (sqlite_url, sqlite_url, postgresql_url, postgresql_url):
        database = Database(url)
        with database.reading() as session:
            names.add(state_of(session))
        database.dispose()
    assert len(names) == 4
    assert None not in names
