"""Whether everybody can read a document: what Word's accessibility checker asks for, and what a board asks besides."""

from app.word.identity import identity
from app.word.legibility import legibility
from app.word.located import Barrier, opened_document
from app.word.structure import structure

LANGUAGE = "en-GB"

PROSE = frozenset(
    {
        "blanks",
        "colour-alone",
        "empty-header",
        "empty-heading",
        "fake-caption",
        "fake-heading",
        "heading-jump",
        "merged-header",
        "no-description",
        "no-header-row",
        "poor-description",
        "poor-link",
        "typed-bullet",
        "typed-number",
    }
)
"""Codes of barriers that the writer of a narrative can put up; every other one is the format's or the engine's."""


def accessibility(document: bytes, language: str = LANGUAGE) -> list[Barrier]:
    """What keeps somebody from reading the document, in the order of the document; empty when nothing does.

    Part after part, and within a part paragraph after paragraph. Holds for papers that this engine made; a template
    has its tags in the way. Raises `UnreadableTemplate` when the bytes are no document.
    """
    opened = opened_document(document)
    found = [*identity(opened, language), *structure(opened), *legibility(opened)]
    parts = {name: place for place, name in enumerate(opened.part_names.values(), 1)}
    return sorted(found, key=lambda barrier: (parts.get(barrier.where.part, 0), barrier.where.paragraph))
