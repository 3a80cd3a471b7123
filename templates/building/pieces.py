"""The pieces of a paper that formats have in common, each printing all that `PaperContext` may hold there."""

from collections.abc import Iterable, Iterator
from copy import deepcopy

from templates.building.elements import Element, R, cell, field, kept_with_next, paragraph, row, run, table, w
from templates.building.look import PAGE_HEIGHT, PAGE_WIDTH, SIDE_MARGIN, TEXT_WIDTH
from templates.building.tags import each, first_of, tag_cell, tag_row, when

MARKINGS = (
    "{{ marking }}{% if second_marking %} – {{ second_marking }}{% endif %}{% if draft %} – {{ draft }}{% endif %}"
)
"""The protective marking, the one beside it, and that the paper is a draft."""

PLAIN_HEADINGS = ((2, "Heading 2 Unnumbered"), *((level, f"heading {level}") for level in (3, 4, 5, 6)))
"""Levels of headings below a workstream, with their styles: none has a number."""


def public_copy() -> list[Element]:
    """That this is the public copy, where it is."""
    return when("public_copy", paragraph("Public Copy", "{{ public_copy }}"))


def front_sheet() -> Iterator[Element]:
    """The front sheet's labels and values; what is missing stands out."""
    missing = when(
        "row.missing",
        paragraph("Table Text", run("{{ row.value }}", "Gap Char")),
        otherwise=[paragraph("Table Text", "{{ row.value }}")],
    )
    yield table(
        tag_row("for row in front_sheet", 2),
        row(cell(paragraph("Table Text", "{{ row.label }}")), cell(*missing)),
        tag_row("endfor", 2),
        widths=(3260, TEXT_WIDTH - 3260),
        title="Front sheet",
        description="What the paper is, who answers for it, and its dates: labels on the left, values on the right.",
        header=False,
        row_heads=True,
    )


def front_lines() -> list[Element]:
    """The front sheet as lines of label and value, for papers that have no table in front."""
    label = run("{{ row.label }}:", "Front Label")
    return each(
        "row in front_sheet",
        *when(
            "row.missing",
            paragraph("Front Line", label, w("r", w("tab")), run("{{ row.value }}", "Gap Char")),
            otherwise=[paragraph("Front Line", deepcopy(label), w("r", w("tab")), "{{ row.value }}")],
        ),
    )


def sections(line: Iterable[Element]) -> list[Element]:
    """Every section with its heading and its blocks; a theme or a workstream is printed as `line` says."""
    heading = "{{ section.heading }}"
    return each(
        "section in sections",
        *first_of(
            ("section.heading and section.numbered and section.level == 1", paragraph("heading 1", heading)),
            ("section.heading and section.numbered", paragraph("heading 2", heading)),
            ("section.heading and section.level == 1", paragraph("Heading 1 Unnumbered", heading)),
            ("section.heading", paragraph("Heading 2 Unnumbered", heading)),
        ),
        *each(
            "block in section.blocks",
            *when("block.text", paragraph("Template Tag", "{{p block.text }}")),
            *when("block.kind == 'nil' and block.words", paragraph("Body Text", "{{ block.words }}")),
            *when("block.kind == 'gap'", paragraph("Gap", "{{ block.words }}")),
            *when("block.kind == 'objective'", paragraph("Plan Objective", "{{ block.words }}")),
            *each("key in block.keys", *rating_key()),
            *each("line in block.lines", *line),
        ),
    )


def rating_key() -> Iterator[Element]:
    """What the ratings of a scheme mean and, where it says so, how its dimensions are judged."""
    yield paragraph("caption", "Key to ratings: {{ key.name }}")
    yield table(
        row(cell(paragraph("Table Text", "Rating")), cell(paragraph("Table Text", "Meaning")), header=True),
        tag_row("for value in key.values", 2),
        row(rating("value"), cell(paragraph("Table Text", "{{ value.meaning }}"))),
        tag_row("endfor", 2),
        widths=(1985, TEXT_WIDTH - 1985),
        title="Key to ratings: {{ key.name }}",
        description="Each rating as a word on its colour, and what it means.",
    )
    yield from when(
        "key.dimensions",
        paragraph("caption", "How each dimension is judged: {{ key.name }}"),
        table(
            row(cell(paragraph("Table Text", "Dimension")), cell(paragraph("Table Text", "How it is judged")),
                header=True),
            tag_row("for dimension in key.dimensions", 2),
            row(cell(paragraph("Table Text", "{{ dimension.label }}")),
                cell(paragraph("Table Text", "{{ dimension.meaning }}"))),
            tag_row("endfor", 2),
            widths=(1985, TEXT_WIDTH - 1985),
            title="How each dimension is judged: {{ key.name }}",
            description="Each dimension that is rated, and how it is judged.",
            row_heads=True,
        ),
    )  # fmt: skip


def rating(name: str) -> Element:
    """The cell of a rating: its word on its colour."""
    colour = run(f"{{% cellbg {name}.background %}}", "Template Tag Char")
    return cell(paragraph("Rating", colour, f"{{{{r {name}.word }}}}"))


