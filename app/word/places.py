"""Where in Word's XML each printed value of a template stands; known before any value is.

Word shows text in `w:t` only. A narrative is whole paragraphs or, in a line, whole runs, as a coloured word is. So the
place of a tag says what may be printed there, and how a new line in it is written; and a block that opens in one place
and closes in another is found before any paper is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

from jinja2 import nodes


class Place(Enum):
    """What may be printed there."""

    TEXT = auto()  # words
    LINE = auto()  # words, on one line
    ATTRIBUTE = auto()  # words, on one line, that no reader sees
    RUN = auto()  # a coloured word, a narrative of one paragraph, a picture or chart in the line
    BLOCK = auto()  # a narrative, a picture or chart in a paragraph of its own


class Spot(NamedTuple):
    """The place of one printed value, with the XML of the run's and the paragraph's properties around it.

    Properties are None where they depend on values. `in_link` says that a run there belongs to a link, `unseen` that
    no reader sees what stands there: it was deleted, it is hidden, or it is for programs older than Word.
    """

    place: Place
    run: str | None = ""
    paragraph: str | None = ""
    in_link: bool = False
    unseen: bool = False


class Unbalanced(Exception):  # noqa: N818 - always translated into a fault
    """A tag stands where it cannot; `str()` says why, `lineno` is the line of the template."""

    def __init__(self, lineno: int, why: str) -> None:
        self.lineno = lineno
        super().__init__(why)


@dataclass(slots=True, eq=False)
class _Element:
    """An element that is open: its name and, of a run or paragraph, the XML of its properties.

    `owner` is the run or paragraph whose properties it is one of.
    """

    name: str
    owner: "_Element | None" = None
    properties: list[str] = field(default_factory=list)
    unsure: bool = False

    def shown(self) -> str | None:
        return None if self.unsure else "".join(self.properties)


_Stack: TypeAlias = tuple[_Element, ...]


class _State(NamedTuple):
    """How far the XML is: the open elements, and the beginning of an element's tag that is not complete yet."""

    open: _Stack = ()
    partial: str | None = None


_TAG = re.compile(r"<[^>]*>?")
_NAME = re.compile(r"</?([\w:.-]+)")
_TEXT = "w:t"
_OTHER_TEXT = frozenset({"a:t", "m:t"})  # of drawings and formulas, which know no line breaks
_PROPERTIES = {"w:rPr": "w:r", "w:pPr": "w:p"}
_BLOCKS = frozenset(
    {"w:body", "w:tc", "w:hdr", "w:ftr", "w:footnote", "w:endnote", "w:comment", "w:txbxContent", "w:docPartBody"}
)
_RUNS = frozenset({"w:p", "w:hyperlink", "w:smartTag", "w:fldSimple", "w:ins", "w:dir", "w:bdo"})
_THROUGH = frozenset({"w:sdtContent", "w:customXml"})
_UNSEEN = frozenset({"w:del", "w:moveFrom", "mc:Fallback"})
_HIDDEN = re.compile(r'<w:vanish(?: w:val="(?:1|true|on)")?/>')
_CROSSING = "A block tag opens and closes in different places (cell, row, paragraph or run)."
_NOWHERE = "A value stands where Word does not show it."


def spots_in(tree: nodes.Template) -> dict[nodes.Expr, Spot]:
    """The spot of every printed value. Raises `Unbalanced` for the first tag that stands where it cannot."""
    spots: dict[nodes.Expr, Spot] = {}
    _body(tree.body, _State(), spots)
    return spots


def _body(body: Sequence[nodes.Node], state: _State, spots: dict[nodes.Expr, Spot]) -> _State:
    for node in body:
        match node:
            case nodes.Output():
                for child in node.nodes:
                    if isinstance(child, nodes.TemplateData):
                        state = _after(state, child.data, child.lineno)
                    else:
                        spots[child] = _spot(state, child.lineno)
            case nodes.If():
                state = _if(node, state, spots)
            case nodes.For():
                state = _for(node, state, spots)
            case nodes.With():
                state = _body(node.body, state, spots)
    return state


