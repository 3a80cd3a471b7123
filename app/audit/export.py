"""The log as a file for others: JSON lines or CSV. Whoever has it can follow the chain of hashes without us."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from app.audit.queries import Entry

COLUMNS = ("sequence", "at", "by", "action", "object", "request", "digests", "previous_hash", "hash")

BEGIN_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula."""


def told(entry: Entry) -> dict[str, Any]:
    """An event as one object: what its body says, its place in the chain and its hash."""
    said: dict[str, Any] = json.loads(entry.body)
    return {"sequence": entry.sequence, **said, "previous_hash": entry.previous_hash, "hash": entry.hash}


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """One event a line, as JSON."""
    for entry in entries:
        yield json.dumps(told(entry), ensure_ascii=False, separators=(",", ":")) + "\n"


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """The same for a spreadsheet, under the names of `COLUMNS`; no cell can be taken for a formula."""
    yield _written(COLUMNS)
    for entry in entries:
        event = told(entry)
        event["digests"] = " ".join(f"{name}={digest}" for name, digest in sorted(event["digests"].items()))
        yield _written([str(event.get(name, "")) for name in COLUMNS])


WAYS = {"jsonl": json_lines, "csv": csv_lines}
"""Ending of the file's name → how its lines are made."""


def _written(cells: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(BEGIN_FORMULA) else cell
