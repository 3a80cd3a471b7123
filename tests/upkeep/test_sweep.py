"""Sweeping: what belongs to nothing goes after days of grace, and nothing else, ever."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from app.audit import queries as log
from app.tables import Base
from app.upkeep.sweep import Swept, sweep
from tests.upkeep.test_verify import overwrite, stores, verified, written_database, written_file

__all__ = ["stores", "written_database", "written_file"]

GRACE = timedelta(days=7)
NOW = datetime.now(UTC)


def swept(stores, **options) -> Swept:
    tables = Base.metadata.sorted_tables
    return sweep(stores.database, stores.blobs, tables, grace=GRACE, by="keeper", now=NOW, **options)


def age(path, days: float) -> None:
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


@pytest.fixture
def orphan(stores) -> str:
    """The digest of a file that belongs to nothing; it and all others were put a month ago."""
    digest = stores.blobs.put(b"what a crash left")
    for kept in stores.blobs.digests():
        age(stores.blobs.path(kept), 30)
    return digest


def test_what_belongs_to_nothing_is_taken_away_after_its_grace_and_the_log_says_so(stores, orphan):
    before = set(stores.blobs.digests())
    assert orphan in verified(stores).notes[0]

    assert swept(stores).digests == (orphan,)

    assert set(stores.blobs.digests()) == before - {orphan}
    report = verified(stores)
    assert (report.findings, report.notes) == ((), ())
    with stores.database.reading() as session:
        last = json.loads(list(log.walk(session, action="file.swept"))[-1].body)
    assert (last["object"], last["by"]) == (f"file/{orphan}", "keeper")
    assert swept(stores) == Swept((), 0)


def test_a_young_file_has_its_days_of_grace(stores, orphan):
    age(stores.blobs.path(orphan), 6.9)

    assert swept(stores).digests == ()
    assert stores.blobs.get(orphan) == b"what a crash left"


def test_a_look_takes_nothing_away(stores, orphan):
    assert swept(stores, only_look=True).digests == (orphan,)
    assert orphan in set(stores.blobs.digests())


def test_a_damaged_file_stays_for_whoever_looks_into_it(stores, orphan):
    overwrite(stores, orphan, b"something else")
    age(stores.blobs.path(orphan), 30)

    assert swept(stores).digests == ()
    assert stores.blobs.path(orphan).exists()


def test_what_a_crash_cut_short_goes_too(stores, orphan):
    old, young = (stores.blobs.folder / orphan[:2] / f".new-{name}" for name in ("old", "young"))
    for file, days in ((old, 8), (young, 1)):
        file.write_bytes(b"cut")
        age(file, days)

    assert swept(stores) == Swept((orphan,), 1)
    assert (old.exists(), young.exists()) == (False, True)