def _if(node: nodes.If, state: _State, spots: dict[nodes.Expr, Spot]) -> _State:
    ends = [_body(branch, state, spots) for branch in (node.body, *(test.body for test in node.elif_), node.else_)]
    joined = ends[0]
    for end in ends[1:]:
        joined = _joined(joined, end, node.lineno)
    return joined


def _for(node: nodes.For, state: _State, spots: dict[nodes.Expr, Spot]) -> _State:
    otherwise = _body(node.else_, state, spots)
    end = _joined(state, _body(node.body, state, spots), node.lineno)
    if end.open != state.open:  # the second time, the body begins where the first time ended
        end = _joined(end, _body(node.body, end, spots), node.lineno)
    return _joined(end, otherwise, node.lineno)


def _joined(one: _State, other: _State, lineno: int) -> _State:
    """The state after either; elements that are not the same one are unsure of their properties."""
    alike = [element.name for element in one.open] == [element.name for element in other.open]
    if not alike or (one.partial is None) != (other.partial is None):
        raise Unbalanced(lineno, _CROSSING)
    merged = tuple(
        mine if mine is theirs else _Element(mine.name, mine.owner, unsure=True)
        for mine, theirs in zip(one.open, other.open, strict=True)
    )
    return _State(one.open if all(map(_same, merged, one.open)) else merged, one.partial)


def _same(one: _Element, other: _Element) -> bool:
    return one is other


def _after(state: _State, data: str, lineno: int) -> _State:
    """The state after this XML, which may begin and end within an element's tag."""
    text = data if state.partial is None else state.partial + data
    opened = list(state.open)
    for found in _TAG.finditer(text):
        tag = found.group()
        if not tag.endswith(">"):
            return _State(tuple(opened), tag)
        _read(tag, opened, lineno)
    return _State(tuple(opened))


def _read(tag: str, opened: list[_Element], lineno: int) -> None:
    if tag.startswith("<?"):  # a mark of `grids`
        return
    named = _NAME.match(tag)
    if named is None:
        raise Unbalanced(lineno, _CROSSING)
    name = named.group(1)
    if tag.startswith("</"):
        if not opened or opened[-1].name != name:
            raise Unbalanced(lineno, _CROSSING)
        owner = opened.pop().owner
    else:
        owner = _owner(name, opened[-1]) if opened else None
        if not tag.endswith("/>"):
            opened.append(_Element(name, owner))
    if owner:
        owner.properties.append(tag)


def _owner(name: str, around: _Element) -> _Element | None:
    """The run or paragraph whose properties an element of this name belongs to, directly in another."""
    return around.owner or (around if _PROPERTIES.get(name) == around.name else None)


def _spot(state: _State, lineno: int) -> Spot:
    if state.partial is not None:
        if state.partial.count('"') % 2 == 0:
            raise Unbalanced(lineno, _NOWHERE)
        return Spot(Place.ATTRIBUTE)
    names = [element.name for element in state.open]
    unseen = not _UNSEEN.isdisjoint(names)
    inner = next((name for name in reversed(names) if name not in _THROUGH), "")
    if inner == _TEXT:
        run = _around(state.open, "w:r")
        unseen = unseen or (run is not None and _HIDDEN.search(run) is not None)
        return Spot(Place.TEXT, run, _around(state.open, "w:p"), unseen=unseen)
    if inner in _OTHER_TEXT:
        return Spot(Place.LINE, unseen=unseen)
    if inner in _RUNS:
        return Spot(Place.RUN, in_link="w:hyperlink" in names, unseen=unseen)
    if inner in _BLOCKS or not names:
        return Spot(Place.BLOCK if names else Place.TEXT, unseen=unseen)
    if inner == "w:sdt" and any(name in _BLOCKS for name in names):
        return Spot(Place.BLOCK, unseen=unseen)
    raise Unbalanced(lineno, _NOWHERE)


def _around(opened: _Stack, name: str) -> str | None:
    for element in reversed(opened):
        if element.name == name:
            return element.shown()
    return ""
