"""An upgrade keeps everything: a populated database of every released schema, brought to the newest on both engines."""

import json
import sys
import zipfile
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from app import cli
from app.settings import PACKAGED_MIGRATIONS
from app.upkeep.archive import MANIFEST
from app.upkeep.findings import Damage
from app.upkeep.restore import restore
from app.upkeep.stores import Stores
from app.upkeep.upgrade import newest, outdated, upgrade
from tests.storage.test_migrations import alembic_for
from tests.upkeep.released import write
from tests.upkeep.test_verify import kinds, opened, verified

RELEASED = sorted(write.FOLDER.glob("*.zip"))


def counts_in(stores) -> dict[str, int]:
    with stores.database.engine.connect() as connection:
        return {
            table: connection.scalar(text(f'SELECT count(*) FROM "{table}"'))
            for table in inspect(connection).get_table_names()
        }


def records_in(stores) -> list[tuple[object, ...]]:
    """What was kept for ever, in the columns that every schema has."""
    with stores.database.engine.connect() as connection:
        asked = (
            "SELECT sequence, body, hash FROM audit_event ORDER BY sequence",
            "SELECT paper_id, number, label, snapshot, file_digest FROM version ORDER BY id",
            "SELECT update_id, part, narrative FROM update_part ORDER BY update_id, part",
            "SELECT format_id, number, manifest, template_digest FROM template_version ORDER BY id",
        )
        return [tuple(row) for statement in asked for row in connection.execute(text(statement))]


@pytest.mark.trust(19)
@pytest.mark.parametrize("released", RELEASED, ids=lambda file: file.stem)
def test_a_populated_database_of_a_released_schema_keeps_every_row(released, empty_database_url, tmp_path, figure):
    manifest = restore(
        released,
        database_url=empty_database_url,
        blobs=tmp_path / "blobs",
        checkpoints=tmp_path / "checkpoints.jsonl",
        migrations=PACKAGED_MIGRATIONS,
    )
    stores = opened(empty_database_url, tmp_path)
    before, records = counts_in(stores), records_in(stores)
    assert all(before[name] == table.rows > 0 for name, table in manifest.tables.items())
    stores.database.dispose()

    upgrade(empty_database_url, PACKAGED_MIGRATIONS)

    stores = opened(empty_database_url, tmp_path)
    after = counts_in(stores)
    lost = {name: count - after.get(name, 0) for name, count in before.items() if after.get(name, 0) < count}
    assert lost == {}
    assert records_in(stores) == records
    # A later engine may word a version anew; nothing else is another.
    assert kinds(verified(stores)) <= {Damage.VERSION_DIFFERS}
    stores.database.dispose()
    command.check(alembic_for(empty_database_url))
    figure("rows kept", sum(before.values()))
    figure("rows lost", sum(lost.values()))


def test_the_first_schema_is_among_the_released():
    first = next(file for file in sorted((PACKAGED_MIGRATIONS / "versions").glob("*.py"))).read_text()

    assert any(f'revision = "{file.stem}"' in first for file in RELEASED)


def test_every_released_backup_has_a_row_in_every_table():
    for file in RELEASED:
        with zipfile.ZipFile(file) as archive:
            tables = json.loads(archive.read(MANIFEST))["tables"]
        assert all(table["rows"] for table in tables.values()), file.name


def test_the_backup_of_the_next_release_has_a_row_in_every_table_and_what_an_upgrade_fills_is_filled(
    database, database_url, blobs, tmp_path
):
    stores = Stores(database, blobs, tmp_path / "checkpoints.jsonl")
    write.fill(stores)
    assert write.empty_tables(stores) == []

    def filled() -> list[set[tuple]]:
        with database.reading() as session:
            return [
                set(map(tuple, session.execute(text(f"SELECT * FROM {name}")))) for name in ("writer", "former_meeting")
            ]

    before = filled()
    with database.writing() as session:
        session.execute(text("DELETE FROM writer"))
    database.dispose()
    command.downgrade(alembic_for(database_url), "20261122_1560")
    upgrade(database_url, PACKAGED_MIGRATIONS)
    assert filled() == before, "from the log, and from the versions"


@pytest.fixture
def next_schema(tmp_path, monkeypatch) -> Path:
    """The program has one more migration than it has."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    files = [Path("env.py"), Path("script.py.mako")]
    files += [Path("versions") / file.name for file in (PACKAGED_MIGRATIONS / "versions").glob("*.py")]
    for file in files:
        (folder / file).write_bytes((PACKAGED_MIGRATIONS / file).read_bytes())
    (folder / "versions" / "2099-01-01_0900_next.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        "revision = 'next'\n"
        f"down_revision = {newest(PACKAGED_MIGRATIONS)!r}\n"
        "def upgrade():\n"
        "    op.create_table('novelty', sa.Column('id', sa.Integer(), primary_key=True))\n"
    )
    return folder


def typed(monkeypatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["boardpapers", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


@pytest.mark.parametrize(("words", "backups"), [([], 1), (["--no-backup"], 0)])
def test_a_database_is_backed_up_before_it_is_upgraded(next_schema, tmp_path, monkeypatch, words, backups):
    for name in ("BOARDPAPERS_DATABASE_URL", "BOARDPAPERS_DATA"):
        monkeypatch.delenv(name, raising=False)
    data = tmp_path / "mine"
    before = newest(PACKAGED_MIGRATIONS)
    url = f"sqlite:///{data}/boardpapers.sqlite"
    assert typed(monkeypatch, "upgrade", "--data", data) == 0
    assert typed(monkeypatch, "upgrade", "--data", data) == 0
    assert not (data / "backups").exists(), "what is not changed needs no backup"
    monkeypatch.setattr("app.settings.PACKAGED_MIGRATIONS", next_schema)

    assert typed(monkeypatch, "upgrade", *words, "--data", data) == 0

    assert outdated(url, next_schema) is None
    found = list((data / "backups").glob("*.zip")) if backups else []
    assert len(found) == backups
    for file in found:
        with zipfile.ZipFile(file) as archive:
            assert json.loads(archive.read(MANIFEST))["schema_revision"] == before
        assert typed(monkeypatch, "restore", file, "--data", tmp_path / "restored") == 0
        assert typed(monkeypatch, "verify", "--data", tmp_path / "restored") == 1, "it has the older schema"
        assert typed(monkeypatch, "upgrade", "--data", tmp_path / "restored") == 0
        assert typed(monkeypatch, "verify", "--data", tmp_path / "restored") == 0
