"""A document read as Word shows it: its paragraphs with their styles, and the numbers that Word prints."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from docx.styles import BabelFish
from lxml import etree

from app.word.container import DOCUMENT, read_members
from app.word.namespaces import MC, w
from app.word.numbers import number_at
from app.word.parts import NUMBERING, STYLES

_UNSEEN = {w("del"), w("moveFrom"), w("instrText"), w("delText"), w("pPr"), w("rPr"), f"{{{MC}}}Fallback"}
_WRITTEN = {w("tab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "\u2011", w("softHyphen"): "\u00ad"}
THROUGH = frozenset(map(w, ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")))
"""Elements whose content stands in the text as if they were not there."""
OFF = frozenset({"0", "false", "off", "none"})
"""What switches a property off."""
_LEVELS = range(9)
_HIGHEST = 32_767  # to which Word counts; a higher one in letters would be a very long word
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


class Line(NamedTuple):
    """One paragraph: its style's name, the list level from 0 and the number as printed, and its text.

    `level` is None and `number` empty when Word prints neither number nor bullet before it.
    """

    style: str
    level: int | None
    number: str
    text: str


def outline(document: bytes) -> list[Line]:
    """The paragraphs of the body in reading order, those in table cells and text boxes included.

    Numbers are counted as Word counts them: per abstract definition, with overrides of the start where a list
    is first used. Raises `UnreadableTemplate` when the bytes are no document.
    """
    members = read_members(document)
    styles = StyleSheet.read(members.get(STYLES))
    counter = Counter(Definitions.read(members.get(NUMBERING), styles))
    lines = []
    for paragraph in etree.fromstring(members[DOCUMENT]).iter(w("p")):
        if any(True for _ in paragraph.iterancestors(f"{{{MC}}}Fallback")):
            continue
        style = styles.of(paragraph)
        level, number = counter.numbered(paragraph, style, styles)
        lines.append(Line(styles.name(style), level, number, words_of_paragraph(paragraph)))
    return lines


def text_of(document: bytes) -> list[str]:
    """The text of the body's paragraphs in reading order, empty ones left out, without printed numbers."""
    root = etree.fromstring(read_members(document)[DOCUMENT])
    return [words for paragraph in root.iter(w("p")) if (words := words_of_paragraph(paragraph))]


def words_of_paragraph(paragraph: etree._Element) -> str:
    """The words that Word shows of a paragraph, without the number before it."""
    return "".join(_pieces(paragraph))


