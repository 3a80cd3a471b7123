"""`verify`: silent when all is well; what was changed behind the doors is found and named, each with its own class."""

import json
import random
import shutil
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from app.accounts.commands import create
from app.accounts.models import Role
from app.assembly.assemble import ENGINE, make_again
from app.audit.commands import link
from app.audit.queries import ZEROS
from app.blobs import Blobs
from app.settings import PACKAGED_MIGRATIONS
from app.upkeep.findings import EXIT_CODES, Damage, Report
from app.upkeep.stores import Stores, open_stores
from app.upkeep.upgrade import upgrade
from app.upkeep.verify import verify
from tests import postgresql, stories

OBJECT = f"paper/{stories.PAPER}/version/0.1"
UPDATE = f"workstream/procurement/update/{stories.JANUARY}/r1"
TEMPLATE = "format/scrutiny/template/1"


@pytest.fixture(scope="session")
def written_file(tmp_path_factory, migrated_file):
    """The folder of a small world with one kept version, its database a SQLite file; to be copied for each story."""
    folder = tmp_path_factory.mktemp("written")
    shutil.copyfile(migrated_file, folder / "boardpapers.sqlite")
    write_a_paper(opened(f"sqlite:///{(folder / 'boardpapers.sqlite').as_posix()}", folder))
    return folder


@pytest.fixture(scope="session")
def written_database(tmp_path_factory, server, worker_id):
    """The same with a database on PostgreSQL: the folder and the database's name."""
    folder, name = tmp_path_factory.mktemp("written"), f"boardpapers_written_{worker_id}"
    with postgresql.new_database(server, name) as url:
        upgrade(url, PACKAGED_MIGRATIONS)
        write_a_paper(opened(url, folder))
        yield folder, name


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request, tmp_path, worker_id):
    """The small world with one kept version, in a database of each kind in turn."""
    folder = tmp_path / "world"
    with ExitStack() as until_the_end:
        if request.param == "sqlite":
            shutil.copytree(request.getfixturevalue("written_file"), folder)
            url = f"sqlite:///{(folder / 'boardpapers.sqlite').as_posix()}"
        else:
            written, name = request.getfixturevalue("written_database")
            shutil.copytree(written, folder)
            server = request.getfixturevalue("server")
            copy = postgresql.new_database(server, f"boardpapers_story_{worker_id}", like=name)
            url = until_the_end.enter_context(copy)
        stores = opened(url, folder)
        until_the_end.callback(stores.database.dispose)
        yield stores


def opened(url: str, folder: Path) -> Stores:
    return open_stores(url, folder / "blobs", folder / "checkpoints.jsonl")


def write_a_paper(stores: Stores) -> None:
    theme = stories.world()["themes"][0] | {
        "introductions": [{"as_at": stories.JANUARY, "text": "What this theme is about."}]
    }
    stories.put(stores.database, stores.blobs, stories.world(themes=[theme]))
    stories.generate(stores.database, stores.blobs)
    stores.database.dispose()


def verified(stores: Stores, *, engine: int = ENGINE, again=None) -> Report:
    def made_again(version):
        return make_again(version, stores.blobs).content

    with stores.database.reading() as session:
        return verify(
            session,
            stores.blobs,
            checkpoints=stores.checkpoints,
            engine=engine,
            make_again=again or made_again,
        )


def kinds(report: Report) -> set[Damage]:
    return {finding.kind for finding in report.findings}


def objects(report: Report, kind: Damage) -> list[str]:
    return [finding.object for finding in report.findings if finding.kind is kind]


@contextmanager
def behind_the_triggers(stores: Stores):
    """A session of somebody who may do everything in the database, and switched off what would refuse them."""
    with stores.database.writing() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield session


def change(stores: Stores, *statements: str, **values: object) -> None:
    with behind_the_triggers(stores) as session:
        for statement in statements:
            session.execute(text(statement), values)


def file_of_the_version(stores: Stores) -> str:
    with stores.database.reading() as session:
        return session.scalar(text("SELECT file_digest FROM version"))


