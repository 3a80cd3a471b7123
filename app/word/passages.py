"""A template as its author sees it: every paragraph with its place in words, in the order of the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from app.word.container import CONTENT_TYPES, DOCUMENT
from app.word.namespaces import A, R, w
from app.word.numbers import number_at
from app.word.parts import CORE, SETTINGS, STYLES, parts_of_kinds, relationships_in
from app.word.properties import texts_in
from app.word.reading import OFF, is_on, within
from app.word.templates import FILLED_KINDS, OpenedTemplate

_OPENINGS = ("{{", "{%", "{#")
_PARAGRAPH, _TABLE = w("p"), w("tbl")
_WRITTEN = {w("tab"): "\t", w("br"): " ", w("cr"): " ", w("noBreakHyphen"): "-"}
_OTHER_TEXTS = frozenset({w("instrText"), f"{{{A}}}t"})
_TITLES = {"footnotes": "the footnotes", "endnotes": "the endnotes", "comments": "the comments"}
_PAGES = {"default": "the pages", "first": "the first page", "even": "the even pages"}
_OF_PAGES = {"default": "", "first": "first-page ", "even": "even-page "}
_LONGEST_HEADING = 60
_NO_HEADING = 9  # what `w:outlineLvl` calls body text


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A paragraph, or another text that holds tags: a description of a table, the code of a field, a property.

    `number` counts from 1 in its part. `words` are what a reader sees, `tagged` the text in which tags are looked for.
    `style` is the id of the paragraph's style, `level` that of a heading from 1.
    """

    part: "TemplatePart"
    number: int
    where: str
    words: str
    tagged: str
    element: etree._Element | None
    style: str = ""
    level: int | None = None
    is_paragraph: bool = True

    def around(self, name: str) -> etree._Element | None:
        """The nearest element of that name of Word's around the passage, such as its row `tr`."""
        return next(self.element.iterancestors(w(name)), None) if self.element is not None else None


@dataclass(slots=True, eq=False)
class TemplatePart:
    """A part of the file that people read: its name in the file and in words, its place among the others."""

    name: str
    title: str
    rank: int
    root: etree._Element | None
    passages: list[Passage] = field(default_factory=list)
    _by_element: dict[etree._Element, Passage] = field(default_factory=dict)

    def add(self, passage: Passage) -> None:
        """The passage is the next of the part."""
        self.passages.append(passage)
        if passage.is_paragraph and passage.element is not None:
            self._by_element[passage.element] = passage

    def of(self, paragraph: etree._Element) -> Passage:
        """The passage of this paragraph of the part."""
        return self._by_element[paragraph]

    def find(self, paragraph: etree._Element) -> Passage | None:
        """The passage of this paragraph; None where the paragraph stands where nobody reads it."""
        return self._by_element.get(paragraph)


@dataclass(frozen=True, slots=True)
class PageKind:
    """The pages of a section that have the same header and footer; `parts` are the names of those in the file."""

    title: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class TemplateRead:
    """A template read for its author; `parts` are in the order in which they are spoken of, the body first."""

    opened: OpenedTemplate
    styles: "StyleBook"
    parts: tuple[TemplatePart, ...]
    pages: tuple[PageKind, ...]

    @property
    def body(self) -> TemplatePart:
        """The part with the paper's text."""
        return self.parts[0]

    @property
    def passages(self) -> Iterator[Passage]:
        """Every passage in order."""
        return (passage for part in self.parts for passage in part.passages)


class StyleBook:
    """The styles of a template as they stand in the file."""

    def __init__(self, root: etree._Element | None) -> None:
        self.root = root
        found = list(root.iter(w("style"))) if root is not None else []
        self.elements: Mapping[str, etree._Element] = {style.get(w("styleId"), ""): style for style in found}
        self.default = next(
            (
                style.get(w("styleId"), "")
                for style in found
                if style.get(w("type")) == "paragraph" and style.get(w("default"), "0") not in OFF
            ),
            "",
        )

    def name(self, identifier: str) -> str:
        """The name of the style as Word shows it."""
        element = self.elements.get(identifier)
        named = element.find(w("name")) if element is not None else None
        words = named.get(w("val"), "") if named is not None else identifier
        return words[:1].upper() + words[1:]

    def chain(self, identifier: str) -> Iterator[etree._Element]:
        """The style and those that it is based on, the nearest first."""
        seen: set[str] = set()
        while identifier not in seen and (element := self.elements.get(identifier)) is not None:
            seen.add(identifier)
            yield element
            base = element.find(w("basedOn"))
            identifier = base.get(w("val"), "") if base is not None else ""

    def first(self, identifier: str, *path: str) -> etree._Element | None:
        """The element at this path in the style, or in the nearest one below it that has it."""
        steps = "/".join(w(step) for step in path)
        return next((found for style in self.chain(identifier) if (found := style.find(steps)) is not None), None)

    @cached_property
    def listed(self) -> Mapping[str, bool]:
        """Whether the paragraphs of each style are numbered or have bullets, by its id."""
        stated = {identifier: self.first(identifier, "pPr", "numPr", "numId") for identifier in self.elements}
        return {name: found is not None and found.get(w("val")) != "0" for name, found in stated.items()}

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """The level of each heading style, from 1, by its id."""
        stated = {identifier: self.first(identifier, "pPr", "outlineLvl") for identifier in self.elements}
        numbers = {identifier: number_at(found) for identifier, found in stated.items()}
        return {name: level + 1 for name, level in numbers.items() if level is not None and 0 <= level < _NO_HEADING}


