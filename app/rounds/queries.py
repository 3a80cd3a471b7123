"""Rounds, requests, answers and links, as they are."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.boards.models import Board, Meeting
from app.db import batches, holds_words
from app.errors import NotFound
from app.rounds.models import (
    Answer,
    AnswerKind,
    AnswerLink,
    CalendarFeed,
    Judgement,
    Request,
    Round,
    SentReminder,
    Verdict,
)
from app.workstreams.models import Rating, Update, Workstream


class NoRound(NotFound):
    """No round has this key."""

    def __init__(self, key: str) -> None:
        super().__init__("round", key)


class NoRequest(NotFound):
    """The round asks nothing of this workstream."""

    def __init__(self, key: str, ref: str) -> None:
        super().__init__("request", f"{key}, {ref}")


class NoAnswer(NotFound):
    """The request has no answer with this number."""

    def __init__(self, request: Request, number: int) -> None:
        super().__init__("answer", f"{request.round.key}, {request.workstream.ref}, {number}")


class NoCalendar(NotFound):
    """The account has no calendar with this number, or nothing is at this address."""

    def __init__(self, name: object) -> None:
        super().__init__("calendar", name)


class NoLink(NotFound):
    """The request has no link with this number."""

    def __init__(self, request: Request, number: int) -> None:
        super().__init__("link", f"{request.round.key}, {request.workstream.ref}, {number}")


def find(session: Session, key: str) -> Round | None:
    """The round with this key, with its requests and their answers, if there is one."""
    return session.scalar(select(Round).where(Round.key == key).options(*WHOLE_ROUND))


def get(session: Session, key: str) -> Round:
    """The round with this key, with its requests and their answers.

    Raises:
        NoRound: if there is none.
    """
    found = find(session, key)
    if found is None:
        raise NoRound(key)
    return found


def rounds(
    session: Session,
    *,
    after: str = "",
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    board: str | None = None,
    meeting: date | None = None,
    words: Sequence[str] = (),
    closed: bool | None = None,
    whole: bool = True,
) -> Sequence[Round]:
    """At most `limit` rounds in the order of their keys, behind `after`; each filter that is given holds.

    Each of the `words` stands in key or name. `boards` are those of which the meeting has one. Loaded as in `get`;
    those that are not `whole` with meeting and board only.
    """
    conditions = [Round.key > after, *holds_words(words, Round.key, Round.name)]
    if closed is not None:
        conditions.append(Round.closed == closed)
    if organisation_id is not None:
        conditions.append(Round.organisation_id == organisation_id)
    if boards is not None:
        conditions.append(Round.meeting.has(Meeting.board.has(Board.key.in_(boards))))
    if board is not None:
        conditions.append(Round.meeting.has(Meeting.board.has(Board.key == board)))
    if meeting is not None:
        conditions.append(Round.meeting.has(Meeting.held_on == meeting))
    loaded = WHOLE_ROUND if whole else (joinedload(Round.meeting).joinedload(Meeting.board),)
    return session.scalars(select(Round).where(*conditions).order_by(Round.key).limit(limit).options(*loaded)).all()


def walk(session: Session, *, organisation_id: int | None = None) -> Iterator[Round]:
    """Every round by the day on which it is due and its key, the last first; loaded as in `get`."""
    statement = select(Round).order_by(Round.due_on.desc(), Round.key).options(*WHOLE_ROUND)
    if organisation_id is not None:
        statement = statement.where(Round.organisation_id == organisation_id)
    return iter(session.scalars(statement).all())


def due_next(
    session: Session,
    *,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    meeting_id: int | None = None,
    takes_answers: bool = True,
    wants_answers: bool = False,
) -> Sequence[Round]:
    """At most `limit` rounds by the day on which they are due, with meeting and board; each filter that is given holds.

    Those that take answers; with `takes_answers` false, closed ones too. With `wants_answers` only those in which not
    every request has an answer that was accepted.
    """
    conditions = [~Round.closed] if takes_answers else []
    if organisation_id is not None:
        conditions.append(Round.organisation_id == organisation_id)
    if boards is not None:
        conditions.append(Round.meeting.has(Meeting.board.has(Board.key.in_(boards))))
    if meeting_id is not None:
        conditions.append(Round.meeting_id == meeting_id)
    if wants_answers:
        is_open = or_(Judgement.verdict.is_(None), Judgement.verdict != Verdict.ACCEPTED)
        conditions.append(Round.id.in_(_newest_answers(Request.round_id).where(is_open)))
    return session.scalars(
        select(Round)
        .where(*conditions)
        .order_by(Round.due_on, Round.key)
        .limit(limit)
        .options(joinedload(Round.meeting).joinedload(Meeting.board))
    ).all()


class Tally(NamedTuple):
    """How many requests a round has, of how many the newest answer waits to be read, and of how many one is to come."""

    asked: int
    to_read: int
    to_come: int


def tallies(session: Session, round_ids: Iterable[int]) -> dict[int, Tally]:
    """Id of a round → its tally; no answer itself is read, only what was said of the newest one of each request."""
    found: dict[int, Tally] = {}
    for batch in batches(sorted(set(round_ids))):
        rows = session.execute(
            _newest_answers(Request.round_id, Answer.id, Judgement.verdict).where(Request.round_id.in_(batch))
        ).all()
        for number in batch:
            own: list[tuple[int | None, Verdict | None]] = [
                (answer, verdict) for round_id, answer, verdict in rows if round_id == number
            ]
            found[number] = Tally(
                asked=len(own),
                to_read=sum(answer is not None and verdict is None for answer, verdict in own),
                to_come=sum(answer is None or verdict is Verdict.SENT_BACK for answer, verdict in own),
            )
    return found


def _newest_answers(*columns: Any) -> Select[Any]:
    """These columns of every request, of its newest answer, and of what was said of that last, where there are any."""
    # Answers and judgements are only ever added: the newest has the highest id.
    newest = select(func.max(Answer.id)).where(Answer.request_id == Request.id).correlate(Request).scalar_subquery()
    last_said = (
        select(func.max(Judgement.id)).where(Judgement.answer_id == Answer.id).correlate(Answer).scalar_subquery()
    )
    return (
        select(*columns)
        .select_from(Request)
        .outerjoin(Answer, Answer.id == newest)
        .outerjoin(Judgement, Judgement.id == last_said)
    )


def get_request(session: Session, key: str, ref: str) -> Request:
    """What the round asks of the workstream, whole, whatever the session knew of it before.

    Raises:
        NoRequest: if it asks nothing of it.
    """
    request = session.scalar(
        select(Request)
        .where(Request.round.has(Round.key == key), Request.workstream.has(Workstream.ref == ref))
        .options(*WHOLE_REQUEST)
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NoRequest(key, ref)
    return request


def of_meetings(session: Session, meeting_ids: Collection[int], workstream_ids: Iterable[int]) -> dict[int, Request]:
    """Id of a workstream → what the rounds for these meetings ask of it; of several rounds, the one due last.

    With round, workstream, and answers with their judgements and persons; of the updates only their days.
    """
    found: dict[int, Request] = {}
    for batch in batches(sorted(set(workstream_ids))):
        rows = session.scalars(_of_meetings(), {"meetings": list(meeting_ids), "workstreams": batch})
        found |= {request.workstream_id: request for request in rows}
    return found


# What every draft asks is put together once: that takes longer than the answer.

_WORKSTREAMS: BindParameter[int] = bindparam("workstreams", expanding=True)


@cache
def _of_meetings() -> Select[Request]:
    return (
        select(Request)
        .join(Request.round)
        .where(Round.meeting_id.in_(bindparam("meetings", expanding=True)), Request.workstream_id.in_(_WORKSTREAMS))
        .order_by(Round.due_on, Round.key)
        .options(*ANSWERED_REQUEST)
    )


def taken_back(session: Session, workstream_ids: Iterable[int]) -> set[int]:
    """Ids of the revisions that answers of these workstreams brought, and that do not stand as reported.

    Those that were sent back do not; nor does what came before an answer that nothing has changed since an earlier day,
    where that one counts. A revision that any answer brought or confirms that stands, in this round or another, stands.
    """
    found: set[int] = set()
    for batch in batches(sorted(set(workstream_ids))):
        found |= set(session.scalars(_taken_back(), {"workstreams": batch}))
    return found


@cache
def _taken_back() -> Select[int]:
    kept = aliased(Answer)
    brought = Answer.kind != AnswerKind.NO_CHANGE
    stands = or_(
        and_(kept.kind != AnswerKind.NO_CHANGE, ~_is_sent_back(kept), ~_is_undone(kept)),
        and_(kept.kind == AnswerKind.NO_CHANGE, ~_is_sent_back(kept), kept.number == _last_number(kept.request_id)),
    )
    return (
        select(Answer.update_id)
        .join(Answer.update)
        .where(Update.workstream_id.in_(_WORKSTREAMS), brought, or_(_is_sent_back(Answer), _is_undone(Answer)))
        .where(~exists().where(kept.update_id == Answer.update_id, stands))
    )


def sent_back(session: Session, update_ids: Iterable[int]) -> set[int]:
    """Those of these revisions that an answer brought which was sent back last."""
    found: set[int] = set()
    for batch in batches(sorted(set(update_ids))):
        brought = Answer.update_id.in_(batch), Answer.kind != AnswerKind.NO_CHANGE
        found |= set(session.scalars(select(Answer.update_id).where(*brought, _is_sent_back(Answer))))
    return found


def _is_sent_back(answer: type[Answer]) -> ColumnElement[bool]:
    """Whether the newest judgement of the answer sent it back; false where nothing was said of it."""
    said, newest = aliased(Judgement), aliased(Judgement)
    last = select(func.max(newest.number)).where(newest.answer_id == said.answer_id).scalar_subquery()
    return exists().where(said.answer_id == answer.id, said.verdict == Verdict.SENT_BACK, said.number == last)


def _is_undone(answer: type[Answer]) -> ColumnElement[bool]:
    """Whether the answer that counts in its request says that nothing has changed since a day before it reports."""
    last, unchanged, reported = aliased(Answer), aliased(Update), aliased(Update)
    return exists().where(
        last.request_id == answer.request_id,
        last.number == _last_number(last.request_id),
        last.kind == AnswerKind.NO_CHANGE,
        ~_is_sent_back(last),
        unchanged.id == last.update_id,
        reported.id == answer.update_id,
        unchanged.as_at < reported.as_at,
    )


def _last_number(request_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """The number of the newest answer to that request."""
    given = aliased(Answer)
    return select(func.max(given.number)).where(given.request_id == request_id).scalar_subquery()


def of_open_rounds(session: Session) -> Sequence[Request]:
    """Every request of the rounds that take answers, by day due, round and place; whole."""
    return session.scalars(
        select(Request)
        .join(Request.round)
        .where(_is_of_open_round())
        .order_by(Round.due_on, Round.key, Request.position)
        .options(*WHOLE_REQUEST)
    ).all()


def of_person(session: Session, person_id: int) -> Sequence[Request]:
    """Every request of the rounds that take answers for which this person is asked; ordered and loaded as there."""
    return session.scalars(
        select(Request)
        .join(Request.round)
        .join(Request.workstream)
        .where(
            _is_of_open_round(),
            or_(Request.person_id == person_id, and_(Request.person_id.is_(None), Workstream.owner_id == person_id)),
        )
        .order_by(Round.due_on, Round.key, Request.position)
        .options(*WHOLE_REQUEST)
    ).all()


def to_answer(
    session: Session, person_id: int | None, refs: Collection[str], *, wants_answers: bool = False
) -> Sequence[Request]:
    """Every request of the rounds that take answers for which this person is asked, or that asks these workstreams.

    With `wants_answers` only those of which an answer is still to come. Ordered as in `of_open_rounds`; each with how
    it stands and who is asked, and without what was reported.
    """
    if person_id is None and not refs:
        return ()
    asked: list[ColumnElement[bool]] = [Workstream.ref.in_(refs)]
    if person_id is not None:
        asked.append(Request.person_id == person_id)
        asked.append(and_(Request.person_id.is_(None), Workstream.owner_id == person_id))
    conditions = [_is_of_open_round(), or_(*asked)]
    if wants_answers:
        is_to_come = or_(Answer.id.is_(None), Judgement.verdict == Verdict.SENT_BACK)
        conditions.append(Request.id.in_(_newest_answers(Request.id).where(is_to_come)))
    return session.scalars(
        select(Request)
        .join(Request.round)
        .join(Request.workstream)
        .where(*conditions)
        .order_by(Round.due_on, Round.key, Request.position)
        .options(*STANDING_REQUEST)
    ).all()


def _is_of_open_round() -> ColumnElement[bool]:
    """Whether a request's round takes answers."""
    # From the few rounds that are open: a workstream has been asked in all that there were.
    is_open = aliased(Round)
    return Request.round_id.in_(select(is_open.id).where(~is_open.closed))


