"""Rounds, run by a secretary or an author: opened for a paper, watched, closed; and the calendar of their board."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.policy import Action
from app.boards import queries as boards
from app.boards.deadlines import Stage
from app.errors import Conflict, Fault, Invalid
from app.facts.asked import asked_in_brief
from app.fields import Day, KeyText, Line
from app.notices import reminders
from app.papers import queries as papers
from app.papers.asking import round_for
from app.papers.models import Paper
from app.rounds import commands, queries, reach
from app.rounds.commands import RequestEntry, RoundEntry
from app.rounds.models import Round
from app.rounds.standing import Standing
from app.web.pages import calendars
from app.web.pages.answers import KINDS, STANDINGS
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers_desk import ChangedMeanwhile
from app.web.pages.papers_parts import Choice, choices
from app.web.pages.papers_workstreams import by_theme
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.workstreams import queries as workstreams

router = page_router()

PAGE_SIZE = 50

NOWS = {"open": "Takes answers", "closed": "Closed"}
"""How a round stands, in words."""

STAGES = {
    Stage.ANSWERS: "Workstreams have answered",
    Stage.DRAFT: "The draft is complete",
    Stage.CHIEF_OFFICER: "The chief officer has decided",
    Stage.BOARD: "The paper is with the board",
    Stage.PUBLICATION: "The public copy is published",
}
"""What people call the stages before a meeting."""


class RoundForm(BaseModel):
    """A round that is to be opened."""

    model_config = ConfigDict(frozen=True)

    key: KeyText = Field(title="the key")
    name: Line = Field(title="the name")
    due_on: Day = Field(title="the day on which answers are due")
    as_at: Day = Field(title="the day as at which is reported")
    ask: list[str] = Field(title="at least one workstream", min_length=1)
    parts: list[str] = Field(title="the parts")


class MoreForm(BaseModel):
    """Whom else a round asks."""

    model_config = ConfigDict(frozen=True)

    ask: list[str] = Field(title="at least one workstream", min_length=1)
    parts: list[str] = Field(title="the parts")


@router.get("/rounds")
def show_all(
    visit: Visiting,
    words: Annotated[str, Query(max_length=100)] = "",
    board: Annotated[str, Query(max_length=100)] = "",
    now: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The rounds that are looked for, by key."""
    visit.authorise(Action.READ_FACTS)
    asked = {"words": words, "board": board, "now": now}
    with visit.reading() as session:
        found = queries.rounds(
            session,
            after=after,
            limit=PAGE_SIZE + 1,
            organisation_id=policy.confined_to(visit.account),
            boards=visit.account.boards,
            board=board or None,
            words=words.split(),
            closed={"open": False, "closed": True}.get(now),
            whole=False,
        )
        own = visit.account.boards
        named = {key: name for key, name in boards.names(session).items() if own is None or key in own}
        tallies = queries.tallies(session, (row.id for row in found))
        rows = [
            {
                "key": row.key,
                "name": row.name,
                "meeting": row.meeting.held_on,
                "board": row.meeting.board.name,
                "due_on": row.due_on,
                "closed": row.closed,
                "open": tallies[row.id].to_come,
                "asked": tallies[row.id].asked,
            }
            for row in found
        ]
    return page(
        visit,
        "rounds/list.html",
        "Rounds",
        rounds=rows[:PAGE_SIZE],
        onward=rows[PAGE_SIZE - 1]["key"] if len(rows) > PAGE_SIZE else None,
        may_run=visit.may(Action.RUN_ROUNDS),
        asked=asked,
        is_asked=bool(words.strip() or board or now),
        filters="".join(f"{urlencode({name: said})}&" for name, said in asked.items() if said),
        boards=choices([Choice(*one) for one in named.items()], first="Every board"),
        nows=choices([Choice(*one) for one in NOWS.items()], first="Every round"),
    )


class TermForm(BaseModel):
    """What of a round can be changed while it runs."""

    model_config = ConfigDict(frozen=True)

    name: Line = Field(title="the name")
    due_on: Day = Field(title="the day on which answers are due")


@router.get("/rounds/{key}/change")
def ask_term(visit: Visiting, key: KeyText) -> Response:
    """The page on which a round is called otherwise, or given more time."""
    with visit.reading() as session:
        return _term_page(visit, _run(session, visit, key))


@router.post("/rounds/{key}/change")
def change_term(visit: Visiting, form: Typed, key: KeyText) -> Response:
    """The round is called so, and answers are due on that day, unless somebody else changed it meanwhile."""
    try:
        asked = form.read(TermForm)
        with visit.writing() as session:
            round_ = _run(session, visit, key)
            if form.value("seen") != _seen(round_) and (asked.name, asked.due_on) != (round_.name, round_.due_on):
                raise ChangedMeanwhile("the round")
            commands.set_term(session, round_, name=asked.name, due_on=asked.due_on, by=visit.account.key, at=visit.now)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            is_theirs = isinstance(problem, ChangedMeanwhile)
            return _term_page(visit, _run(session, visit, key), form.refused(problem), is_theirs=is_theirs)
    return to(f"/rounds/{key}", said=f"The round is saved: answers are due on {_in_words(asked.due_on)}.")


