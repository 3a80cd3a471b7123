"""Meetings of the boards: their agenda with the papers on it, deadlines and what is late, rounds, calendars."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.policy import Action
from app.boards import queries as boards
from app.boards.deadlines import Stage
from app.boards.models import Meeting
from app.db import lock
from app.errors import Conflict, Fault, Hidden, Invalid
from app.facts import read
from app.facts.decode import FaultyFacts
from app.fields import Day, KeyText, Line
from app.papers import queries as papers
from app.papers.commands import number_draft
from app.papers.lifecycle import State, may_change
from app.papers.models import Paper
from app.rounds import queries as rounds
from app.versions import queries as versions
from app.versions.models import Version
from app.web.loading import load_within_reach, plain, state_of
from app.web.pages import calendars
from app.web.pages.days import day_in
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers import released_row
from app.web.pages.papers_blocks import row_numbers, rows_shown
from app.web.pages.papers_desk import ChangedMeanwhile
from app.web.pages.papers_parts import STATES, Choice, choices, in_words
from app.web.pages.rounds import in_order
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach

router = page_router()

OF_A_PAGE = 25
"""Meetings on one page of the list."""

SPARE_ROWS = 3
"""Empty rows below an agenda, to be filled."""

MOST = 200
"""Papers of one meeting."""


class MeetingForm(BaseModel):
    """A meeting that is to be known."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    board: KeyText = Field(title="a board")
    held_on: Day = Field(title="the day of the meeting")
    place: Line | None = Field(default=None, title="the place")


