"""Putting a backup back, into an empty place only: whole and checked, or not at all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from sqlalchemy import Column, Table, Text, bindparam, cast, delete, func, insert, select, text, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import JSON

from app.blobs import Blobs
from app.db import engine_for
from app.errors import Conflict
from app.upkeep.archive import CHECKPOINTS, Manifest, NotABackup, blob_member, manifest_of, row, table_member
from app.upkeep.schema import lasting, reflected
from app.upkeep.stores import open_stores, place_of, sqlite_file
from app.upkeep.upgrade import refuse_newer, upgrade

BATCH = 500


class PlaceIsTaken(Conflict):
    """A backup was to be restored over something."""

    def __init__(self, what: str) -> None:
        super().__init__(f"A backup is restored into an empty place only: {what}. Nothing was changed.")


def restore(file: Path, *, database_url: str, blobs: Path, checkpoints: Path, migrations: Path) -> Manifest:
    """The installation keeps what the backup holds, and nothing else; the database has the backup's schema.

    Every byte of the backup is checked first. Raises NotABackup, PlaceIsTaken or NewerSchema; then nothing was
    changed.
    """
    try:
        archive = ZipFile(file)
    except (BadZipFile, OSError) as error:
        raise NotABackup(file, f"it is no zip file that can be read ({error})") from error
    with archive:
        manifest = manifest_of(file, archive)
        refuse_newer(manifest.schema_revision, migrations, f"The backup {file}")
        _refuse_taken(database_url, blobs, checkpoints)
        # Files before rows, as ever: what ends in between leaves files that belong to nothing.
        _restore_files(archive, manifest, Blobs(blobs))
        upgrade(database_url, migrations, to=manifest.schema_revision)
        stores = open_stores(database_url, blobs, checkpoints)
        try:
            with stores.database.writing() as session, _foreign_keys_at_the_end(session.connection()) as connection:
                for table in lasting(connection):
                    _restore_rows(archive, connection, table, manifest)
        finally:
            stores.database.dispose()
        checkpoints.parent.mkdir(parents=True, exist_ok=True)
        checkpoints.write_bytes(archive.read(CHECKPOINTS))
    return manifest


def _refuse_taken(database_url: str, blobs: Path, checkpoints: Path) -> None:
    if blobs.exists() and any(blobs.iterdir()):
        raise PlaceIsTaken(f"the folder {blobs} holds files")
    if checkpoints.exists() and checkpoints.stat().st_size:
        raise PlaceIsTaken(f"{checkpoints} holds heads of an audit log")
    database = sqlite_file(database_url)
    if database is not None and not database.exists():
        return
    engine = engine_for(database_url)
    try:
        with engine.connect() as connection:
            if reflected(connection):
                raise PlaceIsTaken(f"{place_of(database_url)} has tables")
    finally:
        engine.dispose()


def _restore_files(archive: ZipFile, manifest: Manifest, blobs: Blobs) -> None:
    names = (name for name in archive.namelist() if name.startswith(blob_member("")))
    put = sum(blobs.put(archive.read(name)) in name for name in names)
    if put != manifest.files.count:
        raise Conflict(f"{put} of {manifest.files.count} files could be put back.")


def _restore_rows(archive: ZipFile, connection: Connection, table: Table, manifest: Manifest) -> None:
    """The table holds the backup's rows; one that the backup does not have stays as the migrations made it."""
    if table.name not in manifest.tables:
        return
    if _count(connection, table):
        connection.execute(delete(table))  # what the migrations put there is among the backup's rows
    with archive.open(table_member(table.name)) as member:
        names = row(member.readline())
        columns = [table.columns[name] for name in names]
        statement = insert(table).values({column.name: _writable(column, connection) for column in columns})
        lines = iter(member)
        while batch := [_values(names, row(said), connection) for said in islice(lines, BATCH)]:
            connection.execute(statement, batch)
    count = _count(connection, table)
    if count != manifest.tables[table.name].rows:
        raise Conflict(f"The table {table.name} has {count} rows, not {manifest.tables[table.name].rows}.")
    if connection.dialect.name == "postgresql":
        _count_on(connection, table)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _writable(column: Column[Any], connection: Connection) -> ColumnElement[Any]:
    if not isinstance(column.type, JSON):
        return bindparam(column.name, type_=column.type)
    said = bindparam(column.name, type_=Text)
    return cast(said, column.type) if connection.dialect.name == "postgresql" else type_coerce(said, Text)


def _values(names: Iterable[str], values: Iterable[Any], connection: Connection) -> dict[str, Any]:
    if connection.dialect.name == "sqlite":  # which keeps instants in UTC, without saying so
        values = (
            value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value for value in values
        )
    return dict(zip(names, values, strict=True))


def _count_on(connection: Connection, table: Table) -> None:
    """The next row that the database numbers gets a number behind all those that were put back."""
    for column in table.primary_key.columns:
        names = {"table": f'"{table.name}"', "column": column.name}
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), names)
        last = connection.scalar(select(func.max(column))) if sequence else None
        if last is not None:
            connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})


@contextmanager
def _foreign_keys_at_the_end(connection: Connection) -> Iterator[Connection]:
    """Within the block rows may come in any order; at its end each refers to one that is there, or all is undone."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield connection
        return
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY oid"
        )
    ).all()
    for table, name, _ in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield connection
    for table, name, definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