def read_template(opened: OpenedTemplate) -> TemplateRead:
    """The template as its author sees it."""
    members = opened.members
    styles = StyleBook(opened.trees.get(STYLES))
    pages = _pages(opened)
    titles = {part: title for page in reversed(pages) for part, title in page.titled}
    kinds = {name: kind for kind in FILLED_KINDS for name in parts_of_kinds(members[CONTENT_TYPES], [kind])}
    names = [name for name in sorted(kinds, key=lambda name: (name != DOCUMENT, name)) if name in opened.trees]
    parts = []
    for rank, name in enumerate(names):
        title = "the body" if name == DOCUMENT else titles.get(name) or _TITLES.get(kinds[name], f"a {kinds[name]}")
        part = TemplatePart(name, title, rank, opened.trees[name])
        _Walk(part, styles).walk()
        parts.append(part)
    return TemplateRead(opened, styles, (*parts, _properties(opened, len(parts))), tuple(p.kind for p in pages))


def _properties(opened: OpenedTemplate, rank: int) -> TemplatePart:
    part = TemplatePart(CORE, "the document properties", rank, None)
    texts = texts_in(opened.core) if opened.core is not None else {}
    for number, (name, words) in enumerate(texts.items(), start=1):
        part.add(Passage(part, number, name, words, words, None, is_paragraph=False))
    return part


# Headers and footers, by the pages that show them


@dataclass(frozen=True, slots=True)
class _Pages:
    kind: PageKind
    titled: tuple[tuple[str, str], ...]


def _pages(opened: OpenedTemplate) -> list[_Pages]:
    """The kinds of pages of every section; a section without a header of its own shows that of the one before."""
    targets = relationships_in(opened.members, DOCUMENT)
    settings = opened.trees.get(SETTINGS)
    even = settings is not None and is_on(settings.find(w("evenAndOddHeaders")))
    shown: dict[tuple[str, str], str] = {}
    owners: dict[tuple[str, str], int] = {}
    pages = []
    for number, section in enumerate(opened.trees[DOCUMENT].iter(w("sectPr")), start=1):
        for kind in ("header", "footer"):
            for reference in section.findall(w(f"{kind}Reference")):
                variant = reference.get(w("type"), "default")
                shown[kind, variant] = targets.get(reference.get(f"{{{R}}}id", ""), "")
                owners[kind, variant] = number
        variants = ["default", *(["first"] if is_on(section.find(w("titlePg"))) else []), *(["even"] if even else [])]
        for variant in variants:
            held = {kind: shown[kind, variant] for kind in ("header", "footer") if (kind, variant) in shown}
            titled = tuple(
                (part, f"the {_OF_PAGES[variant]}{kind} of section {owners[kind, variant]}")
                for kind, part in held.items()
            )
            pages.append(_Pages(PageKind(f"{_PAGES[variant]} of section {number}", tuple(held.values())), titled))
    return pages


# The walk through a part


class _Walk:
    """Goes through a part once and adds its passages, counting what its places are named by."""

    def __init__(self, part: TemplatePart, styles: StyleBook) -> None:
        self.part = part
        self.styles = styles
        self.count = 0
        self.tables = 0
        self.paragraphs = 0
        self.heading = ""

    def walk(self) -> None:
        if self.part.root is not None:
            self._inside(self.part.root, "")

    def _inside(self, element: etree._Element, cell: str) -> None:
        for child in element:
            for value in child.attrib.values():
                self._other(child, str(value), cell)
            if child.tag == _PARAGRAPH:
                self._paragraph(child, cell)
                self._inside(child, cell)
            elif child.tag == _TABLE:
                self._table(child, cell)
            elif child.tag in _OTHER_TEXTS:
                self._other(child, child.text or "", cell)
            else:
                self._inside(child, cell)

    def _table(self, table: etree._Element, cell: str) -> None:
        if not cell:
            self.tables += 1
        name = f"{cell}, in the table there" if cell else f"table {self.tables}"
        properties = table.find(w("tblPr"))
        if properties is not None:
            self._inside(properties, name)
        for row, tr in enumerate(within(table, "tr"), start=1):
            for column, tc in enumerate(within(tr, "tc"), start=1):
                self._inside(tc, f"{name}, row {row}, column {column}")

    def _paragraph(self, element: etree._Element, cell: str) -> None:
        words, tagged = _own_text(element)
        named = element.find(f"{w('pPr')}/{w('pStyle')}")
        style = named.get(w("val"), "") if named is not None else self.styles.default
        level = self.styles.levels.get(style)
        if words.strip() and not cell:
            self.paragraphs += 1
        self.count += 1
        where = self._where(cell, is_heading=level is not None)
        self.part.add(Passage(self.part, self.count, where, words, tagged, element, style, level))
        if level is not None and words.strip():
            self.heading, self.paragraphs = " ".join(words.split())[:_LONGEST_HEADING], 0

    def _other(self, element: etree._Element, text: str, cell: str) -> None:
        if any(opening in text for opening in _OPENINGS):
            self.count += 1
            where = self._where(cell)
            self.part.add(Passage(self.part, self.count, where, text, text, element, is_paragraph=False))

    def _where(self, cell: str, *, is_heading: bool = False) -> str:
        place = cell or ("a heading" if is_heading else f"paragraph {max(self.paragraphs, 1)}")
        return f"under “{self.heading}”, {place}" if self.heading else place


def _own_text(paragraph: etree._Element) -> tuple[str, str]:
    """What a reader sees of a paragraph, and the text of it in which tags are; without paragraphs within it."""
    words: list[str] = []
    tagged: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == w("t"):
            words.append(element.text or "")
            tagged.append(element.text or "")
        elif element.tag in _WRITTEN:
            words.append(_WRITTEN[element.tag])
        elif element.tag not in {w("p"), w("pPr"), w("rPr")}:
            waiting.extend(reversed(element))
    return "".join(words), "".join(tagged)
