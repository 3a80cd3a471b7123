"""What was recorded never changes: the database itself refuses, whoever asks and however."""

import json

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from tests.storage.test_migrations import KEPT_AS_WRITTEN

DIGEST = "ab" * 32

A_RECORD_OF_EVERY_KIND = (
    ("organisation", {"id": 1, "key": "force", "name": "Force", "short_name": "F"}),
    ("format", {"id": 1, "key": "scrutiny", "name": "Scrutiny"}),
    (
        "template_version",
        {"id": 1, "format_id": 1, "number": 1, "digest": DIGEST, "manifest": "", "template_digest": DIGEST}
        | {"added_at": "2026-11-21 14:30:00"},
    ),
    (
        "template_event",
        {"id": 1, "template_version_id": 1, "change": "live", "at": "2026-11-21 14:30:00", "by": "tester"},
    ),
    ("rag_scheme", {"id": 1, "key": "rag", "name": "RAG"}),
    (
        "rag_dimension",
        {"id": 1, "scheme_id": 1, "position": 1, "key": "overall", "label": "Overall", "meaning": ""},
    ),
    ("theme", {"id": 1, "key": "theme", "name": "Theme", "organisation_id": 1, "position": 1}),
    (
        "theme_introduction",
        {"id": 1, "theme_id": 1, "as_at": "2026-11-20", "revision": 1, "narrative": "<p>As it was.</p>"}
        | {"recorded_at": "2026-11-21 14:30:00"},
    ),
    ("workstream", {"id": 1, "ref": "W1", "name": "Workstream", "theme_id": 1, "position": 1}),
    (
        "update",
        {"id": 1, "workstream_id": 1, "as_at": "2026-11-20", "revision": 1, "nothing_to_report": False}
        | {"recorded_at": "2026-11-21 14:30:00"},
    ),
    ("update_part", {"update_id": 1, "part": "progress", "narrative": "<p>As it was.</p>"}),
    ("rating", {"update_id": 1, "dimension_id": 1, "source": "as it was"}),
    (
        "board",
        {"id": 1, "key": "board", "name": "Board", "organisation_id": 1, "programme_title": "", "recipient": ""}
        | {"programme_year": "none", "deadlines": "{}"},
    ),
    ("meeting", {"id": 1, "board_id": 1, "held_on": "2026-12-10"}),
    (
        "paper",
        {"id": 1, "reference": "P1", "title": "Paper", "organisation_id": 1, "format_id": 1, "meeting_id": 1}
        | {"marking": "OFFICIAL", "take": "latest", "fields": "{}"},
    ),
    (
        "version",
        {"id": 1, "paper_id": 1, "number": 1, "label": "0.1", "template_version_id": 1, "engine": 1, "size": 1}
        | {"snapshot": "{}", "snapshot_digest": DIGEST, "facts_digest": DIGEST, "content_digest": DIGEST}
        | {"file_digest": DIGEST, "file_name": "p.docx", "open_points": 0, "made_by": "tester"}
        | {"made_at": "2026-11-21 14:30:00"},
    ),
    ("submission", {"id": 1, "paper_id": 1, "number": 1, "version_id": 1, "by": "tester", "at": "2026-11-21 14:30:00"}),
    (
        "decision",
        {"id": 1, "submission_id": 1, "position": 1, "step": "approval", "verdict": "approved", "version_id": 1}
        | {"digest": DIGEST, "decided_on": "2026-11-21", "by": "tester", "at": "2026-11-21 14:30:00"},
    ),
    (
        "comment",
        {"id": 1, "paper_id": 1, "number": 1, "version_id": 1, "place": "section/purpose", "text": "Say more."}
        | {"by": "tester", "at": "2026-11-21 14:30:00"},
    ),
    ("person", {"id": 1, "key": "p", "name": "Person", "organisation_id": 1}),
    (
        "clearance",
        {"id": 1, "paper_id": 1, "place": "section/purpose", "digest": DIGEST, "person_id": 1}
        | {"cleared_on": "2026-11-20", "by": "tester", "at": "2026-11-21 14:30:00"},
    ),
    ("version_release", {"id": 1, "version_id": 1, "organisation_id": 1, "by": "tester", "at": "2026-11-21 14:30:00"}),
    (
        "version_reissue",
        {"id": 1, "version_id": 1, "approved_id": 1, "decision_id": 1, "by": "tester", "at": "2026-11-21 14:30:00"},
    ),
    (
        "meeting_outcome",
        {"id": 1, "paper_id": 1, "number": 1, "text": "Noted.", "by": "tester", "at": "2026-11-21 14:30:00"},
    ),
    (
        "meeting_action",
        {"id": 1, "paper_id": 1, "number": 1, "text": "Ask.", "by": "tester", "at": "2026-11-21 14:30:00"},
    ),
    ("action_done", {"action_id": 1, "done_on": "2026-11-20", "by": "tester", "at": "2026-11-21 14:30:00"}),
    ("resolution", {"comment_id": 1, "by": "tester", "at": "2026-11-21 14:30:00"}),
    (
        "round",
        {"id": 1, "key": "round", "name": "Round", "organisation_id": 1, "meeting_id": 1, "due_on": "2026-11-20"}
        | {"as_at": "2026-11-20", "closed": False},
    ),
    ("round_request", {"id": 1, "round_id": 1, "workstream_id": 1, "position": 0, "parts": "[]"}),
    (
        "answer",
        {"id": 1, "request_id": 1, "number": 1, "kind": "changed", "update_id": 1, "given_by_name": "Head"}
        | {"recorded_at": "2026-11-21 14:30:00", "recorded_by": "tester"},
    ),
    (
        "judgement",
        {"id": 1, "answer_id": 1, "number": 1, "verdict": "sent-back", "at": "2026-11-21 14:30:00", "by": "tester"},
    ),
    ("audit_event", {"sequence": 1, "body": json.dumps({}), "previous_hash": "0" * 64, "hash": DIGEST}),
)

