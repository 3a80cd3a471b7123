"""A narrative as WordprocessingML, in the template's own styles."""

from collections.abc import Mapping, Sequence

from app.narrative import Block, Chart, Figure, Heading, ListBlock, Paragraph, Quote, Table
from app.word.figures import Figures
from app.word.layout import Layout
from app.word.ledger import Ledger
from app.word.paragraphs import UNNUMBERED, Paragraphs
from app.word.tables import table_xml

_HIGHEST_HEADING = 9
_AFTER_TABLE = '<w:spacing w:before="160"/>'
_NO_FILES: Mapping[str, bytes] = {}


def narrative_xml(
    blocks: Sequence[Block],
    layout: Layout,
    ledger: Ledger,
    heading_level: int,
    *,
    files: Mapping[str, bytes] = _NO_FILES,
    where: str = "",
    list_labels: tuple[str, ...] = (),
) -> str:
    """The blocks as paragraphs, tables and drawings; the ledger holds what they need of other parts.

    An `h3` has the style of heading `heading_level`, an `h4` that of the next level, at most 9. `files` has the
    pictures by digest, `where` names the narrative in `MissingPicture`. `list_labels` say how numbers of lists are
    written, level by level, with `{}` for the number.
    """
    write, show = Paragraphs(layout, ledger, list_labels), Figures(layout, ledger, files, where)
    parts = []
    after_table = False
    for block in blocks:
        parts.append(_block(block, write, show, heading_level, _AFTER_TABLE if after_table else ""))
        after_table = _ends_with_table(block)
    return "".join(parts)


def _block(block: Block, write: Paragraphs, show: Figures, heading_level: int, spacing: str) -> str:
    match block:
        case Paragraph(inlines, numbered):
            return write.paragraph(inlines, "paragraph", before="" if numbered else UNNUMBERED, after=spacing)
        case Heading(level, inlines):
            return write.paragraph(inlines, f"heading {min(heading_level + level - 3, _HIGHEST_HEADING)}")
        case ListBlock():
            return write.list(block)
        case Quote(blocks):
            return write.flow(blocks, "quote")
        case Table():
            return table_xml(block, write)
        case Figure():
            return show.figure(block, spacing)


def _ends_with_table(block: Block) -> bool:
    shown = block.content if isinstance(block, Figure) and not block.landscape else block
    return isinstance(shown, Table) or (isinstance(shown, Chart) and shown.table_shown)
