"""Text as Word's XML writes it."""

import re
from html import escape

# XML 1.0 (fifth edition), production 2: everything outside it.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Of those, what docxtpl's values may hold: a new paragraph and a new page.
BREAKS = "\a\f"

_CONTROLS = bytes(number for number in range(0x20) if chr(number) not in "\t\n\r")
_NOT_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())

_SPECIAL = re.compile(r"([\t\n])")
_ELEMENTS = {"\t": "<w:tab/>", "\n": "<w:br/>"}


def escaped(words: str) -> str:
    """The words as XML text or as the value of an attribute in double quotes."""
    return escape(words, quote=True)


def run(words: str, properties: str = "") -> str:
    """A `w:r` with these words, every character kept: tabs and new lines are Word's own.

    `properties` is the content of `w:rPr`.
    """
    head = f"<w:r><w:rPr>{properties}</w:rPr>" if properties else "<w:r>"
    if "\t" not in words and "\n" not in words:
        return f'{head}<w:t xml:space="preserve">{escaped(words)}</w:t></w:r>'
    pieces = (
        _ELEMENTS.get(piece) or f'<w:t xml:space="preserve">{escaped(piece)}</w:t>'
        for piece in _SPECIAL.split(words)
        if piece
    )
    return f"{head}{''.join(pieces)}</w:r>"


def encoded(xml: str) -> bytes | None:
    """The XML in UTF-8; None when it holds a character that XML cannot hold."""
    try:
        content = xml.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    if len(content.translate(None, _CONTROLS)) != len(content) or any(bad in content for bad in _NOT_CHARACTERS):
        return None
    return content
