"""What a backup is: one zip file, with a manifest that says to the byte what must be in it.

```
manifest.json              what this is, and what belongs to it
tables/NAME.jsonl          the columns' names, then the rows in the order of their keys, one a line
blobs/SHA-256              the kept files, by their digests
audit-checkpoints.jsonl    heads of the audit log that were written down outside the database
```
Rows are written in words of JSON, not of one database: what was backed up from SQLite is restored into PostgreSQL, and
the other way round.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Literal
from zipfile import BadZipFile, ZipFile

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from app.audit.queries import EMPTY
from app.errors import Invalid

MANIFEST = "manifest.json"
CHECKPOINTS = "audit-checkpoints.jsonl"
PIECE = 1024 * 1024
"""Bytes of a member that are in memory at once while it is checked."""


class NotABackup(Invalid):
    """The file is no backup, or not the whole of one; nothing was restored."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} cannot be restored: {reason}. Nothing was changed.")


class Contents(BaseModel, frozen=True, extra="forbid"):
    """What one member holds."""

    rows: int = Field(ge=0, description="Rows of the table, or lines of the file")
    digest: str = Field(description="SHA-256 of the member")


class Files(BaseModel, frozen=True, extra="forbid"):
    """The kept files all together."""

    count: int = Field(ge=0)
    bytes: int = Field(ge=0)
    digest: str = Field(description="SHA-256 of their digests in order, one a line")


class LogHead(BaseModel, frozen=True, extra="forbid"):
    """The end of the audit log."""

    sequence: int
    hash: str


class Manifest(BaseModel, frozen=True, extra="forbid"):
    """Everything that a restored installation must have."""

    backup: Literal[1] = Field(default=1, description="Number of this way to write a backup")
    program: str = Field(description="Version of the program that made it")
    made_at: AwareDatetime
    database: str = Field(description="Kind of the database: sqlite or postgresql")
    schema_revision: str = Field(description="Revision of the database's schema")
    audit_head: LogHead
    tables: dict[str, Contents]
    files: Files
    checkpoints: Contents
    damaged: tuple[str, ...] = Field(default=(), description="Digests of kept files that were damaged and left out")

    def __str__(self) -> str:
        rows = sum(table.rows for table in self.tables.values())
        return (
            f"{rows} rows of {len(self.tables)} tables, {self.files.count} files ({self.files.bytes} bytes), "
            f"the audit log up to event {self.audit_head.sequence}, schema {self.schema_revision}"
        )


def table_member(name: str) -> str:
    """What the member with the rows of this table is called."""
    return f"tables/{name}.jsonl"


def blob_member(digest: str) -> str:
    """What the member with the kept file of this digest is called."""
    return f"blobs/{digest}"


def digest_of_all(digests: Iterable[str]) -> str:
    """One SHA-256 for a set of kept files."""
    return sha256("".join(f"{digest}\n" for digest in sorted(digests)).encode()).hexdigest()


def line(values: Iterable[Any]) -> bytes:
    """A row as one line; what JSON has no word for is an object with one name."""
    return json.dumps([_said(value) for value in values], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def row(said: bytes) -> list[Any]:
    """The values of a line."""
    return [_meant(value) for value in json.loads(said)]


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return {"at": aware.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, bytes | memoryview):
        return {"bytes": b64encode(value).decode()}
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a backup has no word for {type(value).__name__}")


def _meant(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    ((kind, value),) = said.items()
    return _READ[kind](value)


_READ: dict[str, Callable[[str], Any]] = {
    "at": datetime.fromisoformat,
    "day": date.fromisoformat,
    "bytes": b64decode,
}


def manifest_of(file: Path, archive: ZipFile) -> Manifest:
    """The manifest of the open archive, after every byte of it was compared with what the manifest says.

    Raises NotABackup for anything that is missing, changed or too much.
    """
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except KeyError as error:
        raise NotABackup(file, f"it has no {MANIFEST}") from error
    except ValidationError as error:
        raise NotABackup(file, f"its {MANIFEST} is not one that this program knows") from error
    try:
        faults = list(_faults(archive, manifest)) or list(_faults_of_log(archive, manifest))
    except (BadZipFile, EOFError, OSError, KeyError, ValueError) as error:
        raise NotABackup(file, f"it is damaged ({error})") from error
    if faults:
        raise NotABackup(file, "; ".join(faults[:5]))
    return manifest


def _faults(archive: ZipFile, manifest: Manifest) -> Iterator[str]:
    names = archive.namelist()
    digests = [name.removeprefix("blobs/") for name in names if name.startswith("blobs/")]
    expected = {table_member(name): table.digest for name, table in manifest.tables.items()}
    expected[CHECKPOINTS] = manifest.checkpoints.digest
    for name in sorted({MANIFEST, *expected} - set(names)):
        yield f"{name} is missing"
    if len(names) != len(set(names)) or set(names) - {MANIFEST, *expected, *map(blob_member, digests)}:
        yield "it has members that its manifest does not know"
    if (len(digests), digest_of_all(digests)) != (manifest.files.count, manifest.files.digest):
        yield "the kept files are not those that its manifest names"
    for name, digest in [*expected.items(), *((blob_member(digest), digest) for digest in digests)]:
        if name in names and _digest(archive, name) != digest:
            yield f"{name} was changed"


def _faults_of_log(archive: ZipFile, manifest: Manifest) -> Iterator[str]:
    with archive.open(table_member("audit_event")) as member:
        names = row(member.readline())
        last = {"sequence": EMPTY.sequence, "hash": EMPTY.hash}
        for said in member:
            last = dict(zip(names, row(said), strict=True))
    if (last["sequence"], last["hash"]) != (manifest.audit_head.sequence, manifest.audit_head.hash):
        yield "its audit log has another end than its manifest says"


def _digest(archive: ZipFile, name: str) -> str:
    found = sha256()
    with archive.open(name) as member:
        for piece in _pieces(member):
            found.update(piece)
    return found.hexdigest()


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    while piece := member.read(PIECE):
        yield piece
