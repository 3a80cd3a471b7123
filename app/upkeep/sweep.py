"""Taking away kept files that belong to nothing: what a crash left between a file and its row, after days of grace."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit import commands as audit
from app.blobs import Blobs
from app.db import Database, Digest, lock


@dataclass(frozen=True)
class Swept:
    """What a sweep took away, or would have."""

    digests: tuple[str, ...]
    unfinished: int
    """Writings that a crash cut short."""


def sweep(
    database: Database,
    blobs: Blobs,
    tables: Iterable[Table],
    *,
    grace: timedelta,
    by: str,
    now: datetime,
    only_look: bool = False,
) -> Swept:
    """Files older than the grace that no row of these tables names are gone, and the log names each.

    `tables` are all that there are. With `only_look` nothing is taken away. Damaged files stay: they are evidence.
    """
    old = [digest for digest in blobs.digests() if blobs.written_at(digest) < now - grace]
    unfinished = [
        file for file in blobs.unfinished() if datetime.fromtimestamp(file.stat().st_mtime, now.tzinfo) < now - grace
    ]
    known = list(tables)
    if only_look:
        with database.reading() as session:
            return Swept(tuple(_unnamed(session, known, blobs, old)), len(unfinished))
    with database.writing() as session:
        # Whoever puts a file and names it holds this lock: nobody begins to name one while it is taken away.
        lock(session, "facts")
        swept = tuple(_unnamed(session, known, blobs, old))
        for digest in swept:
            audit.record(session, actions.FILE_SWEPT, f"file/{digest}", by=by, at=now, digests={"file": digest})
            blobs.discard(digest)
        for file in unfinished:
            file.unlink(missing_ok=True)
    return Swept(swept, len(unfinished))


def _unnamed(session: Session, tables: list[Table], blobs: Blobs, digests: list[str]) -> Iterator[str]:
    for digest in digests:
        if not any(_names(session, table, digest) for table in tables) and blobs.is_sound(digest):
            yield digest


def _names(session: Session, table: Table, digest: str) -> bool:
    """Whether any digest in the table is this one: better to keep a file too many than to know which columns count."""
    columns = [column for column in table.columns if isinstance(column.type, Digest)]
    if not columns:
        return False
    asked = select(1).select_from(table).where(or_(*(column == digest for column in columns))).limit(1)
    return session.execute(asked).first() is not None
