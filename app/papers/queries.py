"""Papers, as they are."""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.boards.models import Board, Meeting, Series
from app.errors import NotFound
from app.formats.models import Format
from app.frameworks.models import FrameworkItem
from app.papers.lifecycle import State
from app.papers.models import (
    Choice,
    Clearance,
    Consultee,
    FormerMeeting,
    MeetingAction,
    MeetingOutcome,
    OwnWording,
    Paper,
    Section,
)
from app.people.models import Organisation, Person
from app.workstreams.models import Update, Workstream


class NoPaper(NotFound):
    """No paper has this reference."""

    def __init__(self, reference: object) -> None:
        super().__init__("paper", reference)


def find(session: Session, reference: str) -> Paper | None:
    """The paper with this reference, whole, if there is one."""
    return session.scalar(_whole(), {"reference": reference})


def get(session: Session, reference: str) -> Paper:
    """The paper with this reference, whole.

    Raises:
        NoPaper: if there is none.
    """
    paper = find(session, reference)
    if paper is None:
        raise NoPaper(reference)
    return paper


def to_assemble(session: Session, reference: str) -> Paper:
    """The paper with what a generation reads of it; of the chosen workstreams it knows the ids alone.

    Raises:
        NoPaper: if there is none.
    """
    paper = session.scalar(_to_assemble(), {"reference": reference})
    if paper is None:
        raise NoPaper(reference)
    return paper


# Put together once: that takes longer than the answer.
@cache
def _whole() -> Select[Paper]:
    return select(Paper).where(Paper.reference == bindparam("reference")).options(*WHOLE_PAPER)


@cache
def _to_assemble() -> Select[Paper]:
    return select(Paper).where(Paper.reference == bindparam("reference")).options(*PAPER_TO_ASSEMBLE)


class PaperKept(NamedTuple):
    """What is kept of who may read a paper, and the key of its format."""

    id: int
    organisation_id: int
    marking: str
    format: str
    board: str
    """Key of the board whose meeting it goes to."""
    receiver_id: int
    """The organisation whose board that is."""
    reference: str
    state: State
    revision: int


def find_kept(session: Session, reference: str) -> PaperKept | None:
    """Whose the paper is, where it goes, how it is marked and how far it has come, if there is such a paper.

    Without what stands in it.
    """
    columns = select(
        Paper.id,
        Paper.organisation_id,
        Paper.marking,
        Format.key,
        Board.key,
        Board.organisation_id,
        Paper.reference,
        Paper.state,
        Paper.revision,
    ).select_from(Paper)
    joined = columns.join(Paper.format).join(Paper.meeting).join(Meeting.board)
    row = session.execute(joined.where(Paper.reference == reference)).one_or_none()
    return row and PaperKept(*row)


def kept(session: Session, reference: str) -> PaperKept:
    """Whose the paper is, where it goes and how it is marked, without what stands in it.

    Raises:
        NoPaper: if there is none.
    """
    paper = find_kept(session, reference)
    if paper is None:
        raise NoPaper(reference)
    return paper


def within(
    *, organisation_id: int | None, boards: Collection[str] | None, markings: Collection[str] | None
) -> list[ColumnElement[bool]]:
    """What holds for papers within a reach: of the organisation, for one of the boards, with one of the markings.

    Where one is None, all are. The statement needs no table but the paper's.
    """
    conditions: list[ColumnElement[bool]] = []
    if organisation_id is not None:
        conditions.append(Paper.organisation_id == organisation_id)
    if boards is not None:
        conditions.append(Paper.meeting.has(Meeting.board.has(Board.key.in_(boards))))
    if markings is not None:
        conditions.append(Paper.marking.in_(markings))
    return conditions


