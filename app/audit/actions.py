"""The names that the audit log and those who check it must agree on: actions, objects, digests.

An event of these actions binds an immutable row to digests; `verify` looks for every such row's event and for every
such event's row.
"""

from datetime import date

VERSION_KEPT = "version.kept"
"""Object `paper/REF/version/LABEL`; digests `file`, `content`, `snapshot`, `template`, `row`."""

UPDATE_RECORDED = "update.recorded"
"""Object `workstream/REF/update/2026-11-20/r1`; digest `content`."""

INTRODUCTION_RECORDED = "introduction.recorded"
"""Object `theme/KEY/introduction/2026-11-20/r1`; digest `content`."""

TEMPLATE_ADDED = "template.added"
"""Object `format/KEY/template/N`; digest `content`."""

SUBMISSION_RECORDED = "submission.recorded"
"""Object `paper/REF/submission/N`; digests `content`, `file`."""

DECISION_RECORDED = "decision.recorded"
"""Object `paper/REF/submission/N/decision/P`; digests `content`, `file`."""

VERSION_RELEASED = "version.released"
"""Object `paper/REF/version/LABEL/release`; digests `content`, `file`."""

VERSION_REISSUED = "version.reissued"
"""Object `paper/REF/version/LABEL/reissue`; digests `content`, `file`."""

LOG_EXPORTED = "audit.exported"
"""Somebody took the log away as a file; object `audit`."""

LOG_OBJECT = "audit"

FILE_SWEPT = "file.swept"
"""A kept file that belonged to nothing was taken away; object `file/DIGEST`."""

ANSWER_RECORDED = "answer.recorded"
"""Object `round/KEY/workstream/REF/answer/1`; digest `content`."""

ANSWER_JUDGED = "answer.judged"
"""Object `round/KEY/workstream/REF/answer/1/judgement/1`; digest `content`."""

BINDING = frozenset(
    {
        VERSION_KEPT,
        UPDATE_RECORDED,
        INTRODUCTION_RECORDED,
        TEMPLATE_ADDED,
        ANSWER_RECORDED,
        ANSWER_JUDGED,
        SUBMISSION_RECORDED,
        DECISION_RECORDED,
        VERSION_RELEASED,
        VERSION_REISSUED,
    }
)
"""The actions whose object is one row that never changes."""


def version_object(reference: str, label: str) -> str:
    """What the log calls a kept version of the paper `reference`."""
    return f"paper/{reference}/version/{label}"


def submission_object(reference: str, number: int) -> str:
    """What the log calls that submission of the paper `reference`."""
    return f"paper/{reference}/submission/{number}"


def decision_object(reference: str, number: int, position: int) -> str:
    """What the log calls the decision at that step of that submission."""
    return f"{submission_object(reference, number)}/decision/{position}"


def release_object(reference: str, label: str) -> str:
    """What the log calls the release of a version of the paper `reference`."""
    return f"{version_object(reference, label)}/release"


def reissue_object(reference: str, label: str) -> str:
    """What the log calls that a version of the paper `reference` came out again as this one."""
    return f"{version_object(reference, label)}/reissue"


def update_object(ref: str, as_at: date, revision: int) -> str:
    """What the log calls one revision of a workstream's update."""
    return f"workstream/{ref}/update/{as_at.isoformat()}/r{revision}"


def introduction_object(key: str, as_at: date, revision: int) -> str:
    """What the log calls one revision of a theme's introduction."""
    return f"theme/{key}/introduction/{as_at.isoformat()}/r{revision}"


def template_object(key: str, number: int) -> str:
    """What the log calls one template version of the format `key`."""
    return f"format/{key}/template/{number}"


def answer_object(key: str, ref: str, number: int) -> str:
    """What the log calls one answer of a workstream to the round `key`."""
    return f"round/{key}/workstream/{ref}/answer/{number}"


def judgement_object(key: str, ref: str, number: int, judgement: int) -> str:
    """What the log calls one judgement of that answer."""
    return f"{answer_object(key, ref, number)}/judgement/{judgement}"
