"""The styles of the shipped templates: a format takes them as they are, or changes and adds to them.

Lengths are in twips (1/1440 inch), font sizes in points, borders in eighths of a point.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from templates.building.elements import Element, flag, style_id, val, w
from templates.building.look import (
    ACCENT,
    FONT,
    GAP_RULE,
    GAP_TEXT,
    GAP_TINT,
    LANGUAGE,
    LINK,
    NUMBER_WIDTH,
    QUIET,
    RULE,
    TAG,
    TEXT,
    TEXT_WIDTH,
    TINT,
)
from templates.building.numbering import BULLET_LIST, HEADING_LIST, NUMBER_LIST

NOT_NUMBERED = -1
FRONT_LABEL_WIDTH = 1134  # 2 cm


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
    hanging: int | None = None
    align: str | None = None
    outline: int | None = None  # 1 is the highest heading
    plain: bool = False  # without the looks of the heading that it is based on
    bold: bool = False
    italic: bool = False
    caps: bool = False
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
            w("rPr", *self._letters()),
            type="paragraph",
            styleId=style_id(self.name),
            **({"customStyle": 1} if self.ours else {}),
            **({} if self.based_on else {"default": 1}),
        )

    def _paragraph(self) -> Iterator[Element | None]:
        yield w("keepNext", val=0) if self.plain else flag("keepNext", self.keep_next)
        yield w("keepLines", val=0) if self.plain else flag("keepLines", self.keep_next)
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
            yield _measured("ind", {"left": self.left, "right": self.right, "hanging": self.hanging})
        yield val("jc", self.align)
        yield val("outlineLvl", 9 if self.plain else self.outline - 1 if self.outline else None)

    def _letters(self) -> list[Element | None]:
        looks = list(_letters(bold=self.bold, italic=self.italic, caps=self.caps, colour=self.colour, size=self.size))
        return [w("b", val=0), w("bCs", val=0), *looks[2:]] if self.plain else looks

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
    *,
    bold: bool = False,
    italic: bool = False,
    caps: bool = False,
    colour: str | None = None,
    size: float | None = None,
) -> Iterator[Element | None]:
    yield flag("b", bold)
    yield flag("bCs", bold)
    yield flag("i", italic)
    yield flag("iCs", italic)
    yield flag("caps", caps)
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
    replace(
        HEADING, name="Heading 3 Numbered", based_on="heading 3", ours=True, outline=3, level=2, left=NUMBER_WIDTH,
        hanging=NUMBER_WIDTH,
    ),
    # Numbered as a level 2 though it stands below a theme: a style based on another one counts with it.
    replace(OUR_HEADING, name="Heading 2 Numbered Below", based_on="heading 2", outline=3, size=13),
    ParagraphStyle(
        name="Numbered Paragraph", based_on="heading 2", ours=True, plain=True, before=120, after=40,
        left=NUMBER_WIDTH, hanging=NUMBER_WIDTH, colour=TEXT, size=12,
    ),
    ParagraphStyle(
        name="Plan Objective", ours=True, keep_next=True, ruled=("left", ACCENT), shade=TINT, before=320, after=80,
        left=142, bold=True, colour=ACCENT,
    ),
    ParagraphStyle(
        name="Front Line", ours=True, before=40, after=40, left=FRONT_LABEL_WIDTH, hanging=FRONT_LABEL_WIDTH,
    ),
    ParagraphStyle(name="Strapline", ours=True, keep_next=True, after=240, colour=QUIET, size=13),
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


def styles(paragraph_styles: Iterable[ParagraphStyle] = PARAGRAPH_STYLES) -> Element:
    """Every style of the template, and no other."""
    return w("styles", defaults(), latent(), *(style.element() for style in paragraph_styles), *character_styles(),
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
    yield _character("Front Label", w("b"), w("bCs"))
    yield _character("Run-in Title", w("b"), w("bCs"))
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
