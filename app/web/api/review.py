"""Papers before those who decide: submission, the candidate, decisions, withdrawal."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.assembly import review
from app.assembly.differences import changes_since
from app.assembly.review import Candidate, Elsewhere
from app.fields import LARGEST_NUMBER, Day, KeyText, Line, SafeText
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.versions import queries as versions
from app.versions.models import Decision, Submission, Verdict, Version
from app.web.api import examples
from app.web.api.body import JsonBody, read_as
from app.web.api.conditions import Preconditions
from app.web.api.once import Doing
from app.web.api.representation import etag_of, json_answer, plain, shown
from app.web.api.routing import for_accounts
from app.web.deps import (
    ChangesReader,
    Decider,
    DecisionRecorder,
    Downloader,
    Now,
    Paced,
    Reading,
    RecentlyProved,
    Store,
    Submitter,
    VersionReader,
    Writing,
)
from app.web.downloads import DOCX_CONTENT, DOWNLOAD, download
from app.web.openapi import ETAG, REPLAY, gives, problems, takes
from app.web.reach import Reach
from app.web.trace import Tracing, markings_of

router = for_accounts("/papers/{reference}", "review")


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


DigestText = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SubmissionIn(_In):
    """What the author says on submitting."""

    written_on: Day | None = Field(
        default=None, description="Day of writing, where the text has changed since the day that the paper bears"
    )


class DecisionIn(_In):
    """What is decided about the candidate."""

    decision: Literal["approve", "send-back"]
    digest: DigestText | None = Field(
        default=None, description="SHA-256 of the candidate that was on screen: needed to approve"
    )
    reasons: SafeText | None = Field(default=None, description="Needed to send back")
    on_behalf_of: KeyText | None = Field(default=None, description="Person in whose place the account decides")
    submission: Annotated[int, Field(ge=1, le=LARGEST_NUMBER)] | None = Field(
        default=None, description="Number of the submission that was read: no later one is sent back"
    )

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> "DecisionIn":
        if self.decision == "approve" and self.digest is None:
            raise ValueError("an approval needs the digest of the candidate that was on screen")
        if self.decision == "send-back" and not (self.reasons or "").strip():
            raise ValueError("sending back needs reasons")
        return self


class RecordedDecisionIn(_In):
    """An approval that was given elsewhere."""

    digest: DigestText = Field(description="SHA-256 of the candidate for that day")
    decided_by: KeyText = Field(description="Person who decided")
    decided_on: Day
    evidence: Annotated[SafeText, Field(min_length=1)] = Field(description="Where it is written: “E-mail of 9 March”")


class DecisionOut(BaseModel):
    """What was decided at one step."""

    submission: int
    step: str
    decision: Literal["approved", "sent-back"]
    version: str = Field(description="Label of the version with the bytes that were decided on")
    digest: str = Field(description="SHA-256 of those bytes")
    decided_on: date
    by: str = Field(description="Key of the account")
    on_behalf_of: str | None = Field(description="Person in whose place, or who decided elsewhere")
    reasons: str | None
    evidence: str | None = Field(description="Of a decision that was made elsewhere")
    at: datetime

    @classmethod
    def of(cls, decision: Decision, submission: Submission, *, with_words: bool = True) -> "DecisionOut":
        """What the row says."""
        return cls(
            submission=submission.number,
            step=decision.step,
            decision="approved" if decision.verdict is Verdict.APPROVED else "sent-back",
            version=decision.version.label,
            digest=decision.digest,
            decided_on=decision.decided_on,
            by=decision.by,
            on_behalf_of=decision.on_behalf_of.key if decision.on_behalf_of else None,
            reasons=decision.reasons if with_words else None,
            evidence=decision.evidence if with_words else None,
            at=decision.at.astimezone(UTC),
        )


class StepOut(BaseModel):
    """One of the decisions that the paper needs."""

    key: str
    label: str
    role: str = Field(description="Role of the account that decides")
    decision: DecisionOut | None


class SubmissionOut(BaseModel):
    """One submission and what became of it."""

    number: int
    version: str = Field(description="Label of the version that froze its facts")
    at: datetime
    by: str
    steps: list[StepOut]

    @classmethod
    def of(cls, submission: Submission, may_read: Callable[[Version], bool]) -> "SubmissionOut":
        """What the rows say; the words of decisions only where the version that they are about may be read."""
        made = {
            decision.position: DecisionOut.of(decision, submission, with_words=may_read(decision.version))
            for decision in submission.decisions
        }
        return cls(
            number=submission.number,
            version=submission.version.label,
            at=submission.at.astimezone(UTC),
            by=submission.by,
            steps=[
                StepOut(key=step.key, label=step.label, role=step.role, decision=made.get(position))
                for position, step in enumerate(review.steps_of(submission), start=1)
            ],
        )


class ReviewOut(BaseModel):
    """How far a paper has come."""

    paper: str
    state: State
    revision: int = Field(description="Rises with every change of the paper's own facts or state")
    submissions: list[SubmissionOut]
    approved: list[str] = Field(description="Labels of the approved versions, and of those that came out again")
    released: list[str] = Field(description="Labels of those that who receives the paper may read")


class CandidateOut(BaseModel):
    """What the next decision is about."""

    submission: int
    step: str
    last: bool = Field(description="Whether approval keeps these very bytes as the approved version")
    label: str
    decided_on: date
    digest: str = Field(description="SHA-256 of the document: an approval sends it back")
    file_name: str
    document: str = Field(description="Address of the document")


class ChangesOut(BaseModel):
    """Facts that have changed since a version, in words."""

    changes: list[str]


DIGEST = "5f" * 32
DECISION: dict[str, Any] = {
    "submission": 1,
    "step": "approval",
    "decision": "approved",
    "version": "1.0",
    "digest": DIGEST,
    "decided_on": "2026-12-01",
    "by": "deputy-chief",
    "on_behalf_of": None,
    "reasons": None,
    "evidence": None,
    "at": "2026-12-01T10:00:00Z",
}
STEP = {"key": "approval", "label": "Approval", "role": "approver", "decision": DECISION}
REVIEW: dict[str, Any] = {
    "paper": examples.PAPER["reference"],
    "state": "approved",
    "revision": 3,
    "submissions": [
        {"number": 1, "version": "0.3", "at": "2026-11-30T16:00:00Z", "by": "report-author", "steps": [STEP]}
    ],
    "approved": ["1.0"],
    "released": [],
}
CANDIDATE = {
    "submission": 1,
    "step": "approval",
    "last": True,
    "label": "1.0",
    "decided_on": "2026-12-01",
    "digest": DIGEST,
    "file_name": "2026-12-10 Scrutiny Board item 5.0 Collaboration update v1.0 OFFICIAL.docx",
    "document": f"/api/v1/papers/{examples.PAPER['reference']}/candidate/document",
}


@router.get(
    "/review",
    summary="See how far a paper has come",
    description="Its state, and every submission with what was decided. Its ETag goes with what changes the state.",
    operation_id="get_review",
    responses={
        200: gives(ReviewOut, "State, submissions, decisions.", example=REVIEW, headers=ETAG),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    },
    response_class=Response,
)
def get_review(reference: KeyText, who: VersionReader, session: Reading, conditions: Preconditions) -> Response:
    """The paper's state and how it came about."""
    Reach(session, who).paper(reference)
    return shown(review_of(session, reference, who), conditions)


