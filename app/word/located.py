"""A document laid open for its checks: every paragraph and table with the place where a reader finds it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from app.word.container import CONTENT_TYPES, DOCUMENT, read_members
from app.word.namespaces import MC, R, w
from app.word.numbers import bits_at, number_at
from app.word.parts import NUMBERING, SETTINGS, STYLES, parts_of_kinds, relationships_in
from app.word.quoting import quoted
from app.word.reading import OFF, THROUGH, Counter, Definitions, StyleSheet, is_on, within, words_of_paragraph
from app.word.refusals import UnreadableTemplate

BODY = "the body"
PROPERTIES = "the document’s properties"
STYLES_PART = "the styles"
FONT_TABLE = "word/fontTable.xml"
THEME = "word/theme/theme1.xml"

_LOOK_BITS = {"firstRow": 0x0020, "lastRow": 0x0040, "firstColumn": 0x0080, "lastColumn": 0x0100, "noHBand": 0x0200}
_NO_HEADING = 9  # what `w:outlineLvl` calls body text
KINDS = ("default", "first", "even")
"""The headers and footers that a section may have: of every page, the first one, and those on the left."""
_KIND_WORDS = {"default": "", "first": ", first page", "even": ", left-hand pages"}


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a document as a reader finds it; numbers count from 1, 0 says that it is no such place."""

    part: str
    heading: str = ""
    table: int = 0
    row: int = 0
    column: int = 0
    paragraph: int = 0
    quoted: str = ""

    def __str__(self) -> str:
        said = [self.part]
        said += [f"under “{self.heading}”"] if self.heading else []
        said += [f"table {self.table}"] if self.table else []
        said += [f"row {self.row}"] if self.row else []
        said += [f"column {self.column}"] if self.column else []
        return ", ".join(said) + (f": “{self.quoted}”" if self.quoted else "")


