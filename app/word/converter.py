"""A narrative as WordprocessingML, in the template's own styles."""

from collections.abc import Sequence

from app.narrative import Block, Heading, ListBlock, Paragraph, Quote, Table
from app.word.layout import Layout
from app.word.ledger import Ledger
from app.word.paragraphs import Paragraphs
from app.word.tables import table_xml

_HIGHEST_HEADING = 9
_AFTER_TABLE = '<w:spacing w:before="160"/>'


def narrative_xml(blocks: Sequence[Block], layout: Layout, ledger: Ledger, heading_level: int) -> str:
    """The blocks as paragraphs and tables; the ledger holds what they need of other parts.

    An `h3` has the style of heading `heading_level`, an `h4` that of the next level, at most 9.
    """
    write = Paragraphs(layout, ledger)
    parts = []
    after_table = False
    for block in blocks:
        parts.append(_block(block, write, heading_level, _AFTER_TABLE if after_table else ""))
        after_table = isinstance(block, Table)
    return "".join(parts)


def _block(block: Block, write: Paragraphs, heading_level: int, spacing: str) -> str:
    match block:
        case Paragraph(inlines):
            return write.paragraph(inlines, "paragraph", after=spacing)
        case Heading(level, inlines):
            return write.paragraph(inlines, f"heading {min(heading_level + level - 3, _HIGHEST_HEADING)}")
        case ListBlock():
            return write.list(block)
        case Quote(blocks):
            return write.flow(blocks, "quote")
        case Table():
            return table_xml(block, write)
