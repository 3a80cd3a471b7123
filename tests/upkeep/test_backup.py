"""A backup made while people work, put back where nothing is left: the same facts, files and log, or a clear no."""

import json
import shutil
import threading
import zipfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from app.accounts import sign_in
from app.accounts.commands import create
from app.accounts.models import Role
from app.accounts.queries import opened_by
from app.settings import PACKAGED_MIGRATIONS
from app.upkeep.archive import MANIFEST, NotABackup
from app.upkeep.backup import Backup, FileIsThere, back_up
from app.upkeep.restore import PlaceIsTaken, restore
from app.upkeep.schema import PASSING
from app.upkeep.stores import Stores
from app.upkeep.upgrade import newest
from tests import postgresql, stories
from tests.upkeep.test_verify import opened, stores, verified, written_database, written_file

__all__ = ["stores", "written_database", "written_file"]

RULES = sign_in.SessionRules(
    idle=timedelta(minutes=30),
    absolute=timedelta(hours=12),
    proof=timedelta(minutes=10),
    attempts_a_minute=5,
    plain_http=False,
)


def backed_up(stores: Stores, to: Path) -> Backup:
    return back_up(stores, to, revision=newest(PACKAGED_MIGRATIONS), program="test", now=stories.NOON)


def put_back(file: Path, url: str, folder: Path) -> Stores:
    """The installation in this folder after the backup was restored there."""
    restore(
        file,
        database_url=url,
        blobs=folder / "blobs",
        checkpoints=folder / "checkpoints.jsonl",
        migrations=PACKAGED_MIGRATIONS,
    )
    return opened(url, folder)


@pytest.fixture
def empty_place(request, tmp_path, worker_id):
    """Opens a URL and a folder that hold nothing, of either kind of database."""

    @contextmanager
    def place(kind: str, name: str = "restored"):
        folder = tmp_path / f"{name}-{kind}"
        if kind == "sqlite":
            yield f"sqlite:///{(folder / 'boardpapers.sqlite').as_posix()}", folder
            return
        server = request.getfixturevalue("server")
        with postgresql.new_database(server, f"boardpapers_{name}_{worker_id}") as url:
            yield url, folder

    return place


def kind_of(stores: Stores) -> str:
    return stores.database.engine.dialect.name


def rows_in(stores: Stores) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table as the database's own driver gives it."""
    with stores.database.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        return {
            table: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{table}"'))), key=repr)
            for table in tables
        }


def files_in(stores: Stores) -> dict[str, bytes]:
    return {digest: stores.blobs.get(digest) for digest in stores.blobs.digests()}


@pytest.mark.trust(18)
def test_what_is_put_back_is_what_was_there(stores, empty_place, tmp_path, figure):
    made = backed_up(stores, tmp_path / "all.zip")
    rows, files, checkpoints = rows_in(stores), files_in(stores), stores.checkpoints.read_bytes()

    with empty_place(kind_of(stores)) as (url, folder):
        again = put_back(made.file, url, folder)

        assert rows_in(again) == rows
        assert files_in(again) == files
        assert again.checkpoints.read_bytes() == checkpoints
        assert verified(again) == verified(stores)
        again.database.dispose()
    figure("rows and files compared", sum(map(len, rows.values())) + len(files))
    figure("differences", 0)


@pytest.mark.trust(18)
def test_a_backup_moves_from_one_kind_of_database_to_the_other_and_back(stores, empty_place, tmp_path):
    here = kind_of(stores)
    there = {"sqlite": "postgresql", "postgresql": "sqlite"}[here]
    made = backed_up(stores, tmp_path / "first.zip")

    with empty_place(there) as (url, folder):
        moved = put_back(made.file, url, folder)
        assert verified(moved).findings == ()
        second = backed_up(moved, tmp_path / "second.zip")
        moved.database.dispose()
    with empty_place(here, "home") as (url, folder):
        home = put_back(second.file, url, folder)
        assert rows_in(home) == rows_in(stores)
        assert verified(home) == verified(stores)
        home.database.dispose()
    assert second.manifest.tables == made.manifest.tables


