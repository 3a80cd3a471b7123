"""What word processors mean by the HTML that they put on the clipboard, said in plain elements.

Word writes lists as paragraphs with their numbers typed before them and says in `mso-list` what it meant; Word Online
puts every item into a list of its own; Google Docs says its emphasis in styles.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from app.narrative.blocks import NumberType
from app.narrative.markup import Element

_WORD_LIST = re.compile(r"mso-list\s*:\s*l[0-9]+\s+level([1-9])\b", re.IGNORECASE)
_MARKER = re.compile(r"mso-list\s*:\s*ignore\b", re.IGNORECASE)
_UNSEEN = re.compile(r"(?:mso-element\s*:\s*comment|display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)
_SYMBOLS = re.compile(r"wingdings|webdings|symbol|courier", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b([a-z]+-(?:alpha|latin|roman)|decimal)\b", re.IGNORECASE)
_LIST_TYPES: Mapping[str, NumberType] = {
    "decimal": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
}
_EMPHASIS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("strong", re.compile(r"(?<![-\w])font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)),
    ("em", re.compile(r"(?<![-\w])font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE)),
    ("u", re.compile(r"(?<![-\w])text-decoration(?:-line)?\s*:[^;]*underline", re.IGNORECASE)),
    ("s", re.compile(r"(?<![-\w])text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)),
    ("sub", re.compile(r"(?<![-\w])vertical-align\s*:\s*sub", re.IGNORECASE)),
    ("sup", re.compile(r"(?<![-\w])vertical-align\s*:\s*super", re.IGNORECASE)),
)
_ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_LETTERS = re.compile(r"([a-z])\1{0,7}")
_LISTS = {"ul", "ol"}


def meant(root: Element) -> Element:
    """The tree with lists as lists and emphasis as elements; a tree without marks of word processors stays equal."""
    return replace(root, children=_children_meant(root))


def _children_meant(element: Element) -> list[Element | str]:
    return list(_with_lists(_unwrapped(element.children)))


def _unwrapped(children: list[Element | str]) -> list[Element | str]:
    """The children with the boxes opened into which Word Online puts every list."""
    out: list[Element | str] = []
    for child in children:
        if isinstance(child, Element) and child.tag == "div" and "ListContainerWrapper" in _class(child):
            out.extend(_unwrapped(child.children))
        else:
            out.append(child)
    return out


def _with_lists(children: list[Element | str]) -> Iterator[Element | str]:
    """The children, each as meant, and the paragraphs and single lists that are items gathered into lists."""
    outline = _Outline()
    for child in children:
        if isinstance(child, str):
            if child.strip() and not outline.is_empty:
                yield from outline.closed()
            if not (outline.lists and not child.strip()):
                yield child
        elif items := _items_in(child):
            for item in items:
                outline.add(item)
        elif not outline.is_empty and _continues(child):
            outline.go_on(Element("p", {}, _children_meant(child)))
        else:
            yield from outline.closed()
            yield from _meant(child)
    yield from outline.closed()


def _meant(element: Element) -> Iterator[Element | str]:
    style = element.attributes.get("style", "")
    if _MARKER.search(style) or _UNSEEN.search(style):
        return
    if element.tag == "span":
        yield from _span_meant(element, style)
    elif element.tag == "q":  # whose marks are not in the text; a reader sees them
        yield from ("“", *_children_meant(element), "”")
    elif element.tag == "a" and _address(element).startswith("#"):
        # It leads to a place in the text that it was copied from; footnotes lead back by an arrow.
        if _words(element).strip() != "↑":
            yield from _children_meant(element)
    else:
        attributes = element.attributes
        if element.tag == "ol" and "type" not in attributes and (kind := _type_in_style(element)):
            attributes = {**attributes, "type": kind}
        yield replace(element, attributes=attributes, children=_children_meant(element))


def _span_meant(element: Element, style: str) -> Iterator[Element | str]:
    if "EOP" in _class(element).split() and not _words(element).strip():
        return  # what Word Online writes for the end of a paragraph
    inside = _children_meant(element)
    for tag, pattern in _EMPHASIS:
        if style and pattern.search(style):
            inside = [Element(tag, {}, inside)]
    yield from inside


def _class(element: Element) -> str:
    return element.attributes.get("class", "")


def _address(element: Element) -> str:
    return element.attributes.get("data-href", element.attributes.get("href", ""))


def _words(element: Element) -> str:
    return "".join(child if isinstance(child, str) else _words(child) for child in element.children)


def _type_in_style(element: Element) -> NumberType | None:
    styles = [element.attributes.get("style", ""), *(item.attributes.get("style", "") for item in element.elements())]
    found = next((found for style in styles if (found := _LIST_STYLE.search(style))), None)
    return _LIST_TYPES.get(found.group(1).lower()) if found else None


# Items


@dataclass(frozen=True, slots=True)
class _Item:
    """A list item at a level from 1; `numbers` are the ways to read its number, none for a bullet."""

    level: int
    numbers: Mapping[NumberType, int]
    content: list[Element | str]


def _items_in(element: Element) -> list[_Item]:
    """The items that the element stands for where a word processor wrote it; none elsewhere."""
    if element.tag in _LISTS:
        children = [child for child in element.children if not isinstance(child, str) or child.strip()]
        items = [child for child in children if _is_item_of_word_online(child)]
        if len(items) < len(children):  # what stands between them would be lost
            return []
        return [_item_of_word_online(element, item, number) for number, item in enumerate(items)]
    level = _WORD_LIST.search(element.attributes.get("style", "")) if element.tag in {"p", "div"} else None
    if not level:
        return []
    marker = next(_markers(element), None)
    return [_Item(int(level.group(1)), _numbers_of(marker) if marker else {}, _children_meant(element))]


def _is_item_of_word_online(child: Element | str) -> TypeGuard[Element]:
    return isinstance(child, Element) and child.tag == "li" and "data-aria-level" in child.attributes


def _item_of_word_online(parent: Element, item: Element, position: int) -> _Item:
    level = item.attributes["data-aria-level"]
    numbers: dict[NumberType, int] = {}
    if parent.tag == "ol":
        stated = parent.attributes.get("type", "")
        kind = stated if stated in set(_LIST_TYPES.values()) else _type_in_style(parent)
        start = parent.attributes.get("start", "1")
        first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
        numbers[_as_type(kind)] = first + position
    return _Item(int(level) if level in {*"123456789"} else 1, numbers, _children_meant(item))


def _as_type(kind: str | None) -> NumberType:
    return next((known for known in _LIST_TYPES.values() if known == kind), "1")


def _continues(element: Element) -> bool:
    """Whether a paragraph is more of the item before it: a list paragraph without a number."""
    return element.tag == "p" and "ListParagraph" in _class(element)


def _markers(element: Element) -> Iterator[Element]:
    for child in element.elements():
        if _MARKER.search(child.attributes.get("style", "")):
            yield child
        else:
            yield from _markers(child)


def _numbers_of(marker: Element) -> Mapping[NumberType, int]:
    """The ways to read a typed number, the likelier first; none for a bullet."""
    words = _words(marker).replace("\u00a0", " ").strip()
    if _is_symbol(marker) or words == "o":
        return {}
    parts = re.findall(r"[A-Za-z0-9]+", words)
    if not parts:
        return {}
    last = parts[-1]
    if last.isascii() and last.isdigit():
        return {"1": int(last)} if len(last) < 6 else {}
    lower = last.lower()
    found: list[tuple[int, NumberType]] = []
    if _LETTERS.fullmatch(lower):
        found.append(((len(lower) - 1) * 26 + ord(lower[0]) - ord("a") + 1, "a" if last == lower else "A"))
    if _ROMAN.fullmatch(lower):
        found.append((_roman_value(lower), "i" if last == lower else "I"))
    return {kind: value for value, kind in sorted(found)}


def _is_symbol(marker: Element) -> bool:
    styles = [marker.attributes.get("style", ""), *(child.attributes.get("style", "") for child in marker.elements())]
    return any(_SYMBOLS.search(style) for style in styles)


def _roman_value(lower: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in lower]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


# Lists


@dataclass(slots=True)
class _List:
    """A list that grows; `numbers` are the ways to read its first number, none for bullets."""

    level: int
    numbers: dict[NumberType, int]
    items: list[Element] = field(default_factory=list)

    def takes(self, item: _Item) -> bool:
        """Whether the item is the next of this list; the ways to read it that the item rules out are gone."""
        if not item.numbers or not self.numbers:
            return bool(item.numbers) == bool(self.numbers)
        following = {
            kind: first for kind, first in self.numbers.items() if item.numbers.get(kind) == first + len(self.items)
        }
        self.numbers = following or self.numbers
        return bool(following)

    def element(self) -> Element:
        """The list as HTML says it."""
        children: list[Element | str] = [*self.items]
        if not self.numbers:
            return Element("ul", {}, children)
        kind, start = next(iter(self.numbers.items()))
        return Element("ol", {"type": kind, "start": str(start)}, children)


@dataclass(slots=True)
class _Outline:
    """Lists inside lists, as the levels of their items say."""

    lists: list[_List] = field(default_factory=list)  # the open ones, from outside in
    done: list[Element] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.lists and not self.done

    def add(self, item: _Item) -> None:
        """The item in the list of its level, or in a new one."""
        while self.lists and self.lists[-1].level > item.level:
            self._end_list()
        if self.lists and self.lists[-1].level == item.level and not self.lists[-1].takes(item):
            self._end_list()
        if not self.lists or self.lists[-1].level < item.level:
            self.lists.append(_List(item.level, dict(item.numbers)))
        self.lists[-1].items.append(Element("li", {}, [*item.content]))

    def go_on(self, paragraph: Element) -> None:
        """The paragraph in the item that stands last."""
        self.lists[-1].items[-1].children.append(paragraph)

    def closed(self) -> Iterator[Element]:
        """The outermost lists, all of them ended; nothing is left."""
        while self.lists:
            self._end_list()
        yield from self.done
        self.done = []

    def _end_list(self) -> None:
        ended = self.lists.pop().element()
        if self.lists:
            self.lists[-1].items[-1].children.append(ended)
        else:
            self.done.append(ended)
