"""After the meeting: what it made of a paper, what it asked for, and the series' next paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.assembly.wording import in_words
from app.boards import queries as boards
from app.boards.deadlines import LONDON
from app.boards.models import Meeting
from app.db import lock
from app.errors import Conflict, Fault, Invalid
from app.formats import queries as formats
from app.formats.fields import FieldKind
from app.formats.manifest import Manifest, parse_manifest
from app.papers import commands as paper_commands
from app.papers import queries as papers
from app.papers.commands import ActionEntry, PaperEntry, SectionEntry
from app.papers.lifecycle import State
from app.papers.models import Paper
from app.people.queries import get_person
from app.versions import queries as versions
from app.versions.models import Version


class NotHadYet(Conflict):
    """The meeting cannot have made anything of the paper."""

    def __init__(self, title: str, why: str) -> None:
        super().__init__(f"The meeting has not had “{title}” yet: {why}.")


class StillToCome(Invalid):
    """Something is said to have happened on a day that is still to come."""

    def __init__(self) -> None:
        super().__init__("What was sent is not right.", [Fault("done_on", "That day is still to come.")])


class NoSeriesToFollow(Conflict):
    """The paper is followed by none."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(f"“{paper.title}” belongs to no series: there is no next paper of it.")


class NoMeetingToFollow(Conflict):
    """The board has no later meeting."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(f"No meeting of “{paper.meeting.board.name}” is known after this paper's: enter one first.")


class MeetingBefore(Invalid):
    """The next paper's meeting comes before this one's."""

    def __init__(self, held_on: date) -> None:
        day = in_words(held_on, "day-month-year")
        super().__init__("What was sent is not right.", [Fault("meeting", f"It must be after {day}, the last one.")])


class NothingToFollow(Conflict):
    """A paper that was withdrawn goes nowhere, and so does what would follow it."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(f"“{paper.title}” is withdrawn: reopen it, or start from the paper before it.")


class NextIsThere(Conflict):
    """The series has a paper for that meeting."""

    def __init__(self, held_on: date) -> None:
        # Which one is not said: whoever asks may not be allowed to see it.
        day = in_words(held_on, "day-month-year")
        super().__init__(f"The series has a paper for {day} already.")


