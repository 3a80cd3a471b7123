"""Text as Word's XML writes it."""

import re
from html import escape

# XML 1.0 (fifth edition), production 2: everything outside it.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

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
