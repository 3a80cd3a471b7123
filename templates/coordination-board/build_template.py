"""Writes the Word template of the coordination board's format; run it in the folder of the project.

    python -m templates.coordination-board.build_template [FILE]

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
from templates.building.look import ACCENT, TEXT
from templates.building.numbering import numbering
from templates.building.pieces import front_lines, line, names, page, page_footer, page_header, public_copy, sections
from templates.building.styles import OUR_HEADING, PARAGRAPH_STYLES, ParagraphStyle
from templates.building.tags import when

TEMPLATE = Path(__file__).with_name("template.docx")


def template() -> package.Template:
    """Whose paper it is, front lines, title in capitals; sections, paragraphs and groups share one numbering."""
    return package.Template(
        name="Coordination board",
        title="Coordination board paper",
        subject="Word template of the coordination board’s format",
        content=[*head(), *front_lines(), *title(), *public_copy(), *sections(line(line_heading()))],
        page=page(),
        header=page_header(),
        footer=page_footer(),
        styles=list(styles()),
        numbering=numbering("%1."),
    )


def head() -> Iterator[Element]:
    """The organisation and its strapline, where a letterhead has its logo."""
    yield from when(
        "strapline",
        paragraph("Letterhead", "{{ organisation }}"),
        paragraph("Strapline", "{{ strapline }}"),
        otherwise=[paragraph("Letterhead Alone", "{{ organisation }}")],
    )


def title() -> Iterator[Element]:
    """What the paper is about."""
    yield paragraph("Title", "{{ title }}")


def line_heading() -> list[Element]:
    """The name of a group, of a band within it, or of a piece of work."""
    name = "{{ line.name }}"
    return names(
        ("line.heading_level == 1", paragraph("Heading 1 Unnumbered", name)),
        ("line.kind == 'theme' and line.heading_level == 2", paragraph("Group Band", name)),
        ("line.heading_level == 2", paragraph("Heading 2 Unnumbered", name)),
        ("line.heading_level == 3", paragraph("heading 3", name)),
        otherwise=paragraph("heading 4", name),
    )


def styles() -> Iterator[ParagraphStyle]:
    """Quiet numbered headings of one size, so that the objectives above them stand out."""
    own = {
        "Title": {"caps": True, "before": 320, "after": 240, "size": 14},
        "Strapline": {"after": 280, "ruled": ("bottom", ACCENT)},
        "heading 1": {"before": 280, "size": 13},
        "heading 2": {"before": 240, "after": 40, "size": 12, "colour": TEXT},
        "Heading 2 Numbered Below": {"size": 12},
        "Heading 1 Unnumbered": {"caps": True},
        "Plan Objective": {"before": 360, "after": 0},
    }
    yield from (replace(style, **own.get(style.name, {})) for style in PARAGRAPH_STYLES)
    letterhead = ParagraphStyle(name="Letterhead", ours=True, keep_next=True, bold=True, colour=ACCENT, size=20)
    yield replace(letterhead, after=20)
    yield replace(letterhead, name="Letterhead Alone", after=280, ruled=("bottom", ACCENT))
    yield replace(OUR_HEADING, name="Group Band", based_on="Heading 2 Unnumbered", outline=2, italic=True, size=12)


def write(file: Path = TEMPLATE) -> None:
    """Writes the template; a file that stands there is replaced."""
    package.write(template(), file)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
