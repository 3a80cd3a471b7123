"""What one command did, entry by entry: the outcomes that it answers with and the events that it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.audit import commands
from app.db import Base


class Outcome(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass
class Changes:
    """The outcomes of one command for entries of one kind; whatever was not *unchanged* is in the audit log."""

    session: Session
    kind: str
    """The noun as objects of the log name it: `workstream` in `workstream/REF`."""
    by: str
    """Key of the account that acts."""
    at: datetime
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """Natural key → outcome, in the order of the entries."""

    def keep(self, row: Base, *, changed: bool) -> Outcome:
        """The row is among those that will be stored; answers what that means for its entry."""
        if row not in self.session:
            self.session.add(row)
            return Outcome.ADDED
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def note(self, key: str, outcome: Outcome) -> None:
        """Remember the outcome of an entry; unless nothing changed, `KIND.added` or `KIND.changed` is recorded."""
        self.outcomes[key] = outcome
        if outcome is not Outcome.UNCHANGED:
            commands.record(self.session, f"{self.kind}.{outcome}", f"{self.kind}/{key}", by=self.by, at=self.at)


def assign(row: Base, values: Mapping[str, Any]) -> bool:
    """The row has these values; answers whether any was another before."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
