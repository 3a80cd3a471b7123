"""Making a backup while the service works: one state of the database, and every file that it names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Table, Text, cast, select, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import JSON

from app.audit import queries as log
from app.blobs import Blobs, DamagedBlob, MissingBlob
from app.errors import Conflict
from app.upkeep.archive import (
    CHECKPOINTS,
    MANIFEST,
    Contents,
    Files,
    LogHead,
    Manifest,
    blob_member,
    digest_of_all,
    line,
    manifest_of,
    table_member,
)
from app.upkeep.schema import lasting
from app.upkeep.stores import Stores

BATCH = 500


class CannotBackUp(Conflict):
    """There is something in the database that cannot be written down; `verify` says more."""


class FileIsThere(Conflict):
    """A backup never replaces a file."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is there already, and a backup replaces nothing. Name another file, or a folder.")


@dataclass(frozen=True)
class Backup:
    """A backup that was made: where it is, and what is in it."""

    file: Path
    manifest: Manifest


def back_up(stores: Stores, to: Path, *, revision: str, program: str, now: datetime) -> Backup:
    """Everything that the installation keeps, as it was at one moment, is in one new file, read again and found whole.

    `to` is the file, or a folder for a file named after the time; `revision` that of the database's schema, which may
    be older than the program's. The service may go on working meanwhile. A file that is damaged is left out and named
    in the manifest. Raises FileIsThere or CannotBackUp, or OSError where the disk does not take it; then there is no
    file.
    """
    file = to / f"boardpapers-{now:%Y-%m-%dT%H%M%SZ}.zip" if to.is_dir() or not to.suffix else to
    if file.exists():
        raise FileIsThere(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    with _whole_or_nothing(file) as target:
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            manifest = _fill(archive, stores, revision=revision, program=program, now=now)
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
        with ZipFile(target) as archive:
            manifest_of(file, archive)
    return Backup(file, manifest)


def _fill(archive: ZipFile, stores: Stores, *, revision: str, program: str, now: datetime) -> Manifest:
    # The order is the promise. Heads of the log are read before the database's state is fixed: one written down later
    # would look like a log that was cut. Files are copied after it: each row's file was durable before the row, so
    # that every file that the state names is there.
    checkpoints = _checkpoints(archive, stores.checkpoints)
    with stores.database.reading() as session:
        connection = session.connection()
        tables = {table.name: _table(archive, connection, table) for table in lasting(connection)}
        head = log.head(session)
        database = connection.dialect.name
    files, damaged = _files(archive, stores.blobs)
    return Manifest(
        program=program,
        made_at=now,
        database=database,
        schema_revision=revision,
        audit_head=LogHead(sequence=head.sequence, hash=head.hash),
        tables=tables,
        files=files,
        checkpoints=checkpoints,
        damaged=damaged,
    )


def _checkpoints(archive: ZipFile, file: Path) -> Contents:
    data = file.read_bytes() if file.exists() else b""
    archive.writestr(CHECKPOINTS, data)
    return Contents(rows=data.count(b"\n"), digest=sha256(data).hexdigest())


def _table(archive: ZipFile, connection: Connection, table: Table) -> Contents:
    rows = select(*(_readable(column, connection) for column in table.columns)).order_by(*table.primary_key.columns)
    digest, count = sha256(), 0
    with archive.open(table_member(table.name), "w") as member:
        said = line(column.name for column in table.columns)
        member.write(said)
        digest.update(said)
        try:
            for found in connection.execute(rows.execution_options(yield_per=BATCH)):
                said = line(found)
                member.write(said)
                digest.update(said)
                count += 1
        except (ValueError, TypeError, LookupError) as error:
            reason = f"A row of the table {table.name} cannot be read ({error}); `verify` names it."
            raise CannotBackUp(reason) from error
    return Contents(rows=count, digest=digest.hexdigest())


def _readable(column: ColumnElement[object], connection: Connection) -> ColumnElement[object]:
    """JSON as the very text that is kept, which is what digests were made of; everything else as it is."""
    if not isinstance(column.type, JSON):
        return column
    return cast(column, Text) if connection.dialect.name == "postgresql" else type_coerce(column, Text)


def _files(archive: ZipFile, blobs: Blobs) -> tuple[Files, tuple[str, ...]]:
    digests, damaged, size = [], [], 0
    for digest in blobs.digests():
        try:
            data = blobs.get(digest)
        except MissingBlob:
            continue  # swept in this moment: nothing named it
        except DamagedBlob:
            damaged.append(digest)
            continue
        # Documents and pictures are compressed already.
        archive.writestr(ZipInfo(blob_member(digest)), data, ZIP_STORED)
        digests.append(digest)
        size += len(data)
    return Files(count=len(digests), bytes=size, digest=digest_of_all(digests)), tuple(damaged)


@contextmanager
def _whole_or_nothing(file: Path) -> Iterator[IO[bytes]]:
    """A file for nobody else's eyes; it has its name and is on the disk once the block has ended well."""
    descriptor, name = mkstemp(prefix=".backup-", dir=file.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
