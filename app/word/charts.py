"""A chart as Word's own: a chart part that Word draws, and the workbook behind it that Word edits."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from lxml import etree

from app.narrative import ChartData, ChartKind, Number, Series
from app.word.container import CONTENT_TYPES, ROOT_RELATIONSHIPS, write_members
from app.word.namespaces import PACKAGE_RELATIONSHIPS, A, C, R
from app.word.parts import only_relation
from app.word.xmltext import escaped

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PALETTE = ("1F4E79", "B4530A", "3F7A2B", "7030A0", "8A6100", "1F7A80", "A50021", "595959")
"""Colours of series, one after another; each has a contrast of at least 4.5 : 1 on white."""

# Lines are told apart by marker and dash as well, for those who do not see the colours.
_MARKERS = ("circle", "square", "diamond", "triangle")
_DASHES = ("solid", "dash", "sysDot", "lgDashDot")
_TEXT, _LINES = "262626", "D9D9D9"
_SIZE = 1000  # hundredths of a point
_CATEGORY_AXIS, _VALUE_AXIS = 111111111, 222222222  # positive, as the schema asks
_SHEET = "Sheet1"


def chart_xml(data: ChartData, kind: ChartKind, font: str | None) -> bytes:
    """The chart part; its relationship `rId1` leads to the workbook."""
    plot = _PLOTS[kind](data)
    legend = "" if kind == "pie" or len(data.series) == 1 else _legend()
    face = escaped(font) if font else "+mn-lt"
    text = (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{_SIZE}">{_fill(_TEXT)}'
        f'<a:latin typeface="{face}"/><a:cs typeface="{face}"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )
    return (
        f'{HEAD}<c:chartSpace xmlns:c="{C}" xmlns:a="{A}" xmlns:r="{R}"><c:date1904 val="0"/><c:lang val="en-GB"/>'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/>'
        f"<c:plotArea><c:layout/>{plot}</c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr>{_fill('FFFFFF')}<a:ln><a:noFill/></a:ln></c:spPr>{text}"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    ).encode()


def _legend() -> str:
    return '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'


def _columns(data: ChartData) -> str:
    return _bars(data, "col", "clustered") + _axes(data, "b", "l")


def _stacked(data: ChartData) -> str:
    return _bars(data, "col", "stacked") + _axes(data, "b", "l")


def _lying(data: ChartData) -> str:
    return _bars(data, "bar", "clustered") + _axes(data, "l", "b")


def _bars(data: ChartData, direction: str, grouping: str) -> str:
    series = "".join(
        f"{_named(number, one)}<c:spPr>{_fill(_colour(number))}</c:spPr>"
        f'<c:invertIfNegative val="0"/>{_values(data, number)}</c:ser>'
        for number, one in enumerate(data.series)
    )
    overlap = 100 if grouping == "stacked" else -10
    return (
        f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="80"/><c:overlap val="{overlap}"/>{_axis_ids()}</c:barChart>'
    )


def _line(data: ChartData) -> str:
    series = "".join(
        f'{_named(number, one)}<c:spPr><a:ln w="28575" cap="rnd">{_fill(_colour(number))}'
        f'<a:prstDash val="{_DASHES[number % len(_DASHES)]}"/><a:round/></a:ln></c:spPr>'
        f'<c:marker><c:symbol val="{_MARKERS[number % len(_MARKERS)]}"/><c:size val="7"/>'
        f"<c:spPr>{_fill(_colour(number))}<a:ln>{_fill(_colour(number))}</a:ln></c:spPr></c:marker>"
        f'{_values(data, number)}<c:smooth val="0"/></c:ser>'
        for number, one in enumerate(data.series)
    )
    return (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>'
        f"{_axis_ids()}</c:lineChart>{_axes(data, 'b', 'l')}"
    )


def _pie(data: ChartData) -> str:
    edge = f'<a:ln w="19050">{_fill("FFFFFF")}</a:ln>'
    slices = "".join(
        f'<c:dPt><c:idx val="{number}"/><c:bubble3D val="0"/><c:spPr>{_fill(_colour(number))}{edge}</c:spPr></c:dPt>'
        for number in range(len(data.categories))
    )
    # Every slice bears its name, so that no legend of colours is needed.
    labels = (
        '<c:dLbls><c:numFmt formatCode="0%" sourceLinked="0"/><c:dLblPos val="outEnd"/><c:showLegendKey val="0"/>'
        '<c:showVal val="0"/><c:showCatName val="1"/><c:showSerName val="0"/><c:showPercent val="1"/>'
        '<c:showBubbleSize val="0"/><c:separator>: </c:separator><c:showLeaderLines val="1"/></c:dLbls>'
    )
    return (
        f'<c:pieChart><c:varyColors val="1"/>{_named(0, data.series[0])}{slices}{labels}{_values(data, 0)}</c:ser>'
        '<c:firstSliceAng val="0"/></c:pieChart>'
    )


_PLOTS: Mapping[ChartKind, Callable[[ChartData], str]] = {
    "column": _columns,
    "bar": _lying,
    "stacked": _stacked,
    "line": _line,
    "pie": _pie,
}


def _named(number: int, series: Series) -> str:
    """The opening of a series: its number and name."""
    cell = f"{_SHEET}!${_letter(number + 1)}$1"
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/><c:tx><c:strRef><c:f>{cell}</c:f><c:strCache>'
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escaped(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
    )


def _values(data: ChartData, number: int) -> str:
    last, column = len(data.categories) + 1, _letter(number + 1)
    names = "".join(f'<c:pt idx="{n}"><c:v>{escaped(name)}</c:v></c:pt>' for n, name in enumerate(data.categories))
    known = [(n, it) for n, it in enumerate(data.series[number].numbers) if it is not None]
    points = "".join(
        f'<c:pt idx="{n}" formatCode="{escaped(it.number_format)}"><c:v>{_plain(it.value)}</c:v></c:pt>'
        for n, it in known
    )
    return (
        f"<c:cat><c:strRef><c:f>{_SHEET}!$A$2:$A${last}</c:f><c:strCache>"
        f'<c:ptCount val="{len(data.categories)}"/>{names}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:f>{_SHEET}!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>{escaped(_format_of(data.series[number : number + 1]))}</c:formatCode>"
        f'<c:ptCount val="{len(data.categories)}"/>{points}</c:numCache></c:numRef></c:val>'
    )


def _axis_ids() -> str:
    return f'<c:axId val="{_CATEGORY_AXIS}"/><c:axId val="{_VALUE_AXIS}"/>'


def _axes(data: ChartData, category_side: str, value_side: str) -> str:
    # The first category of lying bars stands at the top, where reading begins.
    order, crosses = ("maxMin", "max") if category_side == "l" else ("minMax", "autoZero")
    line = f'<c:spPr><a:ln w="9525">{_fill("7F7F7F")}</a:ln></c:spPr>'
    ticks = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
    return (
        f'<c:catAx><c:axId val="{_CATEGORY_AXIS}"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{category_side}"/><c:numFmt formatCode="General" sourceLinked="0"/>{ticks}'
        f'<c:tickLblPos val="low"/>{line}<c:crossAx val="{_VALUE_AXIS}"/><c:crosses val="autoZero"/>'
        '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{_VALUE_AXIS}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{value_side}"/><c:majorGridlines><c:spPr><a:ln w="9525">{_fill(_LINES)}'
        f'</a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode="{escaped(_format_of(data.series))}"'
        f' sourceLinked="0"/>{ticks}<c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
        f'<c:crossAx val="{_CATEGORY_AXIS}"/><c:crosses val="{crosses}"/><c:crossBetween val="between"/></c:valAx>'
    )


def _format_of(series: Sequence[Series]) -> str:
    """The format of the first number that is known."""
    return next((it.number_format for one in series for it in one.numbers if it is not None), "General")


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _colour(number: int) -> str:
    return PALETTE[number % len(PALETTE)]


def _letter(column: int) -> str:
    """The name of a spreadsheet's column, from 0."""
    return (_letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def _plain(value: Decimal) -> str:
    return f"{value:f}"


# The workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKBOOK_TYPES = (
    f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/xl/{part}" ContentType="{_SPREADSHEET}.{kind}+xml"/>'
        for part, kind in (
            ("workbook.xml", "sheet.main"),
            ("worksheets/sheet1.xml", "worksheet"),
            ("styles.xml", "styles"),
        )
    )
    + "</Types>"
)
_FIRST_FORMAT = 164  # the ones below are Excel's own


