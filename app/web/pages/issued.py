"""After the decision: reissued under another number or meeting; what the meeting made of the paper and asked for."""

from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts import queries as accounts
from app.accounts.policy import Action
from app.assembly import issuing, meeting
from app.boards import queries as boards
from app.errors import Conflict, Fault, Invalid
from app.fields import LARGEST_NUMBER, Day, KeyText, Line, SafeText
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.papers.models import MeetingAction
from app.people import queries as people
from app.versions import queries as versions
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers_parts import Choice, choices, in_words
from app.web.pages.papers_versions import Named, known
from app.web.pages.persons import looks_for_persons, persons_for
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach, matter_of
from app.web.trace import Trace, Tracing

router = page_router("/papers/{reference}")

Number = Annotated[int, Path(ge=1, le=1_000_000)]

SPARE_ROWS = 3
"""Rows in which actions are asked for at once."""

MOST = 200


class ChangedMeanwhile(Conflict):
    """Somebody else did something with the paper after the page was opened."""


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class ReissueForm(_Asked):
    """Under which number, for which meeting, the paper comes out again."""

    agenda_number: Line | None = Field(default=None, title="the agenda number", max_length=20)
    meeting: Day = Field(title="the meeting")
    seen: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)] = Field(title="the state of the paper that you saw")


class OutcomeForm(_Asked):
    """What the meeting made of the paper."""

    outcome: SafeText = Field(title="what the meeting made of the paper")
    seen: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)] = Field(title="the outcome that you saw")


class ActionForm(_Asked):
    """One thing that the meeting asks for."""

    text: Annotated[SafeText, Field(max_length=2_000)] = Field(title="what is to be done")
    owner: KeyText | None = Field(default=None, title="who does it")
    due_on: Day | None = Field(default=None, title="the day on which it is due")


class DoneForm(_Asked):
    """That an action is done."""

    done_on: Day | None = Field(default=None, title="the day")
    note: SafeText | None = Field(default=None, title="the note")


@router.get("/reissue")
def ask_reissue(visit: Visiting, reference: KeyText) -> Response:
    """The page on which an approved paper is given another number or meeting."""
    return _reissue_page(visit, reference)


@router.post("/reissue")
def reissue(visit: Visiting, reference: KeyText, form: Typed) -> Response:
    """The paper came out again: every other text is as it was approved."""
    _may_reissue(visit, reference)
    try:
        asked = form.read(ReissueForm)
        visit.count()
        with visit.writing() as session:
            if Reach(session, visit.account).paper(reference).revision != asked.seen:
                raise ChangedMeanwhile(
                    "Somebody else changed the paper after you opened this page. Look at what it says now."
                )
            version = issuing.reissue(
                session,
                visit.here.blobs,
                reference,
                agenda_number=asked.agenda_number,
                meeting=asked.meeting,
                by=visit.account,
                now=visit.now,
            )
            label = version.label
    except (Invalid, Conflict) as refused:
        return _reissue_page(visit, reference, form.refused(refused, "agenda_number", "meeting"))
    return to(f"/papers/{reference}/review#approved", said=f"The paper is reissued as version {label}.")


@router.get("/outcome")
def show_outcome(visit: Visiting, reference: KeyText, trace: Tracing) -> Response:
    """What the meeting made of the paper, and what became of what it asked for."""
    return _outcome_page(visit, trace, reference)


@router.post("/outcome")
def record_outcome(visit: Visiting, reference: KeyText, trace: Tracing, form: Typed) -> Response:
    """The outcome is recorded, and what the meeting asked for is open; said again, the outcome is corrected."""
    visit.authorise(Action.RECORD_OUTCOMES)
    if looks_for_persons(form):
        return _outcome_page(visit, trace, reference, form)
    try:
        asked, actions = _typed_outcome(form)
        with visit.writing() as session:
            reach = Reach(session, visit.account)
            paper = reach.allow(Action.RECORD_OUTCOMES, reference)
            if len(papers.outcomes(session, paper.id)) != asked.seen:
                raise ChangedMeanwhile(
                    "Somebody else recorded an outcome meanwhile: it stands above. Yours is still in the form."
                )
            meeting.record_outcome(
                session,
                reference,
                text=asked.outcome,
                actions=actions,
                by=visit.account,
                now=visit.now,
                received=reach.received(reference),
            )
    except people.NoPerson:
        return _outcome_page(visit, trace, reference, form.wrong("", "Choose who does it from the list"))
    except (Invalid, Conflict) as refused:
        return _outcome_page(visit, trace, reference, form.refused(refused, "outcome"))
    words = "What the meeting made of the paper is saved." if asked.seen else "The outcome is recorded."
    return to(f"/papers/{reference}/outcome", said=words)


