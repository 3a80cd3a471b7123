"""Word's own lists: the numbering part of a template, and the definitions that a document adds to it.

In Word, lists that share an abstract definition share their counters. So every ordered list has an abstract
definition and a list of its own, and nothing continues anything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from app.narrative import NumberType
from app.word.namespaces import W, w
from app.word.numbers import number_at
from app.word.refusals import UnreadableTemplate

LEVELS = 9
INDENT = 454
"""Twips (1/1440 inch) by which each level of a list stands further in; 0.8 cm."""

_FORMATS: dict[NumberType, str] = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}
# What levels take that nobody asked for, should an author indent a line further in Word.
_CYCLE: tuple[NumberType, ...] = ("1", "a", "i")
PLAIN_LABEL = "{}."
"""How a number is written unless a list says otherwise."""
_CLOSING = "</w:numbering>"
_BULLETS = ("\u2022", "\u2013", "\u25aa")
_BULLET_FONT = '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:hint="default"/></w:rPr>'


@dataclass(frozen=True, slots=True)
class OrderedList:
    """A numbered list at a level from 0, as the document's numbering will hold it."""

    level: int
    number_type: NumberType
    start: int
    label: str = PLAIN_LABEL


@dataclass(frozen=True, slots=True)
class NumberingPart:
    """A template's numbering, cut where definitions are added, with the first ids that are free."""

    abstracts: str  # everything up to the last w:abstractNum
    lists: str  # the w:num elements
    rest: str
    first_abstract_id: int
    first_list_id: int

    def extended(self, lists: Iterable[tuple[int, OrderedList | None]]) -> bytes:
        """The part with these lists added: their ids, with None for the bullets.

        The list with id `first_list_id + n` has the abstract definition `first_abstract_id + n`.
        """
        abstracts, numbers = [], []
        for list_id, ordered in lists:
            abstract_id = self.first_abstract_id + list_id - self.first_list_id
            abstracts.append(_abstract(abstract_id, ordered))
            numbers.append(_number(list_id, abstract_id, ordered))
        return "".join([self.abstracts, *abstracts, self.lists, *numbers, self.rest]).encode()


def indent_of(level: int) -> int:
    """Twips between the margin and the words of a list item at this level, from 0."""
    return INDENT * (level + 1)


def numbering_in(numbering_xml: bytes | None) -> NumberingPart:
    """The numbering of a template with this `word/numbering.xml`, or of one that has none.

    Raises `UnreadableTemplate` when the part is not written with the prefix that all word processors use.
    """
    root = etree.fromstring(numbering_xml) if numbering_xml else etree.Element(w("numbering"), nsmap={"w": W})
    if root.tag != w("numbering") or root.prefix != "w":
        raise UnreadableTemplate("its numbering is not written as Word writes it.")
    lists = root.findall(w("num"))
    rest = root.findall(w("numIdMacAtCleanup"))
    for element in (*lists, *rest):
        root.remove(element)
    root.append(etree.Comment("end"))  # an element with content has an end tag to cut at
    opened = etree.tostring(root, encoding="unicode").removesuffix(f"<!--end-->{_CLOSING}")
    return NumberingPart(
        abstracts=f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{opened}',
        lists=_serialised(lists),
        rest=f"{_serialised(rest)}{_CLOSING}",
        first_abstract_id=1 + _highest(root.findall(w("abstractNum")), "abstractNumId"),
        first_list_id=1 + _highest(lists, "numId"),
    )


def _serialised(elements: Iterable[etree._Element]) -> str:
    return "".join(etree.tostring(element, encoding="unicode", with_tail=False) for element in elements)


def _highest(elements: Iterable[etree._Element], attribute: str) -> int:
    return max((number_at(element, attribute) or 0 for element in elements), default=0)


def _abstract(abstract_id: int, ordered: OrderedList | None) -> str:
    levels = _ordered_levels(ordered) if ordered else _bullet_levels()
    kind = "multilevel" if ordered else "hybridMultilevel"
    # nsid tells Word which definitions are one and the same; derived from the id, so that none is another's.
    return (
        f'<w:abstractNum w:abstractNumId="{abstract_id}">'
        f'<w:nsid w:val="{0x42500000 + abstract_id:08X}"/><w:multiLevelType w:val="{kind}"/>'
        f'<w:tmpl w:val="{0x42510000 + abstract_id:08X}"/>{levels}</w:abstractNum>'
    )


def _number(list_id: int, abstract_id: int, ordered: OrderedList | None) -> str:
    override = ""
    if ordered:
        override = f'<w:lvlOverride w:ilvl="{ordered.level}"><w:startOverride w:val="{ordered.start}"/></w:lvlOverride>'
    return f'<w:num w:numId="{list_id}"><w:abstractNumId w:val="{abstract_id}"/>{override}</w:num>'


@lru_cache
def _bullet_levels() -> str:
    return "".join(_level(level, 1, "bullet", _BULLETS[level % len(_BULLETS)], _BULLET_FONT) for level in range(LEVELS))


@lru_cache(maxsize=256)
def _ordered_levels(ordered: OrderedList) -> str:
    return "".join(
        _level(level, ordered.start, _FORMATS[ordered.number_type], ordered.label.format(f"%{level + 1}"))
        if level == ordered.level
        else _level(level, 1, _FORMATS[_CYCLE[level % len(_CYCLE)]], f"%{level + 1}.")
        for level in range(LEVELS)
    )


def _level(level: int, start: int, number_format: str, label: str, look: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>'
        f'<w:lvlText w:val="{label}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{indent_of(level)}" w:hanging="{INDENT}"/></w:pPr>{look}</w:lvl>'
    )
