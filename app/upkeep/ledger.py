"""What one verification has to remember, in a temporary file of its own, so that memory does not grow with the data."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from app.audit.queries import Head

_TABLES = """
    CREATE TABLE entry (sequence INTEGER PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE checkpoint (sequence INTEGER, hash TEXT, PRIMARY KEY (sequence, hash)) WITHOUT ROWID;
    CREATE TABLE bound (object TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE used (digest TEXT, object TEXT, PRIMARY KEY (digest, object)) WITHOUT ROWID;
    CREATE TABLE kept (digest TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Contradiction(NamedTuple):
    """A checkpoint that the log does not bear out; `found` is the hash at its place, None where there is no event."""

    checkpoint: Head
    found: str | None


class Ledger:
    """Events that bind rows, files that rows use, and files that are there: noted while streaming, compared after."""

    def __init__(self) -> None:
        # Without a name, SQLite keeps the database in memory up to its cache size and in a private file beyond.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(f"PRAGMA journal_mode = OFF; {_TABLES}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def note_checkpoints(self, heads: Iterable[Head]) -> None:
        """These heads were written down outside the database."""
        self._connection.executemany("INSERT OR IGNORE INTO checkpoint VALUES (?, ?)", heads)

    def has_checkpoints(self) -> bool:
        """Whether any head was written down outside the database."""
        return self._connection.execute("SELECT 1 FROM checkpoint LIMIT 1").fetchone() is not None

    def note_entry(self, head: Head) -> None:
        """The log has an event with this sequence and hash."""
        self._connection.execute("INSERT INTO entry VALUES (?, ?)", head)

    def contradictions(self) -> Iterator[Contradiction]:
        """Checkpoints that the log does not bear out, in the order of their sequences."""
        rows = self._connection.execute(
            """
            SELECT checkpoint.sequence, checkpoint.hash, entry.hash FROM checkpoint LEFT JOIN entry USING (sequence)
            WHERE entry.hash IS NOT checkpoint.hash ORDER BY sequence
            """
        )
        return (Contradiction(Head(sequence, hash_), found) for sequence, hash_, found in rows)

    def bind(self, object_: str, said: Mapping[str, Any]) -> None:
        """The log says this of a row that never changes; what it said first is what counts."""
        self._connection.execute("INSERT OR IGNORE INTO bound VALUES (?, ?)", (object_, json.dumps(said)))

    def take(self, object_: str) -> dict[str, Any] | None:
        """What the log said of this object, once."""
        row = self._connection.execute("SELECT said FROM bound WHERE object = ?", (object_,)).fetchone()
        if row is None:
            return None
        self._connection.execute("DELETE FROM bound WHERE object = ?", (object_,))
        said: dict[str, Any] = json.loads(row[0])
        return said

    def never_taken(self) -> Iterator[str]:
        """The objects that the log spoke of and nobody asked for."""
        return (object_ for (object_,) in self._connection.execute("SELECT object FROM bound ORDER BY object"))

    def note_use(self, digest: str, object_: str) -> None:
        """The object needs the file kept under this digest."""
        self._connection.execute("INSERT OR IGNORE INTO used VALUES (?, ?)", (digest, object_))

    def note_kept(self, digests: Iterable[str]) -> None:
        """Files are there under these digests."""
        self._connection.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((digest,) for digest in digests))

    def is_kept(self, digest: str) -> bool:
        """Whether a file is there under this digest."""
        return self._connection.execute("SELECT 1 FROM kept WHERE digest = ?", (digest,)).fetchone() is not None

    def users(self, digest: str) -> list[str]:
        """The objects that need this file."""
        rows = self._connection.execute("SELECT object FROM used WHERE digest = ? ORDER BY object", (digest,))
        return [object_ for (object_,) in rows]

    def kept(self) -> Iterator[str]:
        """The digest of every file that is there."""
        return (digest for (digest,) in self._connection.execute("SELECT digest FROM kept ORDER BY digest"))

    def missing(self) -> Iterator[str]:
        """The digest of every file that is needed and not there."""
        rows = self._connection.execute(
            "SELECT DISTINCT digest FROM used WHERE digest NOT IN (SELECT digest FROM kept) ORDER BY digest"
        )
        return (digest for (digest,) in rows)
