"""Writes the Word template of the scrutiny format.

    python templates/scrutiny/build_template.py [FILE]

The template is an ordinary Word file that a person may open and edit in Word; whoever does so gives up this script,
which writes the same members with the same bytes on every machine and every day. Tags stand as visible text, each
whole in one run. Those that take a paragraph of their own have the style Template Tag and vanish when printed.

Lengths are in twips (1/1440 inch), font sizes in points, borders in eighths of a point.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

TEMPLATE = Path(__file__).with_name("template.docx")

LANGUAGE = "en-GB"
FONT = "Arial"

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838  # A4
SIDE_MARGIN = 1417  # 2.5 cm
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE_MARGIN
NUMBER_WIDTH = 851  # 1.5 cm: room for “10.0” in front of a heading

ACCENT = "1F3864"
TINT = "E4EAF4"
RULE = "A6AFBF"
QUIET = "4A5260"
TAG = "6B7280"
LINK = "1D4F91"
TEXT, PAPER = "000000", "FFFFFF"
RATING_COLOURS = ("C62828", "FFBF00", "2E7D32", "616161")
GAP_TEXT, GAP_TINT, GAP_RULE = "8E1B1B", "FDECEA", "C62828"

HEADING_LIST, BULLET_LIST, NUMBER_LIST = 1, 2, 3
NOT_NUMBERED = -1

FIRST_ROW, FIRST_COLUMN, NO_BANDS = 0x0020, 0x0080, 0x0600  # of w:tblLook

THEME_COLOURS = (
    "dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink",
)  # fmt: skip
"""The colours of a theme, in the order in which Word wants them."""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
XML = "http://www.w3.org/XML/1998/namespace"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE_TYPES = "application/vnd.openxmlformats-officedocument"

Element: TypeAlias = etree._Element


# WordprocessingML


def w(tag: str, *content: Element | str | None, **attributes: str | int) -> Element:
    """An element of WordprocessingML; its attributes stand in the same namespace, and None is left out."""
    element = etree.Element(f"{{{W}}}{tag}", nsmap={"w": W, "r": R})
    for name, value in attributes.items():
        element.set(f"{{{W}}}{name}", str(value))
    for item in content:
        if isinstance(item, str):
            element.text = item
            if item != item.strip():
                element.set(f"{{{XML}}}space", "preserve")
        elif item is not None:
            element.append(item)
    return element


def val(tag: str, value: str | int | None) -> Element | None:
    """The element with this `w:val`, or None where there is no value."""
    return None if value is None else w(tag, val=value)


def flag(tag: str, wanted: bool) -> Element | None:
    """The element that switches something on, or None."""
    return w(tag) if wanted else None


def style_id(name: str) -> str:
    """The id of the style with this name: `heading 1` has the id `Heading1`."""
    return "".join(word[0].upper() + word[1:] for word in name.split())


def run(text: str, style: str | None = None, **properties: str | int) -> Element:
    """A run of text, in a character style or with properties of its own such as `sz=20`."""
    look = [val("rStyle", style_id(style) if style else None)]
    look += [w(tag, val=value) for tag, value in properties.items()]
    return w("r", w("rPr", *look) if any(item is not None for item in look) else None, w("t", text))


def paragraph(style: str, *content: str | Element) -> Element:
    """A paragraph in a style, of runs and plain text."""
    runs = [run(item) if isinstance(item, str) else item for item in content]
    return w("p", w("pPr", w("pStyle", val=style_id(style))), *runs)


def field(code: str, cached: str) -> list[Element]:
    """The runs of a field that Word computes, with the result that stands there until it has."""
    return [
        w("r", w("fldChar", fldCharType="begin")),
        w("r", w("instrText", f" {code} ")),
        w("r", w("fldChar", fldCharType="separate")),
        w("r", w("t", cached)),
        w("r", w("fldChar", fldCharType="end")),
    ]


def cell(*paragraphs: Element, span: int = 1) -> Element:
    """A table cell; its width comes from the table's grid."""
    # `cellbg` writes its shading first, where the schema wants a cell's own width: so there is none.
    properties = w("tcPr", val("gridSpan", span if span > 1 else None), w("vAlign", val="center"))
    return w("tc", properties, *paragraphs)


