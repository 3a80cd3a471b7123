"""When the stages of a paper are due, counted in working days from its meeting."""

from collections.abc import Mapping
from datetime import date, timedelta

SATURDAY = 5


def due_days(meeting_on: date, usual: Mapping[str, int], own: Mapping[str, int]) -> dict[str, date]:
    """Stage → the day on which it is due, in the order of the days.

    `usual` are a format's offsets in working days, negative before the meeting; a board's `own` hold instead. Monday
    to Friday are working days: no public holidays are known.
    """
    due = {stage: working_days_from(meeting_on, offset) for stage, offset in {**usual, **own}.items()}
    return dict(sorted(due.items(), key=lambda entry: (entry[1], entry[0])))


def working_days_from(day: date, offset: int) -> date:
    """The day so many working days after this one, or before it where the offset is negative."""
    step = timedelta(days=1 if offset > 0 else -1)
    left = abs(offset)
    while left:
        day += step
        left -= day.weekday() < SATURDAY
    return day
