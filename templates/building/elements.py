"""WordprocessingML as functions: runs, paragraphs, fields, tables.

Lengths are in twips (1/1440 inch).
"""

from collections.abc import Iterable
from typing import TypeAlias

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML = "http://www.w3.org/XML/1998/namespace"

FIRST_ROW, FIRST_COLUMN, NO_BANDS = 0x0020, 0x0080, 0x0600  # of w:tblLook

Element: TypeAlias = etree._Element


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


def kept_with_next(short_table: Element) -> Element:
    """The table, which now stands on one page with the paragraph after it.

    Its paragraphs say so themselves: of the last row, LibreOffice does not ask their style.
    """
    for properties in short_table.iter(f"{{{W}}}pPr"):
        properties.insert(1, w("keepNext"))  # after the style, as the schema wants it
    return short_table
