"""What of a paper waits for somebody today, apart from what its newest version shows as missing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.assembly.clearing import ToClear
from app.assembly.selection import clearances_of
from app.boards.deadlines import LONDON
from app.formats import queries as formats
from app.papers import queries as papers
from app.papers.lifecycle import may_change
from app.papers.models import MeetingAction, Paper
from app.rounds import queries as rounds
from app.rounds.standing import OPEN, Standing, standing_of
from app.versions import queries as versions
from app.versions.models import Comment, Version


@dataclass(frozen=True)
class AwaitedAnswer:
    """A workstream of the paper whose answer is still to come."""

    workstream: str
    """Its name."""
    standing: Standing
    due_on: date


@dataclass(frozen=True)
class Outstanding:
    """What of a paper waits for somebody, each in the order in which the paper or its meetings have it."""

    comments: tuple[Comment, ...]
    """Those that begin a thread which is not settled."""
    clearances: tuple[ToClear, ...]
    """Texts of a draft that nobody has cleared as they are."""
    requests: tuple[AwaitedAnswer, ...]
    """What the rounds for its meeting ask and nobody has answered, or was sent back."""
    actions: tuple[MeetingAction, ...]
    """What earlier meetings of its series asked for and is not done."""

    @property
    def anything(self) -> bool:
        """Whether anybody is waited for."""
        return bool(self.comments or self.clearances or self.requests or self.actions)


def outstanding_of(
    session: Session,
    paper: Paper,
    *,
    now: datetime,
    sees_version: Callable[[Version], bool],
    sees_paper: Callable[[Paper], bool],
) -> Outstanding:
    """What of the paper, whole as in `papers.get`, waits for somebody.

    A comment is told only where the version that it is about is seen, an action only where the paper is that the
    meeting had. What is approved or withdrawn waits for no clearance and no answer.
    """
    threads = versions.comments(session, paper.id)
    return Outstanding(
        comments=tuple(one for one in threads if one.resolution is None and sees_version(one.version)),
        clearances=_not_cleared(session, paper, now) if may_change(paper.state) else (),
        requests=_unanswered(session, paper, now.astimezone(LONDON).date()) if may_change(paper.state) else (),
        actions=tuple(one for one in papers.open_actions(session, paper) if sees_paper(one.paper)),
    )


def _not_cleared(session: Session, paper: Paper, now: datetime) -> tuple[ToClear, ...]:
    template = formats.live_versions(session, [paper.format.key]).get(paper.format.key)
    if template is None:
        return ()
    return tuple(needed for needed, found in clearances_of(session, paper, template, now=now) if found is None)


def _unanswered(session: Session, paper: Paper, today: date) -> tuple[AwaitedAnswer, ...]:
    chosen = {choice.workstream.id: choice.workstream.name for choice in paper.choices}
    asked = rounds.of_meetings(session, papers.meetings_of(session, paper), chosen)
    found = ((chosen[number], asked[number]) for number in chosen if number in asked)
    standing = (AwaitedAnswer(name, standing_of(one, today=today), one.round.due_on) for name, one in found)
    return tuple(one for one in standing if one.standing in OPEN)
