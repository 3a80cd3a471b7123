"""How a run of text looks once every style that bears on it has had its say, and how well it can be told apart."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.word.contrast import contrast
from app.word.located import FONT_TABLE, THEME, InCell, OpenedDocument, Standing
from app.word.namespaces import A, w
from app.word.numbers import number_at, whole_number
from app.word.reading import is_on

BLACK, WHITE = "000000", "FFFFFF"
_DEFAULT_SIZE = 10.0  # points, where nothing is stated (ISO/IEC 29500-1, 17.3.2.38)
_AUTO = {"", "auto"}
_HEX = set("0123456789ABCDEFabcdef")
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "darkBlue": "000080", "darkCyan": "008080",
    "darkGray": "808080", "darkGreen": "008000", "darkMagenta": "800080", "darkRed": "800000",
    "darkYellow": "808000", "green": "00FF00", "lightGray": "C0C0C0", "magenta": "FF00FF", "red": "FF0000",
    "white": "FFFFFF", "yellow": "FFFF00",
}  # fmt: skip
# What WordprocessingML calls a colour of the theme, and what the theme calls it.
_THEME_COLOURS = {
    "text1": "dk1", "dark1": "dk1", "background1": "lt1", "light1": "lt1", "text2": "dk2", "dark2": "dk2",
    "background2": "lt2", "light2": "lt2", "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip
_SANS = frozenset(
    ["aptos", "arial", "calibri", "carlito", "corbel", "helvetica", "roboto", "tahoma", "trebuchet", "verdana"]
)  # first words of faces without serifs, for documents that do not say it of their fonts

Letters = Mapping[str, etree._Element]
"""Properties of runs by their name; each stands as the layer that spoke last stated it."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a run looks: colour of its letters and of what is behind them, size in points, weight, face.

    `colour` is None where Word chooses black or white by itself, `font` where nothing states a face.
    """

    colour: str | None
    behind: str
    size: float
    bold: bool
    font: str | None

    @property
    def contrast(self) -> float:
        """Between letters and background, from 1 to 21."""
        if self.colour is None:
            return max(contrast(BLACK, self.behind), contrast(WHITE, self.behind))
        return contrast(self.colour, self.behind)

    @property
    def is_large(self) -> bool:
        """Large text as WCAG 2.2 defines it: from 18 points, bold from 14."""
        return self.size >= 18 or (self.bold and self.size >= 14)


@dataclass(slots=True, eq=False)
class Appearances:
    """Resolves the style hierarchy of one document (ISO/IEC 29500-1, 17.7.2)."""

    opened: OpenedDocument
    _paragraphs: dict[tuple[str, str, frozenset[str]], Letters] = field(default_factory=dict)
    _colours: Mapping[str, str] = field(init=False)
    _fonts: Mapping[str, str] = field(init=False)
    _swiss: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        theme = self.opened.trees.get(THEME)
        self._colours = dict(_theme_colours(theme)) if theme is not None else {}
        self._fonts = dict(_theme_fonts(theme)) if theme is not None else {}
        self._swiss = frozenset(_swiss_fonts(self.opened.trees.get(FONT_TABLE)))

    def of(self, run: etree._Element, standing: Standing) -> Appearance:
        """How a run of the paragraph looks."""
        direct = run.find(w("rPr"))
        letters = dict(self.letters_of(standing))
        if direct is not None:
            _lay(letters, self._character_style(direct))
            _lay(letters, [direct])
        return Appearance(
            colour=self._letter_colour(letters.get("color")),
            behind=self._behind(letters, standing),
            size=_points(letters.get("sz")),
            bold=is_on(letters.get("b")),
            font=self._font(letters.get("rFonts")),
        )

    def letters_of(self, standing: Standing) -> Letters:
        """What the paragraph's styles, and those of the table around it, say of its runs."""
        cell = standing.cell
        table, conditions = (cell.grid.style, conditions_of(cell)) if cell else ("", frozenset[str]())
        key = standing.style, table, conditions
        if key not in self._paragraphs:
            letters: dict[str, etree._Element] = {}
            _lay(letters, self._stated_by_default())
            for style in reversed(self.opened.chain(table)):
                _lay(letters, _found(style, "rPr"))
                _lay(letters, (e for part in _conditional(style, conditions) for e in _found(part, "rPr")))
            for style in reversed(self.opened.chain(standing.style)):
                _lay(letters, _found(style, "rPr"))
            self._paragraphs[key] = letters
        return self._paragraphs[key]

    def paragraph_property(self, standing: Standing, name: str) -> etree._Element | None:
        """A property of the paragraph, stated by itself or by its styles."""
        for holder in (standing.element, *self.opened.chain(standing.style)):
            found = holder.find(f"{w('pPr')}/{w(name)}")
            if found is not None:
                return found
        return None

    def shading_of(self, cell: InCell) -> str | None:
        """The colour behind a cell, its table's style included; None where it has none."""
        candidates = list(_found(cell.element, "tcPr"))
        for style in self.opened.chain(cell.grid.style):
            for part in reversed(list(_conditional(style, conditions_of(cell)))):
                candidates += _found(part, "tcPr")
            candidates += _found(style, "tcPr")
        candidates += _found(cell.grid.element, "tblPr")
        return self._first_fill(candidates)

    def own_shading_of(self, cell: etree._Element) -> str | None:
        """The colour that a cell states by itself; None where it states none."""
        return self._first_fill(_found(cell, "tcPr"))

    def is_sans_serif(self, font: str) -> bool:
        """Whether a face has no serifs, by the document's own table of fonts or by its name."""
        name = font.casefold()
        return font in self._swiss or name.split(" ", maxsplit=1)[0] in _SANS or "sans" in name or "segoe ui" in name

    def _stated_by_default(self) -> Iterator[etree._Element]:
        styles = self.opened.trees.get("word/styles.xml")
        stated = styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}") if styles is not None else None
        if stated is not None:
            yield stated

    def _character_style(self, direct: etree._Element) -> Iterator[etree._Element]:
        named = direct.find(w("rStyle"))
        if named is not None:
            for style in reversed(self.opened.chain(named.get(w("val"), ""))):
                yield from _found(style, "rPr")

    def _letter_colour(self, colour: etree._Element | None) -> str | None:
        if colour is None:
            return None
        return self._colour(colour.get(w("val"), ""), colour.get(w("themeColor")))

    def _colour(self, stated: str, theme: str | None) -> str | None:
        """The colour in hexadecimal; None for Word's own choice."""
        if _is_colour(stated):
            return stated
        return self._colours.get(_THEME_COLOURS.get(theme or "", theme or ""))

    def _behind(self, letters: Letters, standing: Standing) -> str:
        highlight = letters.get("highlight")
        if highlight is not None and highlight.get(w("val")) in _HIGHLIGHTS:
            return _HIGHLIGHTS[highlight.get(w("val"), "")]
        of_paragraph = (self.paragraph_property(standing, "shd"),)
        found = self._fill(letters.get("shd")) or self._fill(of_paragraph[0])
        if found is None and standing.cell:
            found = self.shading_of(standing.cell)
        return found or WHITE

    def _first_fill(self, holders: Iterable[etree._Element]) -> str | None:
        fills = (self._fill(holder.find(w("shd"))) for holder in holders)
        return next((fill for fill in fills if fill), None)

    def _fill(self, shading: etree._Element | None) -> str | None:
        if shading is None or shading.get(w("val")) == "nil":
            return None
        fill = self._colour(shading.get(w("fill"), ""), shading.get(w("themeFill")))
        pattern = shading.get(w("val"), "clear")
        share = 100 if pattern == "solid" else whole_number(pattern.removeprefix("pct")) or 0
        if not share:
            return fill
        dots = self._colour(shading.get(w("color"), ""), shading.get(w("themeColor"))) or BLACK
        return _mixed(dots, fill or WHITE, share)

    def _font(self, fonts: etree._Element | None) -> str | None:
        if fonts is None:
            return None
        theme = fonts.get(w("asciiTheme"))
        if theme:
            return self._fonts.get("major" if theme.startswith("major") else "minor")
        return fonts.get(w("ascii"))