def row(*cells: Element, header: bool = False) -> Element:
    """A table row that no page break divides; a header row is repeated on every page."""
    return w("tr", w("trPr", w("cantSplit"), flag("tblHeader", header)), *cells)


def table(
    *rows: Element, widths: Iterable[int], title: str, description: str, header: bool = True, row_heads: bool = False
) -> Element:
    """A Board Table with fixed columns; title and description are its alternative text.

    `header` says that its first row, `row_heads` that its first column is made of headings.
    """
    columns = list(widths)
    properties = w(
        "tblPr",
        w("tblStyle", val=style_id("Board Table")),
        w("tblW", w=sum(columns), type="dxa"),
        w("tblLayout", type="fixed"),
        w("tblLook", val=f"{NO_BANDS | header * FIRST_ROW | row_heads * FIRST_COLUMN:04X}", firstRow=int(header),
          lastRow=0, firstColumn=int(row_heads), lastColumn=0, noHBand=1, noVBand=1),
        w("tblCaption", val=title),
        w("tblDescription", val=description),
    )  # fmt: skip
    grid = w("tblGrid", *(w("gridCol", w=width) for width in columns))
    return w("tbl", properties, grid, *rows)


# Template tags


def tag(words: str) -> Element:
    """The paragraph of a tag: printed, it is gone."""
    return paragraph("Template Tag", f"{{%p {words} %}}")


def tag_row(words: str, columns: int) -> Element:
    """The table row of a tag: printed, it is gone."""
    return row(cell(paragraph("Template Tag", f"{{%tr {words} %}}"), span=columns))


def tag_cell(words: str) -> Element:
    """The table cell of a tag: printed, it is gone."""
    return cell(paragraph("Template Tag", f"{{%tc {words} %}}"))


def each(loop: str, *content: Element) -> list[Element]:
    """The content once for each: `each("section in sections", …)`."""
    return [tag(f"for {loop}"), *content, tag("endfor")]


def when(condition: str, *content: Element, otherwise: Iterable[Element] = ()) -> list[Element]:
    """The content where the condition holds, else the other."""
    other = list(otherwise)
    return [tag(f"if {condition}"), *content, *([tag("else"), *other] if other else []), tag("endif")]


def first_of(*cases: tuple[str, Element], otherwise: Element) -> list[Element]:
    """The paragraph of the first condition that holds, else the last one."""
    opened: list[Element] = []
    for number, (condition, content) in enumerate(cases):
        opened += [tag(f"{'elif' if number else 'if'} {condition}"), content]
    return [*opened, tag("else"), otherwise, tag("endif")]


# The paper


def body() -> Element:
    """The document: title, front sheet, sections, page."""
    return w("document", w("body", *title(), *front_sheet(), *sections(), page()))


def title() -> Iterator[Element]:
    """The programme and to whom the paper reports."""
    yield paragraph("Title", "{{ programme }}")
    yield paragraph("Subtitle", "Report to: {{ recipient }}")
    yield from when("public_copy", paragraph("Public Copy", "{{ public_copy }}"))


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


