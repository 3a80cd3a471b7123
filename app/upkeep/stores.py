"""The stores of one installation, opened together: a database whose log is checkpointed, and the blobs."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from app.audit import commands as audit
from app.blobs import Blobs
from app.db import Database
from app.logs import LOG


@dataclass(frozen=True)
class Stores:
    """Where an installation keeps what it knows."""

    database: Database
    blobs: Blobs
    checkpoints: Path


def open_stores(database_url: str, blobs: Path, checkpoints: Path) -> Stores:
    """The stores; after each commit that was logged, the head of the log is written down outside the database:
    in the file of checkpoints, and in the log stream.
    """

    def note(session: Session) -> None:
        head = session.info.pop(audit.HEAD, None)
        if head is not None:
            audit.checkpoint(checkpoints, head)
            LOG.info("audit head", sequence=head.sequence, hash=head.hash)

    return Stores(Database(database_url, on_commit=note), Blobs(blobs), checkpoints)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for a database that is no file of its own. Raises ArgumentError."""
    parsed = make_url(url)
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or name in {"", ":memory:"} or name.startswith("file:"):
        return None
    return Path(name)


def place_of(url: str) -> str:
    """How a sentence speaks of the database at `url`, without its password. Raises ArgumentError."""
    parsed = make_url(url)
    file = sqlite_file(url)
    if file is not None:
        return f"The database {file}"
    where = f" on {parsed.host}" if parsed.host else ""
    return f"The {parsed.get_backend_name()} database “{parsed.database or ''}”{where}"