@pytest.mark.trust(18)
def test_nobody_is_signed_in_after_a_backup_was_put_back(stores, empty_place, tmp_path):
    with stores.database.writing() as session:
        account, token = create(
            session, key="ada", name="Ada", role=Role.READER, organisation_id=None, by="test", now=stories.NOON
        )
        secret = sign_in.begin(session, account, RULES, now=stories.NOON)
        sign_in.give_link(session, account, by="test", now=stories.NOON)
        sign_in.count_attempt(session, ["account/ada"], at_most=5, now=stories.NOON)
        sign_in.leave_for_provider(session, None, now=stories.NOON)
    made = backed_up(stores, tmp_path / "all.zip")

    with empty_place(kind_of(stores)) as (url, folder):
        again = put_back(made.file, url, folder)
        with stores.database.reading() as there, again.database.reading() as here:
            assert sign_in.find_session(there, secret, RULES, now=stories.NOON) is not None
            assert sign_in.find_session(here, secret, RULES, now=stories.NOON) is None
            assert opened_by(here, token, now=stories.NOON).account.key == "ada"
        assert {len(rows_in(again)[name]) for name in PASSING} == {0}
        assert {len(rows_in(stores)[name]) for name in PASSING} == {1}
        again.database.dispose()


@pytest.mark.trust(18)
def test_a_restored_installation_goes_on_working(stores, empty_place, tmp_path):
    made = backed_up(stores, tmp_path / "all.zip")

    with empty_place(kind_of(stores)) as (url, folder):
        again = put_back(made.file, url, folder)
        report(again, 1)
        generated = stories.generate(again.database, again.blobs)
        assert (generated.version.label, generated.is_new) == ("0.2", True)
        with pytest.raises(Exception, match="never changes"), again.database.writing() as session:
            session.execute(text("UPDATE version SET label = '9.9'"))
        assert verified(again).findings == ()
        again.database.dispose()


def report(stores: Stores, day: int) -> None:
    """The workstream reports something new."""
    facts = {"workstreams": [stories.workstream(updates=[stories.update(f"2027-02-{day:02}", f"Day {day}.")])]}
    stories.put(stores.database, stores.blobs, facts, now=stories.NOON + timedelta(minutes=day))


@pytest.mark.trust(18)
def test_a_backup_under_load_loses_nothing_that_was_acknowledged_before_it(stores, empty_place, tmp_path, full, figure):
    told, failures, enough = [], [], threading.Event()

    def work() -> None:
        try:
            for day in range(1, 29):
                if enough.is_set():
                    return
                report(stores, day)
                told.append(stories.generate(stores.database, stores.blobs).version.label)
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    def sign_up() -> None:
        number = 0
        while not enough.is_set():
            number += 1
            with stores.database.writing() as session:
                create(
                    session,
                    key=f"a{number}",
                    name="A",
                    role=Role.READER,
                    organisation_id=None,
                    by="t",
                    now=stories.NOON,
                )

    workers = [threading.Thread(target=work), threading.Thread(target=sign_up)]
    for worker in workers:
        worker.start()
    backups = []
    for number in range(20 if full else 2):
        wanted = len(told) + 1
        while len(told) < wanted and workers[0].is_alive():
            enough.wait(0.01)
        before = set(told)
        backups.append((backed_up(stores, tmp_path / f"{number}.zip"), before))
    enough.set()
    for worker in workers:
        worker.join()
    assert failures == []
    rows, files = rows_in(stores), files_in(stores)
    stores.database.dispose()
    for keeper in (stores.blobs.folder, *stores.checkpoints.parent.glob("*.sqlite*")):
        shutil.rmtree(keeper) if keeper.is_dir() else keeper.unlink()

    compared = 0
    for number, (made, before) in enumerate(backups):
        with empty_place(kind_of(stores), f"restored{number}") as (url, folder):
            again = put_back(made.file, url, folder)
            found = rows_in(again)
            assert verified(again).findings == ()
            assert before <= {row[3] for row in found["version"]}
            for table in ("version", "audit_event", "update", "update_part", "account"):
                assert set(map(repr, found[table])) <= set(map(repr, rows[table]))
                compared += len(found[table])
            assert {digest: files[digest] for digest in files_in(again)} == files_in(again)
            again.database.dispose()
    figure("backups under load restored", len(backups))
    figure("rows compared", compared)
    figure("differences", 0)


