"""The papers: found in a list, and begun."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.policy import Action
from app.boards import queries as boards
from app.errors import Conflict, Invalid
from app.facts.following import start_next
from app.fields import LARGEST_NUMBER, Day, KeyText, Line
from app.formats import queries as formats
from app.papers import queries as papers
from app.papers.lifecycle import State
from app.papers.models import Paper
from app.people import queries as people
from app.versions import queries as versions
from app.versions.models import Release, Version
from app.web.pages.days import day_in
from app.web.pages.forms import NOTHING_TYPED, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.papers_desk import manifest_for, may_write, paper_for, write_paper
from app.web.pages.papers_parts import STATES, Choice, choices, in_words, pages_of
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting
from app.web.reach import Reach
from app.web.trace import Tracing

router = page_router()

OF_A_PAGE = 25
"""Papers on one page of the list."""

MOST = 200
"""Entries of one filter."""


@dataclass(frozen=True)
class Wanted:
    """What the list is asked for, as it stands in the address."""

    words: Annotated[str, Query(max_length=300)] = ""
    board: Annotated[str, Query(max_length=100)] = ""
    meeting: Annotated[str, Query(max_length=10)] = ""
    format: Annotated[str, Query(max_length=100)] = ""
    state: Annotated[str, Query(max_length=20)] = ""
    page: Annotated[int, Query(ge=1, le=100_000)] = 1
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None
    """Of what was released to who visits, only what was before the release with this id."""

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set."""
        said = {name: getattr(self, name).strip() for name in ("words", "board", "meeting", "format", "state")}
        return {name: value for name, value in said.items() if value}

    def asked(self, visit: Visit) -> papers.PapersWanted:
        """The papers that exist for who visits and fit the filters."""
        return papers.PapersWanted(
            words=tuple(self.words.split()),
            board=self.board or None,
            format=self.format or None,
            held_on=day_in(self.meeting),
            state=State(self.state) if self.state in set(State) else None,
            **_reach(visit),
        )


class Begun(BaseModel):
    """What a new paper begins with."""

    title: Line = Field(title="a title")
    meeting: Annotated[str, Field(pattern=r"^[^ ]+ [0-9]{4}-[0-9]{2}-[0-9]{2}$")] = Field(title="a meeting")
    format: KeyText = Field(title="a format")
    series: KeyText | None = Field(default=None, title="a series")
    organisation: KeyText | None = Field(default=None, title="an organisation")

    @property
    def board(self) -> str:
        """Key of the board that meets."""
        return self.meeting.partition(" ")[0]

    @property
    def held_on(self) -> str:
        """The day of the meeting."""
        return self.meeting.partition(" ")[2]


