"""Papers, as they are."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.boards.models import Board, Meeting, Series
from app.errors import NotFound
from app.formats.models import Format
from app.frameworks.models import FrameworkItem
from app.papers.models import Choice, Consultee, OwnWording, Paper
from app.people.models import Organisation, Person
from app.workstreams.models import Update, Workstream


class NoPaper(NotFound):
    """No paper has this reference."""

    def __init__(self, reference: object) -> None:
        super().__init__("paper", reference)


def find(session: Session, reference: str) -> Paper | None:
    """The paper with this reference, with everything that a generation reads, if there is one."""
    return session.scalar(select(Paper).where(Paper.reference == reference).options(*WHOLE_PAPER))


def get(session: Session, reference: str) -> Paper:
    """The paper with this reference, with everything that a generation reads.

    Raises:
        NoPaper: if there is none.
    """
    paper = find(session, reference)
    if paper is None:
        raise NoPaper(reference)
    return paper


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


def find_kept(session: Session, reference: str) -> PaperKept | None:
    """Whose the paper is, where it goes and how it is marked, without what stands in it, if there is such a paper."""
    columns = select(
        Paper.id, Paper.organisation_id, Paper.marking, Format.key, Board.key, Board.organisation_id
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
    if organisation_id is not None:
        conditions.append(Paper.organisation_id == organisation_id)
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
    if boards is not None:
        conditions.append(Paper.meeting.has(Meeting.board.has(Board.key.in_(boards))))
    if markings is not None:
        conditions.append(Paper.marking.in_(markings))
    statement = select(Paper).where(*conditions).order_by(Paper.reference).limit(limit)
    return session.scalars(statement.options(*LISTED_PAPER)).all()


def walk(session: Session) -> Iterator[Paper]:
    """Every paper in the order of references, with what a list shows; streamed."""
    statement = select(Paper).order_by(Paper.reference).options(*LISTED_PAPER)
    return iter(session.scalars(statement.execution_options(yield_per=100)))


def previous(session: Session, paper: Paper) -> Paper | None:
    """The paper before this one in its series, by day of meeting; None without a series or for its first paper.

    Needs the paper's `meeting`; the answer comes with what a list shows.
    """
    if paper.series_id is None:
        return None
    return session.scalar(
        select(Paper)
        .join(Paper.meeting)
        .where(Paper.series_id == paper.series_id, Meeting.held_on < paper.meeting.held_on)
        .order_by(Meeting.held_on.desc(), Paper.reference.desc())
        .limit(1)
        .options(*LISTED_PAPER)
    )


LISTED_PAPER: tuple[ExecutableOption, ...] = (
    joinedload(Paper.organisation),
    joinedload(Paper.format),
    joinedload(Paper.series),
    joinedload(Paper.meeting).joinedload(Meeting.board),
)
"""What is loaded with a paper in a list."""

WHOLE_PAPER: tuple[ExecutableOption, ...] = (
    joinedload(Paper.organisation),
    joinedload(Paper.format),
    joinedload(Paper.series),
    joinedload(Paper.meeting).joinedload(Meeting.board).joinedload(Board.organisation),
    selectinload(Paper.chief_officer).selectinload(Person.posts),
    selectinload(Paper.author).selectinload(Person.posts),
    selectinload(Paper.sections),
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
    selectinload(Paper.own_wordings).selectinload(OwnWording.update).selectinload(Update.parts),
    selectinload(Paper.own_wordings).selectinload(OwnWording.update).joinedload(Update.workstream),
    selectinload(Paper.consultees).selectinload(Consultee.person).selectinload(Person.posts),
)
"""What is loaded with a paper that will be read as a whole."""
