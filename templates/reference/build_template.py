"""Writes the Word template that prints every value beside its name; run it in the folder of the project.

    python -m templates.reference.build_template [FILE]

It belongs to no format: authors take from it what they need, and print a sample paper with it to see what each name
holds. Its names and their meanings are those of `docs/templates.md`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from app.assembly.context import PaperContext
from app.assembly.reference import Name, called, names_of
from templates.building import package
from templates.building.elements import Element, cell, paragraph, row, run, table
from templates.building.look import TEXT_WIDTH
from templates.building.pieces import front_sheet, page, page_footer, page_header, rating, rating_key, strip
from templates.building.styles import PARAGRAPH_STYLES, ParagraphStyle
from templates.building.tags import each, tag_cell, when

TEMPLATE = Path(__file__).with_name("template.docx")
HEADINGS = {"section.heading": "Heading 1 Unnumbered", "line.title": "Heading 2 Unnumbered"}
"""Names that are printed as headings, so that the prose below them has the level that it expects."""


def template() -> package.Template:
    """The names of the paper, then of what is in its lists, as they lie within one another."""
    return package.Template(
        name="Reference",
        title="Every value beside its name",
        subject="Word template that prints every value",
        content=[paragraph("Title", "Every value beside its name"), *shown(names_of(PaperContext), 0)],
        page=page(),
        header=page_header(),
        footer=page_footer(),
        styles=[*PARAGRAPH_STYLES, *levels()],
    )


def levels() -> Iterator[ParagraphStyle]:
    """How names stand in, the deeper they are."""
    for depth in range(7):
        yield ParagraphStyle(name=f"Name {depth}", ours=True, before=40, after=20, left=280 * depth, size=12)


def shown(names: list[Name], depth: int) -> Iterator[Element]:
    """Each name with what it means, and its value; of lists, the names of each entry."""
    for name in names:
        if not name.tag and name.below is None:
            continue
        if name.kind == "list":
            yield told(name, depth)
            yield from as_table(name)
            entry = called(name)
            alone = Name(entry, "text", "one of them", f"{{{{ {entry} }}}}", must=False)
            inner = names_of(name.below, entry) if name.below else [alone]
            yield from each(f"{entry} in {name.way}", *shown(inner, depth + 1))
        elif name.kind == "prose":
            yield told(name, depth)
            yield from when(name.way, paragraph("Template Tag", name.tag))
        elif name.way in HEADINGS:
            yield from when(name.way, paragraph(HEADINGS[name.way], name.tag))
            yield told(name, depth)
        elif name.tag:
            yield told(name, depth, run(value(name)))


def told(name: Name, depth: int, *content: Element) -> Element:
    """The name, what it means, and its value behind it."""
    return paragraph(f"Name {depth}", run(name.way, "Front Label"), run(f" – {name.description}: "), *content)


def value(name: Name) -> str:
    """What prints the value in a line."""
    if name.kind == "yes or no":
        return f"{{% if {name.way} %}}yes{{% else %}}no{{% endif %}}"
    if name.kind == "coloured word":
        return name.tag
    return f"{{{{ {name.way} }}}}"


def as_table(name: Name) -> Iterator[Element]:
    """The lists that papers mostly print as tables, in tables, with the tags of rows and cells."""
    match name.way:
        case "front_sheet":
            yield from front_sheet()
        case "update.ratings":
            yield from when(name.way, strip(TEXT_WIDTH), spanned())
        case "block.keys":
            yield from each("key in block.keys", *rating_key())


def spanned() -> Element:
    """One heading over all the ratings of an update."""
    head = cell(paragraph("Rating", run("{% colspan update.ratings|length %}", "Template Tag Char"), "All the ratings"))
    return table(
        row(head, header=True),
        row(tag_cell("for cell in update.ratings"), rating("cell"), tag_cell("endfor")),
        widths=(TEXT_WIDTH // 3,) * 3,
        title="Ratings of {{ line.title }} as at {{ update.as_at }} under one heading",
        description="The ratings as words on their colours, below one heading.",
    )


def write(file: Path = TEMPLATE) -> None:
    """Writes the template; a file that stands there is replaced."""
    package.write(template(), file)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
