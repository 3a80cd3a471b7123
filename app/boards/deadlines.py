"""When the stages of a paper are due, counted in working days from its meeting."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

LONDON = ZoneInfo("Europe/London")
"""Where the users' days begin and end."""

SATURDAY = 5


class Stage(StrEnum):
    """The stages that every paper has; a format or a board may name further ones."""

    ANSWERS = "answers"  # workstream leads have answered
    DRAFT = "draft"  # the draft is complete
    CHIEF_OFFICER = "chief-officer"  # the chief officer has decided
    BOARD = "board"  # the paper is with the board
    PUBLICATION = "publication"  # the public copy is published


USUAL: Mapping[str, int] = {
    Stage.ANSWERS: -20,
    Stage.DRAFT: -15,
    Stage.CHIEF_OFFICER: -10,
    Stage.BOARD: -7,
    Stage.PUBLICATION: -6,
}
"""Working days from the meeting where neither the format nor the board says otherwise.

The papers of a council's committee must be open to the public for five clear days before the meeting (Local Government
Act 1972, section 100B): neither the day of the meeting nor that of publication counts, so that they are out by the
sixth working day before. Boards of police bodies mostly follow it.
"""


def due_days(meeting_on: date, usual: Mapping[str, int], own: Mapping[str, int]) -> dict[str, date]:
    """Stage → the day on which it is due, in the order of the days.

    `usual` are a format's offsets in working days, negative before the meeting; a board's `own` hold instead. Monday
    to Friday are working days, but for the bank holidays of England and Wales.
    """
    due = {stage: working_days_from(meeting_on, offset) for stage, offset in {**usual, **own}.items()}
    return dict(sorted(due.items(), key=lambda entry: (entry[1], entry[0])))


def working_days_from(day: date, offset: int) -> date:
    """The day so many working days after this one, or before it where the offset is negative.

    The count ends where the calendar does.
    """
    step = timedelta(days=1 if offset > 0 else -1)
    end = date.max if offset > 0 else date.min
    left = abs(offset)
    while left and day != end:
        day += step
        left -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Whether people are at work on this day: no Saturday, no Sunday, no bank holiday of England and Wales."""
    return day.weekday() < SATURDAY and day not in _bank_holidays(day.year)


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    """As the pinned library knows them: the same on every machine, and nobody is asked."""
    # The holidays of Wales are those of England (Banking and Financial Dealings Act 1971, schedule 1).
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))