def line(heading: Iterable[Element]) -> Iterator[Element]:
    """A theme with its rating keys and introduction, or a workstream with its updates, under such a heading."""
    yield from each("objective in line.objectives", paragraph("Plan Objective", "{{ objective.text }}"))
    yield from when("line.name", *heading)
    yield from when("line.introduction", paragraph("Template Tag", "{{p line.introduction }}"))
    yield from each("key in line.keys", *rating_key())
    yield from when("line.gap", paragraph("Gap", "{{ line.gap }}"))
    yield from each("update in line.updates", *update())


def names(*plain: tuple[str, Element], otherwise: Element) -> list[Element]:
    """The name of a theme or a workstream: numbered where the format says so, else in the first plain style that fits.

    What is numbered at a level may stand one level of heading below it, under a theme that has no number.
    """
    name = "{{ line.name }}"
    return first_of(
        ("line.number_level == 1", paragraph("heading 1", name)),
        ("line.number_level == 2 and line.heading_level == 2", paragraph("heading 2", name)),
        ("line.number_level == 2", paragraph("Heading 2 Numbered Below", name)),
        ("line.number_level", paragraph("Heading 3 Numbered", name)),
        *plain,
        otherwise=otherwise,
    )


def update() -> Iterator[Element]:
    """What a workstream reported: its date where there are several, ratings, source, and the parts."""
    for level, style in PLAIN_HEADINGS[:4]:
        dated = f"update.dated and update.level == {level}"
        yield from when(dated, paragraph(style, "As at {{ update.as_at }}"))
    # One or two dimensions over the whole width would look like a banner.
    yield from when("update.ratings|length > 2", strip(TEXT_WIDTH))
    yield from when("update.ratings and update.ratings|length <= 2", strip(TEXT_WIDTH * 2 // 5))
    yield from when("not update.ratings and update.rating_words", paragraph("Source Note", "{{ update.rating_words }}"))
    yield from when("update.source_note", paragraph("Source Note", "{{ update.source_note }}"))
    yield from when("update.nil", paragraph("Body Text", "{{ update.nil }}"))
    yield from each("part in update.parts", *part())


def strip(width: int) -> Element:
    """The ratings of an update side by side: dimensions above, words on their colours below; the source follows."""
    made = table(
        row(tag_cell("for cell in update.ratings"), cell(paragraph("Rating", "{{ cell.dimension }}")),
            tag_cell("endfor"), header=True),
        row(tag_cell("for cell in update.ratings"), rating("cell"), tag_cell("endfor")),
        widths=(width // 3,) * 3,
        title="Ratings of {{ line.name }} as at {{ update.as_at }}",
        description="Each dimension that is rated, with its rating as a word on its colour below.",
    )  # fmt: skip
    return kept_with_next(made)


def part() -> Iterator[Element]:
    """A part of an update: its label one level below what it stands under, then its text or what is missing."""
    label = "{{ part.label }}"
    yield from when(
        "part.heading",
        *first_of(
            *((f"part.level == {level}", paragraph(style, label)) for level, style in PLAIN_HEADINGS[:4]),
            otherwise=paragraph("heading 6", label),
        ),
    )
    yield from when("part.check", paragraph("Gap", "{{ part.check }}"))
    yield from when("part.text", paragraph("Template Tag", "{{p part.text }}"))
    yield from when("part.gap", paragraph("Gap", "{{ part.gap }}"))


def page() -> Element:
    """A4 upright, with the header and the footer on every page."""
    header, footer = w("headerReference", type="default"), w("footerReference", type="default")
    header.set(f"{{{R}}}id", "rId4")
    footer.set(f"{{{R}}}id", "rId5")  # as `package.PARTS` counts them
    return w(
        "sectPr",
        header,
        footer,
        w("pgSz", w=PAGE_WIDTH, h=PAGE_HEIGHT),
        w("pgMar", top=1417, right=SIDE_MARGIN, bottom=1588, left=SIDE_MARGIN, header=652, footer=567, gutter=0),
        w("cols", space=708),
    )


def page_header() -> Element:
    """The protective marking, and that the paper is a draft as long as it is one."""
    return w("hdr", paragraph("header", MARKINGS))


def page_footer() -> Element:
    """Which paper this is in which version, the page, and the protective marking again."""
    reference = run("{{ reference }}, version: {{ label }}")
    counted = [run("Page "), *field("PAGE", "1"), run(" of "), *field("NUMPAGES", "1")]
    return w(
        "ftr",
        paragraph("footer", "{{ title }}"),
        paragraph("Footer Page", reference, to_the_right(), *counted),
        paragraph("Footer Marking", MARKINGS),
    )


def to_the_right() -> Element:
    """What moves the rest of a line to the right margin, wherever that is on an upright or a turned page.

    Programs that do not know it take the tab stop of the paragraph's style.
    """
    return w("r", w("ptab", relativeTo="margin", alignment="right", leader="none"))
