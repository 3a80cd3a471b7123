"""Proving that everything kept is what it was: the audit log, the rows that never change, the files, the versions."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app import word
from app.audit import actions
from app.audit import queries as log
from app.audit.commands import link
from app.audit.queries import EMPTY, Entry, Head
from app.blobs import BlobFault, Blobs, DamagedBlob
from app.errors import Problem
from app.formats import queries as formats
from app.formats.models import TemplateChange
from app.rounds import queries as rounds
from app.upkeep import queries
from app.upkeep.findings import Damage, Finding, Report
from app.upkeep.ledger import Ledger
from app.versions import queries as versions
from app.versions.models import Version
from app.workstreams import queries as workstreams

TEMPLATE_FATES = frozenset(f"template.{change}" for change in TemplateChange)
"""Actions that leave a row beside the template version that they befell."""


TOLD = 20
"""How many files that belong to nothing are named; `sweep --look` names all."""


@dataclass
class _Verification:
    session: Session
    blobs: Blobs
    engine: int
    make_again: Callable[[Version], bytes]
    ledger: Ledger
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    unreadable: dict[type[Any], set[int]] = field(default_factory=dict)
    """Rows with a value that is none of their column's type, by what they are rows of."""


def verify(
    session: Session,
    blobs: Blobs,
    *,
    checkpoints: Path | None,
    engine: int,
    make_again: Callable[[Version], bytes],
) -> Report:
    """What is damaged among everything kept, and what is not; nothing is changed.

    `session` is a reading door's that has read nothing yet; `checkpoints` the file in which the heads of the log were
    written down; `engine` the number of the engine that `make_again` renders a version's snapshot with. Memory does
    not grow with what is kept.
    """
    with Ledger() as ledger:
        work = _Verification(session, blobs, engine, make_again, ledger)
        # First of all: a head written down after the session's state was fixed would look like a log that was cut.
        _read_checkpoints(work, checkpoints)
        findings = [*_log(work), *_witnessed(work, checkpoints), *_unreadable(work)]
        with queries.leaving_out(session, work.unreadable):
            findings += [*_records(work), *_versions(work), *_rows_gone(work), *_files(work)]
        return Report(dict(work.counts), tuple(findings), tuple(work.notes))


# The audit log


def _log(work: _Verification) -> Iterator[Finding]:
    last = EMPTY
    for entry in log.walk(work.session):
        work.counts["audit events"] += 1
        yield from _breaks(last, entry)
        last = Head(entry.sequence, entry.hash)
        work.ledger.note_entry(last)
        said = _said(entry)
        if said is None:
            yield Finding(Damage.LOG_EDITED, _event(entry.sequence), "it cannot be read")
        else:
            _bind(work.ledger, said)
    yield from _contradictions(work, last)


def _breaks(last: Head, entry: Entry) -> Iterator[Finding]:
    name = _event(entry.sequence)
    if link(entry.previous_hash, entry.body) != entry.hash:
        yield Finding(Damage.LOG_EDITED, name, "its words are not those that its hash stands for")
    if entry.sequence != last.sequence + 1:
        missing = f"{last.sequence + 1} to {entry.sequence - 1}"
        yield Finding(Damage.LOG_GAP, name, f"the events before it are missing ({missing})")
    elif entry.previous_hash != last.hash:
        yield Finding(Damage.LOG_OUT_OF_ORDER, name, "it does not follow the event before it")


def _contradictions(work: _Verification, head: Head) -> Iterator[Finding]:
    """At most one finding of each kind: the first event that was rewritten, the last that is gone."""
    rewritten: Head | None = None
    cut: Head | None = None
    for checkpoint, found in work.ledger.contradictions():
        if found is not None and rewritten is None:
            rewritten = checkpoint
        elif found is None and checkpoint.sequence > head.sequence:
            cut = checkpoint
    if rewritten is not None:
        reason = f"its hash was {rewritten.hash} when it was written down outside the database"
        yield Finding(Damage.LOG_REWRITTEN, _event(rewritten.sequence), reason)
    if cut is not None:
        reason = f"the log ends with event {head.sequence}, but event {cut.sequence} was written down outside"
        yield Finding(Damage.LOG_TRUNCATED, _event(cut.sequence), reason)


def _read_checkpoints(work: _Verification, file: Path | None) -> None:
    if file is None:
        work.notes.append("No head of the audit log was written down: a log cut at its end would not be noticed.")
    if file is None or not file.exists():
        return
    unreadable: list[int] = []
    with file.open(encoding="utf-8", errors="replace") as lines:
        work.ledger.note_checkpoints(_heads(lines, unreadable))
    if unreadable:
        work.notes.append(f"{file.name}: {len(unreadable)} lines cannot be read, the first is line {unreadable[0]}.")


