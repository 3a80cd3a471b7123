"""What changes papers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update as change
from sqlalchemy.orm import Session

from app.audit import commands as audit
from app.audit.changes import Changes, Outcome, assign
from app.boards.queries import meeting_ids, series_ids
from app.db import batches, lock, rows_by_key
from app.errors import Conflict, NotFound
from app.formats.queries import format_ids
from app.papers.lifecycle import Deed, State, after, may_change
from app.papers.models import (
    ActionDone,
    Choice,
    Clearance,
    Consultee,
    FormerMeeting,
    MeetingAction,
    MeetingOutcome,
    OwnWording,
    Paper,
    Section,
    Take,
    Writer,
)
from app.papers.queries import WHOLE_PAPER, PaperKept, meeting_actions, outcomes
from app.people.models import Person
from app.people.queries import organisation_ids, person_ids
from app.workstreams.models import Update
from app.workstreams.queries import heads, workstream_ids


class PaperIsNotOpen(Conflict):
    """The state of the paper does not allow that."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(f"“{paper.title}” {_STANDING[paper.state]}")


class PaperHasMoved(Conflict):
    """Somebody else was faster."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(f"“{paper.title}” was changed in the meantime. Read it again, and decide anew.")


_STANDING = {
    State.DRAFT: "is a draft: submit it first.",
    State.IN_REVIEW: "is in review. It can be changed when it is sent back or withdrawn.",
    State.APPROVED: "is approved. Reopen it to change it: the next label begins, and what was approved stays.",
    State.WITHDRAWN: "is withdrawn. Reopen it to go on with it.",
}


@dataclass(frozen=True, slots=True)
class WordingEntry:
    """The paper's own wording of a part of what a workstream reports as at a date, in canonical form."""

    workstream: str
    as_at: date
    part: str
    narrative: str


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """What stands under a heading; `blocks` are in the shapes of `papers.blocks`, as JSON."""

    key: str
    heading: str | None
    blocks: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class PaperEntry:
    """What is known of a paper."""

    reference: str
    title: str
    organisation: str
    format: str
    board: str
    meeting: date
    series: str | None
    agenda_number: str | None
    marking: str
    chief_officer: str | None
    author: str | None
    take: Take
    cut_off: date | None
    fields: Mapping[str, Any]
    """In the shapes of `formats.fields`, as JSON."""
    workstreams: tuple[str, ...]
    own_wordings: tuple[WordingEntry, ...]
    consultees: tuple[str, ...]
    sections: tuple[SectionEntry, ...]


def save_papers(session: Session, entries: Sequence[PaperEntry], *, by: str, at: datetime) -> dict[str, Outcome]:
    """The papers are as the entries say, their lists replaced as a whole; answers what became of each.

    Own wording is linked to the newest revision of its update; one that says the same as before stays linked to the
    revision that it was written for. The day on which a paper was written stays. Everything that an entry names exists.
    Who changed a paper is among those who wrote it.

    Raises:
        PaperIsNotOpen: a paper would change that is not a draft.
    """
    changes = Changes(session, "paper", by, at)
    for batch in batches(entries, 100):
        existing = rows_by_key(session, Paper.reference, (entry.reference for entry in batch), *WHOLE_PAPER)
        known = _Known(session, batch)
        written: list[Paper] = []
        for entry in batch:
            row = existing.get(entry.reference) or Paper(
                reference=entry.reference, sections=[], choices=[], own_wordings=[], consultees=[]
            )
            changed = assign(row, known.values(entry))
            changed |= _replace_sections(row, entry)
            changed |= _replace_choices(row, [known.workstreams[ref] for ref in entry.workstreams])
            changed |= _replace_consultees(row, [known.persons[key] for key in entry.consultees])
            changed |= _replace_wordings(row, entry, known)
            outcome = changes.keep(row, changed=changed)
            changes.note(entry.reference, outcome)
            if outcome is Outcome.CHANGED:
                require_open(row)
            if outcome is not Outcome.UNCHANGED:
                written.append(row)
        session.flush()
        for row in written:
            row.revision += 1
            note_writer(session, row, by)
        session.flush()
    return changes.outcomes


def note_writer(session: Session, paper: Paper, account: str) -> None:
    """The account is among those who wrote the paper, which must have an id."""
    if session.get(Writer, (paper.id, account)) is None:
        session.add(Writer(paper_id=paper.id, account=account))


def require(paper: Paper, deed: Deed) -> State:
    """The state that follows the deed; raises PaperIsNotOpen where the paper's state does not allow it."""
    state = after(paper.state, deed)
    if state is None:
        raise PaperIsNotOpen(paper)
    return state