def workbook(data: ChartData) -> bytes:
    """The numbers as a workbook of one sheet: names in the first column and row, the same bytes for equal numbers."""
    numbers = [it for one in data.series for it in one.numbers if it is not None]
    formats = list(dict.fromkeys(it.number_format for it in numbers))
    relations = (
        f'{HEAD}<Relationships xmlns="{PACKAGE_RELATIONSHIPS}">'
        f'<Relationship Id="rId1" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{R}/styles" Target="styles.xml"/></Relationships>'
    )
    book = (
        f'{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{R}"><sheets>'
        f'<sheet name="{_SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return write_members(
        {
            CONTENT_TYPES: _WORKBOOK_TYPES.encode(),
            ROOT_RELATIONSHIPS: only_relation(f"{R}/officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": book.encode(),
            "xl/_rels/workbook.xml.rels": relations.encode(),
            "xl/worksheets/sheet1.xml": _sheet(data, formats).encode(),
            "xl/styles.xml": _cell_styles(formats).encode(),
        }
    )


def _sheet(data: ChartData, formats: Sequence[str]) -> str:
    heads = [data.corner, *(one.name for one in data.series)]
    rows = [_row(1, (_words(_letter(column), 1, head) for column, head in enumerate(heads)))]
    for row, category in enumerate(data.categories, 2):
        numbers = (one.numbers[row - 2] for one in data.series)
        cells = [_words("A", row, category)]
        cells += [_cell(_letter(column), row, it, formats) for column, it in enumerate(numbers, 1) if it is not None]
        rows.append(_row(row, cells))
    return f'{HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def _row(number: int, cells: Iterator[str] | Sequence[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _words(column: str, row: int, words: str) -> str:
    if not words:
        return ""
    return f'<c r="{column}{row}" t="inlineStr"><is><t xml:space="preserve">{escaped(words)}</t></is></c>'


def _cell(column: str, row: int, number: Number, formats: Sequence[str]) -> str:
    return f'<c r="{column}{row}" s="{1 + formats.index(number.number_format)}"><v>{_plain(number.value)}</v></c>'


def _cell_styles(formats: Sequence[str]) -> str:
    named = "".join(
        f'<numFmt numFmtId="{_FIRST_FORMAT + n}" formatCode="{escaped(code)}"/>' for n, code in enumerate(formats)
    )
    used = "".join(
        f'<xf numFmtId="{_FIRST_FORMAT + n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for n in range(len(formats))
    )
    plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    return (
        f'{HEAD}<styleSheet xmlns="{_MAIN}">'
        + (f'<numFmts count="{len(formats)}">{named}</numFmts>' if formats else "")
        + '<fonts count="1"><font><sz val="11"/><name val="Arial"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        '</fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1">{plain}/></cellStyleXfs>'
        f'<cellXfs count="{1 + len(formats)}">{plain} xfId="0"/>{used}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def first_words(book: bytes) -> str:
    """The words of the first cell of the first sheet; empty where the file is not as we or a spreadsheet write it."""
    try:
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
            cell = next((c for c in sheet.iter(f"{{{_MAIN}}}c") if c.get("r") == "A1"), None)
            if cell is None:
                return ""
            if cell.get("t") != "s":
                return "".join(t.text or "" for t in cell.iter(f"{{{_MAIN}}}t"))
            shared = etree.fromstring(archive.read("xl/sharedStrings.xml")).findall(f"{{{_MAIN}}}si")
            number = int(cell.findtext(f"{{{_MAIN}}}v") or "0")
            return "".join(t.text or "" for t in shared[number].iter(f"{{{_MAIN}}}t"))
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, etree.XMLSyntaxError):
        return ""