class ReferenceTaken(Conflict):
    """There is a paper with this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"There is a paper “{reference}” already.")


@dataclass(frozen=True)
class NewAction:
    """An action for which the meeting asks; `owner` is the key of a person."""

    text: str
    owner: str | None = None
    due_on: date | None = None


def record_outcome(
    session: Session,
    reference: str,
    *,
    text: str,
    actions: Sequence[NewAction],
    by: Account,
    now: datetime,
    received: Version | None = None,
) -> None:
    """The meeting made this of the paper and asked for these actions, which stand open in the series' next paper.

    Said again, it corrects what was said of the outcome; actions come to those that were asked for before. Who received
    the paper says what the meeting made of the version `received`, and learns nothing of what the paper says since.

    Raises:
        NotHadYet: the meeting is still to come, or the paper was never approved.
        NoPerson: an action's owner is nobody.
    """
    lock(session, "facts")
    paper = papers.get(session, reference)
    title, held_on = paper.title, paper.meeting.held_on
    if received is not None:
        printed = versions.imprint(session, received)
        title, held_on = printed.title, printed.meeting_on
    if held_on > now.astimezone(LONDON).date():
        raise NotHadYet(title, f"it is on {in_words(held_on, 'day-month-year')}")
    if not versions.approvals(session, paper.id):
        raise NotHadYet(title, "no version of it is approved")
    entries = [
        ActionEntry(asked.text, get_person(session, asked.owner) if asked.owner else None, asked.due_on)
        for asked in actions
    ]
    kept = papers.kept(session, reference)
    paper_commands.record_outcome(session, kept, text=text, actions=entries, by=by.key, at=now)


def finish_action(
    session: Session, reference: str, number: int, *, done_on: date | None, note: str | None, by: Account, now: datetime
) -> None:
    """The action with that number of the paper is done, on that day (today, without one).

    Raises:
        NoSuchAction, ActionIsDone, StillToCome.
    """
    lock(session, "facts")
    today = now.astimezone(LONDON).date()
    if done_on is not None and done_on > today:
        raise StillToCome
    kept = papers.kept(session, reference)
    day = done_on or today
    paper_commands.finish_action(session, kept, number, done_on=day, note=note, by=by.key, at=now)


def start_next(
    session: Session, reference: str, *, new: str, meeting: date | None, title: str | None, by: Account, now: datetime
) -> Paper:
    """The series' next paper, a draft with the reference `new`, for that meeting (without one, the board's next).

    Each section is carried forward as the format says: kept, kept until its author confirms it, or cleared. Workstreams
    are chosen as before; what belongs to one meeting only is left empty: agenda number, cut-off, consultees, own
    wording, days in fields, who cleared what.

    Raises:
        NoSeriesToFollow, NothingToFollow, NoMeetingToFollow, NoMeeting, MeetingBefore, NextIsThere, ReferenceTaken.
    """
    lock(session, "facts")
    before = papers.get(session, reference)
    if before.series is None:
        raise NoSeriesToFollow(before)
    if before.state is State.WITHDRAWN:
        raise NothingToFollow(before)
    if papers.find(session, new) is not None:
        raise ReferenceTaken(new)
    sitting = _meeting_of(session, before, meeting)
    if sitting.id in papers.meetings_of_series(session, before):
        raise NextIsThere(sitting.held_on)
    manifest = parse_manifest(formats.live(session, before.format.key).manifest)
    entry = replace(_like(before, manifest), reference=new, meeting=sitting.held_on)
    paper_commands.save_papers(session, [replace(entry, title=title or entry.title)], by=by.key, at=now)
    paper = papers.get(session, new)
    asked = [section.key for section in manifest.sections if section.carry == "ask"]
    paper_commands.carry_over(session, paper, asked)
    return paper


def _meeting_of(session: Session, before: Paper, wanted: date | None) -> Meeting:
    if wanted is not None:
        found = boards.get_meeting(session, before.meeting.board.key, wanted)
        if found.held_on <= before.meeting.held_on:
            raise MeetingBefore(before.meeting.held_on)
        return found
    following = boards.next_meeting(session, before.meeting)
    if following is None:
        raise NoMeetingToFollow(before)
    return following


def _like(before: Paper, manifest: Manifest) -> PaperEntry:
    carried = {section.key for section in manifest.sections if section.carry != "clear"}
    kinds = {key: field.kind for key, field in manifest.every_field.items()}
    return PaperEntry(
        reference=before.reference,
        title=before.title,
        organisation=before.organisation.key,
        format=before.format.key,
        board=before.meeting.board.key,
        meeting=before.meeting.held_on,
        series=before.series.key if before.series else None,
        agenda_number=None,
        marking=before.marking,
        chief_officer=before.chief_officer.key if before.chief_officer else None,
        author=before.author.key if before.author else None,
        take=before.take,
        cut_off=None,
        fields={key: said for key, said in before.fields.items() if kinds.get(key, FieldKind.DATE) != FieldKind.DATE},
        workstreams=tuple(choice.workstream.ref for choice in before.choices),
        own_wordings=(),
        consultees=(),
        sections=tuple(
            SectionEntry(section.key, section.heading, tuple(map(_uncleared, section.blocks)))
            for section in before.sections
            if section.key in carried
        ),
    )


def _uncleared(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """The block without who cleared it when: that was about the paper before."""
    if block["kind"] != "implications":
        return block
    entries = {
        key: {name: said for name, said in entry.items() if name not in ("cleared_by", "cleared_on")}
        for key, entry in block["entries"].items()
    }
    return {**block, "entries": entries}