@router.post(
    "/submissions",
    summary="Submit a paper",
    description="Freezes its facts in a version and lays it before those who decide. What is in the way (gaps, missing "
    "clearances, dates out of order) is answered in one list. Needs the ETag of the review as If-Match.",
    operation_id="submit_paper",
    openapi_extra=takes(SubmissionIn, {"written_on": "2026-11-30"}),
    responses={
        201: gives(ReviewOut, "The paper is in review.", example=REVIEW, headers=ETAG | REPLAY),
        **problems(404, 409, 412, 413, 415, 428, 429),
    },
    response_class=Response,
)
def submit_paper(
    *,
    reference: KeyText,
    who: Submitter,
    document: JsonBody,
    session: Writing,
    blobs: Store,
    once: Doing,
    now: Now,
    conditions: Preconditions,
    making: Paced,
) -> Response:
    """The paper is in review."""

    def make() -> Response:
        said = read_as(SubmissionIn, document)
        Reach(session, who).paper(reference)
        conditions.allow_writing(f"The review of “{reference}”", etag_of(plain(review_of(session, reference, who))))
        making.count()
        review.submit(session, blobs, reference, by=who, now=now, written_on=said.written_on)
        return _standing(session, reference, who, 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.post(
    "/withdrawal",
    summary="Withdraw a paper",
    description="From a draft or from review. What was kept of it stays. Needs the ETag of the review as If-Match.",
    operation_id="withdraw_paper",
    responses={
        200: gives(ReviewOut, "The paper is withdrawn.", example=REVIEW, headers=ETAG | REPLAY),
        **problems(404, 409, 412, 413, 428),
    },
    response_class=Response,
)
def withdraw_paper(
    *, reference: KeyText, who: Submitter, session: Writing, once: Doing, now: Now, conditions: Preconditions
) -> Response:
    """The paper is withdrawn."""

    def make() -> Response:
        Reach(session, who).paper(reference)
        conditions.allow_writing(f"The review of “{reference}”", etag_of(plain(review_of(session, reference, who))))
        review.withdraw(session, reference, by=who, now=now)
        return _standing(session, reference, who)

    return once.answer(b"", make)


@router.post(
    "/reopening",
    summary="Reopen a paper",
    description="An approved or withdrawn paper is a draft again; its next version bears the next label, and what was "
    "approved stays as it is. Needs the ETag of the review as If-Match.",
    operation_id="reopen_paper",
    responses={
        200: gives(ReviewOut, "The paper is a draft.", example=REVIEW, headers=ETAG | REPLAY),
        **problems(404, 409, 412, 413, 428),
    },
    response_class=Response,
)
def reopen_paper(
    *, reference: KeyText, who: Submitter, session: Writing, once: Doing, now: Now, conditions: Preconditions
) -> Response:
    """The paper is a draft."""

    def make() -> Response:
        Reach(session, who).paper(reference)
        conditions.allow_writing(f"The review of “{reference}”", etag_of(plain(review_of(session, reference, who))))
        review.reopen(session, reference, by=who, now=now)
        return _standing(session, reference, who)

    return once.answer(b"", make)


DecidedOn = Annotated[
    Day | None, Query(description="Day of approval, where it was approved elsewhere; without it, today in London")
]


@router.get(
    "/candidate",
    summary="See what the next decision is about",
    description="For the last step the final document: frozen facts, final label, day of approval, no DRAFT. It is "
    "made for this answer and not kept: an approval sends its digest back, and it is made again.",
    operation_id="get_candidate",
    responses={
        200: gives(CandidateOut, "The candidate.", example=CANDIDATE),
        **problems(404, 409, 429),
    },
    response_class=Response,
)
def get_candidate(
    *,
    reference: KeyText,
    who: VersionReader,
    session: Reading,
    blobs: Store,
    now: Now,
    trace: Tracing,
    making: Paced,
    decided_on: DecidedOn = None,
) -> Response:
    """What is decided on, by its digest."""
    paper = Reach(session, who).paper(reference)
    trace.reading(reference, paper.marking, "candidate")
    making.count()
    made = review.candidate(session, blobs, reference, now=now, decided_on=decided_on)
    return json_answer(plain(_candidate(reference, made, decided_on)))


@router.get(
    "/candidate/document",
    summary="Read what the next decision is about",
    description="The document itself; its ETag is its digest.",
    operation_id="download_candidate",
    responses={
        200: gives(None, "The Word document.", headers=DOWNLOAD, content=DOCX_CONTENT),
        **problems(404, 409, 429),
    },
    response_class=Response,
)
def download_candidate(
    *,
    reference: KeyText,
    who: Downloader,
    session: Reading,
    blobs: Store,
    now: Now,
    trace: Tracing,
    making: Paced,
    decided_on: DecidedOn = None,
) -> Response:
    """The bytes that are decided on."""
    paper = Reach(session, who).paper(reference)
    trace.reading(reference, paper.marking, "candidate")
    making.count()
    made = review.candidate(session, blobs, reference, now=now, decided_on=decided_on)
    return download(made.content, made.file_name)


@router.post(
    "/decisions",
    summary="Approve a paper or send it back",
    description="An approval carries the digest of the candidate that was on screen. The candidate is made again: if "
    "it differs (another day, another fact), the answer is 409 with its digest now; else exactly those bytes are kept.",
    operation_id="decide_paper",
    openapi_extra=takes(DecisionIn, {"decision": "approve", "digest": DIGEST}),
    responses={
        201: gives(DecisionOut, "The decision.", example=DECISION, headers=REPLAY),
        **problems(404, 409, 413, 415, 429),
    },
    response_class=Response,
)
def decide_paper(
    *,
    reference: KeyText,
    who: Decider,
    _proved: RecentlyProved,
    document: JsonBody,
    session: Writing,
    blobs: Store,
    once: Doing,
    now: Now,
    making: Paced,
) -> Response:
    """The decision stands."""

    def make() -> Response:
        said = read_as(DecisionIn, document)
        Reach(session, who).paper(reference)
        if said.decision == "approve":
            making.count()
            decision = review.approve(
                session,
                blobs,
                reference,
                digest=said.digest or "",
                by=who,
                now=now,
                on_behalf_of=said.on_behalf_of,
                reasons=said.reasons,
            )
        else:
            decision = review.send_back(
                session,
                reference,
                reasons=said.reasons or "",
                by=who,
                now=now,
                on_behalf_of=said.on_behalf_of,
                number=said.submission,
            )
        return json_answer(plain(DecisionOut.of(decision, decision.submission)), 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.post(
    "/recorded-decisions",
    summary="Record an approval that was given elsewhere",
    description="With its date and evidence, by who may record it: the candidate is that of the day of the decision.",
    operation_id="record_decision",
    openapi_extra=takes(
        RecordedDecisionIn,
        {
            "digest": DIGEST,
            "decided_by": "deputy-chief",
            "decided_on": "2026-11-28",
            "evidence": "E-mail of 28 November 2026, 16:02",
        },
    ),
    responses={
        201: gives(DecisionOut, "The decision.", example=DECISION, headers=REPLAY),
        **problems(404, 409, 413, 415, 429),
    },
    response_class=Response,
)
def record_decision(
    *,
    reference: KeyText,
    who: DecisionRecorder,
    _proved: RecentlyProved,
    document: JsonBody,
    session: Writing,
    blobs: Store,
    once: Doing,
    now: Now,
    making: Paced,
) -> Response:
    """The decision stands, with its evidence."""

    def make() -> Response:
        said = read_as(RecordedDecisionIn, document)
        Reach(session, who).paper(reference)
        making.count()
        decision = review.approve(
            session,
            blobs,
            reference,
            digest=said.digest,
            by=who,
            now=now,
            on_behalf_of=said.decided_by,
            elsewhere=Elsewhere(said.decided_on, said.evidence),
        )
        return json_answer(plain(DecisionOut.of(decision, decision.submission)), 201)

    return once.answer(repr(sorted(document.items())).encode(), make)


@router.get(
    "/versions/{label}/changes",
    summary="See which facts have changed since a version",
    description="What the paper would say otherwise now, in words; an empty list: nothing. For who may preview papers.",
    operation_id="list_changes",
    responses={
        200: gives(
            ChangesOut,
            "What has changed.",
            example={"changes": ["Shared procurement, Progress as at 20 November 2026: was changed."]},
        ),
        **problems(404, 409),
    },
    response_class=Response,
)
def list_changes(
    *, reference: KeyText, label: Line, who: ChangesReader, session: Reading, trace: Tracing, now: Now
) -> Response:
    """What is not any more as the version says it."""
    reach = Reach(session, who)
    reach.paper(reference)
    version = reach.version(reference, label)
    trace.reading(reference, markings_of(version), "changes")
    return json_answer(plain(ChangesOut(changes=changes_since(session, version, now=now))))


def review_of(session: Session, reference: str, who: Account) -> ReviewOut:
    """How far the paper has come, as the account sees it; what changes its state names the ETag of this.

    Reasons and evidence of what was decided about a version for which it is not cleared are left out.
    """
    paper, may_read = papers.kept(session, reference), Reach(session, who).is_cleared_for
    return ReviewOut(
        paper=paper.reference,
        state=paper.state,
        revision=paper.revision,
        submissions=[SubmissionOut.of(submission, may_read) for submission in versions.submissions(session, paper.id)],
        approved=versions.approved_labels(session, paper.id),
        released=list(versions.released(session, paper.id)),
    )


def _standing(session: Session, reference: str, who: Account, status: int = 200) -> Response:
    document = plain(review_of(session, reference, who))
    return json_answer(document, status, {"ETag": etag_of(document)})


def _candidate(reference: str, made: Candidate, decided_on: date | None) -> CandidateOut:
    query = f"?decided_on={decided_on}" if decided_on else ""
    return CandidateOut(
        submission=made.submission.number,
        step=made.step.key,
        last=made.is_last,
        label=made.label,
        decided_on=made.decided_on,
        digest=made.digest,
        file_name=made.file_name,
        document=f"/api/v1/papers/{reference}/candidate/document{query}",
    )