def template_of_the_format(stores: Stores) -> str:
    with stores.database.reading() as session:
        return session.scalar(text("SELECT template_digest FROM template_version"))


def overwrite(stores: Stores, digest: str, data: bytes) -> None:
    path = stores.blobs.path(digest)
    path.chmod(0o600)
    path.write_bytes(data)


# All is well


@pytest.mark.trust(17)
def test_a_sound_house_is_called_sound(stores):
    report = verified(stores)

    assert report.findings == ()
    assert report.notes == ()
    assert report.exit_code == 0
    assert "All is well." in str(report)
    assert report.as_json()["sound"] is True


def test_the_report_says_what_was_checked(stores):
    counts = verified(stores).counts

    assert counts["versions"] == counts["versions made again"] == 1
    assert counts["updates"] == counts["introductions"] == counts["templates"] == 1
    assert counts["files"] == 2
    assert counts["audit events"] > 10


@pytest.mark.trust(17)
def test_verifying_changes_nothing(stores):
    before = verified(stores)

    assert verified(stores) == before


@pytest.mark.trust(17)
def test_an_empty_house_is_sound(database, blobs):
    with database.reading() as session:
        report = verify(session, blobs, checkpoints=None, engine=ENGINE, make_again=lambda version: b"")

    assert report.exit_code == 0
    assert len(report.notes) == 1


