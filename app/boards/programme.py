"""How a board counts and prints its programme year."""

from datetime import date
from enum import StrEnum


class YearRule(StrEnum):
    """How a board counts its programme year."""

    FINANCIAL = "financial"  # 1 April – 31 March, printed 2026/27
    CALENDAR = "calendar"  # printed 2026
    NONE = "none"  # no year is printed


def programme_year(rule: YearRule, day: date) -> str:
    """The programme year of a day as it is printed: `2026/27`, `2026`, or nothing."""
    if rule is YearRule.NONE:
        return ""
    if rule is YearRule.CALENDAR:
        return str(day.year)
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}/{(first + 1) % 100:02}"
