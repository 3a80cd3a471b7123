"""The decision: the very document on screen with its digest, approval, sending back, and what was decided elsewhere."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.assembly import review
from app.assembly.differences import changes_since
from app.assembly.review import Candidate, DatesOutOfOrder, Elsewhere
from app.errors import Conflict, Forbidden, Invalid
from app.fields import Day, KeyText, SafeText
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.people.queries import NoPerson
from app.versions import queries as versions
from app.web.deps import Caller, ProofNeeded, recently_proved
from app.web.downloads import download
from app.web.errors import leave_trace
from app.web.pages.days import day_in
from app.web.pages.forms import NOTHING_TYPED, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.preview import frame
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing

router = page_router("/papers/{reference}/decide")

DecidedOn = Annotated[Day | None, Query(description="Day on which it was approved elsewhere")]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class ApproveForm(_Asked):
    """An approval of the document that was on screen."""

    digest: str = Field(title="the digest of the document", pattern="^[0-9a-f]{64}$")
    on_behalf_of: KeyText | None = Field(default=None, title="in whose place you decide")
    remarks: SafeText | None = Field(default=None, title="your remarks")


class SendBackForm(_Asked):
    """Why the paper goes back."""

    reasons: SafeText = Field(title="why the paper goes back")
    on_behalf_of: KeyText | None = Field(default=None, title="in whose place you decide")
    submission: int = Field(title="the number of the submission", ge=1)


class RecordForm(_Asked):
    """An approval that was given elsewhere."""

    digest: str = Field(title="the digest of the document", pattern="^[0-9a-f]{64}$")
    decided_on: date = Field(title="the day of the decision")
    decided_by: KeyText = Field(title="who decided")
    evidence: SafeText = Field(title="where the decision is written")


@router.get("")
def show(visit: Visiting, reference: KeyText, trace: Tracing, decided_on: DecidedOn = None) -> Response:
    """What the next decision is about, and the ways to decide."""
    visit.authorise(Action.READ_VERSIONS)
    with visit.reading() as session:
        kept = Reach(session, visit.account).paper(reference)
    trace.reading(reference, kept.marking, "candidate")
    return _page(visit, reference, decided_on=decided_on)


@router.get("/frame")
def show_frame(visit: Visiting, reference: KeyText, decided_on: DecidedOn = None) -> Response:
    """The frame in which the candidate is drawn."""
    visit.authorise(Action.READ_VERSIONS)
    with visit.reading() as session:
        Reach(session, visit.account).paper(reference)
        title = papers.get(session, reference).title
    return frame(visit, f"For decision: {title}", f"/papers/{reference}/decide/document{_query(decided_on)}")


@router.get("/document")
def document(visit: Visiting, reference: KeyText, trace: Tracing, decided_on: DecidedOn = None) -> Response:
    """The bytes that are decided on."""
    visit.authorise(Action.DOWNLOAD)
    with visit.reading() as session:
        paper = Reach(session, visit.account).paper(reference)
        trace.reading(reference, paper.marking, "candidate")
        visit.count()
        made = review.candidate(session, visit.here.blobs, reference, now=visit.now, decided_on=decided_on)
    return download(made.content, made.file_name)


@router.post("/{way}")
def decide(
    *, visit: Visiting, reference: KeyText, way: Literal["approve", "send-back", "record"], form: Typed, trace: Tracing
) -> Response:
    """The decision stands; of the last approval, exactly the bytes that were on screen are kept."""
    visit.authorise(Action.READ_VERSIONS)
    with visit.reading() as session:
        kept = Reach(session, visit.account).paper(reference)
    trace.reading(reference, kept.marking, "candidate")  # every refusal shows it again
    day = day_in(form.value("decided_on")) if way == "record" else None
    try:
        recently_proved(Caller(visit.account, visit.session), visit.here, visit.now)
        said = WAYS[way](visit, reference, form)
    except ProofNeeded:
        leave_trace(visit.request)
        return _page(visit, reference, form.wrong("", NOT_PROVED, status=403), decided_on=day, needs_proof=True)
    except NoPerson:
        name = "decided_by" if way == "record" else "on_behalf_of"
        return _page(visit, reference, form.wrong(name, "There is no such person"), decided_on=day)
    except (Invalid, Conflict, Forbidden) as refused:
        if isinstance(refused, Forbidden):
            leave_trace(visit.request)
        return _page(visit, reference, form.refused(refused, "decided_by", "evidence", "reasons"), decided_on=day)
    return to(f"/papers/{reference}/review", said=said)


NOTHING = {
    State.DRAFT: "The paper is a draft. There is nothing to decide until it is submitted.",
    State.IN_REVIEW: "Nothing of the paper waits for a decision.",
    State.APPROVED: "The paper is approved already.",
    State.WITHDRAWN: "The paper is withdrawn, so there is nothing to decide.",
}
"""State of a paper → why nothing is decided on it."""

NOT_PROVED = "Show again that it is you, then decide: nothing of what you typed is lost"


def _approve(visit: Visit, reference: str, form: Form) -> str:
    asked = form.read(ApproveForm)
    visit.count()
    with visit.writing() as session:
        decision = review.approve(
            session,
            visit.here.blobs,
            reference,
            digest=asked.digest,
            by=visit.account,
            now=visit.now,
            on_behalf_of=asked.on_behalf_of,
            reasons=asked.remarks,
        )
        return f"Version {decision.version.label} is approved."


def _send_back(visit: Visit, reference: str, form: Form) -> str:
    asked = form.read(SendBackForm)
    with visit.writing() as session:
        review.send_back(
            session,
            reference,
            reasons=asked.reasons,
            by=visit.account,
            now=visit.now,
            on_behalf_of=asked.on_behalf_of,
            number=asked.submission,
        )
    return "The paper is sent back, and its author sees why."


def _record(visit: Visit, reference: str, form: Form) -> str:
    asked = form.read(RecordForm)
    visit.count()
    with visit.writing() as session:
        review.approve(
            session,
            visit.here.blobs,
            reference,
            digest=asked.digest,
            by=visit.account,
            now=visit.now,
            on_behalf_of=asked.decided_by,
            elsewhere=Elsewhere(asked.decided_on, asked.evidence),
        )
    return "The decision is recorded."


WAYS = {"approve": _approve, "send-back": _send_back, "record": _record}


def _page(
    visit: Visit,
    reference: str,
    form: Form = NOTHING_TYPED,
    *,
    decided_on: date | None = None,
    needs_proof: bool = False,
) -> Response:
    visit.count()
    with visit.reading() as session:
        paper = papers.get(session, reference)
        try:
            try:
                made = _made(session, visit, reference, decided_on)
            except DatesOutOfOrder as refused:
                if decided_on is None:
                    raise
                form, decided_on = form.refused(refused, "decided_on"), None  # another day can be said
                made = _made(session, visit, reference, None)
        except (Conflict, Invalid) as refused:
            why = NOTHING[paper.state] if isinstance(refused, review.NothingToDecide) else str(refused)
            return _nothing_to_decide(visit, reference, paper.title, why, form)
        officer = paper.chief_officer
        said: dict[str, Any] = {
            "title": paper.title,
            "candidate": made,
            "submitted": made.submission.version.label,
            "officer": officer if officer and review.may_be_stood_for(session, paper, officer) else None,
            "changes": changes_since(
                session, versions.get(session, reference, made.submission.version.label), now=visit.now
            )
            if visit.may(Action.PREVIEW)
            else [],
            "has_earlier": versions.before(session, made.submission.version) is not None,
        }
        why_not = review.refusal(session, reference, by=visit.account)
    return page(
        visit,
        "papers/decide.html",
        "Decide on the paper",
        form=form,
        reference=reference,
        query=_query(decided_on),
        decided_on=decided_on,
        needs_proof=needs_proof or not _is_proved(visit),
        is_decider=why_not is None,
        why_not=why_not if visit.account.role.value == made.step.role else None,
        may_record=visit.may(Action.RECORD_DECISIONS),
        typed=_words_typed(form),
        **said,
    )


def _made(session: Session, visit: Visit, reference: str, decided_on: date | None) -> Candidate:
    return review.candidate(session, visit.here.blobs, reference, now=visit.now, decided_on=decided_on)


def _words_typed(form: Form) -> dict[str, str]:
    """Field → what was typed into it, of the fields that take words."""
    return {name: said for name in ("remarks", "reasons", "evidence") if (said := form.value(name)).strip()}


def _nothing_to_decide(visit: Visit, reference: str, title: str, why: str, form: Form) -> Response:
    return page(
        visit,
        "papers/not_to_decide.html",
        "Nothing to decide",
        reference=reference,
        why=why,
        title=title,
        typed=_words_typed(form),
        status=409,
    )


def _is_proved(visit: Visit) -> bool:
    return visit.session is not None and visit.here.rules.is_proved(visit.session, visit.now)


def _query(decided_on: date | None) -> str:
    return f"?decided_on={decided_on}" if decided_on else ""
