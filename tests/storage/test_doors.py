"""The two doors of the database: what the reading door shows and refuses, what the writing door keeps."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.db import Database
from app.people.models import Organisation
from app.people.queries import organisations


def an_organisation(key: str = "force") -> Organisation:
    return Organisation(key=key, name="Northmoor Constabulary", short_name="Northmoor")


def keys_in(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Organisation.key).order_by(Organisation.key)))


def test_what_is_written_is_there_for_the_next_reader(database):
    with database.writing() as session:
        session.add(an_organisation())

    assert keys_in(database) == ["force"]


def test_a_list_goes_on_behind_any_of_its_rows_by_key_or_by_name(database):
    named = {"a": "zeal", "b": "Alpha", "c": "alpha", "d": "Alpha-Beta", "e": "Alpha Beta"}
    with database.writing() as session:
        session.add_all(Organisation(key=key, name=name, short_name=name) for key, name in named.items())

    by_name = sorted(named, key=lambda key: (named[key].lower(), key))
    assert by_name == ["b", "c", "e", "d", "a"]
    for is_by_name, order in ((False, sorted(named)), (True, by_name)):
        with database.reading() as session:
            for place in range(len(order) + 1):
                after = order[place - 1] if place else ""
                found = organisations(session, after=after, limit=2, ordered_by_name=is_by_name)
                assert [row.key for row in found] == order[place : place + 2]


def test_nothing_stays_of_a_block_that_raises(database):
    def write_and_fail():
        with database.writing() as session:
            session.add(an_organisation("first"))
            session.flush()
            raise LookupError("the second one went wrong")

    with pytest.raises(LookupError):
        write_and_fail()

    assert keys_in(database) == []


def test_the_reading_door_refuses_to_write(database):
    with database.reading() as session:
        session.add(an_organisation())
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.flush()

    assert keys_in(database) == []


def test_the_writing_door_still_opens_after_a_reader_used_its_connection(database):
    assert keys_in(database) == []

    with database.writing() as session:
        session.add(an_organisation())

    assert keys_in(database) == ["force"]


def test_a_reader_sees_one_state_while_others_write(database):
    with database.reading() as session:
        before = list(session.scalars(select(Organisation.key)))
        with database.writing() as other:
            other.add(an_organisation())
        after = list(session.scalars(select(Organisation.key)))

    assert before == after == []
    assert keys_in(database) == ["force"]


def test_what_runs_after_a_commit_runs_only_after_a_commit(database_url):
    told = []
    database = Database(database_url, on_commit=lambda session: told.append(keys_in(database)))

    def write_and_fail():
        with database.writing() as session:
            session.add(an_organisation("lost"))
            raise LookupError

    with database.writing() as session:
        session.add(an_organisation("kept"))
    with pytest.raises(LookupError):
        write_and_fail()
    database.dispose()

    assert told == [["kept"]]
