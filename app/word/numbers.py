"""Numbers as files state them: nobody vouches for what stands in an attribute."""

import re

from lxml import etree

from app.word.namespaces import w

_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,10})(?:\.[0-9]*)?\s*")
_BITS = re.compile(r"\s*([0-9A-Fa-f]{1,8})\s*")


def whole_number(stated: str | None) -> int | None:
    """The whole number that these words are, without the decimals that some programs write; None for all else.

    No number of Word's is longer than ten digits (`xsd:int`).
    """
    found = _WHOLE.fullmatch(stated or "")
    return int(found.group(1)) if found else None


def number_at(element: etree._Element | None, attribute: str = "val") -> int | None:
    """The whole number that this attribute of Word's states; None where no element, or no number, is there."""
    return whole_number(element.get(w(attribute))) if element is not None else None


def bits_at(element: etree._Element | None, attribute: str = "val") -> int:
    """The bits that this attribute states in hexadecimal digits; none are set where it states something else."""
    found = _BITS.fullmatch(element.get(w(attribute), "")) if element is not None else None
    return int(found.group(1), 16) if found else 0
