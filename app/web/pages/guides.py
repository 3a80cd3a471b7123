"""What helps anybody to use the pages: the accessibility statement, and which keys do what."""

from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from app.web.pages.layout import page
from app.web.pages.visit import Passing

router = APIRouter()


class Keys(NamedTuple):
    """Keys for one part of the pages: which keys, and what they do."""

    title: str
    deeds: tuple[tuple[str, str], ...]


EVERYWHERE = Keys(
    "On every page",
    (
        ("Tab", "go to the next link, field or button"),
        ("Shift and Tab", "go to the one before"),
        ("Tab, then Enter, at the beginning of a page", "skip the navigation"),
        ("Enter", "follow a link, press a button"),
        ("Space", "press a button, tick a box, choose an answer"),
        ("Arrow keys", "choose among answers of which one holds; scroll a wide table"),
    ),
)

KEYS = [EVERYWHERE]
"""Every part of the pages that has keys."""


@router.get("/accessibility")
def accessibility(visit: Passing) -> Response:
    """The accessibility statement."""
    return page(visit, "guides/accessibility.html", "Accessibility statement")


@router.get("/keyboard")
def keyboard(visit: Passing) -> Response:
    """Which keys do what."""
    return page(visit, "guides/keyboard.html", "Keyboard help", groups=KEYS)