@router.post("/actions/{number}/done")
def finish_action(visit: Visiting, reference: KeyText, number: Number, trace: Tracing, form: Typed) -> Response:
    """The action is done, and stands open no more in papers of the series that are generated from now on."""
    visit.authorise(Action.RECORD_OUTCOMES)
    names = {name: f"done.{number}.{name}" for name in DoneForm.model_fields}
    try:
        said = _part_of(form, f"done.{number}.", DoneForm)
        with visit.writing() as session:
            Reach(session, visit.account).allow(Action.RECORD_OUTCOMES, reference)
            meeting.finish_action(
                session, reference, number, done_on=said.done_on, note=said.note, by=visit.account, now=visit.now
            )
    except meeting.StillToCome as refused:
        faulty = FaultyForm([Fault(names["done_on"], fault.what) for fault in refused.faults])
        return _outcome_page(visit, trace, reference, form.refused(faulty, *names.values()))
    except (Invalid, Conflict) as refused:
        return _outcome_page(visit, trace, reference, form.refused(refused, *names.values()))
    return to(f"/papers/{reference}/outcome#actions", said=f"Action {number} is done.")


def _typed_outcome(form: Form) -> tuple[OutcomeForm, list[meeting.NewAction]]:
    """What was typed; a row of actions in which nothing stands is none. Raises FaultyForm with all that is wrong."""
    faults: list[Fault] = []
    asked: OutcomeForm | None = None
    actions: list[meeting.NewAction] = []
    try:
        asked = form.read(OutcomeForm)
    except FaultyForm as faulty:
        faults += faulty.faults
    for row in range(SPARE_ROWS):
        if not any(form.value(f"actions.{row}.{name}").strip() for name in ActionForm.model_fields):
            continue
        try:
            said = _part_of(form, f"actions.{row}.", ActionForm)
            actions.append(meeting.NewAction(said.text, said.owner, said.due_on))
        except FaultyForm as faulty:
            faults += faulty.faults
    if faults or asked is None:
        raise FaultyForm(faults)
    return asked, actions


def _part_of(form: Form, place: str, shape: type[Any]) -> Any:
    """What was typed into the fields below `place`, in this shape; raises FaultyForm with faults of these fields."""
    below = {name.removeprefix(place): values for name, values in form.typed.items() if name.startswith(place)}
    try:
        return Form(below).read(shape)
    except FaultyForm as faulty:
        raise FaultyForm([Fault(f"{place}{fault.where}", fault.what) for fault in faulty.faults]) from faulty


def _may_reissue(visit: Visit, reference: str) -> None:
    with visit.reading() as session:
        kept = Reach(session, visit.account).paper(reference)
    visit.authorise(Action.REISSUE, matter_of(kept))


def _reissue_page(visit: Visit, reference: str, form: Form = NOTHING_TYPED) -> Response:
    visit.authorise(Action.REISSUE)
    _may_reissue(visit, reference)
    with visit.reading() as session:
        kept, paper = papers.kept(session, reference), papers.get(session, reference)
        since = min(visit.today, paper.meeting.held_on)
        found = boards.meetings(session, limit=MOST, board=kept.board, held_from=since)
        agenda = {
            item.number: item.title for item in boards.get_meeting(session, kept.board, paper.meeting.held_on).agenda
        }
        return page(
            visit,
            "papers/reissue.html",
            "Reissue the paper",
            form=form,
            paper=paper,
            is_approved=kept.state is State.APPROVED,
            labels=versions.approved_labels(session, kept.id),
            meetings=choices([Choice(str(row.held_on), in_words(row.held_on)) for row in found]),
            agenda=agenda,
            seen=kept.revision,
        )


def _outcome_page(visit: Visit, trace: Trace, reference: str, form: Form = NOTHING_TYPED) -> Response:
    visit.authorise(Action.READ_VERSIONS)
    with visit.reading() as session:
        paper = known(session, visit, trace, reference)
        kept, exists = Reach(session, visit.account).what_exists(reference)
        row = papers.get(session, reference)
        said = papers.outcomes(session, kept.id)
        held_on = paper.held_on if isinstance(paper, Named) else row.meeting.held_on
        is_had = held_on <= visit.today and bool(versions.approvals(session, kept.id))
        may_record = visit.may(Action.RECORD_OUTCOMES, matter_of(kept, exists)) and is_had
        return page(
            visit,
            "papers/outcome.html",
            "Outcome of the meeting",
            form=form,
            paper=paper,
            board=paper.board if isinstance(paper, Named) else row.meeting.board.name,
            held_on=held_on,
            is_had=is_had,
            said=list(said),
            names=accounts.names(session, (row.by for row in said)),
            actions=[_told(action) for action in papers.meeting_actions(session, kept.id)],
            persons=persons_for(session, form) if may_record else None,
            rows=range(SPARE_ROWS),
            may_record=may_record,
        )


def _told(action: MeetingAction) -> dict[str, Any]:
    done = action.done
    return {
        "number": action.number,
        "text": action.text,
        "owner": action.owner.name if action.owner else None,
        "due_on": action.due_on,
        "done_on": done.done_on if done else None,
        "note": done.note if done else None,
    }
