"""What stands in the navigation of every page: the same order for everybody, without what an account may not do."""

from dataclasses import dataclass

from app.accounts.policy import Action
from app.web.pages.visit import Visit


@dataclass(frozen=True)
class Place:
    """One entry: its words, its address, and what somebody must be allowed to do to see it."""

    text: str
    href: str
    action: Action | None = None
    also: tuple[str, ...] = ()
    """Addresses of pages that belong to it and stand beside its own."""

    def holds(self, path: str) -> bool:
        """Whether the page at this path is in this place."""
        return any(path == own or path.startswith(f"{own}/") for own in (self.href, *self.also))


PLACES = (
    Place("Home", "/"),
    Place("Papers", "/papers", Action.READ_FACTS),
    Place("Workstreams", "/workstreams", Action.READ_FACTS),
    Place("Meetings", "/meetings", Action.READ_FACTS, ("/new-meeting", "/calendars")),
    Place("Rounds", "/rounds", Action.READ_FACTS, ("/new-round",)),
    Place("Directory", "/directory", Action.WRITE_FACTS, ("/new-entry",)),
    Place("Formats", "/formats", Action.TRY_TEMPLATES, ("/new-format", "/template-reference")),
    Place("Accounts", "/accounts", Action.MANAGE_ACCOUNTS, ("/new-account",)),
    Place("Audit log", "/audit", Action.READ_AUDIT),
    Place("Service", "/service", Action.READ_AUDIT),
)
"""Every part of the service that has a page of its own."""


def entries(visit: Visit) -> list[dict[str, object]]:
    """The entries for who visits, as the component of the Design System takes them."""
    if visit.who is None:
        return []
    path = visit.request.url.path
    return [
        {"text": place.text, "href": place.href, "current": path == place.href, "active": place.holds(path)}
        for place in PLACES
        if place.action is None or visit.may(place.action)
    ]
