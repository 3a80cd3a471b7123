"""Calendars of who visits: their address is given out, shown once; they are listed, and taken away."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Path
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.policy import Action
from app.boards.models import Board
from app.rounds import commands, queries
from app.web.pages.forms import NOTHING_TYPED, Form
from app.web.pages.layout import page, to
from app.web.pages.routing import page_router
from app.web.pages.visit import Visit, Visiting

router = page_router("/calendars")

Number = Annotated[int, Path(ge=1, le=1_000_000)]


def give(visit: Visit, form: Form, board_of: Callable[[Session], Board], back: str) -> Response:
    """The address of the board's calendar for who visits, shown this once; a form gives one however often it is sent.

    `back` is the address of the page with the form, whose `seen` is the number of the newest calendar of who visits.
    """
    visit.authorise(Action.READ_FACTS)
    try:
        with visit.writing() as session:
            board = board_of(session)
            last = form.number("seen", -1)
            _, secret = commands.give_calendar(
                session, visit.account, board=board, person=None, at=visit.now, last=last
            )
            name = board.name
    except (commands.CalendarGivenMeanwhile, commands.TooManyCalendars) as refused:
        return _list_page(visit, form.refused(refused))
    return page(
        visit,
        "rounds/secret.html",
        f"Calendar of {name}",
        is_secret=True,
        secret=f"{visit.here.address}/api/v1/calendar/{secret}.ics",
        ends=None,
        back=back,
    )


@router.get("")
def show_all(visit: Visiting) -> Response:
    """The calendars of who visits, without their addresses."""
    return _list_page(visit)


@router.post("/{number}/taken")
def take(visit: Visiting, number: Number) -> Response:
    """Nothing is at the calendar's address any more."""
    visit.authorise(Action.READ_FACTS)
    with visit.writing() as session:
        found = queries.get_calendar(session, visit.account.id, number)
        commands.revoke_calendar(session, visit.account, found, at=visit.now)
    return to("/calendars", said="The calendar is taken away: nothing is at its address any more.")


def _list_page(visit: Visit, form: Form = NOTHING_TYPED) -> Response:
    visit.authorise(Action.READ_FACTS)
    with visit.reading() as session:
        found = queries.calendars(session, visit.account.id, limit=2 * commands.MOST_CALENDARS)
        return page(visit, "rounds/calendars.html", "Your calendars", form=form, calendars=found)
