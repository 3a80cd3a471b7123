"""Pictures, charts and turned pages of a narrative."""

import io
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PIL import Image, UnidentifiedImageError

from app.narrative import Chart, ChartData, ChartKind, Figure, Picture, Run, Table, data_of
from app.word.charts import chart_xml, workbook
from app.word.container import DOCUMENT
from app.word.layout import Layout
from app.word.ledger import Ledger
from app.word.namespaces import PIC, WP, A, C, R
from app.word.paragraphs import UNNUMBERED, Paragraphs
from app.word.parts import chart_parts, only_relation, relationships_of
from app.word.refusals import MissingPicture, PageNotTurned, UnusablePicture
from app.word.sections import TURN_BEGINS, TURN_ENDS
from app.word.tables import table_xml
from app.word.xmltext import escaped

IMAGE, CHART, PACKAGE = f"{R}/image", f"{R}/chart", f"{R}/package"
WITH_CAPTION, WITH_TABLE = "with caption", "with table"
"""What the name of a drawing says of what stands below it and belongs to it."""

_PIXEL = 9525  # at 96 to the inch, in English metric units of which there are 914,400 to the inch
_TWIP = 635
_MILLIMETRE = 36_000
_BELOW = 1700  # twips left on a page for the caption
_CHART_SHAPE = 0.55  # height to width
_EXTENSIONS = {"PNG": "png", "JPEG": "jpeg", "GIF": "gif"}
_KEEP = "<w:keepNext/>"
_KINDS: Mapping[ChartKind, str] = {
    "column": "Column chart",
    "bar": "Bar chart",
    "line": "Line chart",
    "pie": "Pie chart",
    "stacked": "Stacked column chart",
}
_LONGEST_DESCRIPTION = 1_000  # characters; a screen reader reads all of it in one go


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures for one template into one document; `files` holds the pictures by digest."""

    layout: Layout
    ledger: Ledger
    files: Mapping[str, bytes]
    where: str = ""
    width: float | None = None  # millimetres, where it is stated

    def in_line(self, figure: Figure) -> str:
        """A picture or chart as one run, without caption or table: its description says them."""
        alone = replace(figure, caption=())
        if isinstance(figure.content, Picture):
            return self._picture(figure.content, alone)
        if not isinstance(figure.content, Chart):
            raise TypeError("a table does not stand in a line")
        said = "".join(inline.text if isinstance(inline, Run) else " " for inline in figure.caption)
        return self._chart(replace(figure.content, table_shown=False), alone, f"{said}: " if said else "")

    def figure(self, figure: Figure, spacing: str = "") -> str:
        """The figure with its caption below; on a turned page of its own where it asks for one.

        `spacing` are properties that a drawing on an upright page has besides its own.
        """
        if not figure.landscape:
            return self._upright(figure, "", spacing)
        if self.ledger.part != DOCUMENT:
            raise PageNotTurned(self.where)
        self.ledger.turned = True
        turned = replace(self, layout=self.layout.on_turned_page())
        return f"{_carrier(TURN_BEGINS)}{turned._upright(figure, TURN_ENDS, '')}"

    def _upright(self, figure: Figure, ending: str, spacing: str) -> str:
        """The figure; `ending` are properties that its last paragraph has besides its own."""
        write = Paragraphs(self.layout, self.ledger)
        content = figure.content
        if isinstance(content, Table):
            return table_xml(content, write) + (_carrier(ending) if ending else "")
        table = table_xml(content.table, write) if isinstance(content, Chart) and content.table_shown else ""
        drawn = self._picture(content, figure) if isinstance(content, Picture) else self._chart(content, figure)
        # Whatever comes last of drawing, caption and table ends the page.
        drawing = write.framed(
            drawn,
            "figure",
            before=(_KEEP if figure.caption or table else "") + UNNUMBERED,
            after=spacing + ("" if figure.caption or table else ending),
        )
        caption = (
            write.paragraph(figure.caption, "caption", before=_KEEP if table else "", after="" if table else ending)
            if figure.caption
            else ""
        )
        return drawing + caption + table + (_carrier(ending) if table and ending else "")

    def _picture(self, picture: Picture, figure: Figure) -> str:
        if (content := self.files.get(picture.digest)) is None:
            raise MissingPicture(picture.digest, self.where)
        kind, width, height = _measured(picture.digest, content)
        part = f"word/media/{picture.digest[:32]}.{kind}"
        self.ledger.add(part, content)
        relation = self.ledger.relate(IMAGE, part)
        across, down = width * _PIXEL, height * _PIXEL
        if self.width:
            across, down = int(self.width * _MILLIMETRE), max(int(self.width * _MILLIMETRE) * height // width, 1)
        size = self._fitting(across, down)
        extent = f'<a:ext cx="{size[0]}" cy="{size[1]}"/>'
        graphic = (
            f'<pic:pic xmlns:pic="{PIC}"><pic:nvPicPr><pic:cNvPr id="0" name="{picture.digest[:12]}.{kind}"/>'
            f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{R}" r:embed="{relation}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/>{extent}</a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        )
        return _drawing(_name("Picture", figure), picture.alt, size, PIC, graphic)

    def _chart(self, chart: Chart, figure: Figure, said: str = "") -> str:
        data = data_of(chart.table, chart.kind)
        part, book = chart_parts(self.ledger.next_chart())
        self.ledger.add(part, chart_xml(data, chart.kind, self.layout.font))
        self.ledger.add(book, workbook(data))
        beside = posixpath.relpath(book, posixpath.dirname(part))
        self.ledger.add(relationships_of(part), only_relation(PACKAGE, beside))
        width = int(self.width * _MILLIMETRE) if self.width else self.layout.text_width * _TWIP
        size = self._fitting(width, int(width * _CHART_SHAPE))
        graphic = f'<c:chart xmlns:c="{C}" xmlns:r="{R}" r:id="{self.ledger.relate(CHART, part)}"/>'
        return _drawing(_name("Chart", figure), said + described(data, chart), size, C, graphic)

    def _fitting(self, width: int, height: int) -> tuple[int, int]:
        """The size, made smaller in its own shape until the text's width and height hold it; never larger."""
        widest, highest = self.layout.text_width * _TWIP, max(self.layout.text_height - _BELOW, _BELOW) * _TWIP
        if width <= widest and height <= highest:
            return width, height
        if width * highest > height * widest:
            return widest, max(height * widest // width, 1)
        return max(width * highest // height, 1), highest


def described(data: ChartData, chart: Chart) -> str:
    """The chart in words, for those who cannot see it: every number, or where to find them."""
    names = ", ".join(one.name for one in data.series)
    opening = f"{_KINDS[chart.kind]} of {names}{f' by {data.corner}' if data.corner else ''}"
    if chart.table_shown:
        return f"{opening[:_LONGEST_DESCRIPTION]}. The table below it has the numbers."
    rows = []
    for place, category in enumerate(data.categories):
        numbers = (one.numbers[place] for one in data.series)
        rows.append(f"{category}: {', '.join('not known' if it is None else str(it) for it in numbers)}")
    words = f"{opening}. {'; '.join(rows)}."
    return words if len(words) <= _LONGEST_DESCRIPTION else f"{words[: _LONGEST_DESCRIPTION - 1]}…"


def _measured(digest: str, content: bytes) -> tuple[str, int, int]:
    """The kind of picture, and its width and height in pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=list(_EXTENSIONS)) as image:
            return _EXTENSIONS[str(image.format)], image.width, image.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusablePicture(digest) from error


def _name(kind: str, figure: Figure) -> str:
    has_table = isinstance(figure.content, Chart) and figure.content.table_shown
    said = [WITH_CAPTION] * bool(figure.caption) + [WITH_TABLE] * has_table
    return " ".join([kind, " ".join(said) or "alone"])


def _drawing(name: str, description: str, size: tuple[int, int], kind: str, graphic: str) -> str:
    """A drawing that stands in the line of text; its number is given when the document is whole."""
    width, height = size
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{WP}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="1" name="{name}" descr="{escaped(description)}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="{A}"><a:graphicData uri="{kind}">{graphic}</a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def _carrier(properties: str) -> str:
    """A paragraph for nothing but the end of a page, as low as Word allows."""
    return f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>{properties}</w:pPr></w:p>'
