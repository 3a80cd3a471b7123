"""What two documents differ in, for a reader: their text with its place, their structure and looks, who can read them.

Both are papers of the same facts, made with two templates; what differs is what the new template changes.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias, TypeVar

from lxml import etree

from app.word.accessibility import accessibility
from app.word.container import DOCUMENT
from app.word.located import Grid, OpenedDocument, Standing, Where, opened_document
from app.word.namespaces import w
from app.word.numbers import number_at
from app.word.parts import STYLES
from app.word.reading import Line, outline

Subject: TypeAlias = Literal["text", "structure", "looks", "accessibility"]
Item = TypeVar("Item")

_ALIKE = 0.5
"""From which share of equal letters on a paragraph is the other one changed, rather than one gone and one new."""
_TWIPS_PER_MM = 1440 / 25.4
_PROPERTIES = {
    "sz": "size in half points", "color": "colour", "rFonts": "font", "b": "bold", "i": "italic", "spacing": "spacing",
    "ind": "indent", "jc": "alignment", "numPr": "numbering", "outlineLvl": "heading level", "shd": "shading",
    "basedOn": "based on", "keepNext": "keep with next", "pBdr": "border", "tab": "tab stop", "caps": "capitals",
    "u": "underline", "lang": "language", "name": "name", "next": "next style", "tblBorders": "borders",
}  # fmt: skip
_WITHOUT_SIGHT = {"szCs", "bCs", "iCs", "rsid", "uiPriority", "qFormat", "unhideWhenUsed", "semiHidden", "link", "tabs"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a document differs from the one before.

    `code` is stable; `where` says where a reader finds it (in the new document, or in the old one for what is gone),
    `old` and `new` what is there in words; each is empty where there is nothing.
    """

    subject: Subject
    code: str
    where: str
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        what = self.code.replace("-", " ")
        said = " → ".join(f"“{words}”" for words in (self.old, self.new) if words)
        return f"{self.where}: {what}: {said}" if said else f"{self.where}: {what}"

    def to_dict(self) -> dict[str, str]:
        """The difference for programs: every field by its name, a text each."""
        return asdict(self)


def differences(old: bytes, new: bytes) -> list[Difference]:
    """In what the new document differs from the old one: text, structure, looks, accessibility, in this order.

    Empty for documents that read, are built and look alike. Raises `UnreadableTemplate` when either is no document.
    """
    before, after = opened_document(old), opened_document(new)
    return [
        *_text(before, after),
        *_headings(outline(old), outline(new)),
        *_tables(before, after),
        *_pages(before, after),
        *_paragraph_styles(before, after),
        *_definitions(before, after),
        *_barriers(old, new),
    ]


# Text


def _text(before: OpenedDocument, after: OpenedDocument) -> Iterator[Difference]:
    for old, new in _pairs(_printed(before), _printed(after), _words):
        if new is None and old is not None:
            yield Difference("text", "deleted", _place(old.where), old=old.words)
        elif old is None and new is not None:
            yield Difference("text", "inserted", _place(new.where), new=new.words)
        elif old is not None and new is not None and old.words != new.words:
            yield Difference("text", "changed", _place(new.where), old.words, new.words)


def _printed(opened: OpenedDocument) -> list[Standing]:
    """The paragraphs with words; equal headers and footers of further sections only once."""
    seen: set[tuple[str, ...]] = set()
    found: list[Standing] = []
    for member in opened.part_names:
        paragraphs = [paragraph for paragraph in opened.standing if paragraph.member == member]
        words = tuple(paragraph.words for paragraph in paragraphs)
        if member == DOCUMENT or words not in seen:
            found += [paragraph for paragraph in paragraphs if paragraph.words.strip()]
        seen.add(words)
    return found


def _words(paragraph: Standing) -> tuple[bool, str]:
    return paragraph.member == DOCUMENT, paragraph.words


def _place(where: Where) -> str:
    said = [where.part]
    said += [f"under “{where.heading}”"] if where.heading else []
    said += [f"table {where.table}"] if where.table else []
    said += [f"row {where.row}"] if where.row else []
    said += [f"column {where.column}"] if where.column else []
    return ", ".join(said)


# Structure


def _headings(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Difference]:
    """Printed numbers of paragraphs that say the same."""
    for old, new in _pairs(before, after, lambda line: line.text):
        if old is not None and new is not None and old.text == new.text and old.number != new.number:
            yield Difference("structure", "numbered-otherwise", f"“{new.text[:80]}”", old.number, new.number)


def _tables(before: OpenedDocument, after: OpenedDocument) -> Iterator[Difference]:
    old_tables, new_tables = _shapes(before), _shapes(after)
    for old, new in _pairs(old_tables, new_tables, lambda table: table[1]):
        if old is None and new is not None:
            yield Difference("structure", "table-inserted", new[0], new=new[1])
        elif new is None and old is not None:
            yield Difference("structure", "table-deleted", old[0], old=old[1])
        elif old is not None and new is not None and old[1] != new[1]:
            yield Difference("structure", "table-changed", new[0], old[1], new[1])


def _shapes(opened: OpenedDocument) -> list[tuple[str, str]]:
    """Place and shape of each table."""
    return [(_place(grid.where), _shape(grid, opened)) for grid in opened.grids]


def _shape(grid: Grid, opened: OpenedDocument) -> str:
    head = ", heading row" if grid.rows and grid.heads(0) else ""
    style = f", style “{opened.sheet.name(grid.style)}”" if grid.style else ""
    return f"{len(grid.rows)} rows, {grid.columns} columns{head}{style}"


