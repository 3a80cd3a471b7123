"""Asking the log for what is wanted, and taking it away: nothing is left out, and no cell is a formula."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from app.audit import queries
from app.audit.commands import REQUEST_ID, link, record
from app.audit.export import COLUMNS, csv_lines, json_lines
from app.audit.queries import ZEROS
from tests.conftest import NOW


def write(database, object_: str, *, day: int = 0, request: str | None = None, by: str = "author") -> None:
    with database.writing() as session:
        if request:
            session.info[REQUEST_ID] = request
        record(session, "paper.changed", object_, by=by, at=NOW + timedelta(days=day), digests={"row": "ab" * 32})


def asked(database, **wanted) -> list[str]:
    with database.reading() as session:
        found = [json.loads(entry.body)["object"] for entry in queries.walk(session, **wanted)]
        listed = [json.loads(event.body)["object"] for event in queries.page(session, limit=99, **wanted)]
    assert listed == found[::-1]
    return found


def test_events_are_found_by_day_by_request_and_by_the_beginning_of_a_name(database):
    write(database, "paper/P1", day=-1)
    write(database, "paper/P1/version/0.1", request="req-1")
    write(database, "paper/P10", day=1, request="req-10")
    write(database, 'paper/“"at":"2026-11-22', day=9)

    assert asked(database, under="paper/P1") == ["paper/P1", "paper/P1/version/0.1", "paper/P10"]
    assert asked(database, under="paper/P1/") == ["paper/P1/version/0.1"]
    assert asked(database, under="Paper/") == asked(database, under="aper/") == []
    assert asked(database, request="req-1") == ["paper/P1/version/0.1"]
    assert asked(database, since=date(2026, 11, 21), until=date(2026, 11, 22)) == ["paper/P1/version/0.1", "paper/P10"]
    assert asked(database, until=date(2026, 11, 20)) == ["paper/P1"]
    assert asked(database, since=date(2026, 11, 23)) == ['paper/“"at":"2026-11-22']
    assert len(asked(database)) == 4


@pytest.mark.trust(16)
def test_whoever_has_the_exported_lines_can_follow_the_chain(database):
    for number in range(1, 40):
        write(database, f"paper/P{number}")

    with database.reading() as session:
        lines = list(json_lines(queries.walk(session)))

    last = ZEROS
    for number, line in enumerate(lines, start=1):
        event = json.loads(line)
        body = {name: event[name] for name in event.keys() - {"sequence", "previous_hash", "hash"}}
        said = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert (event["sequence"], event["previous_hash"], event["hash"]) == (number, last, link(last, said))
        last = event["hash"]


def test_no_cell_of_the_table_is_a_formula(database):
    evil = ['=HYPERLINK("http://x";"y")', "+1", "-1", "@SUM(A1)", "\t=1", '"quoted", =1', "plain\n=1"]
    for name in evil:
        write(database, name, by="=cmd")

    with database.reading() as session:
        rows = list(csv.DictReader(io.StringIO("".join(csv_lines(queries.walk(session))), newline="")))

    assert tuple(rows[0]) == COLUMNS
    assert [row["object"].removeprefix("'") for row in rows] == evil
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    assert rows[0]["digests"] == f"row={'ab' * 32}"
