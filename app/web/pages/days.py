"""Days that are typed, and the pages that ask as at which day something is written and then lead there."""

from datetime import date

from app.web.pages.forms import NOTHING_TYPED, Form


def day_in(said: str) -> date | None:
    """The day that was typed; None where it is none."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        return None


def day_asked(said: str | None, *, otherwise: date, wrong: str) -> tuple[date | None, Form]:
    """The day that the address says, if it is one, and the form that asks for it in its field `as_at`.

    The form proposes the day `otherwise` where the address says nothing (None), and says what is `wrong` where it says
    something else than a day.
    """
    if said is None:
        return None, NOTHING_TYPED.holding(as_at=otherwise.isoformat())
    day = day_in(said)
    if day is None:
        # A field for days takes nothing else back.
        return None, NOTHING_TYPED.holding(as_at="").wrong("as_at", wrong)
    return day, NOTHING_TYPED.holding(as_at=day.isoformat())
