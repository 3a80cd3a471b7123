"""What must be true of a part after its values are in: Word shows every text, and opens without repair."""

from typing import cast

from lxml import etree

from app.word.namespaces import XMLNS, W, w
from app.word.refusals import MisplacedValue

_CONTAINERS = ("body", "hdr", "ftr", "p", "r", "tbl", "tr", "tc", "hyperlink", "footnote")
_BARE_TEXT = etree.XPath(
    f"//*[{' or '.join(f'self::w:{name}' for name in _CONTAINERS)}]/text()[normalize-space()]",
    namespaces=XMLNS,
)
_FILLED_TEXT = etree.XPath("//w:t[*]", namespaces=XMLNS)
_OPEN_CELLS = etree.XPath("//w:tc[not(*[last()][self::w:p])]", namespaces=XMLNS)
_TOUCHING_TABLES = etree.XPath("//w:tbl[following-sibling::*[1][self::w:tbl]]", namespaces=XMLNS)
_CELL_PROPERTIES = etree.XPath("//w:tcPr[w:shd or w:gridSpan]", namespaces=XMLNS)
_EMPTY_RUNS = etree.XPath(
    "//w:r[w:t[not(node())] and not(*[not(self::w:rPr) and not(self::w:t[not(node())])])]", namespaces=XMLNS
)
# The order of the schema (ISO/IEC 29500-1, CT_TcPr); `{% cellbg %}` and `{% colspan %}` put theirs first.
_CELL_ORDER = [
    *("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar"),
    *("textDirection", "tcFitText", "vAlign", "hideMark"),
]
_CELL_RANK = {w(name): rank for rank, name in enumerate(_CELL_ORDER)}
_SHOWN = 60


def require_shown(root: etree._Element, part: str) -> None:
    """Pass when all text stands where Word shows it; else raise `MisplacedValue`, quoting it."""
    for words in cast("list[str]", _BARE_TEXT(root)):
        raise MisplacedValue(part, _shortened(words))
    for element in _found(_FILLED_TEXT, root):
        raise MisplacedValue(part, _shortened("".join(map(str, element.itertext()))))


def _found(path: etree.XPath, root: etree._Element) -> list[etree._Element]:
    return cast("list[etree._Element]", path(root))


def _shortened(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= _SHOWN else f"{plain[: _SHOWN - 1]}…"


def completed(root: etree._Element) -> None:
    """Every cell ends with a paragraph and has its properties in order; no two tables touch, no run is empty.

    Word repairs a file without the first, and joins two tables that no paragraph keeps apart.
    """
    for cell in _found(_OPEN_CELLS, root):
        etree.SubElement(cell, w("p"))
    for table in _found(_TOUCHING_TABLES, root):
        table.addnext(_separator())
    for run in _found(_EMPTY_RUNS, root):  # `{{r … }}` leaves one on either side
        if (parent := run.getparent()) is not None:
            parent.remove(run)
    for properties in _found(_CELL_PROPERTIES, root):
        properties[:] = sorted(properties, key=lambda child: _CELL_RANK.get(child.tag, len(_CELL_RANK)))


def _separator() -> etree._Element:
    return etree.fromstring(
        f'<w:p xmlns:w="{W}"><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
    )
