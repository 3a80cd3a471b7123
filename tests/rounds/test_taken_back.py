"""What does not stand as reported: one question to the database, held to what is meant, on histories made by chance."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.boards.models import Meeting
from app.db import Database
from app.rounds.models import Answer, AnswerKind, Judgement, Request, Round, Verdict
from app.rounds.queries import taken_back
from app.rounds.standing import valid_answer, verdict_on
from app.workstreams.models import Theme, Update, Workstream
from tests.conftest import NOW
from tests.facts.stories import loaded, shipped, small

WORKSTREAMS = 150
ROUNDS = 3
FIRST_DAY = date(2026, 1, 1)


def meant(requests: Iterable[Request]) -> set[int]:
    """What is taken back, answer by answer, in the words of the manual."""
    stands: set[int] = set()
    gone: set[int] = set()
    for request in requests:
        last = valid_answer(request)
        unchanged = last.update if last and last.kind is AnswerKind.NO_CHANGE else None
        stands |= {last.update_id} if last else set()
        for answer in request.answers:
            if answer.kind is AnswerKind.NO_CHANGE:
                continue
            is_over = unchanged is not None and answer.update.as_at > unchanged.as_at
            (gone if is_over or verdict_on(answer) is Verdict.SENT_BACK else stands).add(answer.update_id)
    return gone - stands


def a_history(session: Session, chance: Random) -> list[int]:
    """Ids of workstreams that answered rounds in every way that there is, with revisions that several answers share."""
    theme = session.scalars(select(Theme)).first()
    meeting = session.scalars(select(Meeting)).first()
    assert theme is not None
    assert meeting is not None
    rounds = [
        Round(
            key=f"round-{number}",
            name="A round",
            organisation_id=theme.organisation_id,
            meeting_id=meeting.id,
            due_on=FIRST_DAY,
            as_at=FIRST_DAY,
            closed=False,
        )
        for number in range(ROUNDS)
    ]
    workstreams = [
        Workstream(ref=f"W-{number}", name="Work", theme_id=theme.id, position=number) for number in range(WORKSTREAMS)
    ]
    session.add_all([*rounds, *workstreams])
    session.flush()
    for workstream in workstreams:
        reported = [
            Update(
                workstream_id=workstream.id,
                as_at=FIRST_DAY + timedelta(days=day),
                revision=revision,
                nothing_to_report=False,
                recorded_at=NOW,
            )
            for day in range(3)
            for revision in (1, 2)
        ]
        session.add_all(reported)
        session.flush()
        for round_ in chance.sample(rounds, chance.randint(0, ROUNDS)):
            request = Request(round_id=round_.id, workstream_id=workstream.id, position=0, parts=[])
            session.add(request)
            session.flush()
            for number in range(1, chance.randint(0, 3) + 1):
                answer = Answer(
                    request_id=request.id,
                    number=number,
                    kind=chance.choice([*AnswerKind, AnswerKind.NO_CHANGE]),
                    update_id=chance.choice(reported).id,
                    given_by_name="Somebody",
                    recorded_at=NOW,
                    recorded_by="somebody",
                )
                session.add(answer)
                session.flush()
                session.add_all(
                    Judgement(
                        answer_id=answer.id, number=said, verdict=chance.choice(list(Verdict)), at=NOW, by="somebody"
                    )
                    for said in range(1, chance.choice([0, 0, 1, 1, 2]) + 1)
                )
    return [workstream.id for workstream in workstreams]


@pytest.fixture
def history(database: Database, blobs) -> list[int]:
    loaded(database, blobs, shipped(), small())
    with database.writing() as session:
        return a_history(session, Random(6))


def test_what_is_taken_back_is_asked_of_the_database_at_once(database, history):
    asked: list[str] = []

    def listen(*said) -> None:
        asked.append(said[2])

    chance = Random(7)
    answers = selectinload(Request.answers).options(selectinload(Answer.judgements), joinedload(Answer.update))
    with database.reading() as session:
        every = {
            number: meant(
                session.scalars(select(Request).where(Request.workstream_id == number).options(answers)).all()
            )
            for number in history
        }
        assert sum(map(len, every.values())) > WORKSTREAMS // 4
        assert not all(every.values())
        event.listen(database.engine, "before_cursor_execute", listen)
        for chosen in (history, chance.sample(history, 40), history[:1], []):
            asked.clear()
            found = taken_back(session, chosen)
            assert found == set().union(*(every[number] for number in chosen))
            assert len(asked) == min(len(chosen), 1)
        event.remove(database.engine, "before_cursor_execute", listen)