def conditions_of(cell: InCell) -> frozenset[str]:
    """The conditional formats of a table style that hold in a cell, by the names that the style gives them."""
    grid, looks = cell.grid, cell.grid.looks
    found = set()
    if "firstRow" in looks and cell.row == 0:
        found.add("firstRow")
    if "lastRow" in looks and cell.row == len(grid.rows) - 1:
        found.add("lastRow")
    if "firstColumn" in looks and cell.column == 0:
        found.add("firstCol")
    if "lastColumn" in looks and cell.column == grid.columns - 1:
        found.add("lastCol")
    if "noHBand" not in looks and not found & {"firstRow", "lastRow"}:
        found.add("band1Horz" if (cell.row - ("firstRow" in looks)) % 2 == 0 else "band2Horz")
    return frozenset(found)


# The later one is laid over the earlier ones.
_ORDER = ("band1Horz", "band2Horz", "firstCol", "lastCol", "firstRow", "lastRow")


def _conditional(style: etree._Element, conditions: frozenset[str]) -> Iterator[etree._Element]:
    parts = {part.get(w("type"), ""): part for part in style.findall(w("tblStylePr"))}
    return (parts[name] for name in _ORDER if name in conditions and name in parts)


def _found(holder: etree._Element, name: str) -> list[etree._Element]:
    found = holder.find(w(name))
    return [found] if found is not None else []


def _lay(letters: dict[str, etree._Element], layers: Iterable[etree._Element]) -> None:
    for layer in layers:
        for element in layer:
            name = etree.QName(element).localname
            if name == "rFonts" and not {w("ascii"), w("asciiTheme")} & set(element.attrib):
                continue
            letters[name] = element


def _is_colour(stated: str) -> bool:
    """Whether these are the six digits of a colour, as `auto` and the names of a system's colours are not."""
    return len(stated) == 6 and set(stated) <= _HEX


def _points(size: etree._Element | None) -> float:
    half_points = number_at(size)
    return half_points / 2 if half_points is not None else _DEFAULT_SIZE


def _mixed(dots: str, ground: str, share: int) -> str:
    pairs = ((int(dots[place : place + 2], 16), int(ground[place : place + 2], 16)) for place in (0, 2, 4))
    return "".join(f"{(over * share + under * (100 - share)) // 100:02X}" for over, under in pairs)


def _theme_colours(theme: etree._Element) -> Iterator[tuple[str, str]]:
    for scheme in theme.iter(f"{{{A}}}clrScheme"):
        for colour in scheme:
            for stated in colour:
                named = (stated.get("lastClr", ""), stated.get("val", ""))
                yield etree.QName(colour).localname, next(filter(_is_colour, named), BLACK)


def _theme_fonts(theme: etree._Element) -> Iterator[tuple[str, str]]:
    for name in ("major", "minor"):
        for latin in theme.iterfind(f".//{{{A}}}{name}Font/{{{A}}}latin"):
            yield name, latin.get("typeface", "")


def _swiss_fonts(table: etree._Element | None) -> Iterator[str]:
    for font in table.iter(w("font")) if table is not None else ():
        family = font.find(w("family"))
        if family is not None and family.get(w("val")) == "swiss":
            yield font.get(w("name"), "")
