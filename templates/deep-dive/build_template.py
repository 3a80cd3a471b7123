"""Writes the Word template of the deep-dive format; run it in the folder of the project.

    python -m templates.deep-dive.build_template [FILE]

It shares its pieces with other formats (`templates/building`); its own are the title and the strands, whose headings
Word numbers below their section: 3.1, 3.2 … and, where the same strands come again, 5.1, 5.2 …
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from templates.building import package
from templates.building.elements import Element, paragraph
from templates.building.pieces import front_sheet, line, page, page_footer, page_header, public_copy, sections
from templates.building.tags import first_of, when

TEMPLATE = Path(__file__).with_name("template.docx")


def template() -> package.Template:
    """Title, front sheet, sections; strands stand under numbered headings."""
    return package.Template(
        name="Deep dive",
        title="Deep dive",
        subject="Word template of the deep-dive format",
        content=[*title(), *public_copy(), *front_sheet(), *sections(line(line_heading()))],
        page=page(),
        header=page_header(),
        footer=page_footer(),
    )


def title() -> Iterator[Element]:
    """The programme and to whom the paper reports."""
    yield from when("strapline", paragraph("Strapline", "{{ strapline }}"))
    yield paragraph("Title", "{{ programme }}")
    yield paragraph("Subtitle", "Report to {{ recipient }}")


def line_heading() -> list[Element]:
    """The name of a strand with its number, or of what stands below one."""
    name = "{{ line.name }}"
    return first_of(
        ("line.level == 1", paragraph("heading 2", name)),
        ("line.kind == 'theme'", paragraph("Subtheme Heading", name)),
        ("line.level == 2", paragraph("Workstream Heading", name)),
        otherwise=paragraph("Workstream Heading 2", name),
    )


def write(file: Path = TEMPLATE) -> None:
    """Writes the template; a file that stands there is replaced."""
    package.write(template(), file)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