def within(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows `tr` of a table, the cells `tc` of a row: its children, also where a content control holds them."""
    for child in element:
        if child.tag == w(name):
            yield child
        elif child.tag in THROUGH:
            yield from within(child, name)


def is_on(element: etree._Element | None) -> bool:
    """Whether a property that is switched on or off is on."""
    return element is not None and element.get(w("val"), "1") not in OFF


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == w("t"):
            yield child.text or ""
        elif child.tag in _WRITTEN:
            yield _WRITTEN[child.tag]
        elif child.tag not in _UNSEEN and child.tag != w("p"):
            yield from _pieces(child)


@dataclass(frozen=True, slots=True)
class _NumberProperties:
    list_id: int | None
    level: int | None


def _number_properties(element: etree._Element) -> _NumberProperties:
    return _NumberProperties(
        number_at(element.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}")),
        number_at(element.find(f"{w('pPr')}/{w('numPr')}/{w('ilvl')}")),
    )


def _attribute(element: etree._Element | None) -> str | None:
    return element.get(w("val")) if element is not None else None


@dataclass(slots=True)
class StyleSheet:
    """The styles of a document by id: their names as Word shows them, bases and numbers."""

    names: dict[str, str] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, _NumberProperties] = field(default_factory=dict)
    default: str = ""

    @classmethod
    def read(cls, styles_xml: bytes | None) -> "StyleSheet":
        """The styles of a document with this part."""
        sheet = cls()
        for style in etree.fromstring(styles_xml).iter(w("style")) if styles_xml else ():
            identifier = style.get(w("styleId"), "")
            sheet.names[identifier] = BabelFish.internal2ui(_attribute(style.find(w("name"))) or identifier)
            if base := _attribute(style.find(w("basedOn"))):
                sheet.bases[identifier] = base
            sheet.numbers[identifier] = _number_properties(style)
            is_default = style.get(w("default")) in {"1", "true", "on"}
            if is_default and style.get(w("type")) == "paragraph":
                sheet.default = identifier
        return sheet

    def of(self, paragraph: etree._Element) -> str:
        """The id of the paragraph's style."""
        return _attribute(paragraph.find(f"{w('pPr')}/{w('pStyle')}")) or self.default

    def name(self, style: str) -> str:
        """The name of a style."""
        return self.names.get(style, style)

    def chain(self, style: str) -> Iterator[str]:
        """The style and those that it is based on."""
        seen: set[str] = set()
        while style and style not in seen:
            seen.add(style)
            yield style
            style = self.bases.get(style, "")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    number_format: str
    label: str
    restart: int | None  # 0: never; n: after a paragraph of level n (from 1) or higher
    legal: bool
    style: str | None


def _level_in(element: etree._Element) -> _Level:
    start = number_at(element.find(w("start")))
    return _Level(
        start=0 if start is None else start,
        number_format=_attribute(element.find(w("numFmt"))) or "decimal",
        label=_attribute(element.find(w("lvlText"))) or "",
        restart=number_at(element.find(w("lvlRestart"))),
        legal=element.find(w("isLgl")) is not None,
        style=_attribute(element.find(w("pStyle"))),
    )


@dataclass(frozen=True, slots=True)
class _List:
    abstract_id: int
    levels: Mapping[int, _Level]
    overrides: Mapping[int, int]


@dataclass(slots=True)
class Definitions:
    """The lists of a document by id."""

    lists: dict[int, _List] = field(default_factory=dict)

    @classmethod
    def read(cls, numbering_xml: bytes | None, styles: StyleSheet) -> "Definitions":
        """The lists of a document with this numbering part."""
        if not numbering_xml:
            return cls()
        root = etree.fromstring(numbering_xml)
        abstracts = {number_at(e, "abstractNumId") or 0: e for e in root.findall(w("abstractNum"))}
        numbers = {number_at(e, "numId") or 0: e for e in root.findall(w("num"))}
        return cls({number: _list_in(e, abstracts, numbers, styles) for number, e in numbers.items()})


def _list_in(
    number: etree._Element,
    abstracts: Mapping[int, etree._Element],
    numbers: Mapping[int, etree._Element],
    styles: StyleSheet,
) -> _List:
    abstract_id = number_at(number.find(w("abstractNumId"))) or 0
    abstract = abstracts.get(abstract_id)
    if abstract is not None and (linked := _attribute(abstract.find(w("numStyleLink")))):
        # The definition stands with the list that the numbering style names.
        target = numbers.get(styles.numbers.get(linked, _NumberProperties(None, None)).list_id or 0)
        if target is not None:
            abstract_id = number_at(target.find(w("abstractNumId"))) or 0
            abstract = abstracts.get(abstract_id)
    levels = {level: _level_in(e) for level, e in _by_level(abstract, "lvl")}
    overrides = {}
    for level, override in _by_level(number, "lvlOverride"):
        if (replaced := override.find(w("lvl"))) is not None:
            levels[level] = _level_in(replaced)
        if (start := number_at(override.find(w("startOverride")))) is not None:
            overrides[level] = start
    return _List(abstract_id, levels, overrides)


def _by_level(holder: etree._Element | None, name: str) -> Iterator[tuple[int, etree._Element]]:
    """What the list, or its definition, says of each level that Word knows."""
    for element in holder.findall(w(name)) if holder is not None else ():
        level = number_at(element, "ilvl") or 0
        if level in _LEVELS:
            yield level, element


@dataclass(slots=True)
class Counter:
    """Counts as Word does: lists that share an abstract definition share their counters."""

    definitions: Definitions
    counts: dict[int, dict[int, int]] = field(default_factory=dict)
    begun: set[tuple[int, int]] = field(default_factory=set)

    def numbered(self, paragraph: etree._Element, style: str, styles: StyleSheet) -> tuple[int | None, str]:
        """The paragraph counted: its level, None where Word numbers nothing, and the number as printed."""
        list_id, level = self.list_of(paragraph, style, styles)
        found = self.definitions.lists.get(list_id or 0)
        if found is None or level not in found.levels:
            return None, ""
        self._count(found, list_id or 0, level)
        return level, self._label(found, level)

    def list_of(self, paragraph: etree._Element, style: str, styles: StyleSheet) -> tuple[int | None, int]:
        """The list that the paragraph belongs to, None or 0 for none, and its level."""
        own = _number_properties(paragraph)
        list_id, level = own.list_id, own.level
        for name in styles.chain(style):
            inherited = styles.numbers.get(name, _NumberProperties(None, None))
            if list_id is None and inherited.list_id is not None:
                list_id = inherited.list_id
                if level is None:
                    level = self._level_of_style(list_id, name)
            if level is None and own.list_id is None:
                level = inherited.level
        return list_id, level or 0

    def _level_of_style(self, list_id: int, style: str) -> int | None:
        found = self.definitions.lists.get(list_id)
        levels = found.levels.items() if found else ()
        return next((number for number, level in levels if level.style == style), None)

    def _count(self, found: _List, list_id: int, level: int) -> None:
        counts = self.counts.setdefault(found.abstract_id, {})
        first_use = (list_id, level) not in self.begun
        self.begun.add((list_id, level))
        if first_use and level in found.overrides:
            counts[level] = found.overrides[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = found.levels[level].start
        for higher in range(level):  # a level that was skipped counts from its start
            if higher in found.levels:
                counts.setdefault(higher, found.overrides.get(higher, found.levels[higher].start))
        for deeper in [number for number in counts if number > level]:
            restart = found.levels[deeper].restart if deeper in found.levels else None
            if restart is None or level < restart:
                del counts[deeper]

    def _label(self, found: _List, level: int) -> str:
        counts, label = self.counts[found.abstract_id], found.levels[level].label
        if found.levels[level].number_format in {"bullet", "none"}:
            return label if found.levels[level].number_format == "bullet" else ""
        for number in range(level + 1):
            if f"%{number + 1}" in label and number in found.levels:
                number_format = found.levels[number].number_format
                if found.levels[level].legal and number_format != "none":
                    number_format = "decimal"
                label = label.replace(f"%{number + 1}", _formatted(counts[number], number_format))
        return label


def _formatted(count: int, number_format: str) -> str:
    return _FORMATS.get(number_format, str)(count) if count <= _HIGHEST else str(count)


def _letters(count: int) -> str:
    # Word repeats the letter after z: aa, bb, not aa, ab.
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count > 0 else ""


def _roman(count: int) -> str:
    out = ""
    for value, letters in _ROMAN:
        out += letters * (count // value)
        count %= value
    return out


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "decimalZero": lambda count: f"{count:02d}",
    "none": lambda _: "",
}
