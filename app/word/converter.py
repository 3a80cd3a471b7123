"""A narrative as WordprocessingML, in the template's own styles."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from app.narrative import Block, Chart, Figure, Heading, ListBlock, Paragraph, Quote, Table
from app.word.figures import Figures
from app.word.layout import Layout
from app.word.ledger import Ids, Ledger
from app.word.paragraphs import UNNUMBERED, Paragraphs
from app.word.tables import table_xml

_HIGHEST_HEADING = 9
_AFTER_TABLE = '<w:spacing w:before="160"/>'
_NO_FILES: Mapping[str, bytes] = {}

Show: TypeAlias = Callable[[Figure, str], str]
"""Draws a figure; the text holds properties that its drawing has on an upright page besides its own."""


def narrative_xml(
    blocks: Sequence[Block],
    layout: Layout,
    ledger: Ledger,
    heading_level: int,
    *,
    files: Mapping[str, bytes] = _NO_FILES,
    where: str = "",
    list_labels: tuple[str, ...] = (),
    numbered: bool = False,
    run_in: str = "",
) -> str:
    """The blocks as paragraphs, tables and drawings; the ledger holds what they need of other parts.

    An `h3` has the style of heading `heading_level`, an `h4` that of the next level, at most 9. `files` has the
    pictures by digest, `where` names the narrative in `MissingPicture`. `list_labels` say how numbers of lists are
    written, level by level, with `{}` for the number.

    With `numbered`, paragraphs have the style that numbers them, and lists stand below their words. `run_in` is a
    title that opens the first paragraph; where the text opens with something else, it is a paragraph before it.
    """
    show = Figures(layout, ledger, files, where)
    return flow_xml(
        blocks, layout, ledger, heading_level, show.figure, list_labels=list_labels, numbered=numbered, run_in=run_in
    )


def flow_xml(
    blocks: Sequence[Block],
    layout: Layout,
    ids: Ids,
    heading_level: int,
    show: Show,
    *,
    list_labels: tuple[str, ...] = (),
    numbered: bool = False,
    run_in: str = "",
) -> str:
    """The blocks as in `narrative_xml`; `show` draws the figures."""
    write = Paragraphs(layout, ids, list_labels, layout.numbered_indent if numbered else 0)
    parts = []
    if run_in and not (blocks and isinstance(blocks[0], Paragraph)):
        parts.append(_paragraph(Paragraph(()), write, "", numbered=numbered, run_in=run_in))
        run_in = ""
    after_table = False
    for block in blocks:
        spacing = _AFTER_TABLE if after_table else ""
        if isinstance(block, Paragraph):
            parts.append(_paragraph(block, write, spacing, numbered=numbered, run_in=run_in))
            run_in = ""
        else:
            parts.append(_block(block, write, show, heading_level, spacing))
        after_table = _ends_with_table(block)
    return "".join(parts)


def _paragraph(paragraph: Paragraph, write: Paragraphs, spacing: str, *, numbered: bool, run_in: str) -> str:
    goes_on = not paragraph.numbered
    # Without the number there is nothing in the room before the words: the first line stands where the others do.
    place = f'<w:ind w:left="{write.shift}" w:firstLine="0"/>' if goes_on and numbered else ""
    return write.paragraph(
        paragraph.inlines,
        "numbered paragraph" if numbered else "paragraph",
        before=UNNUMBERED if goes_on else "",
        after=spacing + place,
        run_in=run_in,
    )


_Other: TypeAlias = Heading | ListBlock | Quote | Table | Figure


def _block(block: _Other, write: Paragraphs, show: Show, heading_level: int, spacing: str) -> str:
    match block:
        case Heading(level, inlines):
            return write.paragraph(inlines, f"heading {min(heading_level + level - 3, _HIGHEST_HEADING)}")
        case ListBlock():
            return write.list(block)
        case Quote(blocks):
            return write.flow(blocks, "quote")
        case Table():
            return table_xml(block, write)
        case Figure():
            return show(block, spacing)


def begins_with_table(blocks: Sequence[Block]) -> bool:
    """Whether the first thing that is printed of the blocks is a table, with no caption above it."""
    first = blocks[0].content if blocks and isinstance(blocks[0], Figure) else blocks[0] if blocks else None
    return isinstance(first, Table) and not first.caption


def _ends_with_table(block: Block) -> bool:
    shown = block.content if isinstance(block, Figure) and not block.landscape else block
    return isinstance(shown, Table) or (isinstance(shown, Chart) and shown.table_shown)