def get_answer(request: Request, number: int) -> Answer:
    """The answer with this number, among those of a whole request.

    Raises:
        NoAnswer: if there is none.
    """
    for answer in request.answers:
        if answer.number == number:
            return answer
    raise NoAnswer(request, number)


def get_link(request: Request, number: int) -> AnswerLink:
    """The link with this number, among those of a whole request.

    Raises:
        NoLink: if there is none.
    """
    for link in request.links:
        if link.number == number:
            return link
    raise NoLink(request, number)


def link_by_secret(session: Session, secret: str) -> AnswerLink | None:
    """The link that this secret belongs to, with the round and the workstream of its request.

    Only hashes are compared: how long the search takes says nothing about the secret.
    """
    return session.scalar(
        select(AnswerLink)
        .where(AnswerLink.secret_hash == secret_hash(secret))
        .options(
            joinedload(AnswerLink.request).joinedload(Request.round),
            joinedload(AnswerLink.request).joinedload(Request.workstream),
        )
    )


def find_reminder(session: Session, request_id: int, occasion: str, address: str) -> SentReminder | None:
    """That this address was reminded of the request on this occasion, if it was."""
    return session.scalar(
        select(SentReminder).where(
            SentReminder.request_id == request_id, SentReminder.occasion == occasion, SentReminder.address == address
        )
    )


