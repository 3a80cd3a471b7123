"""Writes the Word template of the delivery board's format; run it in the folder of the project.

    python -m templates.delivery-board.build_template [FILE]

The template is an ordinary Word file that a person may open and edit in Word; whoever does so gives up this script,
which writes the same members with the same bytes on every machine and every day. What it shares with other formats
stands in `templates/building`.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from templates.building import package
from templates.building.elements import Element, paragraph
from templates.building.look import ACCENT, NUMBER_WIDTH
from templates.building.numbering import PARAGRAPH_LIST, numbering
from templates.building.pieces import front_lines, line, names, page, page_footer, page_header, public_copy, sections
from templates.building.styles import PARAGRAPH_STYLES, ParagraphStyle
from templates.building.tags import when

TEMPLATE = Path(__file__).with_name("template.docx")


def template() -> package.Template:
    """Board, front lines, bands in capitals; paragraphs are counted through the whole paper."""
    return package.Template(
        name="Delivery board",
        title="Delivery board paper",
        subject="Word template of the delivery board’s format",
        content=[*title(), *public_copy(), *front_lines(), *sections(line(line_heading()))],
        page=page(),
        header=page_header(),
        footer=page_footer(),
        styles=list(styles()),
        numbering=numbering("%1.", paragraphs="%1."),
    )


def title() -> Iterator[Element]:
    """To whom the paper reports."""
    yield from when("strapline", paragraph("Strapline", "{{ strapline }}"))
    yield paragraph("Title", "Report to {{ recipient }}")


def line_heading() -> list[Element]:
    """The name of a band, or of what stands in it and does not open its text."""
    name = "{{ line.name }}"
    return names(
        ("line.heading_level == 1", paragraph("Heading 1 Unnumbered", name)),
        ("line.heading_level == 2", paragraph("Heading 2 Unnumbered", name)),
        ("line.heading_level == 3", paragraph("heading 3", name)),
        otherwise=paragraph("heading 4", name),
    )


def styles() -> Iterator[ParagraphStyle]:
    """Bands in capitals over a line; paragraphs with a list of their own."""
    own = {
        "Title": {"after": 200, "size": 18},
        "Heading 1 Unnumbered": {"caps": True, "ruled": ("bottom", ACCENT), "before": 400, "after": 80, "size": 13},
        "Numbered Paragraph": {
            "based_on": "Normal", "plain": False, "listed": PARAGRAPH_LIST, "before": 160, "left": NUMBER_WIDTH,
        },
    }  # fmt: skip
    for style in PARAGRAPH_STYLES:
        yield replace(style, **own.get(style.name, {}))


def write(file: Path = TEMPLATE) -> None:
    """Writes the template; a file that stands there is replaced."""
    package.write(template(), file)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
