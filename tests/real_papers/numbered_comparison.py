"""Reads a document with numbered paragraphs back, line by line, and holds it against the published paper."""

from app import word
from tests.real_papers.numbered_text import BULLET, held_words

Lines = list[tuple[str, list[str]]]
"""Printed number (`•` for a bullet) and words of each line, in order."""

STANDS_FOR_A_PICTURE = {"Letterhead"}
BULLETS = {"•", "–", "▪"}


def document_lines(document: bytes) -> Lines:
    """What the document prints; a line that stands where the paper has a picture is left out."""
    return [
        (BULLET if line.number in BULLETS else line.number, held_words(line.text))
        for line in word.outline(document)
        if line.text.strip() and line.style not in STANDS_FOR_A_PICTURE
    ]


def words_in(lines: Lines) -> list[str]:
    """All words, in order."""
    return [found for _, words in lines for found in words]