def calendars(session: Session, account_id: int, *, after: int = 0, limit: int | None = None) -> Sequence[CalendarFeed]:
    """At most `limit` calendars of the account that were not taken away, by number behind `after`."""
    conditions = CalendarFeed.account_id == account_id, CalendarFeed.number > after, CalendarFeed.revoked_at.is_(None)
    statement = select(CalendarFeed).where(*conditions).order_by(CalendarFeed.number).limit(limit)
    return session.scalars(statement.options(*WHOLE_CALENDAR)).all()


def get_calendar(session: Session, account_id: int, number: int) -> CalendarFeed:
    """The account's calendar with this number, taken away or not.

    Raises:
        NoCalendar: if there is none.
    """
    found = session.scalar(
        select(CalendarFeed)
        .where(CalendarFeed.account_id == account_id, CalendarFeed.number == number)
        .options(*WHOLE_CALENDAR)
    )
    if found is None:
        raise NoCalendar(number)
    return found


def calendar_by_secret(session: Session, secret: str) -> CalendarFeed:
    """The calendar at this secret address, while its account can be opened and it was not taken away.

    Raises:
        NoCalendar: for every other address; the sentence does not say why.
    """
    found = session.scalar(
        select(CalendarFeed).where(CalendarFeed.secret_hash == secret_hash(secret)).options(*WHOLE_CALENDAR)
    )
    if found is None or found.revoked_at is not None or found.account.disabled_at is not None:
        raise NoCalendar("…")
    return found


