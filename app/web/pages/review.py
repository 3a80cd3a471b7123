"""How far a paper has come: what is in the way, submission, comments, what was decided, and what follows approval."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.policy import Action
from app.assembly import issuing, review
from app.assembly.regions import places_in_words
from app.assembly.selection import clearances_of
from app.assembly.snapshot import Snapshot
from app.errors import Conflict, Fault, Invalid
from app.fields import LARGEST_NUMBER, KeyText, Line, SafeText
from app.formats import queries as formats
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.papers.queries import PaperKept
from app.people.queries import NoPerson
from app.versions import commands
from app.versions import queries as versions
from app.versions.models import Comment, Decision, Submission, Verdict, Version
from app.web.deps import Caller, in_person
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers_parts import said_once
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach, matter_of
from app.web.trace import Trace, marking_of

router = page_router("/papers/{reference}")

STATES = {
    State.DRAFT: ("Draft", "govuk-tag--grey"),
    State.IN_REVIEW: ("In review", "govuk-tag--blue"),
    State.APPROVED: ("Approved", "govuk-tag--green"),
    State.WITHDRAWN: ("Withdrawn", "govuk-tag--red"),
}
"""State of a paper → its word, and the class of its tag."""

Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]

VERDICTS = {Verdict.APPROVED: "Approved", Verdict.SENT_BACK: "Sent back"}


class ChangedMeanwhile(Conflict):
    """Somebody else did something with the paper after the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed the paper after you opened this page. Look at how it stands now, and decide anew."
        )


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class SubmitForm(_Asked):
    """What the author says on submitting."""

    written_on: date | None = Field(default=None, title="the day of writing")


class CommentForm(_Asked):
    """What somebody says about a place of a version."""

    place: Line = Field(title="what the comment is about")
    comment: SafeText = Field(title="the comment")


class ClearForm(_Asked):
    """That a person cleared a text."""

    text: Line = Field(title="the text that is cleared")
    cleared_by: KeyText = Field(title="who cleared it")
    cleared_on: date | None = Field(default=None, title="the day")


@dataclass(frozen=True)
class Step:
    """One of the decisions that a submission needs."""

    label: str
    decided: str | None
    """In words; None: it is still to be decided."""
    on: date | None
    by: str
    reasons: str | None
    evidence: str | None
    version: str
    digest: str


