"""What the narrative converter must know of the page and the styles that it writes for."""

from dataclasses import dataclass, replace

from lxml import etree

from app.word.namespaces import w
from app.word.numbers import number_at
from app.word.styles import Styles, font_in, indent_in, styles_in

# What Word assumes where a template does not say: A4 with margins of 2.54 cm, in twips.
_PAGE_WIDTH, _PAGE_HEIGHT = 11906, 16838
_MARGIN = 1440
_NARROWEST = 1440


@dataclass(frozen=True, slots=True)
class Page:
    """The width and height of a page's text, in twips (1/1440 inch)."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The template's styles by role, the size of its text in twips (1/1440 inch), and its typeface.

    `turned` is the text of a page laid on its side, `font` the face of body text, None for the theme's.
    `numbered_indent` is how far numbered paragraphs stand in; the lists below them start from there.
    """

    styles: Styles
    text_width: int
    text_height: int
    turned: Page
    font: str | None = None
    numbered_indent: int = 0

    def on_turned_page(self) -> "Layout":
        """The same for what stands on a turned page."""
        return replace(self, text_width=self.turned.width, text_height=self.turned.height)


def layout_in(document: etree._Element, styles: etree._Element | None) -> Layout:
    """The layout of a template with these parts; the text is as large as in its last section."""
    sections = list(document.iter(w("sectPr")))
    known = styles_in(styles)
    size, margins = (sections[-1].find(w("pgSz")), sections[-1].find(w("pgMar"))) if sections else (None, None)
    across = _twips(margins, "left", _MARGIN) + _twips(margins, "right", _MARGIN) + _twips(margins, "gutter", 0)
    down = abs(_twips(margins, "top", _MARGIN)) + abs(_twips(margins, "bottom", _MARGIN))
    width, height = _twips(size, "w", _PAGE_WIDTH), _twips(size, "h", _PAGE_HEIGHT)
    return Layout(
        styles=known,
        text_width=max(width - across, _NARROWEST),
        text_height=max(height - down, _NARROWEST),
        turned=Page(max(height - across, _NARROWEST), max(width - down, _NARROWEST)),
        font=font_in(styles, known),
        numbered_indent=max(indent_in(styles, known["numbered paragraph"]) or 0, 0),
    )


def _twips(element: etree._Element | None, attribute: str, otherwise: int) -> int:
    stated = number_at(element, attribute)
    return stated if stated is not None else otherwise