@dataclass(frozen=True, slots=True)
class Barrier:
    """What keeps somebody from reading a document: a stable code, the place, and a sentence with the remedy."""

    code: str
    where: Where
    what: str

    def to_dict(self) -> dict[str, str | int]:
        """The same as plain data."""
        where = self.where
        return {
            "code": self.code,
            "part": where.part,
            "heading": where.heading,
            "table": where.table,
            "row": where.row,
            "column": where.column,
            "paragraph": where.paragraph,
            "quoted": where.quoted,
            "what": self.what,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table: its rows of cells with the grid column, from 0, in which each begins, and what its look says.

    `looks` are the names that are switched on, such as `firstRow`.
    """

    element: etree._Element
    where: Where
    style: str
    looks: frozenset[str]
    rows: tuple[tuple[tuple[int, etree._Element], ...], ...]
    columns: int
    depth: int

    def heads(self, row: int) -> bool:
        """Whether the row is marked as a header that repeats on every page."""
        element = self.element_of(row)
        return element is not None and is_on(element.find(f"{w('trPr')}/{w('tblHeader')}"))

    def element_of(self, row: int) -> etree._Element | None:
        """The element of a row that has cells."""
        return next(iter(self.rows[row]))[1].getparent() if self.rows[row] else None


@dataclass(frozen=True, slots=True, eq=False)
class InCell:
    """The cell in which a paragraph stands; `row` and `column` count from 0."""

    grid: Grid
    element: etree._Element
    row: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A paragraph where it stands: its style's id, its words, and the innermost cell around it.

    `level` is that of a heading, from 1, else None; `numbered` says that Word prints a number or a bullet, and `number`
    which.
    """

    element: etree._Element
    where: Where
    style: str
    words: str
    level: int | None
    numbered: bool
    cell: InCell | None
    member: str
    number: str = ""

    @property
    def shows(self) -> bool:
        """Whether a reader sees anything of it besides a number."""
        return bool(self.words.strip()) or next(self.element.iter(*_SHOWN), None) is not None


_SHOWN = [w(name) for name in ("drawing", "pict", "object", "fldChar", "fldSimple", "sym", "footnoteReference", "ptab")]


@dataclass(slots=True, eq=False)
class OpenedDocument:
    """The parts of a document as trees, and everything in them with its place, in reading order."""

    members: Mapping[str, bytes]
    trees: dict[str, etree._Element]
    sheet: StyleSheet
    styles: Mapping[str, etree._Element]
    standing: list[Standing] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    part_names: dict[str, str] = field(default_factory=dict)
    sections: list["Section"] = field(default_factory=list)

    def relations(self, member: str) -> Mapping[str, str]:
        """Where the relationships of a part lead, by id."""
        return relationships_in(self.members, member)

    def style_name(self, style: str) -> str:
        """The name of a style in lower case."""
        return self.sheet.name(style).casefold()

    def chain(self, style: str) -> list[etree._Element]:
        """The style and those that it is based on, the style itself first."""
        return [self.styles[name] for name in self.sheet.chain(style) if name in self.styles]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its number, and for each kind of page that it has the headers and footers shown there, by member."""

    number: int
    pages: Mapping[str, tuple[str, ...]]


def opened_document(document: bytes) -> OpenedDocument:
    """The document laid open. Raises `UnreadableTemplate` when the bytes are no document."""
    members = read_members(document)
    try:
        trees = {
            name: etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
            for name, content in members.items()
            if name.startswith(("word/", "docProps/")) and name.endswith(".xml")
        }
    except etree.XMLSyntaxError as error:
        raise UnreadableTemplate("a part of it is damaged.") from error
    sheet = StyleSheet.read(members.get(STYLES))
    found = trees[STYLES].iter(w("style")) if STYLES in trees else ()
    opened = OpenedDocument(members, trees, sheet, {style.get(w("styleId"), ""): style for style in found})
    opened.sections = list(_sections(opened))
    opened.part_names = _part_names(opened)
    numbers = Definitions.read(members.get(NUMBERING), sheet)
    for member in opened.part_names:
        _Walk(opened, member, Counter(numbers)).walk()
    return opened


def _part_names(opened: OpenedDocument) -> dict[str, str]:
    """Every part that a reader sees, with its name in words, in the order in which they are told of."""
    names = {DOCUMENT: BODY}
    for section in opened.sections:
        for kind, shown in section.pages.items():
            for member in shown:
                what = "header" if local_name(opened.trees[member]) == "hdr" else "footer"
                names.setdefault(member, f"the {what} of section {section.number}{_KIND_WORDS[kind]}")
    for kind in ("footnotes", "endnotes"):
        for member in parts_of_kinds(opened.members[CONTENT_TYPES], [kind]):
            if member in opened.trees:
                names[member] = f"the {kind}"
    return names


def _sections(opened: OpenedDocument) -> Iterator[Section]:
    settings = opened.trees.get(SETTINGS)
    has_even = settings is not None and is_on(settings.find(w("evenAndOddHeaders")))
    relations = opened.relations(DOCUMENT)
    current: dict[tuple[str, str], str] = {}
    for number, element in enumerate(_section_properties(opened.trees[DOCUMENT]), 1):
        for what in ("headerReference", "footerReference"):
            for reference in element.findall(w(what)):
                member = relations.get(reference.get(f"{{{R}}}id", ""), "")
                if member in opened.trees:
                    current[what, reference.get(w("type"), "default")] = member
        kinds = ["default"]
        kinds += ["first"] if is_on(element.find(w("titlePg"))) else []
        kinds += ["even"] if has_even else []
        yield Section(
            number,
            {
                kind: tuple(
                    current[what, kind] for what in ("headerReference", "footerReference") if (what, kind) in current
                )
                for kind in kinds
            },
        )


def _section_properties(root: etree._Element) -> Iterator[etree._Element]:
    return (found for found in root.iter(w("sectPr")) if not any(True for _ in found.iterancestors(w("sectPrChange"))))


@dataclass(slots=True)
class _Walk:
    """One part, walked in reading order."""

    opened: OpenedDocument
    member: str
    counter: Counter
    heading: str = ""
    tables: int = 0
    paragraphs: int = 0

    def walk(self) -> None:
        root = self.opened.trees[self.member]
        body = root.find(w("body")) if self.member == DOCUMENT else root
        if body is not None:
            self._blocks(body, None)

    def _blocks(self, holder: etree._Element, cell: InCell | None) -> None:
        for element in holder:
            if element.tag == w("p"):
                self._paragraph(element, cell)
            elif element.tag == w("tbl"):
                self._table(element, cell)
            elif element.tag in THROUGH or element.tag in {w("footnote"), w("endnote")}:
                self._blocks(element, cell)

    def _paragraph(self, element: etree._Element, cell: InCell | None) -> None:
        opened = self.opened
        self.paragraphs += 1
        style = opened.sheet.of(element)
        words = words_of_paragraph(element)
        level = heading_level(element, opened.chain(style))
        numbered, number = self.counter.numbered(element, style, opened.sheet)
        where = self._where(cell)
        where = replace(where, paragraph=self.paragraphs, quoted=quoted(words))
        opened.standing.append(
            Standing(element, where, style, words, level, numbered is not None, cell, self.member, number)
        )
        if level is not None and words.strip():
            self.heading = quoted(words)
        for box in element.iter(w("txbxContent")):
            if not any(True for _ in box.iterancestors(f"{{{MC}}}Fallback")):
                self._blocks(box, cell)

    def _table(self, element: etree._Element, around: InCell | None) -> None:
        self.tables += 1
        number = self.tables
        rows = tuple(tuple(_placed(row)) for row in within(element, "tr"))
        where = replace(self._where(around), table=number, row=0, column=0, paragraph=self.paragraphs + 1)
        stated = element.find(f"{w('tblPr')}/{w('tblStyle')}")
        grid = Grid(
            element=element,
            where=where,
            style=stated.get(w("val"), "") if stated is not None else "",
            looks=_looks(element.find(f"{w('tblPr')}/{w('tblLook')}")),
            rows=rows,
            columns=max((column + span_of(cell) for row in rows for column, cell in row), default=0),
            depth=around.grid.depth + 1 if around else 1,
        )
        self.opened.grids.append(grid)
        for row, cells in enumerate(rows):
            for column, cell in cells:
                self._blocks(cell, InCell(grid, cell, row, column))

    def _where(self, cell: InCell | None) -> Where:
        where = Where(self.opened.part_names[self.member], self.heading)
        if cell is None:
            return where
        return replace(where, table=cell.grid.where.table, row=cell.row + 1, column=cell.column + 1)


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return re.sub(r"\{.*\}", "", str(element.tag))


def span_of(cell: etree._Element) -> int:
    """How many columns of the grid a cell takes."""
    return number_at(cell.find(f"{w('tcPr')}/{w('gridSpan')}")) or 1


def is_continued(cell: etree._Element) -> bool:
    """Whether the cell belongs to the one above it."""
    merge = cell.find(f"{w('tcPr')}/{w('vMerge')}")
    return merge is not None and merge.get(w("val"), "continue") == "continue"


def words_in(cell: etree._Element) -> str:
    """The words of all paragraphs of a cell."""
    return " ".join(words_of_paragraph(paragraph) for paragraph in cell.iter(w("p"))).strip()


def _placed(row: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    column = number_at(row.find(f"{w('trPr')}/{w('gridBefore')}")) or 0
    for cell in within(row, "tc"):
        yield column, cell
        column += span_of(cell)


def _looks(look: etree._Element | None) -> frozenset[str]:
    if look is None:
        return frozenset()
    bits = bits_at(look)
    return frozenset(
        name
        for name, bit in _LOOK_BITS.items()
        if (is_stated := look.get(w(name))) not in OFF and (is_stated is not None or bits & bit)
    )


def heading_level(paragraph: etree._Element, chain: list[etree._Element]) -> int | None:
    """The level of a heading, from 1, by the paragraph or its styles; None for other paragraphs."""
    for holder in (paragraph, *chain):
        level = holder.find(f"{w('pPr')}/{w('outlineLvl')}")
        if level is not None:
            number = number_at(level)
            return number + 1 if number is not None and 0 <= number < _NO_HEADING else None
    return None