def _witnessed(work: _Verification, file: Path | None) -> Iterator[Finding]:
    """Whoever cuts the log and means it takes away what was written down outside, too."""
    if file is not None and work.counts["audit events"] and not work.ledger.has_checkpoints():
        reason = "no head of the audit log is written down in it: a log cut at its end would not be noticed"
        yield Finding(Damage.LOG_UNWITNESSED, f"file/{file.name}", reason)


def _heads(lines: Iterable[str], unreadable: list[int]) -> Iterator[Head]:
    for number, line in enumerate(lines, start=1):
        try:
            said = json.loads(line)
            yield Head(int(said["sequence"]), str(said["hash"]))
        except (ValueError, KeyError, TypeError):
            # A crash cuts a line short; whoever means harm would rather remove it: telling is all that can be done.
            unreadable.append(number)


def _said(entry: Entry) -> dict[str, Any] | None:
    try:
        said = json.loads(entry.body)
    except ValueError:
        return None
    needed = {"action": str, "object": str, "at": str, "by": str, "digests": dict}
    if not isinstance(said, dict) or not all(isinstance(said.get(name), kind) for name, kind in needed.items()):
        return None
    return said


def _bind(ledger: Ledger, said: Mapping[str, Any]) -> None:
    action, object_ = said["action"], said["object"]
    if action in actions.BINDING:
        ledger.bind(object_, said)
    elif action in TEMPLATE_FATES:
        ledger.bind(_fate(object_, action.removeprefix("template."), said["at"]), said)


def _event(sequence: int) -> str:
    return f"audit event {sequence}"


def _fate(template: str, change: str, at: str) -> str:
    return f"{template}/{change}/{at}"


# The rows that never change


def _unreadable(work: _Verification) -> Iterator[Finding]:
    for found in queries.impossible_values(work.session):
        work.unreadable.setdefault(found.of, set()).add(found.id)
        object_ = f"{found.of.__tablename__}/row {found.id}"
        yield Finding(Damage.ROW_EDITED, object_, f"“{found.column}” cannot be {str(found.value)[:100]!r}")


def _records(work: _Verification) -> Iterator[Finding]:
    for kind, object_, digest in _contents(work):
        work.counts[kind] += 1
        yield from _compare(object_, work.ledger.take(object_), {"content": digest})
    for fate in queries.template_fates(work.session):
        template = actions.template_object(fate.format_key, fate.number)
        object_ = _fate(template, fate.event.change, _instant(fate.event.at))
        yield from _compare(object_, work.ledger.take(object_), {}, by=fate.event.by)
    for digest in queries.picture_digests(work.session):
        work.ledger.note_use(digest, f"picture/{digest}")


def _contents(work: _Verification) -> Iterator[tuple[str, str, str]]:
    """Every row whose event binds its content: what it is counted as, its object, its digest now."""
    for update in workstreams.every_update(work.session):
        object_ = actions.update_object(update.workstream.ref, update.as_at, update.revision)
        yield "updates", object_, workstreams.update_digest(update)
    for introduction, theme in workstreams.every_introduction(work.session):
        object_ = actions.introduction_object(theme, introduction.as_at, introduction.revision)
        yield "introductions", object_, workstreams.introduction_digest(introduction, theme)
    for submission in versions.every_submission(work.session):
        object_ = actions.submission_object(submission.paper.reference, submission.number)
        yield "submissions", object_, versions.submission_digest(submission)
        for decision in submission.decisions:
            object_ = actions.decision_object(submission.paper.reference, submission.number, decision.position)
            yield "decisions", object_, versions.decision_digest(decision, submission)
    for release in versions.every_release(work.session):
        object_ = actions.release_object(release.version.paper.reference, release.version.label)
        yield "releases", object_, versions.release_digest(release)
    for reissue in versions.every_reissue(work.session):
        object_ = actions.reissue_object(reissue.version.paper.reference, reissue.version.label)
        yield "reissues", object_, versions.reissue_digest(reissue)
    for template in formats.template_versions(work.session):
        object_ = actions.template_object(template.format.key, template.number)
        work.ledger.note_use(template.template_digest, object_)
        yield "templates", object_, formats.template_version_digest(template)
    for answer in rounds.every_answer(work.session):
        place = answer.request.round.key, answer.request.workstream.ref, answer.number
        yield "answers", actions.answer_object(*place), rounds.answer_digest(answer)
        for judgement in answer.judgements:
            object_ = actions.judgement_object(*place, judgement.number)
            yield "judgements", object_, rounds.judgement_digest(judgement)


def _compare(
    object_: str, said: Mapping[str, Any] | None, digests: Mapping[str, str], **values: object
) -> Iterator[Finding]:
    """What of a row is not as the event that bound it says."""
    if said is None:
        yield Finding(Damage.ROW_UNTRACED, object_, "the audit log never recorded it")
        return
    for name, digest in digests.items():
        if said["digests"].get(name) != digest:
            yield Finding(Damage.ROW_EDITED, object_, f"its {name} is not what was recorded")
    for name, value in values.items():
        if said[name] != value:
            yield Finding(Damage.ROW_EDITED, object_, f"“{name}” is {value} now, and was {said[name]} when recorded")


