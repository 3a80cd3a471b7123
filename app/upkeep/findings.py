"""What `verify` can find: kinds of damage, each with its exit code, and the report that names them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Damage(StrEnum):
    """A kind of damage."""

    LOG_EDITED = "log-edited"
    """An event of the audit log does not have the hash of its own words."""
    LOG_GAP = "log-gap"
    """Events are missing between two others."""
    LOG_OUT_OF_ORDER = "log-out-of-order"
    """An event is whole but does not follow the one before it: moved, slipped in, or one before it was replaced."""
    LOG_REWRITTEN = "log-rewritten"
    """The chain is whole but is not the one whose head was written down outside the database."""
    LOG_TRUNCATED = "log-truncated"
    """The log ends before the head that was written down outside the database."""
    LOG_UNWITNESSED = "log-unwitnessed"
    """The log has events, and no head of it is written down outside the database any more."""
    BLOB_MISSING = "blob-missing"
    """A file that a row names is not there."""
    BLOB_DAMAGED = "blob-damaged"
    """A file does not have the bytes that its name stands for."""
    BLOB_SWAPPED = "blob-swapped"
    """A file has the bytes of another kept file."""
    ROW_EDITED = "row-edited"
    """A row that never changes is not as it was when the log recorded it."""
    ROW_MISSING = "row-missing"
    """The log recorded a row that never changes, and it is not there."""
    ROW_UNTRACED = "row-untraced"
    """A row that never changes is there, and the log never recorded it."""
    VERSION_DIFFERS = "version-differs"
    """A version's snapshot and template, rendered again, give another document than the one kept."""
    VERSION_UNPROVABLE = "version-unprovable"
    """A version's snapshot and template cannot be rendered any more."""


EXIT_CODES: Mapping[Damage, int] = {
    Damage.LOG_EDITED: 10,
    Damage.LOG_GAP: 11,
    Damage.LOG_OUT_OF_ORDER: 12,
    Damage.LOG_REWRITTEN: 13,
    Damage.LOG_TRUNCATED: 14,
    Damage.LOG_UNWITNESSED: 15,
    Damage.BLOB_MISSING: 20,
    Damage.BLOB_DAMAGED: 21,
    Damage.BLOB_SWAPPED: 22,
    Damage.ROW_EDITED: 30,
    Damage.ROW_MISSING: 31,
    Damage.ROW_UNTRACED: 32,
    Damage.VERSION_DIFFERS: 40,
    Damage.VERSION_UNPROVABLE: 41,
}
"""Exit code of each kind. Where several were found the lowest counts: causes stand before what they bring about."""


@dataclass(frozen=True)
class Finding:
    """One damage: what it befell, as the audit log names things, and in one sentence what is wrong."""

    kind: Damage
    object: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.object}: {self.reason}"


@dataclass(frozen=True)
class Report:
    """What was checked and what was found; `notes` are worth knowing and no damage."""

    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 only when all is well, else the code of the gravest kind that was found."""
        return min((EXIT_CODES[finding.kind] for finding in self.findings), default=0)

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "sound": not self.findings,
            "exit_code": self.exit_code,
            "counts": dict(self.counts),
            "findings": [asdict(finding) for finding in self.findings],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        checked = ", ".join(f"{count} {what}" for what, count in self.counts.items())
        verdict = f"{len(self.findings)} faults:" if len(self.findings) > 1 else "1 fault:"
        return "\n".join(
            [
                f"Checked: {checked}.",
                *(f"Note: {note}" for note in self.notes),
                verdict if self.findings else "All is well.",
                *(f"  {finding}" for finding in self.findings),
            ]
        )
