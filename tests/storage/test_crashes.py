"""What was acknowledged survives the death of its writer, and writers at the same time lose nothing of each other."""

import random
import time

import pytest
from sqlalchemy import select

from app.audit import queries as log
from app.blobs import Blobs
from app.db import Database
from app.people.models import Organisation
from app.pictures.models import Picture
from app.upkeep.verify import verify
from tests.processes import PROCESSES
from tests.storage.writers import count_up, keep_until_killed


def no_versions_here(version):
    raise AssertionError("there are no versions to make again")


@pytest.fixture
def kills(full: bool) -> int:
    return 500 if full else 50


@pytest.fixture
def edits(full: bool) -> int:
    return 50 if full else 5


@pytest.mark.trust(1)
def test_nothing_that_was_acknowledged_is_lost_when_its_writer_is_killed(database_url, tmp_path, kills, figure):
    folder, checkpoints = tmp_path / "blobs", tmp_path / "checkpoints.jsonl"
    chance = random.Random(kills)
    acknowledged: list[str] = []

    for n in range(0, kills, 2):
        pair = []
        for seed in (n, n + 1):
            told = tmp_path / f"told-{seed}"
            arguments = (database_url, folder, checkpoints, told, seed)
            pair.append((PROCESSES.Process(target=keep_until_killed, args=arguments), told))
            pair[-1][0].start()
        for writer, told in pair:
            until = time.monotonic() + 30
            while not told.exists() and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.04))
            assert writer.is_alive(), "the writer ended by itself"
            writer.kill()
            writer.join()
            writer.close()
        acknowledged += [line for _, told in pair for line in told.read_text().splitlines() if len(line) == 64]

    database = Database(database_url)
    with database.reading() as session:
        report = verify(session, Blobs(folder), checkpoints=checkpoints, engine=1, make_again=no_versions_here)
        rows = set(session.scalars(select(Picture.digest)))
        head = log.head(session)
    database.dispose()
    assert len(acknowledged) > kills // 4
    assert set(acknowledged) <= rows
    assert head.sequence == len(rows)
    assert report.findings == ()
    for digest in rows:
        Blobs(folder).get(digest)
    figure("kills", kills)
    figure("acknowledged", len(acknowledged))
    figure("lost, dangling or corrupt", len(set(acknowledged) - rows) + len(report.findings))


@pytest.mark.trust(6)
def test_sixteen_processes_that_edit_one_row_lose_no_edit(database, database_url, edits, figure):
    with database.writing() as session:
        session.add(Organisation(key="force", name="Force", short_name="0"))

    editors = [PROCESSES.Process(target=count_up, args=(database_url, edits)) for _ in range(16)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()

    assert [editor.exitcode for editor in editors] == [0] * 16
    with database.reading() as session:
        assert session.scalars(select(Organisation.short_name)).one() == str(16 * edits)
        assert log.head(session).sequence == 16 * edits
    figure("edits of one row by 16 processes", 16 * edits)
