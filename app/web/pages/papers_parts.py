"""What several pages about papers are made of: entries to choose from, pages of a list."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from app import word
from app.papers.lifecycle import State
from app.web.pages.charts import with_charts_drawn
from app.web.pages.layout import PAGES

STATES = {
    State.DRAFT: "Draft",
    State.IN_REVIEW: "In review",
    State.APPROVED: "Approved",
    State.WITHDRAWN: "Withdrawn",
}
"""What people call the states of a paper."""


class Choice(NamedTuple):
    """One entry of a list to choose from."""

    value: str
    text: str


def choices(found: Iterable[Choice], first: str | None = None) -> list[dict[str, str]]:
    """The entries as the component of the Design System takes them, behind one for nothing that says `first`."""
    nothing = [Choice("", first)] if first else []
    return [{"value": choice.value, "text": choice.text} for choice in (*nothing, *found)]


def pages_of(path: str, filters: Mapping[str, str], number: int, count: int, size: int) -> dict[str, Any] | None:
    """The pages of a list, of which `number` is shown, as the component takes them; None where there is one."""
    last = -(-count // size)
    if last <= 1:
        return None

    def address(page: int) -> str:
        return f"{path}?{urlencode({**filters, 'page': page})}"

    shown = sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    items: list[dict[str, Any]] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before > 1:
            items.append({"ellipsis": True})
        items.append({"number": page, "href": address(page), "current": page == number})
    return {
        "items": items,
        "previous": {"href": address(number - 1)} if number > 1 else None,
        "next": {"href": address(number + 1)} if number < last else None,
    }


def in_words(day: date) -> str:
    """26 March 2020."""
    return f"{day.day} {day:%B %Y}"


def _printed(narrative: word.Narrative, level: int = 3) -> Markup:
    """The narrative as `_kept` shows it."""
    return _kept(word.html_of(narrative), level)


def _kept(html: str, level: int = 3) -> Markup:
    """Canonical HTML, its pictures under their addresses, its headings from this level on."""
    html = with_charts_drawn(html)
    html = _HEADING.sub(lambda tag: f"{tag[1]}{min(level + int(tag[2]) - 3, 6)}", html)
    html = html.replace("<table>", '<table tabindex="0">')  # one that is wide scrolls by itself, by keyboard too
    # Canonical narrative is what `narrative.clean` lets through: no script, no style, no address but http(s) and mail.
    return Markup(_PICTURE.sub(r'\g<1>/narrative/pictures/\g<2>"', html))  # noqa: S704


_PICTURE = re.compile(r'(<img src=")([0-9a-f]{64})"')

_HEADING = re.compile("(</?h)([34])(?=>)")

PAGES.filters |= {"printed": _printed, "kept_narrative": _kept, "in_words": word.plain_words}


def said_once(words: str) -> str:
    """A gap without the name of its place before it, where the rest names the place anyway."""
    place, _, rest = words.partition(": ")
    return rest if rest and all(name in rest for name in place.split(", ")) else words


PAGES.filters["said_once"] = said_once


def way_back(reference: str, back: str, place: str) -> str:
    """Where somebody goes on who changed a place of a paper: where they came from, the whole paper or its tasks."""
    return f"/papers/{reference}/whole#{place}" if back == "whole" else f"/papers/{reference}"
