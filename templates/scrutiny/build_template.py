"""Writes the Word template of the scrutiny format; run it in the folder of the project.

    python -m templates.scrutiny.build_template [FILE]

The template is an ordinary Word file that a person may open and edit in Word; whoever does so gives up this script,
which writes the same members with the same bytes on every machine and every day. What it shares with other formats
stands in `templates/building`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from templates.building import package
from templates.building.elements import Element, paragraph
from templates.building.pieces import front_sheet, line, names, page, page_footer, page_header, public_copy, sections
from templates.building.tags import when

TEMPLATE = Path(__file__).with_name("template.docx")


def template() -> package.Template:
    """Title, front sheet, sections; themes and workstreams stand under headings without numbers."""
    return package.Template(
        name="Scrutiny",
        title="Scrutiny paper",
        subject="Word template of the scrutiny format",
        content=[*title(), *public_copy(), *front_sheet(), *sections(line(line_heading()))],
        page=page(),
        header=page_header(),
        footer=page_footer(),
    )


def title() -> Iterator[Element]:
    """The programme and to whom the paper reports."""
    yield from when("strapline", paragraph("Strapline", "{{ strapline }}"))
    yield paragraph("Title", "{{ programme }}")
    yield paragraph("Subtitle", "Report to: {{ recipient }}")


def line_heading() -> list[Element]:
    """The name of a theme or of a workstream, as deep as it stands in the tree."""
    name = "{{ line.name }}"
    return names(
        ("line.level == 1", paragraph("Theme Heading", name)),
        ("line.kind == 'theme'", paragraph("Subtheme Heading", name)),
        ("line.level == 2", paragraph("Workstream Heading", name)),
        otherwise=paragraph("Workstream Heading 2", name),
    )


def write(file: Path = TEMPLATE) -> None:
    """Writes the template; a file that stands there is replaced."""
    package.write(template(), file)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
