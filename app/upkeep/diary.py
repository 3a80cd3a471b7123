"""When the installation was last proved and last backed up: a small file among the data, for whoever looks after it.

It is no proof of anything, and lies outside the database: proving changes nothing there.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

FILE = "upkeep.json"
"""Name of the diary among the data."""


class Deed(StrEnum):
    """What is done to keep it all sound."""

    VERIFY = "verify"
    BACKUP = "backup"


@dataclass(frozen=True)
class Done:
    """When a deed was done last, whether all was well, and what was said."""

    at: datetime
    is_well: bool
    said: str


def note(file: Path, deed: Deed, done: Done) -> None:
    """The diary says so, beside what it said of other deeds; raises OSError where it cannot be written."""
    told = {**noted(file), deed: done}
    text = json.dumps({kind.value: asdict(one) | {"at": one.at.isoformat()} for kind, one in told.items()}, indent=1)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.replace(file)


def noted(file: Path) -> Mapping[Deed, Done]:
    """What the diary says; nothing where there is none, or none that can be read."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return {
            Deed(kind): Done(datetime.fromisoformat(one["at"]), one["is_well"] is True, str(one["said"]))
            for kind, one in said.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
