"""The audit log: one event a change, each bound to the one before, in the change's own transaction."""

import json
import threading
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

import pytest

from app.audit import commands, queries
from app.audit.commands import HEAD, checkpoint, record
from app.audit.queries import EMPTY, ZEROS, Head
from tests.conftest import NOW


def write(database, *objects: str, action: str = "paper.changed", by: str = "author") -> Head:
    with database.writing() as session:
        for object_ in objects:
            record(session, action, object_, by=by, at=NOW)
    return session.info[HEAD]


def entries(database) -> list[queries.Entry]:
    with database.reading() as session:
        return list(queries.walk(session))


def test_an_event_says_what_happened_to_what_by_whom_and_when(database):
    with database.writing() as session:
        record(session, "version.kept", "paper/P1/version/0.1", by="author", at=NOW, digests={"file": "ab" * 32})

    (entry,) = entries(database)
    assert json.loads(entry.body) == {
        "action": "version.kept",
        "at": "2026-11-21T14:30:00.000000+00:00",
        "by": "author",
        "digests": {"file": "ab" * 32},
        "object": "paper/P1/version/0.1",
    }


def test_an_event_names_the_request_that_caused_it(database):
    with database.writing() as session:
        session.info[commands.REQUEST_ID] = "req-17"
        record(session, "paper.changed", "paper/P1", by="author", at=NOW)

    assert json.loads(entries(database)[0].body)["request"] == "req-17"


def test_each_event_is_bound_to_the_one_before(database):
    write(database, "paper/P1", "paper/P2")
    write(database, "paper/P3")

    log = entries(database)
    assert [entry.sequence for entry in log] == [1, 2, 3]
    assert [entry.previous_hash for entry in log] == [ZEROS, log[0].hash, log[1].hash]
    for entry in log:
        text = f"boardpapers audit event 1\n{entry.previous_hash}\n{entry.body}"
        assert entry.hash == sha256(text.encode()).hexdigest()


def test_the_head_is_the_last_event(database):
    with database.reading() as session:
        assert queries.head(session) == EMPTY

    told = write(database, "paper/P1", "paper/P2")

    with database.reading() as session:
        assert queries.head(session) == told == Head(2, entries(database)[-1].hash)


def test_a_change_that_fails_leaves_no_event(database):
    def write_and_fail():
        with database.writing() as session:
            record(session, "paper.changed", "paper/P1", by="author", at=NOW)
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    write(database, "paper/P2")

    assert [json.loads(entry.body)["object"] for entry in entries(database)] == ["paper/P2"]


def test_events_go_on_after_a_savepoint_was_rolled_back(database):
    with database.writing() as session:
        record(session, "paper.changed", "paper/P1", by="author", at=NOW)
        savepoint = session.begin_nested()
        record(session, "paper.changed", "paper/P2", by="author", at=NOW)
        savepoint.rollback()
        record(session, "paper.changed", "paper/P3", by="author", at=NOW)

    assert [json.loads(entry.body)["object"] for entry in entries(database)] == ["paper/P1", "paper/P3"]
    assert session.info[HEAD].sequence == 2


def test_an_event_stays_though_the_session_lets_go_of_its_objects(database):
    with database.writing() as session:
        record(session, "paper.changed", "paper/P1", by="author", at=NOW)
        session.expunge_all()

    assert [entry.sequence for entry in entries(database)] == [1]


def test_a_session_that_is_used_again_continues_what_others_wrote_meanwhile(database):
    with database.writing() as session:
        record(session, "paper.changed", "paper/P1", by="author", at=NOW)
    write(database, "paper/P2")

    with session.begin():
        record(session, "paper.changed", "paper/P3", by="author", at=NOW)
    session.close()

    assert [entry.sequence for entry in entries(database)] == [1, 2, 3]


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(ValueError, match="zone"), database.writing() as session:
        record(session, "paper.changed", "paper/P1", by="author", at=datetime(2026, 11, 21, 14, 30))  # noqa: DTZ001

    assert entries(database) == []


def test_ten_thousand_events_in_one_transaction_are_one_chain(database):
    write(database, *(f"workstream/W{n}" for n in range(10_000)))

    log = entries(database)
    assert [entry.sequence for entry in log] == list(range(1, 10_001))
    assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(log))


def test_writers_at_the_same_time_make_one_chain(database):
    failures = []

    def write_some(name: str) -> None:
        try:
            for n in range(10):
                write(database, f"paper/{name}-{n}", f"paper/{name}-{n}")
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=write_some, args=(f"T{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert [entry.sequence for entry in entries(database)] == list(range(1, 81))


def test_the_log_is_read_newest_first_page_by_page(database):
    write(database, *(f"paper/P{n}" for n in range(1, 6)))

    with database.reading() as session:
        first = queries.page(session, limit=2)
        second = queries.page(session, limit=2, before=first[-1].sequence)

    assert [event.sequence for event in [*first, *second]] == [5, 4, 3, 2]


def test_the_log_can_be_asked_for_an_action_an_object_or_a_person(database):
    write(database, "paper/P1", "paper/P10", action="paper.added", by="author")
    write(database, "paper/P1", action="paper.changed", by="Author")
    write(database, 'paper/“,"object":"paper/P1"', action="paper.changed", by="zoë")

    def asked(**filters):
        with database.reading() as session:
            return [event.sequence for event in queries.page(session, limit=10, **filters)]

    assert asked(action="paper.added") == [2, 1]
    assert asked(object_="paper/P1") == [3, 1]
    assert asked(by="author") == [2, 1]
    assert asked(by="zoë") == [4]
    assert asked(by="author", object_="paper/P1") == [1]
    assert asked(action="paper.%") == []


def test_checkpoints_are_lines_that_say_what_the_head_was(tmp_path):
    file = tmp_path / "data" / "checkpoints.jsonl"

    checkpoint(file, Head(1, "ab" * 32))
    checkpoint(file, Head(2, "cd" * 32))

    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        {"sequence": 1, "hash": "ab" * 32},
        {"sequence": 2, "hash": "cd" * 32},
    ]


def test_a_checkpoint_after_a_crash_begins_a_line_of_its_own(tmp_path):
    file = tmp_path / "checkpoints.jsonl"
    file.write_text('{"sequence": 1, "ha')

    checkpoint(file, Head(2, "cd" * 32))

    assert file.read_text().splitlines()[1] == json.dumps({"sequence": 2, "hash": "cd" * 32})