def _rows_gone(work: _Verification) -> Iterator[Finding]:
    reason = "the audit log recorded it, and it is not in the database"
    if work.unreadable:
        reason += ", or cannot be read there"
    for object_ in work.ledger.never_taken():
        yield Finding(Damage.ROW_MISSING, object_, reason)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


# The versions


def _versions(work: _Verification) -> Iterator[Finding]:
    for version in versions.walk(work.session):
        work.counts["versions"] += 1
        object_ = actions.version_object(version.paper.reference, version.label)
        work.ledger.note_use(version.file_digest, object_)
        yield from _row_of(work, version, object_)
        yield from _proof_of(work, version, object_)


def _row_of(work: _Verification, version: Version, object_: str) -> Iterator[Finding]:
    digests = {
        "file": version.file_digest,
        "content": version.content_digest,
        "snapshot": version.snapshot_digest,
        "template": version.template_version.digest,
        "row": versions.version_digest(version),
    }
    said = work.ledger.take(object_)
    yield from _compare(object_, said, digests, at=_instant(version.made_at), by=version.made_by)
    if sha256(version.snapshot.encode()).hexdigest() != version.snapshot_digest:
        yield Finding(Damage.ROW_EDITED, object_, "its snapshot does not have the digest that stands beside it")


def _proof_of(work: _Verification, version: Version, object_: str) -> Iterator[Finding]:
    """What a version made again is not like: every byte for this engine, the text for an earlier one."""
    try:
        kept = work.blobs.get(version.file_digest)
        again = work.make_again(version)
        if version.engine == work.engine:
            told = _differing_content(version, kept, again)
        else:
            told = _differing_text(kept, again)
    except BlobFault:
        return  # found and named where the files are checked
    except (Problem, ValueError) as error:
        yield Finding(Damage.VERSION_UNPROVABLE, object_, f"it cannot be made again: {error}")
        return
    work.counts["versions made again"] += 1
    if told:
        yield Finding(Damage.VERSION_DIFFERS, object_, told)


def _differing_content(version: Version, kept: bytes, again: bytes) -> str | None:
    if word.content_digest(kept) != version.content_digest:
        return "the content of the file that it names is not its own"
    if word.content_digest(again) != version.content_digest:
        return "made again from its snapshot and template, it is another document"
    return None


def _differing_text(kept: bytes, again: bytes) -> str | None:
    if word.text_of(kept) != word.text_of(again):
        return "made again from its snapshot and template by a later engine, it has another text"
    return None


# The files


def _files(work: _Verification) -> Iterator[Finding]:
    work.ledger.note_kept(work.blobs.digests())
    unused: list[str] = []
    for digest in work.ledger.kept():
        work.counts["files"] += 1
        yield from _file(work, digest)
        if not work.ledger.users(digest):
            unused.append(digest)
    for digest in work.ledger.missing():
        yield Finding(Damage.BLOB_MISSING, _needed_by(work, digest), f"the file {digest} is not there")
    if unused:
        told = ", ".join([*unused[:TOLD], *(["…"] if len(unused) > TOLD else [])])
        work.notes.append(
            f"{len(unused)} files belong to nothing: what a crash leaves between a file and its row. "
            f"`sweep` takes them away after days of grace: {told}"
        )
    strangers = [file.name for file in work.blobs.strangers()]
    if strangers:
        work.notes.append(f"{len(strangers)} files among the kept ones are not ours, the first is {strangers[0]}.")


def _file(work: _Verification, digest: str) -> Iterator[Finding]:
    try:
        work.blobs.get(digest)
    except DamagedBlob as damaged:
        if work.ledger.is_kept(damaged.actual) or work.ledger.users(damaged.actual):
            reason = f"the file {digest} has the bytes of another kept file, {damaged.actual}"
            yield Finding(Damage.BLOB_SWAPPED, _needed_by(work, digest), reason)
        else:
            reason = f"the file {digest} was changed: its digest is {damaged.actual} now"
            yield Finding(Damage.BLOB_DAMAGED, _needed_by(work, digest), reason)
    except OSError as error:
        yield Finding(Damage.BLOB_DAMAGED, _needed_by(work, digest), f"the file {digest} cannot be read: {error}")


def _needed_by(work: _Verification, digest: str) -> str:
    """What a damage to this file befalls: the first object that needs it, else the file itself."""
    users = work.ledger.users(digest)
    if not users:
        return f"file/{digest}"
    return users[0] if len(users) == 1 else f"{users[0]} and {len(users) - 1} more"