@pytest.mark.trust(18)
def test_nothing_is_restored_over_anything(stores, empty_place, tmp_path):
    made = backed_up(stores, tmp_path / "all.zip")
    before = rows_in(stores)
    url = stores.database.engine.url.render_as_string(hide_password=False)

    for taken, where in [("has tables", (url, tmp_path / "new")), ("holds files", (url, stores.blobs.folder.parent))]:
        with pytest.raises(PlaceIsTaken, match=taken):
            put_back(made.file, *where)

    with empty_place("sqlite") as (_, folder):
        folder.mkdir()
        (folder / "checkpoints.jsonl").write_text('{"sequence": 1, "hash": "x"}\n')
        with pytest.raises(PlaceIsTaken, match="heads of an audit log"):
            put_back(made.file, f"sqlite:///{folder}/b.sqlite", folder)
        assert sorted(file.name for file in folder.iterdir()) == ["checkpoints.jsonl"]
    assert rows_in(stores) == before


def repacked(file: Path, to: Path, change) -> Path:
    """The backup with its members as `change` leaves them, a dictionary of name → bytes."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(to, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return to


def _drop(start: str):
    def change(members):
        del members[next(name for name in members if name.startswith(start))]

    return change


def _edit(start: str):
    def change(members):
        name = next(name for name in members if name.startswith(start))
        members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])

    return change


HARM = {
    "no manifest": _drop(MANIFEST),
    "no table": _drop("tables/version"),
    "no file": _drop("blobs/"),
    "an edited table": _edit("tables/account"),
    "an edited file": _edit("blobs/"),
    "a member too many": lambda members: members.update({"../../evil": b"x"}),
    "a manifest of tomorrow": lambda members: members.update({MANIFEST: b'{"backup": 2}'}),
    "another end of the log": lambda members: members.update(
        {MANIFEST: members[MANIFEST].replace(b'"sequence": ', b'"sequence": 1')}
    ),
}


@pytest.mark.trust(18)
@pytest.mark.parametrize("harm", HARM)
def test_a_backup_that_is_not_whole_is_refused(stores, empty_place, tmp_path, harm):
    made = backed_up(stores, tmp_path / "all.zip")
    harmed = repacked(made.file, tmp_path / "harmed.zip", HARM[harm])

    with empty_place("sqlite") as (url, folder):
        with pytest.raises(NotABackup, match="Nothing was changed"):
            put_back(harmed, url, folder)
        assert not folder.exists()


@pytest.mark.parametrize("data", [b"", b"no zip at all"])
def test_a_file_that_is_no_backup_is_refused(tmp_path, data):
    (tmp_path / "b.zip").write_bytes(data)

    with pytest.raises(NotABackup, match="no zip file"):
        put_back(tmp_path / "b.zip", "sqlite:///never", tmp_path / "new")


def test_a_backup_that_was_cut_short_is_refused(stores, tmp_path):
    made = backed_up(stores, tmp_path / "all.zip")
    made.file.write_bytes(made.file.read_bytes()[:-5000])

    with pytest.raises(NotABackup):
        put_back(made.file, f"sqlite:///{tmp_path}/new/b.sqlite", tmp_path / "new")


def test_a_backup_replaces_nothing_and_is_for_its_owner_alone(stores, tmp_path):
    made = backed_up(stores, tmp_path)

    assert made.file.name == "boardpapers-2026-11-23T120000Z.zip"
    assert made.file.stat().st_mode & 0o077 == 0
    with pytest.raises(FileIsThere):
        backed_up(stores, tmp_path)
    assert list(tmp_path.glob(".backup-*")) == []


def test_a_damaged_file_is_left_out_and_named(stores, tmp_path):
    digest = next(iter(stores.blobs.digests()))
    path = stores.blobs.path(digest)
    path.chmod(0o600)
    path.write_bytes(b"not what it was")

    made = backed_up(stores, tmp_path / "all.zip")

    assert made.manifest.damaged == (digest,)
    assert f"blobs/{digest}" not in zipfile.ZipFile(made.file).namelist()


def test_the_manifest_says_what_is_in_the_backup(stores, tmp_path):
    made = backed_up(stores, tmp_path / "all.zip")

    with zipfile.ZipFile(made.file) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    rows = rows_in(stores)
    assert {name: table["rows"] for name, table in manifest["tables"].items()} == {
        name: len(found) for name, found in rows.items() if name not in PASSING | {"alembic_version"}
    }
    assert manifest["audit_head"]["sequence"] == len(rows["audit_event"])
    assert manifest["files"]["count"] == 2
    assert manifest["schema_revision"] == newest(PACKAGED_MIGRATIONS)