@router.get("/meetings")
def list_meetings(
    visit: Visiting,
    board: Annotated[str, Query(max_length=100)] = "",
    when: Annotated[str, Query(max_length=10)] = "",
    after: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """The meetings to come, the next one first; or those that were held, the last one first."""
    visit.authorise(Action.READ_FACTS)
    is_past = when == "past"
    with visit.reading() as session:
        found = boards.meetings(
            session,
            after=_place(after),
            limit=OF_A_PAGE + 1,
            board=board or None,
            boards=visit.account.boards,
            held_from=None if is_past else visit.today,
            held_to=_day_before(visit.today) if is_past else None,
            last_first=is_past,
        )
        shown = found[:OF_A_PAGE]
        return page(
            visit,
            "meetings/list.html",
            "Meetings",
            meetings=[{"href": _address(row.board.key, row.held_on), "meeting": row} for row in shown],
            onward=f"{shown[-1].held_on} {shown[-1].board.key}" if len(found) > OF_A_PAGE else None,
            boards=choices(_boards(session, visit), first="Every board"),
            board=board,
            when="past" if is_past else "",
            may_change=visit.may(Action.CHANGE_SHARED_FACTS),
        )


@router.get("/new-meeting")
def ask_meeting(visit: Visiting, board: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The page on which a meeting is entered."""
    return _new_page(visit, board=board)


@router.post("/new-meeting")
def add_meeting(visit: Visiting, form: Typed) -> Response:
    """The meeting is known."""
    visit.authorise(Action.CHANGE_SHARED_FACTS)
    try:
        asked = form.read(MeetingForm)
        with visit.writing() as session:
            if asked.board not in dict(_boards(session, visit)):
                raise FaultyForm([Fault("board", "Choose a board from the list")])
            if boards.find_meeting(session, asked.board, asked.held_on) is not None:
                raise FaultyForm([Fault("held_on", "The board meets on that day already")])
            _keep(session, visit, asked.board, {"held_on": str(asked.held_on), "place": asked.place})
    except (Invalid, Conflict) as refused:
        return _new_page(visit, form.refused(refused, "board", "held_on", "place"))
    return to(
        f"{_address(asked.board, asked.held_on)}/agenda", said="The meeting is entered. Now say what is on its agenda."
    )


@router.get("/meetings/{board}/{held_on}")
def show_meeting(visit: Visiting, board: KeyText, held_on: Day) -> Response:
    """One meeting: when and where, its agenda, its papers, what is due when and what is late."""
    return _meeting_page(visit, board, held_on)


@router.post("/meetings/{board}/{held_on}/numbers")
def number_papers(visit: Visiting, board: KeyText, held_on: Day, form: Typed) -> Response:
    """The drafts for the meeting stand under these numbers of its agenda; each stays otherwise as it is.

    A number that who visits left as it was stays as it is kept, whoever gave it.
    """
    visit.authorise(Action.WRITE_FACTS)
    is_changed = False
    try:
        with visit.writing() as session:
            lock(session, "facts")  # on PostgreSQL too, the numbers are still those that are held against the form
            meeting = _meeting(session, visit, board, held_on)
            agenda = {item.number for item in meeting.agenda}
            for paper in _papers(session, visit, meeting):
                seen, wanted = _seen_and_chosen(paper, form)
                now = paper.agenda_number or ""
                if wanted in (seen, now):
                    continue
                if seen != now:
                    raise ChangedMeanwhile(f"the number of “{paper.title}”")
                if wanted and wanted not in agenda:
                    what = f"“{wanted}”, for “{paper.title}”, is not on the meeting's agenda"
                    raise FaultyForm([Fault(f"number.{paper.reference}", what)])
                number_draft(session, paper, wanted or None, by=visit.account.key, at=visit.now)
                is_changed = True
    except (Invalid, Conflict) as refused:
        return _meeting_page(visit, board, held_on, form.refused(refused))
    said = "The numbers of the papers are saved." if is_changed else "Every number is as it was."
    return to(f"{_address(board, held_on)}#papers", said=said)


@router.post("/meetings/{board}/{held_on}/calendar")
def give_calendar(visit: Visiting, board: KeyText, held_on: Day, form: Typed) -> Response:
    """The address of the board's calendar for who visits, shown this once."""
    address = _address(board, held_on)
    return calendars.give(visit, form, lambda session: _meeting(session, visit, board, held_on).board, address)


@router.get("/meetings/{board}/{held_on}/agenda")
def ask_agenda(visit: Visiting, board: KeyText, held_on: Day) -> Response:
    """The page on which a meeting's place and agenda are changed."""
    return _agenda_page(visit, board, held_on)


@router.post("/meetings/{board}/{held_on}/agenda")
def keep_agenda(visit: Visiting, board: KeyText, held_on: Day, form: Typed) -> Response:
    """Place and agenda are as they were typed, with one item moved where that was asked."""
    visit.authorise(Action.CHANGE_SHARED_FACTS)
    address = _address(board, held_on)
    try:
        items = _typed_items(form)
        rows = _moved(list(items), form.value("do"))
        agenda = [items[row] for row in rows]
        document = {"held_on": str(held_on), "place": form.value("place").strip() or None, "agenda": agenda}
        with visit.writing() as session:
            seen = state_of(plain(read.meeting_shape(_meeting(session, visit, board, held_on))))
            if form.value("seen") != seen:
                raise ChangedMeanwhile("the meeting")
            try:
                _keep(session, visit, board, document)
            except FaultyFacts as refused:
                raise FaultyForm([_fault(fault, rows) for fault in refused.faults]) from refused
    except (Invalid, Conflict) as refused:
        return _agenda_page(visit, board, held_on, form.refused(refused, "place"))
    if form.value("do").partition(".")[0] in ("up", "down"):
        return to(f"{address}/agenda", said="The item is moved, and the agenda saved.")
    return to(address, said="The meeting is saved.")


# What stands on the pages


def _new_page(visit: Visit, form: Form = NOTHING_TYPED, *, board: str = "") -> Response:
    visit.authorise(Action.CHANGE_SHARED_FACTS)
    with visit.reading() as session:
        found = choices(_boards(session, visit), first="Choose a board")
    return page(visit, "meetings/new.html", "Enter a meeting", form=form, boards=found, board=board)


def _meeting_page(visit: Visit, board: str, held_on: date, form: Form = NOTHING_TYPED) -> Response:
    visit.authorise(Action.READ_FACTS)
    with visit.reading() as session:
        meeting = _meeting(session, visit, board, held_on)
        found = _papers(session, visit, meeting)
        shows_versions = visit.may(Action.READ_VERSIONS)
        newest = versions.newest(session, (paper.id for paper in found)) if shows_versions else {}
        asked = rounds.due_next(
            session,
            limit=MOST,
            meeting_id=meeting.id,
            takes_answers=False,
            organisation_id=policy.confined_to(visit.account),
        )
        tallies = rounds.tallies(session, (round_.id for round_ in asked))
        to_come = sum(tallies[round_.id].to_come for round_ in asked if not round_.closed)
        received = _received(session, visit, meeting) if shows_versions else []
        had = _which_are_released(session, found, newest) if shows_versions else {paper.id for paper in found}
        missing = _missing(found, had, to_come) if held_on >= visit.today else {}
        return page(
            visit,
            "meetings/meeting.html",
            f"{meeting.board.name}, {in_words(held_on)}",
            form=form,
            meeting=meeting,
            address=_address(board, held_on),
            agenda=[
                (item, [paper for paper in found if paper.agenda_number == item.number]) for item in meeting.agenda
            ],
            papers=[_row(paper, newest.get(paper.id), form) for paper in _in_agenda_order(found, meeting)],
            received=received,
            numbers=choices(
                [Choice(item.number, f"{item.number} {item.title}") for item in meeting.agenda], first="None"
            ),
            shows_versions=shows_versions,
            deadlines=[
                (words, day, missing.get(stage, []) if visit.today > day else [])
                for stage, words, day in in_order(boards.deadlines(session, meeting))
            ],
            rounds=[(round_, tallies[round_.id]) for round_ in asked],
            may_change=visit.may(Action.CHANGE_SHARED_FACTS),
            may_write=visit.may(Action.WRITE_FACTS),
            may_reissue=visit.may(Action.REISSUE),
            may_run=visit.may(Action.RUN_ROUNDS),
            calendars_so_far=rounds.last_calendar_number(session, visit.account.id),
        )


def _agenda_page(visit: Visit, board: str, held_on: date, form: Form = NOTHING_TYPED) -> Response:
    visit.authorise(Action.CHANGE_SHARED_FACTS)
    with visit.reading() as session:
        meeting = _meeting(session, visit, board, held_on)
        kept = [{"number": item.number, "title": item.title} for item in meeting.agenda]
        return page(
            visit,
            "meetings/agenda.html",
            "Place and agenda",
            form=form,
            meeting=meeting,
            address=_address(board, held_on),
            items=kept,
            rows=range(rows_shown(form, "items", len(kept), SPARE_ROWS)),
            seen=state_of(plain(read.meeting_shape(meeting))),
            theirs=kept if form.typed and form.value("seen") != state_of(plain(read.meeting_shape(meeting))) else None,
        )


def _which_are_released(session: Session, found: Iterable[Paper], newest: Mapping[int, Version]) -> set[int]:
    """Ids of the papers that are released for their meeting as they were approved for it last.

    One that was reopened since is: what the meeting has of it goes on being released.
    """
    last = versions.last_released(session, newest)
    printed = versions.imprints(session, (version.id for version in last.values()))
    return {
        paper.id
        for paper in found
        if paper.id in last
        and (
            last[paper.id].id == newest[paper.id].id
            if paper.state is State.APPROVED
            else printed[last[paper.id].id].meeting_on == paper.meeting.held_on
        )
    }


def _missing(found: Iterable[Paper], released: Collection[int], to_come: int) -> dict[str, list[str]]:
    """Stage → what is still to be done for it, in words; `released` are the ids of papers that the board has."""
    going = [paper for paper in found if paper.state is not State.WITHDRAWN]
    answers = "1 answer is still to come" if to_come == 1 else f"{to_come} answers are still to come"
    open_ones = {
        Stage.DRAFT: [f"{paper.title} is a draft" for paper in going if paper.state is State.DRAFT],
        Stage.CHIEF_OFFICER: [f"{paper.title} is not approved" for paper in going if paper.state is not State.APPROVED],
        Stage.BOARD: [f"{paper.title} is not released" for paper in going if paper.id not in released],
    }
    return {
        Stage.ANSWERS.value: [answers] if to_come else [],
        **{stage.value: said for stage, said in open_ones.items()},
    }


def _received(session: Session, visit: Visit, meeting: Meeting) -> list[dict[str, Any]]:
    """What others wrote for the meeting and released to the organisation of who visits, as it was released."""
    to = policy.confined_to(visit.account)
    if to is None:
        return []
    found = versions.last_received(session, to, limit=MOST, printed_day=meeting.held_on)
    reach = Reach(session, visit.account)
    seen = filter(reach.sees_release, reach.imprinted(found))
    rows = [released_row(release, reach.imprint(release)) for release in seen]
    place = (meeting.board.key, meeting.held_on)
    return [row for row in rows if (row["board_key"], row["held_on"]) == place]


def _seen_and_chosen(paper: Paper, form: Form) -> tuple[str, str]:
    """The number that the paper had when the form was opened, and the one that was chosen; none is an empty text."""
    seen = form.value(f"seen.{paper.reference}", paper.agenda_number or "")
    return seen, form.value(f"number.{paper.reference}", seen)


def _row(paper: Paper, newest: Version | None, form: Form) -> dict[str, Any]:
    number = paper.agenda_number or ""
    seen, chosen = _seen_and_chosen(paper, form)
    return {
        "reference": paper.reference,
        "title": paper.title,
        "number": number,
        "chosen": number if chosen == seen else chosen,
        "is_replaced": number != seen and chosen not in (seen, number),
        "state": STATES[paper.state],
        "is_open": may_change(paper.state),
        "is_approved": paper.state is State.APPROVED,
        "label": newest.label if newest else None,
    }


def _in_agenda_order(found: Iterable[Paper], meeting: Meeting) -> list[Paper]:
    places = {item.number: item.position for item in meeting.agenda}
    return sorted(found, key=lambda paper: (places.get(paper.agenda_number or "", MOST), paper.reference))


def _papers(session: Session, visit: Visit, meeting: Meeting) -> Sequence[Paper]:
    return papers.of_meeting(
        session,
        meeting.id,
        limit=MOST,
        organisation_id=policy.confined_to(visit.account),
        boards=visit.account.boards,
        markings=visit.account.markings,
    )


def _meeting(session: Session, visit: Visit, board: str, held_on: date) -> Meeting:
    """The meeting, of a board that is among those of who visits. Raises NoMeeting, or Hidden."""
    meeting = boards.get_meeting(session, board, held_on)
    if visit.account.boards is not None and board not in visit.account.boards:
        raise Hidden(boards.NoMeeting(board, held_on))
    return meeting


def _boards(session: Session, visit: Visit) -> list[Choice]:
    own = visit.account.boards
    return [Choice(key, name) for key, name in boards.names(session).items() if own is None or key in own]


# What was typed


def _keep(session: Session, visit: Visit, board: str, meeting: Mapping[str, Any]) -> None:
    """The board has this meeting, as it is described; its other ones stay as they are. Raises FaultyFacts."""
    document = plain(read.board(session, board)) | {"meetings": [meeting]}
    facts = {"facts": "1", "boards": [document]}
    load_within_reach(session, visit.here.blobs, facts, by=visit.account, now=visit.now)


def _typed_items(form: Form) -> dict[int, dict[str, str]]:
    """Row → what was typed into it; an empty row is none. Raises FaultyForm for one that is half empty."""
    found: dict[int, dict[str, str]] = {}
    faults: list[Fault] = []
    sent = {row for name in ("number", "title") for row in row_numbers(form, "items", name)}
    for row in sorted(sent):
        said = {name: form.value(f"items.{row}.{name}").strip() for name in ("number", "title")}
        if not any(said.values()):
            continue
        found[row] = said
        for name, words in (("number", "the number of the item"), ("title", "what the item is about")):
            if not said[name]:
                faults.append(Fault(f"items.{row}.{name}", f"Enter {words}"))
    if faults:
        raise FaultyForm(faults)
    return found


def _moved(rows: list[int], do: str) -> list[int]:
    """The rows in the order that was asked for: `up.ROW` and `down.ROW` move one by a place."""
    # A row has few digits: `int` refuses thousands of them, and takes those of other scripts too.
    asked = re.fullmatch(r"(up|down)\.([0-9]{1,4})", do)
    if asked and (row := int(asked[2])) in rows:
        way, at = asked[1], rows.index(row)
        other = at + (-1 if way == "up" else 1)
        if 0 <= other < len(rows):
            rows[at], rows[other] = rows[other], rows[at]
    return rows


def _fault(fault: Fault, rows: Sequence[int]) -> Fault:
    """The fault of a facts file under the name of its field: `…agenda[1].number` is `items.3.number`."""
    _, _, below = fault.where.partition(".agenda[")
    number, _, name = below.partition("].")
    if number.isdecimal() and int(number) < len(rows):
        return Fault(f"items.{rows[int(number)]}.{name or 'number'}", fault.what)
    return Fault("place" if fault.where.endswith(".place") else "", fault.what)


def _address(board: str, held_on: date) -> str:
    return f"/meetings/{board}/{held_on}"


def _place(after: str) -> tuple[date, str] | None:
    """Where the list goes on: `DAY BOARD`; None for what is no such place."""
    day, _, board = after.partition(" ")
    held_on = day_in(day)
    return (held_on, board) if held_on is not None else None


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