def sections() -> list[Element]:
    """Every section with its heading and its blocks."""
    heading = "{{ section.heading }}"
    return each(
        "section in sections",
        *first_of(
            ("section.numbered and section.level == 1", paragraph("heading 1", heading)),
            ("section.numbered", paragraph("heading 2", heading)),
            ("section.level == 1", paragraph("Heading 1 Unnumbered", heading)),
            otherwise=paragraph("Heading 2 Unnumbered", heading),
        ),
        *each(
            "block in section.blocks",
            *when("block.text", paragraph("Template Tag", "{{p block.text }}")),
            *when("block.kind == 'nil'", paragraph("Body Text", "{{ block.words }}")),
            *when("block.kind == 'gap'", paragraph("Gap", "{{ block.words }}")),
            *each("key in block.keys", *rating_key()),
            *each("line in block.lines", *line()),
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


def line() -> Iterator[Element]:
    """A theme with its rating keys and introduction, or a workstream with its updates."""
    name = "{{ line.name }}"
    yield from first_of(
        ("line.kind == 'theme' and line.level == 1", paragraph("Theme Heading", name)),
        ("line.kind == 'theme'", paragraph("Subtheme Heading", name)),
        ("line.level == 2", paragraph("Workstream Heading", name)),
        otherwise=paragraph("Workstream Heading 2", name),
    )
    yield from when("line.introduction", paragraph("Template Tag", "{{p line.introduction }}"))
    yield from each("key in line.keys", *rating_key())
    yield from when("line.gap", paragraph("Gap", "{{ line.gap }}"))
    yield from each("update in line.updates", *update())


def update() -> Iterator[Element]:
    """What a workstream reported: its date where there are several, ratings, source, and the parts."""
    for level in (3, 4, 5):
        dated = f"update.dated and update.level == {level}"
        yield from when(dated, paragraph(f"heading {level}", "As at {{ update.as_at }}"))
    # One or two dimensions over the whole width would look like a banner.
    yield from when("update.ratings|length > 2", strip(TEXT_WIDTH))
    yield from when("update.ratings and update.ratings|length <= 2", strip(TEXT_WIDTH * 2 // 5))
    yield from when("not update.ratings and update.rating_words", paragraph("Source Note", "{{ update.rating_words }}"))
    yield from when("update.source_note", paragraph("Source Note", "{{ update.source_note }}"))
    yield from when("update.nil", paragraph("Body Text", "{{ update.nil }}"))
    yield from each("part in update.parts", *part())


def strip(width: int) -> Element:
    """The ratings of an update side by side: dimensions above, words on their colours below."""
    return table(
        row(tag_cell("for cell in update.ratings"), cell(paragraph("Rating", "{{ cell.dimension }}")),
            tag_cell("endfor"), header=True),
        row(tag_cell("for cell in update.ratings"), rating("cell"), tag_cell("endfor")),
        widths=(width // 3,) * 3,
        title="Ratings of {{ line.name }} as at {{ update.as_at }}",
        description="Each dimension that is rated, with its rating as a word on its colour below.",
    )  # fmt: skip


def part() -> Iterator[Element]:
    """A part of an update: its label one level below what it stands under, then its text or what is missing."""
    label = "{{ part.label }}"
    yield from when(
        "part.heading",
        *first_of(
            *((f"part.level == {level}", paragraph(f"heading {level}", label)) for level in (3, 4, 5)),
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
    footer.set(f"{{{R}}}id", "rId5")
    return w(
        "sectPr",
        header,
        footer,
        w("pgSz", w=PAGE_WIDTH, h=PAGE_HEIGHT),
        w("pgMar", top=1417, right=SIDE_MARGIN, bottom=1588, left=SIDE_MARGIN, header=652, footer=567, gutter=0),
        w("cols", space=708),
    )


MARKINGS = (
    "{{ marking }}{% if second_marking %} – {{ second_marking }}{% endif %}{% if draft %} – {{ draft }}{% endif %}"
)
"""The protective marking, the one beside it, and that the paper is a draft."""


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
        paragraph("Footer Page", reference, w("r", w("tab")), *counted),
        paragraph("Footer Marking", MARKINGS),
    )


# Styles


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphStyle:
    """How paragraphs of one kind look; what is None comes from the style it is based on."""

    name: str
    based_on: str | None = "Normal"
    then: str | None = None
    linked: str | None = None
    ours: bool = False  # not one of Word's own styles
    keep_next: bool = False
    level: int | None = None  # of the heading list, or NOT_NUMBERED
    listed: int | None = None  # the list that this style is part of
    ruled: tuple[str, str] | None = None  # side and colour
    shade: str | None = None
    right_tab: int | None = None
    before: int | None = None
    after: int | None = None
    line: int | None = None  # 240 is single
    left: int | None = None
    right: int | None = None
    align: str | None = None
    outline: int | None = None  # 1 is the highest heading
    bold: bool = False
    italic: bool = False
    colour: str | None = None
    size: float | None = None

    def element(self) -> Element:
        """The style as `styles.xml` holds it."""
        return w(
            "style",
            val("name", self.name),
            val("basedOn", style_id(self.based_on) if self.based_on else None),
            val("next", style_id(self.then) if self.then else None),
            val("link", style_id(self.linked) if self.linked else None),
            w("qFormat"),
            w("pPr", *self._paragraph()),
            w("rPr", *_letters(bold=self.bold, italic=self.italic, colour=self.colour, size=self.size)),
            type="paragraph",
            styleId=style_id(self.name),
            **({"customStyle": 1} if self.ours else {}),
            **({} if self.based_on else {"default": 1}),
        )

    def _paragraph(self) -> Iterator[Element | None]:
        yield flag("keepNext", self.keep_next)
        yield flag("keepLines", self.keep_next)
        yield self._numbering()
        if self.ruled:
            side, colour = self.ruled
            yield w("pBdr", w(side, val="single", sz=24 if side == "left" else 4, space=6, color=colour))
        if self.shade:
            yield w("shd", val="clear", color="auto", fill=self.shade)
        if self.right_tab:
            yield w("tabs", w("tab", val="right", pos=self.right_tab))
        spacing = {"before": self.before, "after": self.after, "line": self.line}
        yield _measured("spacing", spacing)
        if self.level == NOT_NUMBERED:
            yield w("ind", left=0, firstLine=0)  # without a number, without the room for it
        else:
            yield _measured("ind", {"left": self.left, "right": self.right})
        yield val("jc", self.align)
        yield val("outlineLvl", self.outline - 1 if self.outline else None)

    def _numbering(self) -> Element | None:
        if self.listed:
            return w("numPr", w("numId", val=self.listed))
        if self.level is None:
            return None
        if self.level == NOT_NUMBERED:
            return w("numPr", w("numId", val=0))
        return w("numPr", val("ilvl", self.level or None), w("numId", val=HEADING_LIST))


def _measured(name: str, lengths: dict[str, int | None]) -> Element | None:
    given = {side: length for side, length in lengths.items() if length is not None}
    if not given:
        return None
    if "line" in given:
        return w(name, **given, lineRule="auto")
    return w(name, **given)


def _letters(
    *, bold: bool = False, italic: bool = False, colour: str | None = None, size: float | None = None
) -> Iterator[Element | None]:
    yield flag("b", bold)
    yield flag("bCs", bold)
    yield flag("i", italic)
    yield flag("iCs", italic)
    yield val("color", colour)
    yield val("sz", None if size is None else round(size * 2))
    yield val("szCs", None if size is None else round(size * 2))


HEADING = ParagraphStyle(name="", then="Body Text", keep_next=True, bold=True)
OUR_HEADING = replace(HEADING, ours=True)


PARAGRAPH_STYLES = (
    ParagraphStyle(name="Normal", based_on=None),
    # Most of the distance stands above, so that text keeps clear of the table in front of it.
    ParagraphStyle(name="Body Text", before=120, after=40),
    ParagraphStyle(
        name="Title", then="Subtitle", keep_next=True, after=60, line=252, bold=True, colour=ACCENT, size=20
    ),
    ParagraphStyle(name="Subtitle", then="Body Text", keep_next=True, after=240, colour=QUIET, size=13),
    ParagraphStyle(
        name="Public Copy", ours=True, then="Body Text", keep_next=True, ruled=("left", ACCENT), shade=TINT,
        after=240, left=142, bold=True, colour=ACCENT, size=13,
    ),
    replace(HEADING, name="heading 1", outline=1, level=0, before=360, after=40, colour=ACCENT, size=16),
    replace(HEADING, name="heading 2", outline=2, level=1, before=280, after=20, colour=ACCENT, size=14),
    replace(HEADING, name="heading 3", outline=3, before=240, after=20, colour=ACCENT, size=13),
    replace(HEADING, name="heading 4", outline=4, before=180, after=40, colour=ACCENT, size=12),
    replace(HEADING, name="heading 5", outline=5, before=160, after=40, colour=QUIET, size=12),
    replace(HEADING, name="heading 6", outline=6, before=160, after=40, colour=QUIET, size=12),
    replace(HEADING, name="heading 7", outline=7, before=120, after=40, colour=QUIET, size=12),
    replace(HEADING, name="heading 8", outline=8, before=120, after=40, colour=QUIET, size=12),
    replace(OUR_HEADING, name="Heading 1 Unnumbered", based_on="heading 1", outline=1, level=NOT_NUMBERED),
    replace(OUR_HEADING, name="Heading 2 Unnumbered", based_on="heading 2", outline=2, level=NOT_NUMBERED),
    replace(
        OUR_HEADING, name="Theme Heading", based_on="Heading 2 Unnumbered", outline=2, ruled=("bottom", RULE),
        before=320,
    ),
    replace(OUR_HEADING, name="Subtheme Heading", based_on="heading 3", outline=3, ruled=("bottom", RULE)),
    replace(OUR_HEADING, name="Workstream Heading", based_on="heading 3", outline=3, after=80),
    replace(OUR_HEADING, name="Workstream Heading 2", based_on="heading 4", outline=4, after=80),
    ParagraphStyle(name="List Bullet", listed=BULLET_LIST, before=60, after=40),
    ParagraphStyle(name="List Number", listed=NUMBER_LIST, before=60, after=40),
    ParagraphStyle(name="Quote", ruled=("left", RULE), before=120, after=120, left=567, right=567, colour=QUIET),
    replace(HEADING, name="caption", before=200, after=80, colour=ACCENT, size=11),
    ParagraphStyle(name="Table Text", ours=True, before=20, after=20, line=252, size=11),
    ParagraphStyle(name="Rating", based_on="Table Text", ours=True, keep_next=True, align="center"),
    ParagraphStyle(name="Source Note", ours=True, keep_next=True, before=60, after=60, colour=QUIET, size=10),
    ParagraphStyle(
        name="Gap", linked="Gap Char", ours=True, ruled=("left", GAP_RULE), shade=GAP_TINT,
        before=120, after=40, left=142, colour=GAP_TEXT,
    ),
    ParagraphStyle(name="header", line=240, align="center", bold=True, size=11),
    ParagraphStyle(name="footer", ruled=("top", RULE), line=240, colour=QUIET, size=10),
    ParagraphStyle(name="Footer Page", right_tab=TEXT_WIDTH, line=240, after=40, colour=QUIET, size=10),
    ParagraphStyle(name="Footer Marking", based_on="header", ours=True),
    ParagraphStyle(name="Template Tag", linked="Template Tag Char", ours=True, line=240, colour=TAG, size=8),
)  # fmt: skip


def styles() -> Element:
    """Every style of the template, and no other."""
    return w("styles", defaults(), latent(), *(style.element() for style in PARAGRAPH_STYLES), *character_styles(),
             *table_styles(), w("style", val("name", "No List"), w("uiPriority", val=99), w("semiHidden"),
                                type="numbering", default=1, styleId="NoList"))  # fmt: skip


def defaults() -> Element:
    """What holds where no style says otherwise: font, size, language, line spacing."""
    font = w("rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT)
    language = w("lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA")
    letters = w("rPr", font, w("sz", val=24), w("szCs", val=24), language)
    lines = w("pPr", w("widowControl"), w("spacing", before=0, after=0, line=276, lineRule="auto"))
    return w("docDefaults", w("rPrDefault", letters), w("pPrDefault", lines))


def latent() -> Element:
    """Keeps Word's own styles that this template does not define out of Word's style lists."""
    return w("latentStyles", defLockedState=0, defUIPriority=99, defSemiHidden=1, defUnhideWhenUsed=1, defQFormat=0,
             count=376)  # fmt: skip


def character_styles() -> Iterator[Element]:
    """The styles of runs."""
    yield w("style", val("name", "Default Paragraph Font"), w("uiPriority", val=1), w("semiHidden"),
            type="character", default=1, styleId="DefaultParagraphFont")  # fmt: skip
    underline = w("u", val="single")
    yield _character("Hyperlink", w("color", val=LINK), underline, ours=False)
    shade = w("shd", val="clear", color="auto", fill=GAP_TINT)
    yield _character("Gap Char", w("color", val=GAP_TEXT), shade, link="Gap")
    yield _character("Template Tag Char", w("color", val=TAG), w("sz", val=16), w("szCs", val=16), link="Template Tag")


def _character(name: str, *look: Element, link: str | None = None, ours: bool = True) -> Element:
    return w("style", val("name", name), w("basedOn", val="DefaultParagraphFont"),
             val("link", style_id(link) if link else None), w("qFormat"), w("rPr", *look),
             type="character", styleId=style_id(name), **({"customStyle": 1} if ours else {}))  # fmt: skip


def table_styles() -> Iterator[Element]:
    """Word's own plain table, and Board Table: thin rules, headings in bold on a tint."""
    none = w("tblCellMar", w("top", w=0, type="dxa"), w("left", w=108, type="dxa"), w("bottom", w=0, type="dxa"),
             w("right", w=108, type="dxa"))  # fmt: skip
    yield w("style", val("name", "Normal Table"), w("uiPriority", val=99), w("semiHidden"),
            w("tblPr", w("tblInd", w=0, type="dxa"), none), type="table", default=1, styleId="TableNormal")  # fmt: skip
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = w("tblBorders", *(w(side, val="single", sz=4, space=0, color=RULE) for side in sides))
    margins = w("tblCellMar", w("top", w=40, type="dxa"), w("left", w=108, type="dxa"), w("bottom", w=40, type="dxa"),
                w("right", w=108, type="dxa"))  # fmt: skip
    yield w("style", val("name", "Board Table"), w("basedOn", val="TableNormal"), w("qFormat"),
            w("tblPr", w("tblInd", w=0, type="dxa"), borders, margins), _headings("firstRow"), _headings("firstCol"),
            type="table", customStyle=1, styleId=style_id("Board Table"))  # fmt: skip


def _headings(where: str) -> Element:
    tint = w("tcPr", w("shd", val="clear", color="auto", fill=TINT))
    return w("tblStylePr", w("rPr", *_letters(bold=True, colour=ACCENT)), tint, type=where)


# Numbering


HEADING_NUMBERS = (
    ("%1.0", "heading 1"),
    ("%1.%2", "heading 2"),
    *((".".join(f"%{n}" for n in range(1, level + 1)), None) for level in range(3, 10)),
)
"""How each level of the heading list is printed, and the style that is tied to it."""

LIST_INDENT = 454  # 0.8 cm a level


def numbering() -> Element:
    """The list of the headings, and what bullets and numbers are to an author who types in Word."""
    lists = {
        HEADING_LIST: [_heading_level(*level) for level in enumerate(HEADING_NUMBERS)],
        BULLET_LIST: [_list_level(level, "bullet", "•–▪"[level % 3], "List Bullet") for level in range(9)],
        NUMBER_LIST: [_list_level(level, _counted(level), f"%{level + 1}.", "List Number") for level in range(9)],
    }
    definitions = [
        w("abstractNum", w("nsid", val=f"{0x5C000000 + number:08X}"), w("multiLevelType", val="multilevel"), *levels,
          abstractNumId=number)
        for number, levels in lists.items()
    ]  # fmt: skip
    return w("numbering", *definitions, *(w("num", w("abstractNumId", val=n), numId=n) for n in lists))


def _heading_level(level: int, printed: tuple[str, str | None]) -> Element:
    text, style = printed
    place = w("ind", left=NUMBER_WIDTH, hanging=NUMBER_WIDTH)
    return w("lvl", w("start", val=1), w("numFmt", val="decimal"), val("pStyle", style and style_id(style)),
             w("lvlText", val=text), w("lvlJc", val="left"), w("pPr", place), ilvl=level)  # fmt: skip


def _list_level(level: int, form: str, text: str, style: str) -> Element:
    place = w("ind", left=LIST_INDENT * (level + 1), hanging=LIST_INDENT)
    font = w("rPr", w("rFonts", ascii=FONT, hAnsi=FONT, cs=FONT, hint="default")) if form == "bullet" else None
    return w("lvl", w("start", val=1), w("numFmt", val=form), val("pStyle", None if level else style_id(style)),
             w("lvlText", val=text), w("lvlJc", val="left"), w("pPr", place), font, ilvl=level)  # fmt: skip


def _counted(level: int) -> str:
    return ("decimal", "lowerLetter", "lowerRoman")[level % 3]


# The file


def settings() -> Element:
    """How Word treats the file: as one of its own since 2013, in British English, without a prompt to update fields."""
    mode = w("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return w(
        "settings",
        w("zoom", percent=100),
        w("defaultTabStop", val=720),
        w("characterSpacingControl", val="doNotCompress"),
        w("compat", mode),
        w("themeFontLang", val=LANGUAGE),
        w("decimalSymbol", val="."),
        w("listSeparator", val=","),
    )


def font_table() -> Element:
    """The one font of the template, and what may stand in for it: any sans serif."""
    font = w("font", w("panose1", val="020B0604020202020204"), w("charset", val="00"), w("family", val="swiss"),
             w("pitch", val="variable"), name=FONT)  # fmt: skip
    return w("fonts", font)


def theme() -> Element:
    """What Word offers to an author: the colours and the font of this template, without effects."""
    ours = (TEXT, PAPER, ACCENT, TINT, *RATING_COLOURS, ACCENT, QUIET, LINK, LINK)
    colours = dict(zip(THEME_COLOURS, ours, strict=True))
    latin = f'<a:latin typeface="{FONT}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return etree.fromstring(
        f'<a:theme xmlns:a="{DRAWING}" name="Scrutiny"><a:themeElements><a:clrScheme name="Scrutiny">'
        + "".join(f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>' for name, colour in colours.items())
        + f'</a:clrScheme><a:fontScheme name="Scrutiny"><a:majorFont>{latin}</a:majorFont>'
        f'<a:minorFont>{latin}</a:minorFont></a:fontScheme><a:fmtScheme name="Scrutiny">'
        f"<a:fillStyleLst>{fill * 3}</a:fillStyleLst>"
        f"<a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


PARTS = {
    "document": ("word/document.xml", "document.main"),
    "styles": ("word/styles.xml", "styles"),
    "numbering": ("word/numbering.xml", "numbering"),
    "settings": ("word/settings.xml", "settings"),
    "header": ("word/header1.xml", "header"),
    "footer": ("word/footer1.xml", "footer"),
    "fontTable": ("word/fontTable.xml", "fontTable"),
    "theme": ("word/theme/theme1.xml", "theme"),
}
"""Each part's member and the name of its content type. From the second on, the document refers to them as rId1 …"""

CORE_PROPERTIES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
<dc:title>Scrutiny paper</dc:title><dc:subject>Word template of the scrutiny format</dc:subject>\
<dc:creator>Boardpapers</dc:creator><dc:language>{LANGUAGE}</dc:language>\
<dcterms:created xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:created>\
<dcterms:modified xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>"""


def members() -> dict[str, bytes]:
    """Every member of the template by name, in the order of the file."""
    parts = {
        "document": body(),
        "styles": styles(),
        "numbering": numbering(),
        "settings": settings(),
        "header": page_header(),
        "footer": page_footer(),
        "fontTable": font_table(),
        "theme": theme(),
    }
    return {
        "[Content_Types].xml": _content_types().encode(),
        "_rels/.rels": _relationships(
            (f"{R}/officeDocument", "word/document.xml"),
            (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": CORE_PROPERTIES.encode(),
        "word/_rels/document.xml.rels": _relationships(
            *((f"{R}/{kind}", PARTS[kind][0].removeprefix("word/")) for kind in PARTS if kind != "document")
        ),
        **{PARTS[kind][0]: _serialised(root) for kind, root in parts.items()},
    }


def _content_types() -> str:
    overrides = [
        (f"/{member}", f"{OFFICE_TYPES}.{'' if kind == 'theme' else 'wordprocessingml.'}{kind}+xml")
        for member, kind in PARTS.values()
    ]
    overrides.append(("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides)
        + "</Types>"
    )


def _relationships(*targets: tuple[str, str]) -> bytes:
    lines = (
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'
    ).encode()


def _serialised(root: Element) -> bytes:
    etree.cleanup_namespaces(root, keep_ns_prefixes=["w", "r", "a"])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def write(file: Path = TEMPLATE) -> None:
    """Writes the template; a file that stands there is replaced."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members().items():
            archive.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