# The files


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
@pytest.mark.parametrize("place", [0, 0.5, -1])
def test_one_flipped_bit_in_a_document_is_found(stores, place):
    digest = file_of_the_version(stores)
    data = bytearray(stores.blobs.get(digest))
    data[place if place in (0, -1) else len(data) // 2] ^= 1
    overwrite(stores, digest, bytes(data))

    report = verified(stores)

    assert kinds(report) == {Damage.BLOB_DAMAGED}
    assert objects(report, Damage.BLOB_DAMAGED) == [OBJECT]
    assert report.exit_code == EXIT_CODES[Damage.BLOB_DAMAGED] == 21


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_any_flipped_bit_in_any_file_is_found_and_named(stores, full, figure):
    chance, digests = random.Random(17), list(stores.blobs.digests())
    whose = {file_of_the_version(stores): OBJECT, template_of_the_format(stores): TEMPLATE}
    flips = 100 if full else 10
    for _ in range(flips):
        digest = chance.choice(digests)
        sound = stores.blobs.get(digest)
        changed = bytearray(sound)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        overwrite(stores, digest, bytes(changed))

        report = verified(stores)

        assert kinds(report) == {Damage.BLOB_DAMAGED}
        assert objects(report, Damage.BLOB_DAMAGED) == [whose[digest]]
        overwrite(stores, digest, sound)
    assert verified(stores).findings == ()
    figure("bits flipped and found", flips)
    figure("false alarms", 0)


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_one_flipped_bit_in_a_template_is_found(stores):
    digest = template_of_the_format(stores)
    data = bytearray(stores.blobs.get(digest))
    data[len(data) // 2] ^= 1
    overwrite(stores, digest, bytes(data))

    report = verified(stores)

    assert kinds(report) == {Damage.BLOB_DAMAGED}
    assert objects(report, Damage.BLOB_DAMAGED) == [TEMPLATE]


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_removed_document_is_found(stores):
    stores.blobs.path(file_of_the_version(stores)).unlink()

    report = verified(stores)

    assert kinds(report) == {Damage.BLOB_MISSING}
    assert objects(report, Damage.BLOB_MISSING) == [OBJECT]
    assert report.exit_code == 20


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_files_that_changed_places_are_found(stores):
    document, template = file_of_the_version(stores), template_of_the_format(stores)
    first, second = stores.blobs.get(document), stores.blobs.get(template)
    overwrite(stores, document, second)
    overwrite(stores, template, first)

    report = verified(stores)

    assert kinds(report) == {Damage.BLOB_SWAPPED}
    assert set(objects(report, Damage.BLOB_SWAPPED)) == {OBJECT, TEMPLATE}
    assert report.exit_code == 22


@pytest.mark.trust(17)
def test_a_file_that_belongs_to_nothing_is_noted_and_no_damage(stores):
    stores.blobs.put(b"what a crash left")
    (stores.blobs.folder / "ab").mkdir(exist_ok=True)
    (stores.blobs.folder / "ab" / ".new-cut-short").write_bytes(b"what a crash cut")

    report = verified(stores)

    assert report.exit_code == 0
    assert len(report.notes) == 2
    assert "1 files belong to nothing" in report.notes[0]
    assert ".new-cut-short" in report.notes[1]


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_changed_file_that_belongs_to_nothing_is_found_all_the_same(stores):
    digest = stores.blobs.put(b"what a crash left")
    overwrite(stores, digest, b"something else")

    report = verified(stores)

    assert objects(report, Damage.BLOB_DAMAGED) == [f"file/{digest}"]


# The rows that never change


EDITS = {
    "label": ("version", "label = '0.9'", {Damage.ROW_UNTRACED, Damage.ROW_MISSING}),
    "file name": ("version", "file_name = 'another.docx'", {Damage.ROW_EDITED}),
    "author": ("version", "made_by = 'somebody'", {Damage.ROW_EDITED}),
    "day": ("version", "made_at = '2026-11-20 12:00:00.000000'", {Damage.ROW_EDITED}),
    "size": ("version", "size = size + 1", {Damage.ROW_EDITED}),
    "gaps": ("version", "open_points = 99", {Damage.ROW_EDITED}),
    "facts digest": ("version", f"facts_digest = '{'ab' * 32}'", {Damage.ROW_EDITED}),
    "engine": ("version", "engine = 0", {Damage.ROW_EDITED}),
    "narrative": ("update_part", "narrative = '<p>All went wrong.</p>'", {Damage.ROW_EDITED}),
    "part": ("update_part", "part = 'next-steps'", {Damage.ROW_EDITED}),
    "rating": ("rating", "value_id = NULL", {Damage.ROW_EDITED}),
    "source": ("rating", "source = 'guesswork'", {Damage.ROW_EDITED}),
    "nil": ("update", "nothing_to_report = NOT nothing_to_report", {Damage.ROW_EDITED}),
    "as at": ("update", "as_at = '2027-01-16'", {Damage.ROW_UNTRACED, Damage.ROW_MISSING}),
    "introduction": ("theme_introduction", "narrative = '<p>Other.</p>'", {Damage.ROW_EDITED}),
    "manifest": ("template_version", "manifest = manifest || ' '", {Damage.ROW_EDITED}),
    "who promoted": ("template_event", "\"by\" = 'somebody'", {Damage.ROW_EDITED}),
    "fate": ("template_event", "change = 'retired'", {Damage.ROW_UNTRACED, Damage.ROW_MISSING}),
}


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_row_is_found(stores, edit):
    table, assignment, expected = EDITS[edit]

    change(stores, f'UPDATE "{table}" SET {assignment}')

    report = verified(stores)
    assert kinds(report) == expected
    assert report.exit_code == min(EXIT_CODES[kind] for kind in expected)


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_an_edited_snapshot_is_found_and_no_longer_gives_the_document(stores):
    with stores.database.reading() as session:
        snapshot = session.scalar(text("SELECT snapshot FROM version"))
    forged = snapshot.replace("The team went live.", "The team gave up.")
    assert forged != snapshot

    change(stores, "UPDATE version SET snapshot = :snapshot", snapshot=forged)

    report = verified(stores)
    assert kinds(report) == {Damage.ROW_EDITED, Damage.VERSION_DIFFERS}
    assert set(objects(report, Damage.VERSION_DIFFERS)) == {OBJECT}


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_snapshot_forged_with_its_digest_is_found(stores):
    with stores.database.reading() as session:
        snapshot = session.scalar(text("SELECT snapshot FROM version"))
    forged = snapshot.replace("The team went live.", "The team gave up.")
    digest = sha256(forged.encode()).hexdigest()

    change(stores, "UPDATE version SET snapshot = :snapshot, snapshot_digest = :digest", snapshot=forged, digest=digest)

    assert Damage.ROW_EDITED in kinds(verified(stores))


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_snapshot_that_is_garbage_is_named_and_does_not_end_the_search(stores):
    change(stores, "UPDATE version SET snapshot = 'garbage'")

    report = verified(stores)

    assert kinds(report) == {Damage.ROW_EDITED, Damage.VERSION_UNPROVABLE}
    assert report.counts["files"] == 2


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_version_that_points_at_another_file_is_found(stores):
    other = stores.blobs.put(stores.blobs.get(file_of_the_version(stores)) + b"\0")

    change(stores, "UPDATE version SET file_digest = :digest", digest=other)

    assert Damage.ROW_EDITED in kinds(verified(stores))


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_version_that_was_deleted_is_found(stores):
    change(stores, "DELETE FROM version")

    report = verified(stores)

    assert kinds(report) == {Damage.ROW_MISSING}
    assert objects(report, Damage.ROW_MISSING) == [OBJECT]
    assert report.exit_code == 31


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_version_that_was_slipped_in_is_found(stores):
    columns = (
        "paper_id, template_version_id, engine, snapshot, snapshot_digest, facts_digest, content_digest, "
        "file_digest, size, file_name, open_points, made_at, made_by"
    )
    change(
        stores,
        f"INSERT INTO version (id, number, label, {columns}) SELECT 77, 77, '7.7', {columns} FROM version",
    )

    report = verified(stores)

    assert kinds(report) == {Damage.ROW_UNTRACED}
    assert objects(report, Damage.ROW_UNTRACED) == [f"paper/{stories.PAPER}/version/7.7"]
    assert report.exit_code == 32


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_an_update_that_lost_a_part_is_found(stores):
    change(stores, "DELETE FROM update_part")

    assert objects(verified(stores), Damage.ROW_EDITED) == [UPDATE]


IMPOSSIBLE = {
    "fate": ("template_event", "change"),
    "time of a fate": ("template_event", "at"),
    "time of a template": ("template_version", "added_at"),
    "time of a version": ("version", "made_at"),
    "day of an update": ("update", "as_at"),
    "time of an update": ("update", "recorded_at"),
    "day of an introduction": ("theme_introduction", "as_at"),
}


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
@pytest.mark.parametrize("edit", IMPOSSIBLE)
def test_a_value_that_its_column_cannot_have_is_named_and_does_not_end_the_search(stores, edit):
    table, column = IMPOSSIBLE[edit]
    if stores.database.engine.dialect.name == "postgresql" and column != "change":
        with pytest.raises(DataError):  # there, nobody can write it at all
            change(stores, f'UPDATE "{table}" SET "{column}" = \'garbage\'')
        return

    change(stores, f'UPDATE "{table}" SET "{column}" = \'garbage\'')

    report = verified(stores)
    assert Damage.ROW_EDITED in kinds(report)
    assert kinds(report) <= {Damage.ROW_EDITED, Damage.ROW_MISSING}
    assert any(name.startswith(f"{table}/row ") for name in objects(report, Damage.ROW_EDITED))
    assert f"“{column}” cannot be 'garbage'" in str(report)
    assert report.exit_code == 30
    assert report.counts["files"] == 2


# The versions


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_version_that_comes_out_differently_is_found(stores):
    def another(version):
        made = make_again(version, stores.blobs)
        return stores.blobs.get(template_of_the_format(stores)) if made else b""

    report = verified(stores, again=another)

    assert kinds(report) == {Damage.VERSION_DIFFERS}
    assert objects(report, Damage.VERSION_DIFFERS) == [OBJECT]
    assert report.exit_code == 40


@pytest.mark.trust(17)
def test_a_version_of_an_earlier_engine_need_only_say_the_same(stores):
    report = verified(stores, engine=ENGINE + 1)

    assert report.exit_code == 0
    assert report.counts["versions made again"] == 1


@pytest.mark.trust(17, each="ways to damage what is kept, found and named")
def test_a_version_of_an_earlier_engine_that_says_something_else_is_found(stores):
    def another(version):
        return stores.blobs.get(template_of_the_format(stores))

    report = verified(stores, engine=ENGINE + 1, again=another)

    assert kinds(report) == {Damage.VERSION_DIFFERS}


# The audit log


def log_of(stores: Stores) -> list[dict[str, object]]:
    with stores.database.reading() as session:
        rows = session.execute(text("SELECT * FROM audit_event ORDER BY sequence"))
        return [dict(row) for row in rows.mappings()]


def write_log(stores: Stores, rows: list[dict[str, object]]) -> None:
    """The log consists of these rows."""
    with behind_the_triggers(stores) as session:
        session.execute(text("DELETE FROM audit_event"))
        for row in rows:
            session.execute(text("INSERT INTO audit_event VALUES (:sequence, :body, :previous_hash, :hash)"), row)


def rehashed(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same bodies as a chain without a flaw."""
    last, chain = ZEROS, []
    for sequence, row in enumerate(rows, start=1):
        own = link(last, row["body"])
        chain.append({"sequence": sequence, "body": row["body"], "previous_hash": last, "hash": own})
        last = own
    return chain


def blamed(row: dict[str, object]) -> dict[str, object]:
    """The event as if somebody else had done it."""
    return row | {"body": json.dumps(json.loads(row["body"]) | {"by": "somebody-else"})}


def an_event_that_binds_nothing(rows: list[dict[str, object]]) -> int:
    return next(
        place for place, row in enumerate(rows) if '"digests":{}' in row["body"] and "template." not in row["body"]
    )


@pytest.mark.trust(16, each="ways to change the log, found")
def test_an_edited_event_is_found(stores):
    rows = log_of(stores)
    place = an_event_that_binds_nothing(rows)

    write_log(stores, [*rows[:place], blamed(rows[place]), *rows[place + 1 :]])

    report = verified(stores)
    assert kinds(report) == {Damage.LOG_EDITED}
    assert objects(report, Damage.LOG_EDITED) == [f"audit event {place + 1}"]
    assert report.exit_code == 10


@pytest.mark.trust(16, each="ways to change the log, found")
def test_an_event_that_was_removed_is_found(stores):
    rows = log_of(stores)
    place = an_event_that_binds_nothing(rows)

    write_log(stores, [*rows[:place], *rows[place + 1 :]])

    report = verified(stores)
    assert Damage.LOG_GAP in kinds(report)
    assert report.exit_code == 11


@pytest.mark.trust(16, each="ways to change the log, found")
def test_an_event_that_was_removed_with_the_others_moved_up_is_found(stores):
    rows = log_of(stores)
    place = an_event_that_binds_nothing(rows)
    moved = [row | {"sequence": row["sequence"] - 1} for row in rows[place + 1 :]]

    write_log(stores, [*rows[:place], *moved])

    report = verified(stores)
    assert Damage.LOG_OUT_OF_ORDER in kinds(report)
    assert report.exit_code == 12


@pytest.mark.trust(16, each="ways to change the log, found")
def test_events_that_changed_places_are_found(stores):
    rows = log_of(stores)
    first, second = rows[2], rows[3]
    rows[2], rows[3] = second | {"sequence": 3}, first | {"sequence": 4}

    write_log(stores, rows)

    report = verified(stores)
    assert Damage.LOG_OUT_OF_ORDER in kinds(report)
    assert Damage.LOG_EDITED not in kinds(report)
    assert "audit event 3" in objects(report, Damage.LOG_OUT_OF_ORDER)
    assert report.exit_code == 12


@pytest.mark.trust(16, each="ways to change the log, found")
def test_an_event_that_was_slipped_in_is_found(stores):
    rows = log_of(stores)
    slipped = {"sequence": 3, "body": blamed(rows[2])["body"], "previous_hash": rows[1]["hash"]}
    slipped["hash"] = link(slipped["previous_hash"], slipped["body"])
    moved = [row | {"sequence": row["sequence"] + 1} for row in rows[2:]]

    write_log(stores, [*rows[:2], slipped, *moved])

    assert objects(verified(stores), Damage.LOG_OUT_OF_ORDER) == ["audit event 4"]


@pytest.mark.trust(16, each="ways to change the log, found")
def test_a_rewritten_log_is_found_by_what_was_written_down_outside(stores):
    rows = log_of(stores)
    place = an_event_that_binds_nothing(rows)
    rows[place] = blamed(rows[place])

    write_log(stores, rehashed(rows))

    report = verified(stores)
    assert kinds(report) == {Damage.LOG_REWRITTEN}
    assert report.exit_code == 13


@pytest.mark.trust(16, each="ways to change the log, found")
def test_a_log_and_a_row_rewritten_together_are_found(stores):
    change(stores, "UPDATE version SET made_by = 'somebody-else'")
    rows = [blamed(row) if "version.kept" in row["body"] else row for row in log_of(stores)]

    write_log(stores, rehashed(rows))

    assert Damage.LOG_REWRITTEN in kinds(verified(stores))


@pytest.mark.trust(16, each="ways to change the log, found")
def test_a_log_cut_at_its_end_is_found_by_what_was_written_down_outside(stores):
    with stores.database.writing() as session:
        create(session, key="ada", name="Ada", role=Role.READER, organisation_id=None, by="tester", now=stories.NOON)
    rows = log_of(stores)

    write_log(stores, rows[:-1])

    report = verified(stores)
    assert kinds(report) == {Damage.LOG_TRUNCATED}
    assert objects(report, Damage.LOG_TRUNCATED) == [f"audit event {len(rows)}"]
    assert report.exit_code == 14


@pytest.mark.trust(16, each="ways to change the log, found")
def test_a_log_that_is_gone_altogether_is_found(stores):
    write_log(stores, [])

    assert {Damage.LOG_TRUNCATED, Damage.ROW_UNTRACED} <= kinds(verified(stores))


def test_a_line_that_a_crash_cut_short_is_noted_and_no_damage(stores):
    with stores.checkpoints.open("a") as file:
        file.write('{"sequence": 99, "ha')

    report = verified(stores)

    assert report.exit_code == 0
    assert "1 lines cannot be read" in report.notes[0]


@pytest.mark.trust(16, each="ways to change the log, found")
@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_bytes(b"")], ids=["removed", "emptied"])
def test_a_log_of_which_nothing_is_written_down_outside_any_more_is_damage(stores, harm):
    harm(stores.checkpoints)

    report = verified(stores)

    assert kinds(report) == {Damage.LOG_UNWITNESSED}
    assert objects(report, Damage.LOG_UNWITNESSED) == ["file/checkpoints.jsonl"]
    assert report.exit_code == 15


# What the report promises


@pytest.mark.trust(17)
def test_every_class_of_damage_has_an_exit_code_of_its_own():
    assert set(EXIT_CODES) == set(Damage)
    assert len(set(EXIT_CODES.values())) == len(Damage)
    assert all(10 <= code < 126 for code in EXIT_CODES.values())


def test_several_damages_are_all_named_and_the_gravest_gives_the_exit_code(stores):
    change(stores, "UPDATE rating SET value_id = NULL")
    stores.blobs.path(file_of_the_version(stores)).unlink()

    report = verified(stores)

    assert kinds(report) == {Damage.ROW_EDITED, Damage.BLOB_MISSING}
    assert report.exit_code == 20
    assert "2 faults:" in str(report)
    assert f"blob-missing: {OBJECT}: " in str(report)
    assert {finding["kind"] for finding in report.as_json()["findings"]} == {"row-edited", "blob-missing"}


def test_a_report_can_be_read_by_programs(stores):
    stores.blobs.path(file_of_the_version(stores)).unlink()

    report = json.loads(json.dumps(verified(stores).as_json()))

    assert report["sound"] is False
    assert report["exit_code"] == 20
    assert report["findings"][0]["object"] == OBJECT


def test_blobs_elsewhere_are_all_missing(stores, tmp_path):
    with stores.database.reading() as session:
        report = verify(
            session,
            Blobs(tmp_path / "nowhere"),
            checkpoints=stores.checkpoints,
            engine=ENGINE,
            make_again=lambda version: b"",
        )

    assert set(objects(report, Damage.BLOB_MISSING)) == {OBJECT, TEMPLATE}