@router.get("/papers")
def list_papers(visit: Visiting, wanted: Annotated[Wanted, Depends()]) -> Response:
    """The papers that exist for who visits, the last meeting first, and what was released to their organisation."""
    visit.authorise(Action.READ_FACTS)
    with visit.reading() as session:
        asked = wanted.asked(visit)
        count = papers.count(session, asked)
        number = min(wanted.page, max(1, -(-count // OF_A_PAGE)))
        found = papers.found(session, asked, skip=(number - 1) * OF_A_PAGE, limit=OF_A_PAGE)
        shows_versions = visit.may(Action.READ_VERSIONS)
        newest = versions.newest(session, (paper.id for paper in found)) if shows_versions else {}
        return page(
            visit,
            "papers/list.html",
            "Papers",
            rows=[_row(paper, newest.get(paper.id)) for paper in found],
            shows_versions=shows_versions,
            may_write=may_write(visit),
            filters=wanted.filters,
            count=count,
            first=(number - 1) * OF_A_PAGE + 1,
            pages=pages_of("/papers", wanted.filters, number, count, OF_A_PAGE),
            **_received(session, visit, wanted.before),
            **_filters(session, visit),
        )


@router.get("/papers/new")
def new_paper(visit: Visiting) -> Response:
    """The form by which a paper is begun."""
    visit.authorise(Action.WRITE_FACTS)
    return _new(visit, NOTHING_TYPED)


@router.post("/papers")
def begin_paper(visit: Visiting, form: Typed) -> Response:
    """The paper is there, with nothing in it yet."""
    visit.authorise(Action.WRITE_FACTS)
    try:
        begun = form.read(Begun)
        with visit.writing() as session:
            reference = _begin(session, visit, begun)
    except (Invalid, Conflict) as problem:
        return _new(visit, form.refused(problem, "title", "meeting", "format"))
    return to(f"/papers/{reference}", said=f"“{begun.title}” is begun. Go through its parts below.")


class Next(BaseModel):
    """What the next paper of a series begins with."""

    title: Line = Field(title="a title")
    meeting: Day = Field(title="a meeting")


@router.get("/papers/{reference}/next")
def next_paper(reference: KeyText, visit: Visiting, trace: Tracing) -> Response:
    """The form by which the next paper of a series is begun."""
    visit.authorise(Action.WRITE_FACTS)
    return _next(visit, trace, reference, NOTHING_TYPED)


@router.post("/papers/{reference}/next")
def begin_next_paper(reference: KeyText, visit: Visiting, trace: Tracing, form: Typed) -> Response:
    """The next paper of the series is there, with what is carried over from this one."""
    visit.authorise(Action.WRITE_FACTS)
    try:
        said = form.read(Next)
        with visit.writing() as session:
            paper_for(session, visit, trace, reference)
            new = papers.free_reference(session, said.title, said.meeting)
            start_next(
                session, reference, new=new, meeting=said.meeting, title=said.title, by=visit.account, now=visit.now
            )
    except (Invalid, Conflict) as problem:
        return _next(visit, trace, reference, form.refused(problem, "title", "meeting"))
    return to(f"/papers/{new}", said=f"“{said.title}” is begun. What was carried over is marked where it asks for you.")


def _next(visit: Visit, trace: Tracing, reference: str, form: Form) -> Response:
    with visit.reading() as session:
        paper = paper_for(session, visit, trace, reference)
        held = boards.meetings(session, limit=MOST, board=paper.board, held_from=paper.meeting)
        later = [row for row in held if row.held_on > paper.meeting]
        taken = papers.meetings_of_series(session, papers.get(session, reference))
        meetings = [Choice(str(row.held_on), in_words(row.held_on)) for row in later if row.id not in taken]
        return page(
            visit,
            "papers/next.html",
            "Next paper of the series",
            form=form,
            paper=paper,
            meetings=choices(meetings),
            has_later=bool(later),
        )


def _begin(session: Session, visit: Visit, begun: Begun) -> str:
    held_on = date.fromisoformat(begun.held_on)
    reference = papers.free_reference(session, begun.title, held_on)
    own = policy.confined_to(visit.account)
    organisation = people.organisation_by_id(session, own) if own is not None else None
    author = people.person_by_id(session, visit.account.person_id) if visit.account.person_id is not None else None
    document: dict[str, Any] = {
        "reference": reference,
        "title": begun.title,
        "organisation": organisation.key if organisation else begun.organisation or _owner(session, begun.board),
        "format": begun.format,
        "board": begun.board,
        "meeting": begun.held_on,
        "series": begun.series,
        "marking": _marking(session, visit, begun.format),
        "author": author.key if author else None,
    }
    write_paper(session, visit, document)
    return reference


def _marking(session: Session, visit: Visit, format_: str) -> str:
    """The first of the format's markings that who visits may see."""
    allowed = visit.account.markings
    markings = manifest_for(session, format_).markings
    return next((marking for marking in markings if allowed is None or marking in allowed), markings[0])


def _owner(session: Session, board: str) -> str:
    return boards.get(session, board).organisation.key


def _new(visit: Visit, form: Form) -> Response:
    with visit.reading() as session:
        held = boards.meetings(session, limit=MOST, held_from=visit.today)
        meetings = [
            Choice(f"{meeting.board.key} {meeting.held_on}", f"{in_words(meeting.held_on)}, {meeting.board.name}")
            for meeting in held
            if visit.account.boards is None or meeting.board.key in visit.account.boards
        ]
        every = boards.all_series(session, limit=MOST, ordered_by_name=True)
        series = [Choice(found.key, f"{found.name}, {found.board.name}") for found in every]
        may_choose = policy.confined_to(visit.account) is None
        organisations = people.organisations(session, limit=MOST, ordered_by_name=True) if may_choose else ()
        return page(
            visit,
            "papers/new.html",
            "New paper",
            form=form,
            formats=choices(_formats(session), first="Choose a format"),
            meetings=choices(meetings, first="Choose a meeting"),
            series=choices(series, first="None"),
            organisations=choices([Choice(found.key, found.name) for found in organisations]) if may_choose else [],
        )


def _formats(session: Session) -> list[Choice]:
    """The formats of which something is live, by name."""
    return [Choice(*named) for named in formats.live_names(session, limit=MOST).items()]


def _filters(session: Session, visit: Visit) -> dict[str, Any]:
    reach = papers.PapersWanted(**_reach(visit))
    days = papers.days_of_meetings(session, reach, limit=MOST)
    own = visit.account.boards
    found = [Choice(key, name) for key, name in boards.names(session).items() if own is None or key in own]
    return {
        "boards": choices(found, first="Every board"),
        "meetings": choices([Choice(str(day), in_words(day)) for day in days], first="Every meeting"),
        "formats": choices(_formats(session), first="Every format"),
        "states": choices([Choice(*named) for named in STATES.items()], first="Every state"),
    }


def _received(session: Session, visit: Visit, before: int | None) -> dict[str, Any]:
    """What others wrote and released to the organisation of who visits, what was released last first."""
    to = policy.confined_to(visit.account)
    if to is None or not visit.may(Action.READ_VERSIONS):
        return {"received": [], "earlier": None}
    found = versions.last_received(session, to, limit=OF_A_PAGE + 1, before=before)
    reach = Reach(session, visit.account)
    seen = filter(reach.sees_release, reach.imprinted(found[:OF_A_PAGE]))
    return {
        "received": [released_row(release, reach.imprint(release)) for release in seen],
        "earlier": found[OF_A_PAGE - 1].id if len(found) > OF_A_PAGE else None,
    }


def released_row(release: Release, printed: versions.Imprint) -> dict[str, Any]:
    """What the released version says, whatever its paper says now."""
    return {
        "reference": release.version.paper.reference,
        "title": printed.title,
        "organisation": printed.organisation,
        "board": printed.board_name,
        "board_key": printed.board,
        "held_on": printed.meeting_on,
        "marking": printed.marking,
        "label": release.version.label,
        "released_at": release.at,
    }


def _row(paper: Paper, newest: Version | None) -> dict[str, Any]:
    return {
        "reference": paper.reference,
        "title": paper.title,
        "board": paper.meeting.board.name,
        "held_on": paper.meeting.held_on,
        "marking": paper.marking,
        "state": STATES[paper.state],
        "label": newest.label if newest else None,
        "gaps": newest.open_points if newest else None,
    }


def _reach(visit: Visit) -> dict[str, Any]:
    account = visit.account
    return {
        "organisation_id": policy.confined_to(account),
        "boards": account.boards,
        "markings": account.markings,
    }
