"""How a request stands on a day: pure functions of what was asked and answered."""

from datetime import date
from enum import StrEnum

from app.boards.deadlines import LONDON
from app.people.models import Person
from app.rounds.models import Answer, Request, Verdict


class Standing(StrEnum):
    """How a request stands."""

    WAITING = "waiting"  # nothing was answered, and it is not late
    MISSING = "missing"  # nothing was answered, and it is late
    SENT_BACK = "sent-back"  # the last answer was sent back
    ANSWERED = "answered"  # the last answer waits for the paper's author
    ACCEPTED = "accepted"


OPEN = frozenset({Standing.WAITING, Standing.MISSING, Standing.SENT_BACK})
"""An answer is still to come."""


def asked_person(request: Request) -> Person | None:
    """Who is asked: the person whom the round names, or else the workstream's owner. Needs both."""
    return request.person or request.workstream.owner


def last_answer(request: Request) -> Answer | None:
    """The newest answer, which is the one that counts, if there is any. Needs `answers`."""
    return request.answers[-1] if request.answers else None


def verdict_on(answer: Answer) -> Verdict | None:
    """The newest judgement of the answer, if there is any. Needs `judgements`."""
    return answer.judgements[-1].verdict if answer.judgements else None


def standing_of(request: Request, *, today: date) -> Standing:
    """How the request stands on that day. Needs `round`, and `answers` with their `judgements`."""
    answer = last_answer(request)
    if answer is None:
        return Standing.MISSING if today > request.round.due_on else Standing.WAITING
    said = {Verdict.SENT_BACK: Standing.SENT_BACK, Verdict.ACCEPTED: Standing.ACCEPTED, None: Standing.ANSWERED}
    return said[verdict_on(answer)]


def valid_answer(request: Request) -> Answer | None:
    """The newest answer, unless it was sent back. Needs `answers` with their `judgements`."""
    answer = last_answer(request)
    return None if answer is None or verdict_on(answer) is Verdict.SENT_BACK else answer


def is_late(answer: Answer, due_on: date) -> bool:
    """Whether the answer came after the day on which it was due, as days are counted in London."""
    return answer.recorded_at.astimezone(LONDON).date() > due_on