ONE_COLUMN = {
    "version": "label",
    "template_version": "manifest",
    "template_event": "by",
    "update": "revision",
    "update_part": "narrative",
    "rating": "source",
    "theme_introduction": "narrative",
    "answer": "given_by_name",
    "judgement": "by",
    "audit_event": "body",
    "submission": "by",
    "decision": "reasons",
    "comment": "text",
    "clearance": "place",
    "resolution": "by",
    "version_release": "by",
    "version_reissue": "by",
    "meeting_outcome": "text",
    "meeting_action": "text",
    "action_done": "note",
}


@pytest.fixture
def records(database):
    """A database with one row in every table of records."""
    with database.writing() as session:
        for table, row in A_RECORD_OF_EVERY_KIND:
            insert(session, table, row)
    return database


def insert(session, table: str, row: dict[str, object]) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f":{name}" for name in row)
    session.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), row)


def rows_of(database, table: str) -> list[tuple[object, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(text(f'SELECT * FROM "{table}"'))]


def is_refused(database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="what was recorded never changes"), database.writing() as session:
        session.execute(text(statement))


def test_the_list_of_records_above_is_whole():
    assert {table for table, _ in A_RECORD_OF_EVERY_KIND} >= KEPT_AS_WRITTEN
    assert set(ONE_COLUMN) == KEPT_AS_WRITTEN


@pytest.mark.trust(4, each="statements on records, refused")
@pytest.mark.parametrize("table", sorted(KEPT_AS_WRITTEN))
def test_a_record_refuses_to_be_updated_or_deleted(records, table):
    before = rows_of(records, table)
    assert len(before) == 1

    column = ONE_COLUMN[table]
    is_refused(records, f'UPDATE "{table}" SET "{column}" = "{column}"')
    is_refused(records, f'DELETE FROM "{table}"')

    assert rows_of(records, table) == before


@pytest.mark.trust(4, each="statements on records, refused")
@pytest.mark.parametrize("table", sorted(KEPT_AS_WRITTEN))
def test_a_record_refuses_to_be_replaced(records, table):
    before = rows_of(records, table)

    # The event that replaces the first one would also have to continue the chain: both refusals are right.
    with pytest.raises(DBAPIError, match=r"never changes|must continue the chain"), records.writing() as session:
        replace_the_only_row(session, table)

    assert rows_of(records, table) == before


def replace_the_only_row(session, table: str) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'))
        return
    key = ", ".join(inspect(session.connection()).get_pk_constraint(table)["constrained_columns"])
    column = ONE_COLUMN[table]
    session.execute(
        text(
            f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE true '
            f'ON CONFLICT ({key}) DO UPDATE SET "{column}" = excluded."{column}"'
        )
    )


@pytest.mark.trust(4, each="statements on records, refused")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", sorted(KEPT_AS_WRITTEN))
def test_a_record_refuses_to_be_truncated(records, table):
    is_refused(records, f'TRUNCATE "{table}" CASCADE')

    assert len(rows_of(records, table)) == 1


def test_a_reader_of_the_refusal_learns_what_was_refused(records):
    with pytest.raises(DBAPIError) as refusal, records.writing() as session:
        session.execute(text("UPDATE version SET label = '9.9'"))

    assert "version: what was recorded never changes (UPDATE refused)" in str(refusal.value.orig)


@pytest.mark.trust(16, each="events out of the chain, refused")
@pytest.mark.parametrize(
    ("sequence", "previous_hash"),
    [(1, DIGEST), (3, DIGEST), (0, DIGEST), (2, "0" * 64), (2, "cd" * 32)],
    ids=["again", "gap", "before", "start anew", "other chain"],
)
def test_the_log_refuses_an_event_that_does_not_continue_the_chain(records, sequence, previous_hash):
    event = {"sequence": sequence, "body": "{}", "previous_hash": previous_hash, "hash": "ef" * 32}

    with pytest.raises(DBAPIError, match="must continue the chain"), records.writing() as session:
        insert(session, "audit_event", event)

    assert len(rows_of(records, "audit_event")) == 1


def test_the_log_takes_an_event_that_continues_the_chain(records):
    event = {"sequence": 2, "body": "{}", "previous_hash": DIGEST, "hash": "ef" * 32}

    with records.writing() as session:
        insert(session, "audit_event", event)

    assert len(rows_of(records, "audit_event")) == 2


def test_the_first_event_of_a_log_follows_64_zeros(database):
    event = {"sequence": 1, "body": "{}", "previous_hash": DIGEST, "hash": "ef" * 32}

    with pytest.raises(DBAPIError, match="must continue the chain"), database.writing() as session:
        insert(session, "audit_event", event)
