"""The demonstration's round: who was asked for the meeting in December, and what twelve invented leads answered.

A facts file holds no rounds, and every run on another day shall show the same: so the round was opened and answered on
days of its own, like everything else in the demonstration.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.blobs import Blobs
from app.facts.answering import Giver, SaidShape, answer, seen_of
from app.facts.shapes import FactsFile, UpdateShape
from app.people.queries import get_person
from app.rounds import queries
from app.rounds.commands import RequestEntry, RoundEntry, give_link, judge, link_object, save_round, use_link
from app.rounds.models import AnswerKind, Verdict

KEY = "collaboration-2026-12"

OPENED = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
DUE = date(2026, 11, 20)
READ = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
"""When the paper's author read what had come."""


@dataclass(frozen=True)
class _Said:
    """What came for one workstream: on a day of November at an hour, by a person or a contributor outside."""

    workstream: str
    by: str
    day: int
    hour: int
    kind: AnswerKind = AnswerKind.CHANGED
    subject: str | None = None
    on_behalf_of: str | None = None
    outside: bool = False
    verdict: Verdict | None = None
    reason: str | None = None


ANSWERS = (
    _Said("JNT-01", "head-joint-crime", 19, 10, verdict=Verdict.ACCEPTED),
    _Said("JNT-02", "collaboration-manager", 16, 14, on_behalf_of="director-joint-support", verdict=Verdict.ACCEPTED),
    _Said("OPS-01", "head-joint-operations", 20, 9),
    _Said("OPS-04", "head-joint-operations", 20, 9, AnswerKind.NOTHING_TO_REPORT, "events in the joint dog section"),
    _Said("REG-01", "Programme office of the region", 18, 11, outside=True),
    _Said("DIG-01", "digital-evidence-manager", 20, 16, verdict=Verdict.ACCEPTED),
    _Said("NAT-01", "head-contact", 21, 8),  # a day late
    _Said("FIR-03", "blue-light-lead", 17, 13, AnswerKind.NO_CHANGE, verdict=Verdict.ACCEPTED),
    _Said("LOC-01", "mental-health-lead", 20, 15),
    _Said(
        "INN-02",
        "head-strategic-change",
        18,
        17,
        verdict=Verdict.SENT_BACK,
        reason="Please say who pays for the fair test of the checklist.",
    ),
)
"""In the order of the round; nobody has answered for the two workstreams that it asks beside these."""

UNANSWERED = ("REG-04", "NAT-03")


def play_round(session: Session, blobs: Blobs, facts: FactsFile, *, by: str) -> bool:
    """The demonstration's round is open and partly answered; answers whether it is new.

    `facts` are the demonstration's, loaded before. A round that is there stays as it is, whatever became of it.
    """
    if queries.find(session, KEY) is not None:
        return False
    save_round(session, _round(), by=by, at=OPENED)
    latest = {workstream.ref: workstream.updates[-1] for workstream in facts.workstreams if workstream.updates}
    for said in sorted(ANSWERS, key=lambda said: (said.day, said.hour)):
        _answer(session, blobs, said, latest[said.workstream], by=by)
    for said in ANSWERS:
        if said.verdict is not None:
            request = queries.get_request(session, KEY, said.workstream)
            judge(session, request, 1, said.verdict, said.reason, by=by, at=READ)
    return True


def _round() -> RoundEntry:
    asked = [*(said.workstream for said in ANSWERS), *UNANSWERED]
    return RoundEntry(
        key=KEY,
        name="Quarterly collaboration update, December 2026",
        organisation="northmoor",
        board="performance-resources",
        meeting=date(2026, 12, 10),
        due_on=DUE,
        as_at=DUE,
        closed=False,
        requests=tuple(RequestEntry(workstream=ref, parts=(), person=None) for ref in asked),
    )


def _answer(session: Session, blobs: Blobs, said: _Said, latest: UpdateShape, *, by: str) -> None:
    at = datetime(2026, 11, said.day, said.hour, tzinfo=UTC)
    what = SaidShape(kind=said.kind, update=latest if said.kind is AnswerKind.CHANGED else None, subject=said.subject)
    request = queries.get_request(session, KEY, said.workstream)
    seen = seen_of(session, request)
    if said.outside:
        link, _ = give_link(session, request, name=said.by, contact=None, days=30, by=by, at=OPENED)
        use_link(session, link, at=at)
        who, by = Giver(link.name), link_object(request, link)
    else:
        behalf = get_person(session, said.on_behalf_of) if said.on_behalf_of else None
        who = Giver(get_person(session, said.by), behalf)
    answer(session, blobs, KEY, said.workstream, said=what, seen=seen, who=who, by=by, now=at)
