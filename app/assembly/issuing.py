"""What becomes of an approved version: released to who receives it, reissued under another number or meeting."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app import word
from app.accounts.models import Account
from app.assembly.assemble import ENGINE, free_label, make, make_again
from app.assembly.snapshot import BoardFacts, Snapshot
from app.assembly.wording import in_words
from app.blobs import Blobs
from app.boards import queries as boards
from app.boards.models import Meeting
from app.db import lock
from app.errors import Conflict, Fault, Invalid
from app.formats.manifest import parse_manifest
from app.papers import commands as paper_commands
from app.papers import queries as papers
from app.papers.lifecycle import Deed
from app.papers.models import Paper
from app.people.queries import get_organisation
from app.versions import commands as version_commands
from app.versions import queries as versions
from app.versions.commands import Document
from app.versions.models import Release, Version

MOVED = ("agenda-number", "meeting-date", "version")
"""Sources of rows of the front sheet that a reissue may say otherwise."""


class NotApproved(Conflict):
    """Only what was approved leaves the house."""

    def __init__(self, version: Version) -> None:
        super().__init__(f"Version {version.label} is not approved: only approved versions are released.")


class ReleasedAlready(Conflict):
    """The version was released before."""

    def __init__(self, version: Version) -> None:
        super().__init__(f"Version {version.label} was released already.")


class NothingMoves(Conflict):
    """The reissue would say what is said already."""

    def __init__(self, version: Version) -> None:
        super().__init__(f"Version {version.label} has that agenda number and meeting already.")


class MeetingTooEarly(Invalid):
    """The paper was approved after the day of that meeting."""

    def __init__(self, approved_on: date) -> None:
        day = in_words(approved_on, "day-month-year")
        sentence = f"The paper was approved on {day}: the meeting cannot be before that."
        super().__init__("The paper cannot be reissued for that meeting.", [Fault("meeting", sentence)])


class NotOnTheAgenda(Invalid):
    """The meeting's agenda has no such item."""

    def __init__(self, number: str, agenda: list[str]) -> None:
        sentence = f"“{number}” is not on the meeting's agenda, which has {', '.join(agenda)}."
        super().__init__("The paper cannot be reissued under that number.", [Fault("agenda_number", sentence)])


class SaysSomethingElse(Conflict):
    """The document that would come out differs from the approved one in more than its agenda number and meeting."""

    def __init__(self, version: Version, places: list[str]) -> None:
        super().__init__(
            f"Made again, version {version.label} would say something else at {', '.join(places)}: "
            "reopen the paper and have it approved anew."
        )


class MadeOtherwiseNow(Conflict):
    """The document was made by an earlier engine, and today's does not make of its facts what reads the same."""

    def __init__(self, version: Version, places: list[str]) -> None:
        super().__init__(
            f"Version {version.label} was made by an earlier release of this service (engine {version.engine}; now "
            f"{ENGINE}), and this one makes it otherwise at {', '.join(places)}: reopen the paper and have it approved "
            "anew."
        )


MOST_PLACES = 5
"""Places that a refusal names."""


def release(session: Session, reference: str, label: str, *, by: Account, now: datetime) -> Release:
    """The approved version is released to the organisation whose board receives the paper: it may read it from now on.

    Raises:
        NoSuchVersion, NotApproved, ReleasedAlready.
    """
    lock(session, "facts")
    version = versions.get(session, reference, label)
    paper = papers.get(session, reference)
    if versions.approval_of(session, version) is None:
        raise NotApproved(version)
    if versions.is_released(session, version):
        raise ReleasedAlready(version)
    receiver = get_organisation(session, paper.meeting.board.organisation.key)
    return version_commands.release(session, version=version, receiver=receiver, by=by.key, now=now)