def advance(session: Session, paper: Paper, deed: Deed, *, by: str, at: datetime) -> None:
    """The deed is done: the paper is in the state that follows, and the log says so.

    Raises:
        PaperIsNotOpen: its state does not allow that.
        PaperHasMoved: it is not in the state any more in which `paper` was read.
    """
    seen, revision = paper.state, paper.revision
    state = require(paper, deed)
    session.flush()
    done = session.execute(
        change(Paper)
        .where(Paper.id == paper.id, Paper.state == seen, Paper.revision == revision)
        .values(state=state, revision=revision + 1)
        .returning(Paper.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(done) != 1:
        raise PaperHasMoved(paper)
    session.refresh(paper, ["state", "revision"])
    audit.record(session, f"paper.{deed}", f"paper/{paper.reference}", by=by, at=at)


def set_written_on(paper: Paper, day: date) -> None:
    """The paper was written on that day, unless it already has a day: generating again never moves it."""
    if paper.written_on is None:
        paper.written_on = day


def move(session: Session, paper: Paper, *, agenda_number: str | None, meeting_id: int) -> None:
    """The paper goes to that meeting, under that number; nobody counts as a writer of it for that.

    What the rounds for the meeting before asked for, and were answered, goes on counting for the paper.
    """
    if meeting_id != paper.meeting_id and session.get(FormerMeeting, (paper.id, paper.meeting_id)) is None:
        session.add(FormerMeeting(paper_id=paper.id, meeting_id=paper.meeting_id))
    paper.agenda_number, paper.meeting_id = agenda_number, meeting_id
    session.flush()


def number_draft(session: Session, paper: Paper, agenda_number: str | None, *, by: str, at: datetime) -> None:
    """The paper stands under that number of its meeting's agenda, which has it; nobody counts as a writer for that.

    Who numbers the papers of a meeting says nothing in them, and may still check them and record what was decided.
    Nobody loads facts until the transaction ends.

    Raises:
        PaperIsNotOpen: it is not a draft.
    """
    lock(session, "facts")
    require_open(paper)
    paper.agenda_number = agenda_number
    paper.revision += 1
    session.flush()
    audit.record(session, "paper.changed", f"paper/{paper.reference}", by=by, at=at)


def require_open(paper: Paper) -> None:
    """The paper's own facts may be changed, and drafts of it generated; raises PaperIsNotOpen."""
    if not may_change(paper.state):
        raise PaperIsNotOpen(paper)


class NoSuchAction(NotFound):
    """The paper's meeting asked for no action with that number."""

    def __init__(self, number: int) -> None:
        super().__init__("action", number)


class ActionIsDone(Conflict):
    """The action is not open any more."""

    def __init__(self, action: MeetingAction) -> None:
        super().__init__(f"Action {action.number} is done already.")


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """Something that a meeting asks for."""

    text: str
    owner: Person | None
    due_on: date | None


def record_outcome(
    session: Session, paper: PaperKept, *, text: str, actions: Sequence[ActionEntry], by: str, at: datetime
) -> None:
    """The meeting made this of the paper, and asked for these actions, which are open; the log says so.

    Where the same was recorded last, only the actions are new.
    """
    earlier = outcomes(session, paper.id)
    number = len(earlier) + 1
    is_new = not earlier or earlier[-1].text != text
    if is_new:
        session.add(MeetingOutcome(paper_id=paper.id, number=number, text=text, by=by, at=at))
    first = len(meeting_actions(session, paper.id)) + 1
    for count, action in enumerate(actions, start=first):
        session.add(
            MeetingAction(
                paper_id=paper.id,
                number=count,
                text=action.text,
                owner_id=action.owner.id if action.owner else None,
                due_on=action.due_on,
                by=by,
                at=at,
            )
        )
    session.flush()
    if is_new:
        audit.record(session, "outcome.recorded", f"paper/{paper.reference}/outcome/{number}", by=by, at=at)
    for count in range(first, first + len(actions)):
        audit.record(session, "action.recorded", f"paper/{paper.reference}/action/{count}", by=by, at=at)


def finish_action(
    session: Session, paper: PaperKept, number: int, *, done_on: date, note: str | None, by: str, at: datetime
) -> None:
    """The action is done, and the log says so; raises NoSuchAction, ActionIsDone."""
    action = next((row for row in meeting_actions(session, paper.id) if row.number == number), None)
    if action is None:
        raise NoSuchAction(number)
    if action.done is not None:
        raise ActionIsDone(action)
    session.add(ActionDone(action_id=action.id, done_on=done_on, note=note, by=by, at=at))
    session.flush()
    audit.record(session, "action.done", f"paper/{paper.reference}/action/{number}", by=by, at=at)


class NothingCarried(Conflict):
    """Nobody has to say anything of the section: it is the paper's own."""

    def __init__(self, section: str) -> None:
        super().__init__(f"The section “{section}” does not stand as the paper before had it.")


def carry_over(session: Session, paper: Paper, sections: Collection[str]) -> None:
    """These sections stand as the paper before had them, until somebody says that they still hold."""
    for section in paper.sections:
        section.carried = section.key in sections
    session.flush()


def confirm_section(session: Session, paper: Paper, section: str, *, by: str, at: datetime) -> None:
    """What was carried over into the section still holds, says the account, which thereby wrote it; the log says so.

    Raises:
        PaperIsNotOpen, NothingCarried.
    """
    require_open(paper)
    row = next((row for row in paper.sections if row.key == section and row.carried), None)
    if row is None:
        raise NothingCarried(section)
    row.carried = False
    paper.revision += 1
    note_writer(session, paper, by)
    session.flush()
    audit.record(session, "section.confirmed", f"paper/{paper.reference}/section/{section}", by=by, at=at)


def clear(
    session: Session, paper: Paper, *, place: str, digest: str, person: Person, day: date, by: str, at: datetime
) -> None:
    """The person cleared the text with this digest at that place of the paper, and the log says so."""
    row = Clearance(paper_id=paper.id, place=place, digest=digest, person_id=person.id, cleared_on=day, by=by, at=at)
    session.add(row)
    session.flush()
    object_ = f"paper/{paper.reference}/{place}"
    audit.record(session, "clearance.given", object_, by=by, at=at, digests={"text": digest})


class _Known:
    """The rows that some entries name, by natural keys."""

    def __init__(self, session: Session, entries: Sequence[PaperEntry]) -> None:
        self.organisations = organisation_ids(session, (entry.organisation for entry in entries))
        self.formats = format_ids(session, (entry.format for entry in entries))
        self.meetings = meeting_ids(session, (entry.board for entry in entries))
        self.series = series_ids(session, (entry.series for entry in entries if entry.series))
        officers = {key for entry in entries for key in (entry.chief_officer, entry.author) if key}
        consultees = {key for entry in entries for key in entry.consultees}
        self.persons = person_ids(session, officers | consultees)
        reworded = {wording.workstream for entry in entries for wording in entry.own_wordings}
        chosen = {ref for entry in entries for ref in entry.workstreams}
        self.workstreams = workstream_ids(session, chosen | reworded)
        self.updates: dict[tuple[int, date], Update] = {
            (update.workstream_id, update.as_at): update
            for update in heads(session, (self.workstreams[ref] for ref in reworded))
        }

    def values(self, entry: PaperEntry) -> dict[str, Any]:
        return {
            "title": entry.title,
            "organisation_id": self.organisations[entry.organisation],
            "format_id": self.formats[entry.format],
            "meeting_id": self.meetings[entry.board, entry.meeting],
            "series_id": self.series[entry.series] if entry.series else None,
            "agenda_number": entry.agenda_number,
            "marking": entry.marking,
            "chief_officer_id": self.persons[entry.chief_officer] if entry.chief_officer else None,
            "author_id": self.persons[entry.author] if entry.author else None,
            "take": entry.take,
            "cut_off": entry.cut_off,
            "fields": dict(entry.fields),
        }


# A row whose key stays is kept and changed: an equal one beside it would break the constraint before the old is gone.


def _replace_sections(paper: Paper, entry: PaperEntry) -> bool:
    known = {section.key: section for section in paper.sections}
    wanted = [known.get(section.key) or Section(key=section.key) for section in entry.sections]
    changed = set(wanted) != set(paper.sections)
    for row, section in zip(wanted, entry.sections, strict=True):
        blocks = [dict(block) for block in section.blocks]
        if assign(row, {"heading": section.heading, "blocks": blocks}):
            row.carried = False  # somebody looked at it
            changed = True
    if changed:
        paper.sections = wanted
    return changed


def _replace_choices(paper: Paper, wanted: Sequence[int]) -> bool:
    if list(wanted) == [choice.workstream_id for choice in paper.choices]:
        return False
    known = {choice.workstream_id: choice for choice in paper.choices}
    paper.choices = [known.get(number) or Choice(workstream_id=number) for number in wanted]
    for position, choice in enumerate(paper.choices):
        choice.position = position
    return True


def _replace_consultees(paper: Paper, wanted: Sequence[int]) -> bool:
    if list(wanted) == [consultee.person_id for consultee in paper.consultees]:
        return False
    known = {consultee.person_id: consultee for consultee in paper.consultees}
    paper.consultees = [known.get(number) or Consultee(person_id=number) for number in wanted]
    for position, consultee in enumerate(paper.consultees):
        consultee.position = position
    return True


def _replace_wordings(paper: Paper, entry: PaperEntry, known: _Known) -> bool:
    rows = {(row.update.workstream_id, row.update.as_at, row.part): row for row in paper.own_wordings}
    wanted: list[OwnWording] = []
    changed = len(entry.own_wordings) != len(rows)
    for wording in entry.own_wordings:
        place = known.workstreams[wording.workstream], wording.as_at, wording.part
        row = rows.get(place)
        if row is None:
            row = OwnWording(part=wording.part)
        if row.narrative != wording.narrative:
            row.update_id = known.updates[place[:2]].id
            row.narrative = wording.narrative
            changed = True
        wanted.append(row)
    if changed:
        paper.own_wordings = wanted
    return changed
