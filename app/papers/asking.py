"""What a paper and the rounds for its meeting know of each other: whom to ask, and whom to name as consulted."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.papers.models import Paper
from app.papers.queries import meetings_of
from app.people.models import Person
from app.rounds import queries as rounds
from app.rounds.commands import RequestEntry, RoundEntry
from app.rounds.standing import valid_answer


@dataclass(frozen=True)
class Proposed:
    """A person who may be named as consulted, and the workstreams for which they answered."""

    person: Person
    workstreams: tuple[str, ...]
    """Their names, in the paper's order."""


def round_for(paper: Paper, key: str) -> RoundEntry:
    """A round that asks everything of each workstream of the paper, by the day that the meeting's deadlines say.

    Needs the paper as `papers.queries.get` loads it. Nothing is saved.
    """
    meeting = paper.meeting
    subject = paper.series.name if paper.series else paper.title
    return RoundEntry(
        key=key,
        name=f"{subject}, {meeting.held_on:%B %Y}"[:300],
        organisation=paper.organisation.key,
        board=meeting.board.key,
        meeting=meeting.held_on,
        due_on=None,
        as_at=None,
        closed=False,
        requests=tuple(RequestEntry(choice.workstream.ref, parts=(), person=None) for choice in paper.choices),
    )


def proposed_consultees(session: Session, paper: Paper) -> list[Proposed]:
    """Who answered for the paper's workstreams in the rounds for its meeting, and for whom; by the paper's order.

    An answer that was sent back does not count. Left out are the paper's author and chief officer, those whom it names
    already, and contributors outside, who are no persons here. Needs the paper as `papers.queries.get` loads it.
    """
    named = {paper.author_id, paper.chief_officer_id, *(consultee.person_id for consultee in paper.consultees)}
    asked = rounds.of_meetings(session, meetings_of(session, paper), (choice.workstream_id for choice in paper.choices))
    found: dict[int, tuple[Person, list[str]]] = {}
    for choice in paper.choices:
        request = asked.get(choice.workstream_id)
        answer = valid_answer(request) if request else None
        for person in (answer.on_behalf_of, answer.given_by) if answer else ():
            if person is not None and person.id not in named:
                found.setdefault(person.id, (person, []))[1].append(choice.workstream.name)
    return [Proposed(person, tuple(names)) for person, names in found.values()]
