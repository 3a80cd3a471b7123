"""Which characters a narrative may have, and how they are written in HTML."""

import re

from app.narrative.refusals import CharacterNotAllowed

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Every character outside of production 2 of XML 1.0 (fifth edition)."""


def require_xml_characters(words: str) -> None:
    """Pass when XML 1.0 can hold every character; else raise `CharacterNotAllowed` naming the first."""
    if found := NOT_XML.search(words):
        raise CharacterNotAllowed(found.group(), words[: found.start()])


def escaped(words: str) -> str:
    """The words as HTML text.

    U+0338 at the beginning becomes a reference, because it would join with the `>` of the tag before it when
    somebody brings the HTML to NFC.
    """
    out = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"&#824;{out[1:]}" if out.startswith("\u0338") else out


def escaped_attribute(words: str) -> str:
    """The words as the value of an HTML attribute between double quotes."""
    return escaped(words).replace('"', "&quot;")