@dataclass(frozen=True)
class Laid:
    """One submission, and what became of it."""

    number: int
    version: str
    at: datetime
    by: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, under the words for its place."""

    number: int
    place: str
    remarks: tuple[Comment, ...]
    settled_by: str | None


@router.get("/review")
def show(visit: Visiting, reference: KeyText) -> Response:
    """How far the paper has come, and what can be done now."""
    return _page(visit, reference)


@router.post("/review/submit")
def submit(visit: Visiting, reference: KeyText, form: Typed) -> Response:
    """The paper is in review."""
    _allowed(visit, reference, Action.SUBMIT)
    try:
        asked = form.read(SubmitForm)
        visit.count()
        with visit.writing() as session:
            _require_as_seen(session, visit, reference, form)
            review.submit(
                session, visit.here.blobs, reference, by=visit.account, now=visit.now, written_on=asked.written_on
            )
    except (Invalid, Conflict) as refused:
        return _page(visit, reference, _in_words(form.refused(refused, "written_on")))
    return to(_address(reference), said="The paper is in review.")


@router.post("/review/withdraw")
def withdraw(visit: Visiting, reference: KeyText, form: Typed) -> Response:
    """The paper is withdrawn; what was kept of it stays."""
    _allowed(visit, reference, Action.SUBMIT)
    try:
        with visit.writing() as session:
            _require_as_seen(session, visit, reference, form)
            review.withdraw(session, reference, by=visit.account, now=visit.now)
    except Conflict as refused:
        return _page(visit, reference, form.refused(refused))
    return to(_address(reference), said="The paper is withdrawn.")


@router.post("/review/reopen")
def reopen(visit: Visiting, reference: KeyText, form: Typed) -> Response:
    """The paper is a draft again."""
    _allowed(visit, reference, Action.SUBMIT)
    try:
        with visit.writing() as session:
            _require_as_seen(session, visit, reference, form)
            review.reopen(session, reference, by=visit.account, now=visit.now)
    except Conflict as refused:
        return _page(visit, reference, form.refused(refused))
    return to(_address(reference), said="The paper is a draft again.")


@router.post("/review/comments")
def comment(visit: Visiting, reference: KeyText, form: Typed) -> Response:
    """A thread of comments has begun, on the version that was on screen."""
    _allowed(visit, reference, Action.COMMENT)
    try:
        asked = form.read(CommentForm)
        with visit.writing() as session:
            version = Reach(session, visit.account).version(reference, form.value("version"))
            review.comment(session, version, place=asked.place, text=asked.comment, by=visit.account, now=visit.now)
    except review.NoSuchPlace:
        chosen = FaultyForm([Fault("place", "Choose what the comment is about")])
        return _page(visit, reference, form.refused(chosen, "place", "comment"))
    except (Invalid, Conflict) as refused:
        return _page(visit, reference, form.refused(refused, "place", "comment"))
    return to(f"{_address(reference)}#comments", said="Your comment is there for all who see the draft.")


@router.post("/review/comments/{number}/replies")
def reply(visit: Visiting, reference: KeyText, number: Number, form: Typed) -> Response:
    """The thread goes on."""
    kept = _allowed(visit, reference, Action.COMMENT)
    name = f"reply-{number}"
    text = form.value(name).strip()
    try:
        if not text:
            raise FaultyForm([Fault(name, "Enter your answer")])
        with visit.writing() as session:
            reach = Reach(session, visit.account)
            reach.allow_thread(kept, number)
            version = reach.version(reference, form.value("version"))
            commands.reply(
                session, paper=kept, version=version, number=number, text=text, by=visit.account.key, now=visit.now
            )
    except (Invalid, Conflict) as refused:
        return _page(visit, reference, form.refused(refused, name))
    return to(f"{_address(reference)}#comments", said="Your answer is there.")


@router.post("/review/comments/{number}/settled")
def settle(visit: Visiting, reference: KeyText, number: Number) -> Response:
    """The thread is settled."""
    kept = _allowed(visit, reference, Action.COMMENT)
    with visit.writing() as session:
        Reach(session, visit.account).allow_thread(kept, number)
        commands.resolve(session, paper=kept, number=number, by=visit.account.key, now=visit.now)
    return to(f"{_address(reference)}#comments", said="The comment is settled.")


@router.post("/review/clear")
def clear(visit: Visiting, reference: KeyText, form: Typed) -> Response:
    """The text, as it was on the page, is cleared by the person."""
    _allowed(visit, reference, Action.CLEAR)
    in_person(Caller(visit.account, visit.session))
    try:
        asked = form.read(ClearForm)
        place, _, digest = asked.text.rpartition(" ")
        with visit.writing() as session:
            review.clear(
                session,
                reference,
                place=place,
                digest=digest,
                person=asked.cleared_by,
                day=asked.cleared_on,
                by=visit.account,
                now=visit.now,
            )
    except NoPerson:
        return _page(visit, reference, form.wrong("cleared_by", "There is no such person"))
    except (Invalid, Conflict) as refused:
        return _page(visit, reference, form.refused(refused, "text", "cleared_by"))
    return to(_address(reference), said="The text is cleared.")


@router.post("/review/release")
def release(visit: Visiting, reference: KeyText, form: Typed) -> Response:
    """The approved version may be read by the organisation whose board receives the paper."""
    _allowed(visit, reference, Action.RELEASE)
    try:
        with visit.writing() as session:
            issuing.release(session, reference, form.value("label"), by=visit.account, now=visit.now)
    except Conflict as refused:
        return _page(visit, reference, form.refused(refused))
    return to(_address(reference), said="The version is released.")


def told(submission: Submission, may_read: Callable[[Version], bool], names: Mapping[str, str]) -> Laid:
    """The submission in words; loaded as in `versions.standing`; `names` of accounts by their keys.

    What people wrote is told only of decisions about versions that may be read.
    """
    made = {decision.position: decision for decision in submission.decisions}
    return Laid(
        number=submission.number,
        version=submission.version.label,
        at=submission.at,
        by=names.get(submission.by, submission.by),
        steps=tuple(
            _step(step.label, made.get(position), may_read, names)
            for position, step in enumerate(review.steps_of(submission), start=1)
        ),
    )


def _step(label: str, decision: Decision | None, may_read: Callable[[Version], bool], names: Mapping[str, str]) -> Step:
    if decision is None:
        return Step(label, None, None, "", None, None, "", "")
    by = names.get(decision.by, decision.by)
    if decision.on_behalf_of is not None:
        where = "recorded by" if decision.evidence else "in whose place decided"
        by = f"{decision.on_behalf_of.name}, {where} {by}"
    return Step(
        label=label,
        decided=VERDICTS[decision.verdict],
        on=decision.decided_on,
        by=by,
        reasons=decision.reasons if may_read(decision.version) else None,
        evidence=decision.evidence if may_read(decision.version) else None,
        version=decision.version.label,
        digest=decision.digest,
    )


def _allowed(visit: Visit, reference: str, action: Action) -> PaperKept:
    with visit.reading() as session:
        kept = Reach(session, visit.account).paper(reference)
    visit.authorise(action, matter_of(kept))
    return kept


def _in_words(form: Form) -> Form:
    """What stands in the way as the page lists it: without keys of what it has no field for."""
    faults = (one if one.where == "written_on" else Fault("", said_once(one.what)) for one in form.faults)
    return replace(form, faults=tuple(faults))


def _require_as_seen(session: Session, visit: Visit, reference: str, form: Form) -> None:
    """The paper still stands as it did when the page was opened; raises ChangedMeanwhile."""
    if Reach(session, visit.account).paper(reference).revision != form.number("seen", -1):
        raise ChangedMeanwhile


def _page(visit: Visit, reference: str, form: Form = NOTHING_TYPED) -> Response:
    visit.authorise(Action.READ_VERSIONS)
    with visit.reading() as session:
        kept = Reach(session, visit.account).paper(reference)
        said = _said(session, visit, kept)
    trace = Trace(visit.request, visit.here, visit.account, visit.now)
    printed = marking_of(said["newest"]) if said["newest"] else ""
    trace.reading(reference, f"{kept.marking} {printed}", "paper")
    return page(visit, "papers/review.html", "Review", form=form, reference=reference, **said)


def _said(session: Session, visit: Visit, kept: PaperKept) -> dict[str, Any]:
    paper, reach = papers.get(session, kept.reference), Reach(session, visit.account)
    last = versions.last(session, kept.id)
    newest = last if last is not None and reach.is_cleared_for(last) else None
    matter = matter_of(kept)
    places = places_in_words(Snapshot.from_json(newest.snapshot)) if newest else {}
    released = versions.released(session, kept.id)
    template = formats.live_versions(session, [paper.format.key]).get(paper.format.key)
    is_draft = kept.state is State.DRAFT and template is not None
    may_preview = visit.may(Action.PREVIEW, matter)
    submissions, threads = versions.submissions(session, kept.id), reach.threads(kept)
    names = accounts.names(session, _who(submissions, threads))
    return {
        "names": names,
        "title": paper.title,
        "state": kept.state,
        "seen": kept.revision,
        "tag": STATES[kept.state],
        "newest": newest,
        "in_the_way": review.in_the_way(session, kept.reference, now=visit.now) if is_draft and may_preview else [],
        "may_preview": may_preview,
        "clearances": list(clearances_of(session, paper, template, now=visit.now)) if template else [],
        "submissions": [told(submission, reach.is_cleared_for, names) for submission in reversed(submissions)],
        "threads": [
            Thread(
                number=remarks[0].number,
                place=places.get(remarks[0].place, remarks[0].place),
                remarks=tuple(remarks),
                settled_by=remarks[0].resolution.by if remarks[0].resolution else None,
            )
            for remarks in threads
        ],
        "places": [{"value": "", "text": "Choose"}, *({"value": key, "text": words} for key, words in places.items())],
        "approved": [(label, label in released) for label in versions.approved_labels(session, kept.id)],
        "may": {
            deed: visit.may(action, matter)
            for deed, action in {
                "submit": Action.SUBMIT,
                "comment": Action.COMMENT,
                "clear": Action.CLEAR,
                "release": Action.RELEASE,
                "reissue": Action.REISSUE,
                "decide": Action.DECIDE,
                "check": Action.CHECK,
                "record": Action.RECORD_DECISIONS,
            }.items()
        },
    }


def _who(submissions: Iterable[Submission], threads: Iterable[Sequence[Comment]]) -> Iterator[str]:
    """Keys of the accounts that submitted, decided, commented or settled."""
    for submission in submissions:
        yield submission.by
        yield from (decision.by for decision in submission.decisions)
    for remarks in threads:
        yield from (remark.by for remark in remarks)
        yield from (remark.resolution.by for remark in remarks[:1] if remark.resolution)


def _address(reference: str) -> str:
    return f"/papers/{reference}/review"
