"""What the narrative converter must know of the page and the styles that it writes for."""

from dataclasses import dataclass

from lxml import etree

from app.word.namespaces import w
from app.word.styles import Styles, styles_in

# What Word assumes where a template does not say: A4 with margins of 2.54 cm, in twips.
_PAGE_WIDTH = 11906
_MARGIN = 1440
_NARROWEST = 1440


@dataclass(frozen=True, slots=True)
class Layout:
    """The template's styles by role, and the width of its text in twips (1/1440 inch)."""

    styles: Styles
    text_width: int


def layout_in(document_xml: bytes, styles_xml: bytes | None) -> Layout:
    """The layout of a template with these parts; the text is as wide as in its last section."""
    sections = list(etree.fromstring(document_xml).iter(w("sectPr")))
    width = _text_width(sections[-1]) if sections else _PAGE_WIDTH - 2 * _MARGIN
    return Layout(styles_in(styles_xml), max(width, _NARROWEST))


def _text_width(section: etree._Element) -> int:
    size, margins = section.find(w("pgSz")), section.find(w("pgMar"))
    return (
        _twips(size, "w", _PAGE_WIDTH)
        - _twips(margins, "left", _MARGIN)
        - _twips(margins, "right", _MARGIN)
        - _twips(margins, "gutter", 0)
    )


def _twips(element: etree._Element | None, attribute: str, otherwise: int) -> int:
    stated = element.get(w(attribute)) if element is not None else None
    return int(float(stated)) if stated else otherwise
