"""Writes the Word template that a new format begins with; run it in the folder of the project.

    python -m templates.first.build_template [FILE]

It has every style that a `format.toml` can ask for, and is edited in Word by whoever made the format. What it shares
with other templates stands in `templates/building`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from templates.building import package
from templates.building.elements import Element, paragraph
from templates.building.look import ACCENT
from templates.building.numbering import numbering
from templates.building.pieces import front_sheet, line, names, page, page_footer, page_header, public_copy, sections
from templates.building.styles import PARAGRAPH_STYLES, ParagraphStyle
from templates.building.tags import when

TEMPLATE = Path(__file__).with_name("template.docx")


def template() -> package.Template:
    """Whose paper it is, its title, the front sheet, numbered sections; works with every `format.toml`."""
    return package.Template(
        name="Board paper",
        title="Board paper",
        subject="Word template of a new format",
        content=[*head(), *public_copy(), *front_sheet(), *sections(line(line_heading()))],
        page=page(),
        header=page_header(),
        footer=page_footer(),
        styles=list(styles()),
        numbering=numbering("%1."),
    )


def head() -> Iterator[Element]:
    """The organisation, the paper's title, and the meeting that it is for."""
    yield paragraph("Letterhead", "{{ organisation }}")
    yield from when("strapline", paragraph("Strapline", "{{ strapline }}"))
    yield paragraph("Title", "{{ title }}")
    yield paragraph("Subtitle", "Report to {{ board }}, {{ meeting_date }}")


def line_heading() -> list[Element]:
    """The name of a theme or of a workstream, as deep as it stands in the tree."""
    name = "{{ line.name }}"
    return names(
        ("line.heading_level == 1", paragraph("Heading 1 Unnumbered", name)),
        ("line.level == 1", paragraph("Theme Heading", name)),
        ("line.heading_level == 2", paragraph("Heading 2 Unnumbered", name)),
        ("line.kind == 'theme'", paragraph("Subtheme Heading", name)),
        ("line.heading_level == 3", paragraph("Workstream Heading", name)),
        otherwise=paragraph("Workstream Heading 2", name),
    )


def styles() -> Iterator[ParagraphStyle]:
    """The shipped styles, and one for the organisation's name above everything."""
    yield from PARAGRAPH_STYLES
    yield ParagraphStyle(name="Letterhead", ours=True, keep_next=True, bold=True, colour=ACCENT, size=14, after=120)


def write(file: Path = TEMPLATE) -> None:
    """Writes the template; a file that stands there is replaced."""
    package.write(template(), file)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
