"""The stores of one installation, opened together: a database whose log is checkpointed, and the blobs."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.audit import commands as audit
from app.blobs import Blobs
from app.db import Database


@dataclass(frozen=True)
class Stores:
    """Where an installation keeps what it knows."""

    database: Database
    blobs: Blobs
    checkpoints: Path


def open_stores(database_url: str, blobs: Path, checkpoints: Path) -> Stores:
    """The stores; after each commit that was logged, the head of the log is written down outside the database."""

    def note(session: Session) -> None:
        head = session.info.pop(audit.HEAD, None)
        if head is not None:
            audit.checkpoint(checkpoints, head)

    return Stores(Database(database_url, on_commit=note), Blobs(blobs), checkpoints)