def _term_page(visit: Visit, round_: Round, form: Form = NOTHING_TYPED, *, is_theirs: bool = False) -> Response:
    seen = form.value("seen", _seen(round_)) if not is_theirs else _seen(round_)
    return page(
        visit, "rounds/change.html", "Change the round", form=form, round=round_, seen=seen, is_theirs=is_theirs
    )


def _seen(round_: Round) -> str:
    """What who changes the round was shown of it."""
    return f"{round_.due_on} {round_.name}"


@router.get("/rounds/{key}")
def watch(visit: Visiting, key: KeyText, standing: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Who has answered and how, and who has not."""
    with visit.reading() as session:
        return _round_page(session, visit, key, standing)


@router.get("/rounds/{key}/more")
def ask_whom_else(visit: Visiting, key: KeyText) -> Response:
    """The page on which a round that runs asks further workstreams."""
    with visit.reading() as session:
        return _more_page(session, visit, key)


@router.post("/rounds/{key}/more")
def ask_more(visit: Visiting, form: Typed, key: KeyText) -> Response:
    """The round asks these workstreams too; whom somebody else added meanwhile it asks as they said."""
    try:
        asked = form.read(MoreForm)
        with visit.writing() as session:
            round_ = _run(session, visit, key)
            before = len(round_.requests)
            own = {one.ref: one for one in workstreams.of_organisation(session, round_.organisation_id)}
            if strange := set(asked.ask) - own.keys():
                raise FaultyForm([Fault("ask", f"There is no workstream “{min(strange)}” here")])
            new = [
                RequestEntry(ref, parts=_parts_of(own[ref].parts, asked.parts), person=None)
                for ref in dict.fromkeys(asked.ask)
            ]
            commands.ask_more(session, round_, new, by=visit.account.key, at=visit.now)
            added = len(queries.get(session, key).requests) - before
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            return _more_page(session, visit, key, form.refused(problem, "ask", "parts"))
    words = {0: "The round asks them already.", 1: "1 workstream more is asked."}
    return to(f"/rounds/{key}#answers", said=words.get(added, f"{added} workstreams more are asked."))


@router.post("/rounds/{key}/closed")
def close(visit: Visiting, form: Typed, key: KeyText) -> Response:
    """The round takes no answers any more, or takes them again."""
    is_closed = form.value("deed") == "close"
    with visit.writing() as session:
        round_ = _run(session, visit, key)
        commands.set_closed(session, round_, is_closed, by=visit.account.key, at=visit.now)
    words = "is closed: it takes no answers, and nobody is reminded." if is_closed else "takes answers again."
    return to(f"/rounds/{key}", said=f"The round {words}")


@router.post("/rounds/{key}/reminders")
def remind(visit: Visiting, key: KeyText) -> Response:
    """Whoever has not answered is reminded now, unless they were reminded of the same before."""
    with visit.reading() as session:
        _run(session, visit, key)
    done = visit.here.remind(key, visit.account.key, visit.now)
    failed = [one.reminder.to for one in done if one.trouble is not None]
    sent = len(done) - len(failed)
    words = "Nobody is to be reminded now who was not before." if not done else f"Reminders sent: {sent}."
    if failed:
        words += f" Not sent to {', '.join(failed)}: tell whoever runs this service."
    return to(f"/rounds/{key}", said=words)


@router.post("/rounds/{key}/calendar")
def give_calendar(visit: Visiting, form: Typed, key: KeyText) -> Response:
    """The address of the board's calendar for who visits, shown this once."""
    return calendars.give(
        visit, form, lambda session: reach.get(session, visit.account, key).meeting.board, f"/rounds/{key}"
    )


@router.get("/new-round")
def ask_round(visit: Visiting, paper: Annotated[KeyText | None, Query()] = None) -> Response:
    """The page that opens a round: first for which paper, then whom it asks."""
    visit.authorise(Action.RUN_ROUNDS)
    with visit.reading() as session:
        return _new_page(session, visit, paper)


@router.post("/new-round")
def open_round(visit: Visiting, form: Typed) -> Response:
    """The round is open."""
    visit.authorise(Action.RUN_ROUNDS)
    reference = form.value("paper")
    with visit.reading() as session:
        _paper(session, visit, reference)
    try:
        asked = form.read(RoundForm)
        with visit.writing() as session:
            if queries.find(session, asked.key) is not None:
                raise FaultyForm([Fault("key", "There is a round with this key already: choose another")])
            entry = _entry(_paper(session, visit, reference), asked)
            commands.save_round(session, entry, by=visit.account.key, at=visit.now)
            _run(session, visit, asked.key)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            return _new_page(session, visit, reference, form.refused(problem, "ask", "parts"))
    count = len(entry.requests)
    words = "1 workstream is" if count == 1 else f"{count} workstreams are"
    return to(f"/rounds/{asked.key}", said=f"The round is open: {words} asked.")


def _entry(paper: Paper, asked: RoundForm) -> RoundEntry:
    meeting = paper.meeting
    known = [choice.workstream.ref for choice in paper.choices]
    if strange := set(asked.ask) - set(known):
        raise FaultyForm([Fault("ask", f"The paper has no workstream “{min(strange)}”")])
    return RoundEntry(
        key=asked.key,
        name=asked.name,
        organisation=paper.organisation.key,
        board=meeting.board.key,
        meeting=meeting.held_on,
        due_on=asked.due_on,
        as_at=asked.as_at,
        closed=False,
        requests=tuple(
            RequestEntry(choice.workstream.ref, parts=_parts_of(choice.workstream.parts, asked.parts), person=None)
            for choice in paper.choices
            if choice.workstream.ref in asked.ask
        ),
    )


def _parts_of(own: Iterable[Any], wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the wanted parts that a workstream has, which says of some that it does not use them."""
    unused = {part.part for part in own if part.need.value == "unused"}
    return tuple(part for part in wanted if part not in unused)


def _run(session: Session, visit: Visit, key: str) -> Round:
    """The round, which who visits may run."""
    visit.authorise(Action.RUN_ROUNDS)
    round_ = reach.get(session, visit.account, key)
    visit.authorise(Action.RUN_ROUNDS, reach.matter_of(round_))
    return round_


def _paper(session: Session, visit: Visit, reference: str) -> Paper:
    Reach(session, visit.account).paper(reference)
    return papers.get(session, reference)


def _new_page(session: Session, visit: Visit, reference: str | None, form: Form = NOTHING_TYPED) -> Response:
    if reference is None:
        found = papers.to_come(
            session,
            since=visit.today,
            limit=200,
            organisation_id=policy.confined_to(visit.account),
            boards=visit.account.boards,
            markings=visit.account.markings,
        )
        choices = [{"value": row.reference, "text": f"{row.title}, {_in_words(row.meeting.held_on)}"} for row in found]
        return page(visit, "rounds/choose.html", "Open a round", papers=choices)
    paper = _paper(session, visit, reference)
    entry, due_on = round_for(paper, reference), boards.answers_due(session, paper.meeting)
    manifest = boards.find_manifest(session, paper.meeting.board)
    return page(
        visit,
        "rounds/new.html",
        "Open a round",
        form=form,
        paper=paper,
        entry=entry,
        due_on=due_on,
        workstreams=[{"value": one.workstream.ref, "text": one.workstream.name} for one in paper.choices],
        parts=[{"value": part.key, "text": part.label} for part in (manifest.parts if manifest else ())],
        deadlines=_deadlines(boards.deadlines(session, paper.meeting)),
    )


def _more_page(session: Session, visit: Visit, key: str, form: Form = NOTHING_TYPED) -> Response:
    round_ = _run(session, visit, key)
    there = {request.workstream.ref for request in round_.requests}
    manifest = boards.find_manifest(session, round_.meeting.board)
    found = workstreams.of_organisation(session, round_.organisation_id)
    return page(
        visit,
        "rounds/more.html",
        "Ask more workstreams",
        form=form,
        round=round_,
        groups=by_theme(one for one in found if one.ref not in there),
        parts=[{"value": part.key, "text": part.label} for part in (manifest.parts if manifest else ())],
        asked_parts=sorted({part for request in round_.requests for part in request.parts}),
    )


def _round_page(session: Session, visit: Visit, key: str, standing: str) -> Response:
    visit.authorise(Action.READ_FACTS)
    round_ = reach.get(session, visit.account, key)
    rows = [asked_in_brief(request, today=visit.today) for request in round_.requests]
    wanted = [row for row in rows if not standing or row.standing == standing]
    may_run = visit.may(Action.RUN_ROUNDS, reach.matter_of(round_))
    return page(
        visit,
        "rounds/round.html",
        round_.name,
        round=round_,
        rows=wanted,
        counts={name: sum(row.standing == name for row in rows) for name in STANDINGS},
        standing=standing if standing in set(Standing) else "",
        standings=STANDINGS,
        kinds=KINDS,
        deadlines=_deadlines(boards.deadlines(session, round_.meeting)),
        may_run=may_run,
        unwritten=reminders.unwritten(round_, now=visit.now) if may_run and not round_.closed else [],
        calendars_so_far=queries.last_calendar_number(session, visit.account.id),
    )


def _deadlines(found: Mapping[str, date]) -> list[tuple[str, date]]:
    """Every stage in words, and its day."""
    return [(words, day) for _, words, day in in_order(found)]


def in_order(found: Mapping[str, date]) -> list[tuple[str, str, date]]:
    """Every stage by its key, in words, and its day."""
    words: Mapping[str, str] = {stage.value: said for stage, said in STAGES.items()}
    return [(stage, words.get(stage, stage.replace("-", " ").capitalize()), day) for stage, day in found.items()]


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
