"""What helps anybody to use the pages: the accessibility statement, and which keys do what."""

from typing import NamedTuple

from fastapi.responses import Response

from app.web.pages.layout import page
from app.web.pages.routing import page_router
from app.web.pages.visit import Passing

router = page_router()


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

IN_THE_EDITOR = Keys(
    "In the editor of texts",
    (
        ("Alt + F10", "Go to the tools"),
        ("Escape, then Tab", "Leave the text"),
        ("Tab or Shift + Tab in a table", "Next or previous cell"),
        ("Shift + arrow keys in a table", "Select cells"),
        ("Tab or Shift + Tab at its beginning", "Move a list item in or out"),
        ("Shift + Enter", "New line in a paragraph"),
        ("Ctrl + B", "Bold"),
        ("Ctrl + I", "Italic"),
        ("Ctrl + U", "Underline"),
        ("Ctrl + Shift + X", "Strikethrough"),
        ("Ctrl + .", "Superscript"),
        ("Ctrl + ,", "Subscript"),
        ("Ctrl + Alt + 3", "Heading"),
        ("Ctrl + Alt + 4", "Subheading"),
        ("Ctrl + Alt + 5", "Quotation"),
        ("Ctrl + Shift + 8", "Bulleted list"),
        ("Ctrl + Shift + 7", "Numbered list"),
        ("Ctrl + Shift + 6", "Lettered list"),
        ("Ctrl + Shift + 5", "Roman numbered list"),
        ("Ctrl + [", "Move item out"),
        ("Ctrl + ]", "Move item in"),
        ("Ctrl + K", "Link"),
        ("Ctrl + Shift + L", "Redact"),
        ("Ctrl + Z", "Undo"),
        ("Ctrl + Y", "Redo"),
        ("Ctrl + Alt + Enter", "Row below"),
        ("“- ”, “1. ”, “a. ” or “i. ” at the beginning of a paragraph", "Begin a list"),
    ),
)
"""The same as the editor's own help."""

KEYS = [EVERYWHERE, IN_THE_EDITOR]
"""Every part of the pages that has keys."""


@router.get("/accessibility")
def accessibility(visit: Passing) -> Response:
    """The accessibility statement."""
    return page(visit, "guides/accessibility.html", "Accessibility statement")


@router.get("/keyboard")
def keyboard(visit: Passing) -> Response:
    """Which keys do what."""
    return page(visit, "guides/keyboard.html", "Keyboard help", groups=KEYS)
