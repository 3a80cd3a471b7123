"""Keeps what was produced and decided: the blob first, then the rows and the audit events, one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from app.audit import actions
from app.audit import commands as audit
from app.blobs import Blobs
from app.errors import Conflict, NotFound
from app.formats.models import TemplateVersion
from app.papers.models import Paper
from app.papers.queries import PaperKept
from app.people.models import Organisation, Person
from app.versions.models import Comment, Decision, Reissue, Release, Resolution, Submission, Verdict, Version
from app.versions.queries import (
    comments,
    decision_digest,
    last_comment,
    reissue_digest,
    release_digest,
    submission_digest,
    version_digest,
)


@dataclass(frozen=True)
class Document:
    """A document and everything that proves how it came about."""

    content: bytes
    content_digest: str
    file_name: str
    snapshot: str
    facts_digest: str
    engine: int
    label: str
    gaps: tuple[str, ...]


def keep(
    session: Session,
    blobs: Blobs,
    *,
    paper: Paper,
    number: int,
    template: TemplateVersion,
    document: Document,
    by: str,
    now: datetime,
) -> Version:
    """The document is stored for ever as version `number` of the paper, and the log says so.

    The bytes are durable before the row exists: a crash in between leaves an unreferenced blob, never a row
    without its bytes.
    """
    file_digest = blobs.put(document.content)
    version = Version(
        paper=paper,
        number=number,
        label=document.label,
        template_version=template,
        engine=document.engine,
        snapshot=document.snapshot,
        snapshot_digest=sha256(document.snapshot.encode()).hexdigest(),
        facts_digest=document.facts_digest,
        content_digest=document.content_digest,
        file_digest=file_digest,
        size=len(document.content),
        file_name=document.file_name,
        open_points=len(document.gaps),
        made_at=now,
        made_by=by,
    )
    session.add(version)
    session.flush()
    audit.record(
        session,
        actions.VERSION_KEPT,
        actions.version_object(paper.reference, version.label),
        by=by,
        at=now,
        digests={
            "file": version.file_digest,
            "content": version.content_digest,
            "snapshot": version.snapshot_digest,
            "template": template.digest,
            "row": version_digest(version),
        },
    )
    return version


def lay_before(session: Session, *, paper: Paper, version: Version, number: int, by: str, now: datetime) -> Submission:
    """This version of the paper is its submission `number`, without a decision yet, and the log says so."""
    submission = Submission(paper=paper, version=version, number=number, by=by, at=now, decisions=[])
    session.add(submission)
    session.flush()
    audit.record(
        session,
        actions.SUBMISSION_RECORDED,
        actions.submission_object(paper.reference, number),
        by=by,
        at=now,
        digests={"content": submission_digest(submission), "file": version.file_digest},
    )
    return submission


@dataclass(frozen=True)
class Ruling:
    """What somebody decided, as it is written down."""

    verdict: Verdict
    decided_on: date
    on_behalf_of: Person | None = None
    reasons: str | None = None
    evidence: str | None = None


def decide(
    session: Session, *, submission: Submission, step: str, version: Version, ruling: Ruling, by: str, now: datetime
) -> Decision:
    """The next step of the submission is decided, on the bytes of this version, and the log says so."""
    decision = Decision(
        submission=submission,
        position=max((made.position for made in submission.decisions), default=0) + 1,
        step=step,
        verdict=ruling.verdict,
        version=version,
        digest=version.file_digest,
        decided_on=ruling.decided_on,
        on_behalf_of=ruling.on_behalf_of,
        reasons=ruling.reasons,
        evidence=ruling.evidence,
        by=by,
        at=now,
    )
    session.add(decision)
    session.flush()
    audit.record(
        session,
        actions.DECISION_RECORDED,
        actions.decision_object(submission.paper.reference, submission.number, decision.position),
        by=by,
        at=now,
        digests={"content": decision_digest(decision, submission), "file": version.file_digest},
    )
    return decision


def release(session: Session, *, version: Version, receiver: Organisation, by: str, now: datetime) -> Release:
    """The version is released to that organisation, and the log says so."""
    row = Release(version=version, organisation=receiver, at=now, by=by)
    session.add(row)
    session.flush()
    audit.record(
        session,
        actions.VERSION_RELEASED,
        actions.release_object(version.paper.reference, version.label),
        by=by,
        at=now,
        digests={"content": release_digest(row), "file": version.file_digest},
    )
    return row


def reissue(
    session: Session, *, version: Version, approved: Version, decision: Decision, by: str, now: datetime
) -> Reissue:
    """The version is what was approved, come out again: the decision carries over, and the log says so."""
    row = Reissue(version=version, approved=approved, decision_id=decision.id, at=now, by=by)
    session.add(row)
    session.flush()
    audit.record(
        session,
        actions.VERSION_REISSUED,
        actions.reissue_object(version.paper.reference, version.label),
        by=by,
        at=now,
        digests={"content": reissue_digest(row), "file": version.file_digest},
    )
    return row


class NoSuchThread(NotFound):
    """No thread of comments on the paper begins with that number."""

    def __init__(self, number: int) -> None:
        super().__init__("thread of comments", number)


class ThreadIsSettled(Conflict):
    """The thread of comments is settled."""

    def __init__(self, number: int) -> None:
        super().__init__(f"The thread of comment {number} is settled; begin a new one.")


def comment(
    session: Session, *, paper: PaperKept, version: Version, place: str, text: str, by: str, now: datetime
) -> Comment:
    """A thread begins with this comment on a place of this version, and the log says so, without its words."""
    return _said(session, Comment(version=version, place=place, text=text), paper, None, by=by, now=now)


def reply(
    session: Session, *, paper: PaperKept, version: Version, number: int, text: str, by: str, now: datetime
) -> Comment:
    """The thread that comment `number` began goes on with this one, made on that version.

    Raises:
        NoSuchThread, ThreadIsSettled.
    """
    thread = _open_thread(session, paper, number)
    return _said(session, Comment(version=version, place=thread.place, text=text), paper, thread, by=by, now=now)


def resolve(session: Session, *, paper: PaperKept, number: int, by: str, now: datetime) -> None:
    """The thread that comment `number` began is settled; raises NoSuchThread, ThreadIsSettled."""
    thread = _open_thread(session, paper, number)
    session.add(Resolution(comment_id=thread.id, by=by, at=now))
    session.flush()
    audit.record(session, "comment.resolved", f"paper/{paper.reference}/comment/{number}", by=by, at=now)


def _open_thread(session: Session, paper: PaperKept, number: int) -> Comment:
    thread = next((thread for thread in comments(session, paper.id) if thread.number == number), None)
    if thread is None:
        raise NoSuchThread(number)
    if thread.resolution is not None:
        raise ThreadIsSettled(number)
    return thread


def _said(
    session: Session, row: Comment, paper: PaperKept, thread: Comment | None, *, by: str, now: datetime
) -> Comment:
    row.paper_id, row.number = paper.id, last_comment(session, paper.id) + 1
    row.replies_to_id = thread.id if thread else None
    row.by, row.at, row.replies, row.resolution = by, now, [], None
    session.add(row)
    session.flush()
    audit.record(session, "comment.made", f"paper/{paper.reference}/comment/{row.number}", by=by, at=now)
    return row
