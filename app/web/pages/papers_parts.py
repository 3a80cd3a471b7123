"""What several pages about papers are made of: entries to choose from, pages of a list."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode


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