def reissue(
    session: Session,
    blobs: Blobs,
    reference: str,
    *,
    agenda_number: str | None,
    meeting: date | None,
    by: Account,
    now: datetime,
) -> Version:
    """What was approved comes out again as a version of its own, under that agenda number and for that meeting.

    None: as before. Nothing else of the document changes, and its decision carries over; both files stay. The paper
    itself is for that meeting and under that number from now on.

    Raises:
        PaperIsNotOpen: the paper is not approved, or not any more.
        NoMeeting, NotOnTheAgenda, NothingMoves, MeetingTooEarly.
        SaysSomethingElse, MadeOtherwiseNow: the approved text cannot be made again as it was.
    """
    lock(session, "facts")
    paper = papers.get(session, reference)
    paper_commands.require(paper, Deed.REISSUE)
    approved = versions.approvals(session, paper.id)[-1]
    earlier = versions.issues(session, approved.id)
    newest = versions.get(session, reference, earlier[-1].label if earlier else approved.label)
    sitting = boards.get_meeting(session, paper.meeting.board.key, meeting or paper.meeting.held_on)
    before = Snapshot.from_json(newest.snapshot)
    _require_on_agenda(agenda_number or before.paper.agenda_number, sitting)
    after = _moved(session, before, agenda_number or before.paper.agenda_number, sitting)
    if (after.paper, after.board) == (before.paper, before.board):
        raise NothingMoves(newest)
    if before.paper.approved_on is not None and before.paper.approved_on > sitting.held_on:
        raise MeetingTooEarly(before.paper.approved_on)
    template = newest.template_version
    labels, count = parse_manifest(template.manifest).labels, len(earlier) + 1
    label = free_label(session, paper.id, lambda on: labels.of_reissue(approved.label, count + on))
    _require_made_again(newest, blobs)
    document = make(after.model_copy(update={"label": label}), blobs.get(template.template_digest), blobs.get)
    _require_the_same(newest, before, blobs.get(newest.file_digest), document.content)
    version = _kept(session, blobs, paper, approved, document, by=by, now=now)
    paper_commands.move(session, paper, agenda_number=after.paper.agenda_number, meeting_id=sitting.id)
    paper_commands.advance(session, paper, Deed.REISSUE, by=by.key, at=now)
    return version


def _require_on_agenda(number: str | None, sitting: Meeting) -> None:
    agenda = [item.number for item in sitting.agenda]
    if number is not None and agenda and number not in agenda:
        raise NotOnTheAgenda(number, agenda)


def _moved(session: Session, snapshot: Snapshot, agenda_number: str | None, sitting: Meeting) -> Snapshot:
    """The same facts for that meeting, under that number."""
    following = boards.next_meeting(session, sitting)
    said: dict[str, object] = {"meeting_on": sitting.held_on, "place": sitting.place}
    if sitting.held_on != snapshot.board.meeting_on:  # else what was known of the next one then stays
        said["next_meeting_on"] = following.held_on if following else None
    board: BoardFacts = snapshot.board.model_copy(update=said)
    paper = snapshot.paper.model_copy(update={"agenda_number": agenda_number})
    return snapshot.model_copy(update={"paper": paper, "board": board})


def _require_made_again(version: Version, blobs: Blobs) -> None:
    """What is made of the version's facts today is what was kept: every byte, or all that is read and looked at.

    Another engine makes other bytes wherever it was mended, which is why its number rose. What it makes is held against
    the kept document itself: text, numbers, headings, tables, pages, styles, and every stored text with its looks.
    """
    again = make_again(version, blobs)
    if again.content_digest == version.content_digest:
        return
    if version.engine == ENGINE:
        raise SaysSomethingElse(version, ["places that are no stored texts"])
    kept = blobs.get(version.file_digest)
    read = (found.where for found in word.differences(kept, again.content))
    places = dict.fromkeys([*_otherwise(kept, again.content), *read])
    if places:
        raise MadeOtherwiseNow(version, list(places)[:MOST_PLACES])


def _require_the_same(version: Version, snapshot: Snapshot, before: bytes, after: bytes) -> None:
    """Every stored text says in both documents the same, but for those that the reissue is about.

    Everything else is made from the same facts by an engine that makes the document before again.
    """
    moved = {f"field/{row.key}" for row in snapshot.manifest.front_sheet if row.source in MOVED}
    places = [key for key in _otherwise(before, after) if key not in moved]
    if places:
        raise SaysSomethingElse(version, places)


def _otherwise(before: bytes, after: bytes) -> list[str]:
    """Keys of the stored texts that one of the documents prints otherwise than the other."""
    old = {key: [reading.html for reading in region.readings] for key, region in word.regions(before).items()}
    new = {key: [reading.html for reading in region.readings] for key, region in word.regions(after).items()}
    return [key for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)]


def _kept(
    session: Session, blobs: Blobs, paper: Paper, approved: Version, document: Document, *, by: Account, now: datetime
) -> Version:
    """The document as the paper's next version, to which the decision about the approved one carries over."""
    last, decision = versions.last(session, paper.id), versions.approval_of(session, approved)
    if last is None or decision is None:
        raise NotApproved(approved)
    version = version_commands.keep(
        session,
        blobs,
        paper=paper,
        number=last.number + 1,
        template=versions.get(session, paper.reference, approved.label).template_version,
        document=document,
        by=by.key,
        now=now,
    )
    version_commands.reissue(session, version=version, approved=approved, decision=decision, by=by.key, now=now)
    return version
