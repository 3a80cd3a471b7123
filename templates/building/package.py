"""The file around a template: its other parts, its members in their order, the same bytes wherever it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from templates.building.elements import Element, R, w
from templates.building.look import (
    ACCENT,
    FONT,
    LANGUAGE,
    LINK,
    PAPER,
    QUIET,
    RATING_COLOURS,
    TEXT,
    TINT,
)
from templates.building.numbering import numbering
from templates.building.styles import PARAGRAPH_STYLES, ParagraphStyle, styles

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE_TYPES = "application/vnd.openxmlformats-officedocument"

THEME_COLOURS = (
    "dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink",
)  # fmt: skip
"""The colours of a theme, in the order in which Word wants them."""


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


def theme(name: str) -> Element:
    """What Word offers to an author under this name: the colours and the font of the template, without effects."""
    ours = (TEXT, PAPER, ACCENT, TINT, *RATING_COLOURS, ACCENT, QUIET, LINK, LINK)
    colours = dict(zip(THEME_COLOURS, ours, strict=True))
    latin = f'<a:latin typeface="{FONT}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return etree.fromstring(
        f'<a:theme xmlns:a="{DRAWING}" name="{name}"><a:themeElements><a:clrScheme name="{name}">'
        + "".join(f'<a:{slot}><a:srgbClr val="{colour}"/></a:{slot}>' for slot, colour in colours.items())
        + f'</a:clrScheme><a:fontScheme name="{name}"><a:majorFont>{latin}</a:majorFont>'
        f'<a:minorFont>{latin}</a:minorFont></a:fontScheme><a:fmtScheme name="{name}">'
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What is a format's own in its template; its elements are used up when it is written."""

    name: str  # of its colours and fonts in Word
    title: str
    subject: str
    content: Sequence[Element]
    page: Element
    header: Element
    footer: Element
    styles: Sequence[ParagraphStyle] = PARAGRAPH_STYLES
    numbering: Element = field(default_factory=numbering)


def write(template: Template, file: Path) -> None:
    """Writes the template; a file that stands there is replaced."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members(template).items():
            archive.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)


def members(template: Template) -> dict[str, bytes]:
    """Every member of the template by name, in the order of the file."""
    parts = {
        "document": w("document", w("body", *template.content, template.page)),
        "styles": styles(template.styles),
        "numbering": template.numbering,
        "settings": settings(),
        "header": template.header,
        "footer": template.footer,
        "fontTable": font_table(),
        "theme": theme(template.name),
    }
    return {
        "[Content_Types].xml": _content_types().encode(),
        "_rels/.rels": _relationships(
            (f"{R}/officeDocument", "word/document.xml"),
            (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core_properties(template).encode(),
        "word/_rels/document.xml.rels": _relationships(
            *((f"{R}/{kind}", PARTS[kind][0].removeprefix("word/")) for kind in PARTS if kind != "document")
        ),
        **{PARTS[kind][0]: _serialised(root) for kind, root in parts.items()},
    }


def _core_properties(template: Template) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
<dc:title>{template.title}</dc:title><dc:subject>{template.subject}</dc:subject>\
<dc:creator>Boardpapers</dc:creator><dc:language>{LANGUAGE}</dc:language>\
<dcterms:created xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:created>\
<dcterms:modified xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>"""


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