def last_calendar_number(session: Session, account_id: int) -> int:
    """The highest number that a calendar of the account has, taken away or not; 0 without any."""
    return session.scalar(select(func.max(CalendarFeed.number)).where(CalendarFeed.account_id == account_id)) or 0


def secret_hash(secret: str) -> str:
    """What is kept of a secret. It holds 256 random bits, so that a plain hash cannot be searched back."""
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()


# What binds rows that never change to the audit log


def answer_digest(answer: Answer) -> str:
    """SHA-256 of everything that the row of this answer says, by natural keys; needs it as `every_answer` loads it."""
    return _digest(
        {
            "round": answer.request.round.key,
            "workstream": answer.request.workstream.ref,
            "number": answer.number,
            "kind": answer.kind.value,
            "update": [answer.update.as_at.isoformat(), answer.update.revision],
            "subject": answer.subject,
            "given_by": [answer.given_by_name, answer.given_by.key if answer.given_by else None],
            "on_behalf_of": answer.on_behalf_of.key if answer.on_behalf_of else None,
            "recorded": [answer.recorded_at.astimezone(UTC).isoformat(), answer.recorded_by],
        }
    )


def judgement_digest(judgement: Judgement) -> str:
    """SHA-256 of everything that the row of this judgement says."""
    return _digest(
        {
            "number": judgement.number,
            "verdict": judgement.verdict.value,
            "reason": judgement.reason,
            "at": judgement.at.astimezone(UTC).isoformat(),
            "by": judgement.by,
        }
    )