def _pages(before: OpenedDocument, after: OpenedDocument) -> Iterator[Difference]:
    for number, (old, new) in enumerate(_pairs(_setups(before), _setups(after), lambda setup: setup), 1):
        if old != new:
            code = "section-inserted" if old is None else "section-deleted" if new is None else "page-changed"
            yield Difference("structure", code, f"section {number}", old or "", new or "")


def _setups(opened: OpenedDocument) -> list[str]:
    """The paper and margins of each section, in words."""
    return [_setup(section) for section in opened.trees[DOCUMENT].iter(w("sectPr"))]


def _setup(section: etree._Element) -> str:
    size, margins = section.find(w("pgSz")), section.find(w("pgMar"))
    said = []
    if size is not None:
        turned = "landscape" if size.get(w("orient")) == "landscape" else "portrait"
        said.append(f"{turned}, {_mm(size, 'w')} × {_mm(size, 'h')} mm")
    if margins is not None:
        sides = ", ".join(f"{side} {_mm(margins, side)}" for side in ("top", "right", "bottom", "left"))
        said.append(f"margins in mm: {sides}")
    return "; ".join(said)


def _mm(element: etree._Element, name: str) -> int:
    return round((number_at(element, name) or 0) / _TWIPS_PER_MM)


# Looks


def _paragraph_styles(before: OpenedDocument, after: OpenedDocument) -> Iterator[Difference]:
    for old, new in _pairs(_printed(before), _printed(after), _words):
        if old is None or new is None or old.words != new.words:
            continue
        names = before.sheet.name(old.style), after.sheet.name(new.style)
        if names[0] != names[1]:
            where = f"{_place(new.where)}, “{new.where.quoted}”"
            yield Difference("looks", "other-style", where, *names)


def _definitions(before: OpenedDocument, after: OpenedDocument) -> Iterator[Difference]:
    """The styles that both documents use, and the looks of all text, where they are defined otherwise."""
    old_styles, new_styles = _defined(before), _defined(after)
    for name in sorted(old_styles.keys() & new_styles.keys()):
        old, new = old_styles[name], new_styles[name]
        for changed in sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key)):
            where = f"the style “{name}”, {changed}" if name else f"all text, {changed}"
            yield Difference("looks", "style-changed", where, old.get(changed, ""), new.get(changed, ""))


def _defined(opened: OpenedDocument) -> dict[str, dict[str, str]]:
    """What the styles in use say, by name; what holds for all text has no name."""
    used = {name for paragraph in opened.standing for name in opened.sheet.chain(paragraph.style)}
    used |= {name for grid in opened.grids for name in opened.sheet.chain(grid.style) if grid.style}
    found = {opened.sheet.name(name): _said(opened.styles[name], opened) for name in used if name in opened.styles}
    defaults = opened.trees[STYLES].find(w("docDefaults")) if STYLES in opened.trees else None
    return found if defaults is None else {**found, "": _said(defaults, opened)}


def _said(style: etree._Element, opened: OpenedDocument) -> dict[str, str]:
    """The properties of a style in words, each with its values."""
    said: dict[str, str] = {}
    for element in style.iter(etree.Element):
        tag = etree.QName(element).localname
        if tag in _WITHOUT_SIGHT or len(element) or element is style:
            continue
        values = {etree.QName(name).localname: str(value) for name, value in element.attrib.items()}
        if tag in {"basedOn", "next"}:
            values = {"val": opened.sheet.name(values.get("val", ""))}
        words = ", ".join(value if name == "val" else f"{name} {value}" for name, value in sorted(values.items()))
        name = _PROPERTIES.get(tag, tag)
        said[name] = f"{said[name]}; {words}" if name in said else words or "on"
    return said


# Who can read them


def _barriers(old: bytes, new: bytes) -> Iterator[Difference]:
    before, after = ([(b.code, _place(b.where), b.what) for b in accessibility(file)] for file in (old, new))
    gone = Counter((code, what) for code, _, what in before)
    for code, place, what in after:
        if gone[code, what]:
            gone[code, what] -= 1
        else:
            yield Difference("accessibility", code, place, new=what)
    for code, place, what in before:
        if gone[code, what]:
            gone[code, what] -= 1
            yield Difference("accessibility", f"{code}-gone", place, old=what)


# Two sequences beside each other


def _pairs(
    before: Sequence[Item], after: Sequence[Item], key: Callable[[Item], Hashable]
) -> Iterator[tuple[Item | None, Item | None]]:
    """What belongs together of both, in order; None where one has nothing for the other."""
    old_keys, new_keys = [key(item) for item in before], [key(item) for item in after]
    for deed, i, j, k, m in SequenceMatcher(None, old_keys, new_keys, autojunk=False).get_opcodes():
        if deed == "equal":
            yield from zip(before[i:j], after[k:m], strict=True)
        else:
            yield from _replaced(before[i:j], after[k:m], key)


def _replaced(
    before: Sequence[Item], after: Sequence[Item], key: Callable[[Item], Hashable]
) -> Iterator[tuple[Item | None, Item | None]]:
    both = min(len(before), len(after))
    for old, new in zip(before[:both], after[:both], strict=True):
        if _are_alike(key(old), key(new)):
            yield old, new
        else:
            yield from ((old, None), (None, new))
    yield from _alone(before[both:], after[both:])


def _are_alike(old: Hashable, new: Hashable) -> bool:
    """Whether two keys share most of their words; those with a kind before them, only within it."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return old[:-1] == new[:-1] and _are_alike(old[-1], new[-1])
    return SequenceMatcher(None, str(old), str(new), autojunk=False).ratio() > _ALIKE


def _alone(before: Iterable[Item], after: Iterable[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    yield from ((old, None) for old in before)
    yield from ((None, new) for new in after)
