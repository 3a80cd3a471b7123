"""Text as Word's XML writes it."""

import io
import re
from collections.abc import Iterable

# XML 1.0 (fifth edition), production 2: everything outside it.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Of those, what docxtpl's values may hold: a new paragraph and a new page.
BREAKS = "\a\f"

_CONTROLS = bytes(number for number in range(0x20) if chr(number) not in "\t\n\r")

_SPECIAL = re.compile(r"([\t\n])")
_ELEMENTS = {"\t": "<w:tab/>", "\n": "<w:br/>"}


def escaped(words: str) -> str:
    """The words as XML text or as the value of an attribute in double quotes."""
    # Each is looked for first: hardly any text has one, and to look takes less than half as long as to replace.
    out = words.replace("&", "&amp;") if "&" in words else words
    if "<" in words or ">" in words:
        out = out.replace("<", "&lt;").replace(">", "&gt;")
    if '"' in words or "'" in words:
        out = out.replace('"', "&quot;").replace("'", "&#x27;")
    return out


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


class UnwritableCharacter(Exception):  # noqa: N818 - always translated, with the place of its text
    """The XML has a character that XML cannot hold."""

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(character)


def encoded(stretches: Iterable[str]) -> bytes:
    """The XML that these stretches make, in UTF-8; raises `UnwritableCharacter`.

    One stretch at a time: a long part is never held as text.
    """
    out = io.BytesIO()
    for xml in stretches:
        try:
            content = xml.encode()
        except UnicodeEncodeError as error:  # half of a surrogate pair
            raise UnwritableCharacter(xml[error.start]) from error
        if len(content.translate(None, _CONTROLS)) != len(content) or "\ufffe" in xml or "\uffff" in xml:
            raise UnwritableCharacter(next(iter(NOT_XML.findall(xml))))
        out.write(content)
    return out.getvalue()