def every_answer(session: Session) -> Iterator[Answer]:
    """Every answer with its judgements, ready for `answer_digest`; streamed."""
    return iter(
        session.scalars(select(Answer).order_by(Answer.id).options(*WHOLE_ANSWER).execution_options(yield_per=500))
    )


def _digest(said: dict[str, Any]) -> str:
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


WHOLE_ANSWER: tuple[ExecutableOption, ...] = (
    joinedload(Answer.request).joinedload(Request.round),
    joinedload(Answer.request).joinedload(Request.workstream),
    selectinload(Answer.update),
    selectinload(Answer.given_by),
    selectinload(Answer.on_behalf_of),
    selectinload(Answer.judgements),
)
"""What is loaded with an answer by itself."""

WHOLE_REQUEST: tuple[ExecutableOption, ...] = (
    joinedload(Request.round).joinedload(Round.meeting).joinedload(Meeting.board),
    joinedload(Request.round).joinedload(Round.organisation),
    joinedload(Request.workstream).joinedload(Workstream.owner),
    joinedload(Request.workstream).joinedload(Workstream.theme),
    joinedload(Request.workstream).selectinload(Workstream.parts),
    joinedload(Request.person),
    selectinload(Request.links),
    selectinload(Request.answers).selectinload(Answer.judgements),
    selectinload(Request.answers).selectinload(Answer.given_by),
    selectinload(Request.answers).selectinload(Answer.on_behalf_of),
    selectinload(Request.answers).selectinload(Answer.update).selectinload(Update.parts),
    selectinload(Request.answers)
    .selectinload(Answer.update)
    .selectinload(Update.ratings)
    .options(joinedload(Rating.dimension), joinedload(Rating.value)),
)
"""What is loaded with a request."""

STANDING_REQUEST: tuple[ExecutableOption, ...] = (
    joinedload(Request.round).joinedload(Round.meeting).joinedload(Meeting.board),
    joinedload(Request.workstream).joinedload(Workstream.owner),
    joinedload(Request.person),
    selectinload(Request.answers).selectinload(Answer.judgements),
)
"""What is loaded with a request of which only matters how it stands."""

ANSWERED_REQUEST: tuple[ExecutableOption, ...] = (
    joinedload(Request.round),
    joinedload(Request.workstream),
    selectinload(Request.answers).options(
        selectinload(Answer.judgements),
        joinedload(Answer.update),
        joinedload(Answer.given_by),
        joinedload(Answer.on_behalf_of),
    ),
)
"""What is loaded with a request of which only matters what was answered."""

WHOLE_ROUND: tuple[ExecutableOption, ...] = (
    joinedload(Round.organisation),
    joinedload(Round.meeting).joinedload(Meeting.board),
    selectinload(Round.requests).options(
        joinedload(Request.round),
        joinedload(Request.workstream).joinedload(Workstream.owner),
        joinedload(Request.person),
        selectinload(Request.links),
        selectinload(Request.answers).selectinload(Answer.judgements),
    ),
)
"""What is loaded with a round."""

WHOLE_CALENDAR: tuple[ExecutableOption, ...] = (
    joinedload(CalendarFeed.account),
    joinedload(CalendarFeed.board),
    joinedload(CalendarFeed.person),
)
"""What is loaded with a calendar."""