def meetings_of_person(
    session: Session,
    person_id: int,
    *,
    held_from: date,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[Meeting]:
    """The meetings from that day on for which this person is author or chief officer of a paper; with their board.

    A withdrawn paper does not count. By day and board. Only papers of the organisation, for one of the boards and with
    one of the markings count, where they are given.
    """
    theirs = exists().where(
        Paper.meeting_id == Meeting.id,
        or_(Paper.author_id == person_id, Paper.chief_officer_id == person_id),
        Paper.state != State.WITHDRAWN,
        *within(organisation_id=organisation_id, boards=boards, markings=markings),
    )
    return session.scalars(
        select(Meeting)
        .join(Meeting.board)
        .where(Meeting.held_on >= held_from, theirs.correlate(Meeting))
        .order_by(Meeting.held_on, Board.key)
        .options(contains_eager(Meeting.board))
    ).all()


def papers(
    session: Session,
    *,
    after: str = "",
    limit: int,
    organisation_id: int | None = None,
    organisation: str | None = None,
    board: str | None = None,
    series: str | None = None,
    meeting_from: date | None = None,
    meeting_to: date | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[Paper]:
    """At most `limit` papers in the order of their references, behind `after`; each filter that is given holds.

    `boards` and `markings` are those of which a paper has one. `organisation`, `board` and `series` are keys, the days
    of the meeting are both included. With organisation, format, series, and meeting with its board: what a list shows.
    """
    conditions = [Paper.reference > after]
    conditions += within(organisation_id=organisation_id, boards=boards, markings=markings)
    if organisation is not None:
        conditions.append(Paper.organisation.has(Organisation.key == organisation))
    if board is not None:
        conditions.append(Paper.meeting.has(Meeting.board.has(Board.key == board)))
    if series is not None:
        conditions.append(Paper.series.has(Series.key == series))
    if meeting_from is not None:
        conditions.append(Paper.meeting.has(Meeting.held_on >= meeting_from))
    if meeting_to is not None:
        conditions.append(Paper.meeting.has(Meeting.held_on <= meeting_to))
    statement = select(Paper).where(*conditions).order_by(Paper.reference).limit(limit)
    return session.scalars(statement.options(*LISTED_PAPER)).all()


@dataclass(frozen=True, kw_only=True)
class PapersWanted:
    """Which papers are asked for: each filter that is given holds."""

    words: tuple[str, ...] = ()
    """Each stands in the title or the reference."""
    board: str | None = None
    format: str | None = None
    held_on: date | None = None
    """The day of the meeting."""
    state: State | None = None
    organisation_id: int | None = None
    boards: Collection[str] | None = None
    markings: Collection[str] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds for the papers, joined with meeting, board and format."""
        found: list[ColumnElement[bool]] = [
            or_(Paper.title.icontains(word, autoescape=True), Paper.reference.icontains(word, autoescape=True))
            for word in self.words
        ]
        if self.board is not None:
            found.append(Board.key == self.board)
        if self.format is not None:
            found.append(Format.key == self.format)
        if self.held_on is not None:
            found.append(Meeting.held_on == self.held_on)
        if self.state is not None:
            found.append(Paper.state == self.state)
        return found + within(organisation_id=self.organisation_id, boards=self.boards, markings=self.markings)


def found(session: Session, asked: PapersWanted, *, skip: int = 0, limit: int) -> Sequence[Paper]:
    """At most `limit` of the papers that are asked for, the last meeting first, without the first `skip` of them.

    With what a list shows.
    """
    # Their ids are put in order first: thousands of whole rows would take several times as long to sort.
    statement = _of_asked(select(Paper.id), asked, by_meeting=True)
    ordered = statement.order_by(Meeting.held_on.desc(), Paper.reference).offset(skip).limit(limit)
    ids = session.scalars(ordered).all()
    rows = {row.id: row for row in session.scalars(select(Paper).where(Paper.id.in_(ids)).options(*LISTED_PAPER))}
    return [rows[number] for number in ids]


def count(session: Session, asked: PapersWanted) -> int:
    """How many papers are asked for."""
    return session.scalar(_of_asked(select(func.count(Paper.id)), asked)) or 0


def days_of_meetings(session: Session, asked: PapersWanted, *, limit: int) -> Sequence[date]:
    """The last `limit` days of meetings that have papers which are asked for, the last first."""
    papers_then = exists().where(Paper.meeting_id == Meeting.id, Paper.format_id == Format.id, *asked.conditions())
    days = select(Meeting.held_on).join(Meeting.board).where(papers_then.correlate(Meeting, Board)).distinct()
    return session.scalars(days.order_by(Meeting.held_on.desc()).limit(limit)).all()


def free_reference(session: Session, title: str, held_on: date) -> str:
    """A reference that no paper has, made of the title and the month of the meeting: `fleet-renewal-2026-12`."""
    words = re.findall("[a-z0-9]+", unicodedata.normalize("NFKD", title.lower()))[:_WORDS_OF_A_REFERENCE]
    stem = f"{'-'.join(words)[:_LONGEST_STEM].strip('-') or 'paper'}-{held_on:%Y-%m}"
    taken = set(session.scalars(select(Paper.reference).where(Paper.reference.startswith(stem, autoescape=True))))
    numbered = (f"{stem}-{number}" for number in itertools.count(2))
    return next(reference for reference in itertools.chain([stem], numbered) if reference not in taken)


_WORDS_OF_A_REFERENCE = 5

_LONGEST_STEM = 60


def _of_asked(statement: Select[Any], asked: PapersWanted, *, by_meeting: bool = False) -> Select[Any]:
    """The statement about the papers that are asked for, with no table that nobody asks, but perhaps the meeting."""
    if by_meeting or asked.board is not None or asked.held_on is not None:
        # The sum keeps SQLite from looking up the meeting of every paper, which would have to sort them all. It goes
        # from the last meeting to its papers instead, and ends when it has a page of them.
        statement = statement.join(Meeting, Meeting.id + 0 == Paper.meeting_id)
    if asked.board is not None:
        statement = statement.join(Meeting.board)
    if asked.format is not None:
        statement = statement.join(Paper.format)
    return statement.where(*asked.conditions())


def to_come(
    session: Session,
    *,
    since: date,
    after: tuple[date, str] | None = None,
    limit: int,
    states: Collection[State] | None = None,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[Paper]:
    """At most `limit` papers for meetings on the day `since` or later, the next meeting first; filters as in `papers`.

    Of these `states`, and behind the day of a meeting and the reference `after`, where they are given; and none that
    was withdrawn. With what a list shows.
    """
    conditions = [Meeting.held_on >= since, Paper.state != State.WITHDRAWN]
    if after is not None:
        conditions.append(tuple_(Meeting.held_on, Paper.reference) > after)
    if states is not None:
        conditions.append(Paper.state.in_(states))
    conditions += within(organisation_id=organisation_id, boards=boards, markings=markings)
    statement = select(Paper).join(Paper.meeting).where(*conditions)
    ordered = statement.order_by(Meeting.held_on, Paper.reference).limit(limit)
    return session.scalars(ordered.options(*LISTED_PAPER)).all()


def of_meeting(
    session: Session,
    meeting_id: int,
    *,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[Paper]:
    """At most `limit` papers for this meeting by reference; filters as in `papers`, and with what a list shows."""
    conditions = [Paper.meeting_id == meeting_id]
    conditions += within(organisation_id=organisation_id, boards=boards, markings=markings)
    statement = select(Paper).where(*conditions).order_by(Paper.reference).limit(limit)
    return session.scalars(statement.options(*LISTED_PAPER)).all()


def of_format(
    session: Session,
    format_key: str,
    *,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[Paper]:
    """At most `limit` papers of a format, those for the latest meetings first; filters as in `papers`.

    With what a list shows.
    """
    conditions = [Paper.format.has(Format.key == format_key)]
    conditions += within(organisation_id=organisation_id, boards=boards, markings=markings)
    statement = select(Paper).join(Paper.meeting).where(*conditions)
    ordered = statement.order_by(Meeting.held_on.desc(), Paper.reference).limit(limit)
    return session.scalars(ordered.options(*LISTED_PAPER)).all()


def walk(session: Session) -> Iterator[Paper]:
    """Every paper in the order of references, with what a list shows; streamed."""
    statement = select(Paper).order_by(Paper.reference).options(*LISTED_PAPER)
    return iter(session.scalars(statement.execution_options(yield_per=100)))


def meetings_of(session: Session, paper: Paper) -> set[int]:
    """Ids of the meetings that the paper is for, or was for before it was reissued for another one."""
    former = session.scalars(select(FormerMeeting.meeting_id).where(FormerMeeting.paper_id == paper.id))
    return {paper.meeting_id, *former}


def previous(session: Session, paper: Paper) -> Paper | None:
    """The paper before this one in its series, by day of meeting; None without a series or for its first paper.

    Of two papers for one day, that one comes before which was for an earlier meeting until it was reissued. One of its
    own organisation, for what another one wrote in the same series is not its to read; and none that was withdrawn.
    Needs the paper's `meeting`; the answer comes with what a list shows.
    """
    if paper.series_id is None:
        return None
    return session.scalar(
        select(Paper)
        .join(Paper.meeting)
        .where(
            Paper.series_id == paper.series_id,
            Paper.organisation_id == paper.organisation_id,
            Paper.state != State.WITHDRAWN,
            _comes_before(session, paper),
        )
        .order_by(Meeting.held_on.desc(), _first_day().desc(), Paper.reference.desc())
        .limit(1)
        .options(*LISTED_PAPER)
    )


def meetings_of_series(session: Session, paper: Paper) -> set[int]:
    """Ids of the meetings for which a paper of the same series and organisation is, and is not withdrawn."""
    if paper.series_id is None:
        return set()
    found = select(Paper.meeting_id).where(
        Paper.series_id == paper.series_id,
        Paper.organisation_id == paper.organisation_id,
        Paper.state != State.WITHDRAWN,
    )
    return set(session.scalars(found))


def series_for(session: Session, organisation_id: int, *, limit: int) -> Sequence[Series]:
    """At most `limit` series that a paper of the organisation may join, by name: its own, and those that are new."""
    is_own = exists().where(Paper.series_id == Series.id, Paper.organisation_id == organisation_id)
    is_used = exists().where(Paper.series_id == Series.id)
    return session.scalars(
        select(Series).where(or_(is_own, ~is_used)).order_by(Series.name, Series.key).limit(limit)
    ).all()


def clearances(session: Session, paper_id: int) -> dict[tuple[str, str], Clearance]:
    """Place and digest of the text → its newest clearance, with the person and the posts held."""
    rows = session.scalars(
        select(Clearance)
        .where(Clearance.paper_id == paper_id)
        .order_by(Clearance.id)
        .options(selectinload(Clearance.person).selectinload(Person.posts))
    )
    return {(row.place, row.digest): row for row in rows}


def outcomes(session: Session, paper_id: int) -> Sequence[MeetingOutcome]:
    """What was recorded as the outcome of a paper's meeting, first to last; the last one counts."""
    return session.scalars(
        select(MeetingOutcome).where(MeetingOutcome.paper_id == paper_id).order_by(MeetingOutcome.number)
    ).all()


def meeting_actions(session: Session, paper_id: int) -> Sequence[MeetingAction]:
    """The actions for which the meeting asked when it had the paper, first to last, with owner and what is done."""
    return session.scalars(
        select(MeetingAction)
        .where(MeetingAction.paper_id == paper_id)
        .order_by(MeetingAction.number)
        .options(*WHOLE_ACTION)
    ).all()


def carried(session: Session, paper_id: int) -> list[str]:
    """Keys of the sections that stand as the paper before had them, and that nobody has confirmed."""
    unconfirmed = select(Section.key).where(Section.paper_id == paper_id, Section.carried)
    return list(session.scalars(unconfirmed.order_by(Section.key)))


def open_actions(session: Session, paper: Paper) -> Sequence[MeetingAction]:
    """The actions of earlier papers of the series that are not done, by meeting; with owner and paper.

    Those of its own organisation: what a meeting asked another one for is not its to read. Needs the paper's `meeting`.
    """
    if paper.series_id is None:
        return ()
    return session.scalars(
        select(MeetingAction)
        .join(MeetingAction.paper)
        .join(Paper.meeting)
        .where(
            Paper.series_id == paper.series_id,
            Paper.organisation_id == paper.organisation_id,
            _comes_before(session, paper),
            ~MeetingAction.done.has(),
        )
        .order_by(Meeting.held_on, Paper.reference, MeetingAction.number)
        .options(*WHOLE_ACTION)
    ).all()


def _comes_before(session: Session, paper: Paper) -> ColumnElement[bool]:
    """Whether a paper, joined with its meeting, comes before this one of its series."""
    day = paper.meeting.held_on
    first = session.scalar(select(_first_day()).select_from(Paper).join(Paper.meeting).where(Paper.id == paper.id))
    return or_(Meeting.held_on < day, and_(Meeting.held_on == day, _first_day() < first))


def _first_day() -> ColumnElement[date]:
    """The day of the first meeting that a paper, joined with its meeting, was for."""
    sitting = aliased(Meeting)
    former = (
        select(func.min(sitting.held_on))
        .join(FormerMeeting, FormerMeeting.meeting_id == sitting.id)
        .where(FormerMeeting.paper_id == Paper.id)
        .scalar_subquery()
    )
    return case((former < Meeting.held_on, former), else_=Meeting.held_on)


def actions_of_person(
    session: Session,
    person_id: int,
    *,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[MeetingAction]:
    """At most `limit` open actions for which meetings asked this person, what is due first first, without a day last.

    With owner and paper; filters of the papers as in `papers`.
    """
    conditions = [MeetingAction.owner_id == person_id, ~MeetingAction.done.has()]
    conditions += within(organisation_id=organisation_id, boards=boards, markings=markings)
    return session.scalars(
        select(MeetingAction)
        .join(MeetingAction.paper)
        .where(*conditions)
        .order_by(MeetingAction.due_on.is_(None), MeetingAction.due_on, MeetingAction.id)
        .limit(limit)
        .options(*WHOLE_ACTION)
    ).all()


LISTED_PAPER: tuple[ExecutableOption, ...] = (
    joinedload(Paper.organisation),
    joinedload(Paper.format),
    joinedload(Paper.series),
    joinedload(Paper.meeting).joinedload(Meeting.board),
)
"""What is loaded with a paper in a list."""

WHOLE_ACTION: tuple[ExecutableOption, ...] = (
    selectinload(MeetingAction.owner).selectinload(Person.posts),
    selectinload(MeetingAction.paper).selectinload(Paper.meeting),
    selectinload(MeetingAction.done),
)
"""What is loaded with an action of a meeting."""

PAPER_TO_ASSEMBLE: tuple[ExecutableOption, ...] = (
    joinedload(Paper.organisation),
    joinedload(Paper.format),
    joinedload(Paper.series),
    joinedload(Paper.meeting).joinedload(Meeting.board).joinedload(Board.organisation),
    joinedload(Paper.chief_officer).selectinload(Person.posts),
    joinedload(Paper.author).selectinload(Person.posts),
    selectinload(Paper.sections),
    selectinload(Paper.choices),
    selectinload(Paper.own_wordings).selectinload(OwnWording.update).selectinload(Update.parts),
    selectinload(Paper.own_wordings).selectinload(OwnWording.update).joinedload(Update.workstream),
    selectinload(Paper.consultees).selectinload(Consultee.person).selectinload(Person.posts),
)
"""What is loaded with a paper that is put together: its workstreams are read in plain values."""

WHOLE_PAPER: tuple[ExecutableOption, ...] = (
    *PAPER_TO_ASSEMBLE,
    selectinload(Paper.choices).selectinload(Choice.workstream).selectinload(Workstream.theme),
    selectinload(Paper.choices).selectinload(Choice.workstream).selectinload(Workstream.parts),
    selectinload(Paper.choices)
    .selectinload(Choice.workstream)
    .selectinload(Workstream.owner)
    .selectinload(Person.posts),
    selectinload(Paper.choices)
    .selectinload(Choice.workstream)
    .selectinload(Workstream.serves)
    .selectinload(FrameworkItem.framework),
)
"""What is loaded with a paper that will be read as a whole."""
