"""The engine room: a part of a template becomes a compiled program once, and that program fills it for each paper.

Nothing outside this module runs a template. What docxtpl would do with values, and does not happen here: lose text
after `<` or `&`, run tags that stand in a value (`{{ 7*7 }}`, `{_{`), go on with damaged XML.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import TracebackType
from typing import Any, Protocol, cast

from jinja2 import Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes, pass_context
from lxml import etree

from app.errors import Fault
from app.word import grids
from app.word.language import (
    FILTERS,
    Budget,
    EmptyValue,
    Facts,
    Language,
    counted,
    fault_of,
    nodes_below,
    refusals_in,
    searched,
    text_of_value,
    unknown_words_in,
)
from app.word.marks import after_tables, bookmark, with_bookmarks
from app.word.names import Use, uses_in
from app.word.places import Place, Spot, Unbalanced, spots_in
from app.word.quoting import quoted
from app.word.refusals import BrokenTemplate, MisplacedValue, MissingValue, NotInLine, TemplateFails
from app.word.scan import Misuse, misuses_in, misuses_in_words
from app.word.tags import translated, with_breaks
from app.word.values import Chart, Coloured, Fact, Narrative, Opaque, Picture, key_of, region_of, words_of
from app.word.xmltext import encoded, escaped

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FILE = "<template>"
_ELEMENT = re.compile(r"</?[A-Za-z?][^>]*>")
_PIECES = 256  # that are written before the budget is asked

_OPEN_CELL, _CLOSED_CELL = "<?cell?></w:tc>", "</w:tc>"
_LAST_PARAGRAPH = re.compile(r"(?:</w:p>|<w:p(?: [^<>]*)?/>)$")
_LAST_PARAGRAPH_OF_REGION = re.compile(r"</w:p>(<w:bookmarkEnd [^>]*/>)<\?cell\?></w:tc>")
_TOUCHING, _SIGN_OF_TOUCHING = "</w:tbl><w:tbl>", "tbl><w:tb"  # a search for what ends so is three times as fast
_BEGINNINGS = ("<w:p>", "<w:p ")  # of a paragraph: nothing that is mended reaches over one, regions apart
_BETWEEN_TABLES = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
_UNDERSCORED = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}


class Press(Protocol):
    """Prints narratives; one for each document."""

    def enter(self, part: str) -> None:
        """From now on this part is printed."""

    def print(self, narrative: Narrative) -> str:
        """The narrative in Word's XML, noted as printed, and marked where it has a region."""

    def print_in_line(self, narrative: Narrative, *, in_link: bool) -> str | None:
        """The same as runs; None where it is more than one paragraph."""

    def draw(self, value: Picture | Chart, *, in_line: bool) -> str:
        """The picture or chart in Word's XML, as paragraphs or as a run, noted as printed."""

    def mark(self, region: str) -> int:
        """The number of the bookmark for words that print the text with this key."""

    def has_marked(self) -> bool:
        """Whether anything has a bookmark so far."""

    def note(self, value: Coloured | str) -> None:
        """This was printed where it can be read."""


@dataclass(frozen=True)
class PartFindings:
    """What is to be said of the tags of one part: faults with their places, its tags, and the facts that it uses.

    `tree` is None where the tags could not be understood.
    """

    part: str
    source: str
    broken: tuple[Fault, ...] = ()
    refused: tuple[Fault, ...] = ()
    tree: nodes.Template | None = None
    uses: tuple[Use, ...] = ()

    @cached_property
    def places(self) -> Sequence[str]:
        """The part and the paragraph that stands on each line of the source."""
        return [_quoting(self.part, _ELEMENT.sub("", line)) for line in self.source.split("\n")]

    def place(self, lineno: int) -> str:
        """The part and the paragraph that stands on this line of the source; the part where there is no such line."""
        return self.places[lineno - 1] if 0 < lineno <= len(self.places) else self.part


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled part. It holds no state: any number of threads may fill it at once.

    Of its own XML it is known here what could need mending, so that not every paper is searched for that.
    """

    part: str
    source: str
    template: Template
    is_xml: bool
    unsure: bool  # breaks in some values must be looked for in the filled part
    is_whole: bool  # its breaks, varying columns or bookmarks show in the whole part only
    opens_cells: bool  # a cell may end with a value
    may_be_bare: bool  # a table may have no rows

    def filled(self, context: Mapping[str, Any], press: Press, budget: Budget) -> bytes:
        """The part with its tags carried out, in UTF-8.

        Raises `MissingValue`, `TemplateFails`, `MisplacedValue` and `NotInLine` with the paragraph's text,
        `TemplateTooCostly`, and `UnwritableCharacter`.
        """
        press.enter(self.part)
        facts = Facts(self.template.environment, dict(context), self.part, {})
        facts.budget, facts.press = budget, press
        try:
            return encoded(self._finished(_written(self.template.root_render_func(facts), budget), press))
        except EmptyValue as error:
            raise MissingValue(str(error), self._place_of(error.__traceback__)) from error
        except UndefinedError as error:
            raise MissingValue(_missing_name(error), self._place_of(error.__traceback__)) from error
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            raise TemplateFails(str(error), self._place_of(error.__traceback__)) from error
        except MisplacedWords as error:
            raise MisplacedValue(self._place_of(error.__traceback__), error.words) from error
        except MoreThanALine as error:
            raise NotInLine(error.key, self._place_of(error.__traceback__)) from error

    def _finished(self, stretches: Iterator[str], press: Press) -> Iterator[str]:
        if not self.is_xml:
            yield from stretches
            return
        yield _HEAD
        if self.is_whole:
            xml = "".join(stretches)
            yield self._mended(xml, is_marked=press.has_marked())
            return
        waiting: list[str] = []
        for stretch in stretches:
            if press.has_marked():  # regions reach over paragraphs and tables
                yield self._mended("".join([*waiting, stretch, *stretches]), is_marked=True)
                return
            edges = (stretch.rfind(beginning) for beginning in _BEGINNINGS)
            edge = next((edge for edge in edges if edge >= 0), -1)
            if edge < 0:
                waiting.append(stretch)
            else:
                yield self._mended("".join([*waiting, stretch[:edge]]), is_marked=False)
                waiting = [stretch[edge:]]
        yield self._mended("".join(waiting), is_marked=False)

    def _mended(self, xml: str, *, is_marked: bool) -> str:
        """The XML as Word wants it: cells end in a paragraph, tables have rows and do not touch, regions are marked."""
        if self.opens_cells:
            xml = _LAST_PARAGRAPH_OF_REGION.sub(r"</w:p>\1</w:tc>", xml)
            xml = xml.replace(f"</w:p>{_OPEN_CELL}", "</w:p></w:tc>").replace(_OPEN_CELL, "<w:p/></w:tc>")
        if self.unsure:
            xml = with_breaks(xml)
        if is_marked:
            xml = with_bookmarks(xml)
        if self.is_whole:
            xml = grids.fixed(xml)
        if self.may_be_bare:
            xml = grids.without_bare_tables(xml)
        if _SIGN_OF_TOUCHING in xml:
            xml = xml.replace(_TOUCHING, f"</w:tbl>{_BETWEEN_TABLES}<w:tbl>")
        if (is_marked or self.is_whole) and "</w:tbl><w:bookmark" in xml:
            xml = after_tables(xml, _BETWEEN_TABLES)
        return xml

    def _place_of(self, traceback: TracebackType | None) -> str:
        number = 0
        while traceback:
            if traceback.tb_frame.f_code.co_filename == _FILE:
                number = self.template.get_corresponding_lineno(traceback.tb_lineno)
            traceback = traceback.tb_next
        return _place(self.part, self.source, number)


class MisplacedWords(Exception):  # noqa: N818 - always translated, with its place
    """A value stands where Word would not show it."""

    def __init__(self, words: str) -> None:
        self.words = quoted(words)
        super().__init__(self.words)


class MoreThanALine(Exception):  # noqa: N818 - always translated, with its place
    """A narrative of more than one paragraph stands in a line."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _written(pieces: Iterable[str], budget: Budget) -> Iterator[str]:
    waiting = iter(pieces)
    while chunk := list(islice(waiting, _PIECES)):
        stretch = "".join(chunk)
        budget.write(len(stretch))
        yield stretch


# What is printed, by place


@pass_context
def _text(facts: Facts, value: Any, run: str, paragraph: str) -> str:
    """The value inside a `w:t`; `run` and `paragraph` are the XML of their properties."""
    words = value if type(value) is str else _read(facts, value)
    if "&" in words:
        words = words.replace("&", "&amp;")
    if "<" in words or ">" in words:
        words = words.replace("<", "&lt;").replace(">", "&gt;")
    if "\n" in words or "\t" in words or "\r" in words or "\a" in words or "\f" in words:
        words = _broken(words, run, paragraph)
    return words if type(value) is str else _in_region(facts, value, words)


def _broken(words: str, run: str, paragraph: str) -> str:
    """Breaks as docxtpl writes them: new lines, tabs, new paragraphs (BEL) and pages (form feed)."""
    again = f'<w:r>{run}<w:t xml:space="preserve">'
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    words = words.replace("\t", f"</w:t></w:r><w:r>{run}<w:tab/></w:r>{again}")
    words = words.replace("\a", f"</w:t></w:r></w:p><w:p>{paragraph}{again}")
    words = words.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    return words.replace("\f", f"</w:t></w:r></w:p>{page}<w:p>{paragraph}{again}")


@pass_context
def _unsure_text(facts: Facts, value: Any) -> str:
    words = escaped(_read(facts, value)).replace("\r\n", "\n").replace("\r", "\n")
    return _in_region(facts, value, words)


def _in_region(facts: Facts, value: Any, words: str) -> str:
    """The words with the marks of their region, where they are a text of the context as it stands."""
    if type(value) is Fact and words and (region := region_of(value)):
        number = facts.press.mark(region)
        return f"<?begin {number}?>{words}<?end {number}?>"
    return words


@pass_context
def _line(facts: Facts, value: Any) -> str:
    return escaped(_read(facts, value))


def _read(facts: Facts, value: Any) -> str:
    """The value as words that a reader of the document sees, noted as such."""
    _require_words(value)
    if isinstance(value, Fact):
        facts.press.note(value)
    return text_of_value(value)


def _attribute(value: Any) -> str:
    if type(value) is str and value.isalnum():  # a colour, mostly
        return value
    _require_words(value)
    return escaped(text_of_value(value))


def _plain(value: Any) -> str:
    _require_words(value)
    return text_of_value(value)


def _require_words(value: Any) -> None:
    if isinstance(value, Opaque):
        raise MisplacedWords(words_of(value))


def _unseen(value: Any) -> Any:
    """The value where nobody reads it: one like it, so that it does not count as printed."""
    if isinstance(value, Fact):
        return str(value)
    return copy(value) if isinstance(value, Opaque) else value


@pass_context
def _run(facts: Facts, value: Any, in_link: bool) -> str:
    if type(value) is Coloured:
        facts.press.note(value)
        return _around(value.__html__(), region_of(value), facts.press)
    if type(value) is Narrative:
        runs = facts.press.print_in_line(value, in_link=in_link)
        if runs is None:
            raise MoreThanALine(key_of(value))
        return str(runs)
    if type(value) is Picture or type(value) is Chart:
        return str(facts.press.draw(value, in_line=True))
    if words := text_of_value(value):
        raise MisplacedWords(words)
    return ""


def _around(runs: str, region: str | None, press: Press) -> str:
    if not region:
        return runs
    begins, ends = bookmark(press.mark(region))
    return f"{begins}{runs}{ends}"


@pass_context
def _block(facts: Facts, value: Any) -> str:
    if type(value) is Narrative:
        xml = facts.press.print(value)
        return str(xml)
    if type(value) is Picture or type(value) is Chart:
        return str(facts.press.draw(value, in_line=False))
    if isinstance(value, Coloured):
        raise MisplacedWords(words_of(value))
    if words := text_of_value(value):
        raise MisplacedWords(words)
    return ""


def _bound(function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter with the budget of the rendering that it runs in; opaque values pass through none."""

    @pass_context
    def run(facts: Facts, value: Any, *arguments: Any, **named: Any) -> Any:
        return function(facts.budget, value, *arguments, **named)

    return run


_ENVIRONMENT = Language()
_ENVIRONMENT.filters = {
    **{name: _bound(function) for name, function in FILTERS.items()},
    # No template can name these: a name has letters first.
    "1text": _text,
    "1unsure": _unsure_text,
    "1line": _line,
    "1attribute": _attribute,
    "1plain": _plain,
    "1run": _run,
    "1unseen": _unseen,
    "1block": _block,
    "1counted": pass_context(counted),
    "1searched": pass_context(searched),
}


# Compiling


def inspected(part: str, root: etree._Element) -> PartFindings:
    """What is to be said of the tags of a part."""
    xml = etree.tostring(root, encoding="unicode")
    if misused := _misused(part, misuses_in(xml)):
        return PartFindings(part, "", misused)
    return _inspected(part, grids.marked(translated(xml)))


def inspected_text(part: str, words: str) -> PartFindings:
    """What is to be said of the tags in a plain text, such as a document property."""
    if misused := _misused(part, misuses_in_words(words)):
        return PartFindings(part, "", misused)
    return _inspected(part, words)


def _misused(part: str, misuses: Iterable[Misuse]) -> tuple[Fault, ...]:
    """The faults for which the tags cannot be translated; a stray end of one is a text like any other."""
    return tuple(Fault(_quoting(part, found.text), found.what) for found in misuses if found.kind != "stray")


def _inspected(part: str, source: str) -> PartFindings:
    found = PartFindings(part, source)
    try:
        tree = _ENVIRONMENT.parse(source)
        refused = tuple(fault_of(found.place(lineno), why) for lineno, why in refusals_in(tree))
        broken = tuple(Fault(found.place(lineno), what) for lineno, what in unknown_words_in(tree))
        return PartFindings(part, source, broken, refused, tree, tuple(uses_in(tree)))
    except TemplateSyntaxError as error:
        return _with_fault(found, error.lineno, error.message or "The tag cannot be understood.")
    except (RecursionError, ValueError, OverflowError):
        return _with_fault(found, 0, "The tags are too long or too deep in one another.")


def _with_fault(found: PartFindings, lineno: int, what: str) -> PartFindings:
    return PartFindings(found.part, found.source, (Fault(found.place(lineno), what),))


def compiled(found: PartFindings, *, is_xml: bool = True) -> Program:
    """The program of a part without faults, whose tree it uses up.

    Raises `BrokenTemplate` when a tag stands where it cannot.
    """
    tree = found.tree
    if tree is None:
        raise BrokenTemplate(found.broken)
    try:
        spots = spots_in(tree) if is_xml else {}
        unsure, opens_cells = _rewrite(tree, spots)
        code = _ENVIRONMENT.compile(tree, filename=_FILE)
    except Unbalanced as error:
        raise BrokenTemplate([Fault(found.place(error.lineno), str(error))]) from error
    except TemplateSyntaxError as error:
        raise BrokenTemplate([Fault(found.place(error.lineno), error.message or "It cannot be understood.")]) from error
    except (RecursionError, SyntaxError, MemoryError, ValueError) as error:
        raise BrokenTemplate([Fault(found.part, "The tags are too long or too deep in one another.")]) from error
    template = Template.from_code(_ENVIRONMENT, code, {})
    is_whole = unsure or grids.BEGIN in found.source or "<w:bookmark" in found.source
    may_be_bare = is_xml and grids.may_be_bare(found.source)
    return Program(found.part, found.source, template, is_xml, unsure, is_whole, opens_cells, may_be_bare)


def _rewrite(tree: nodes.Template, spots: Mapping[nodes.Expr, Spot]) -> tuple[bool, bool]:
    """Every printed value goes through what prints it at its place, every loop through its count.

    Answers whether some breaks must be looked for in the filled part, and whether a cell may end with a value.
    """
    unsure = opens_cells = False
    every = nodes_below(tree)
    for loop in (node for node in every if isinstance(node, nodes.For)):
        weight = 1 + sum(len(nodes_below(part)) for part in loop.body)
        loop.iter = _filter("1counted", cast("nodes.Expr", loop.iter), weight)
    for compare in (node for node in every if isinstance(node, nodes.Operand)):
        if compare.op in {"in", "notin"}:
            compare.expr = _filter("1searched", compare.expr)
    for output in (node for node in every if isinstance(node, nodes.Output)):
        for number, child in enumerate(output.nodes):
            if isinstance(child, nodes.TemplateData):
                child.data = _literal(child.data) if spots or _is_xml(child.data) else child.data
                opens_cells |= _OPEN_CELL in child.data
            elif isinstance(child, nodes.Expr):
                spot = spots.get(child)
                unsure |= spot is not None and spot.place is Place.TEXT and None in (spot.run, spot.paragraph)
                output.nodes[number] = _printer(child, spot)
    return unsure, opens_cells


def _is_xml(data: str) -> bool:
    return "<w:" in data


_PRINTERS = {Place.LINE: "1line", Place.ATTRIBUTE: "1attribute", Place.BLOCK: "1block"}


def _printer(node: nodes.Expr, spot: Spot | None) -> nodes.Filter:
    match spot:
        case None:
            return _filter("1plain", node)
        case Spot(unseen=True):
            return _printer(_filter("1unseen", node), spot._replace(unseen=False))
        case Spot(Place.TEXT, str() as run, str() as paragraph):
            return _filter("1text", node, run, paragraph)
        case Spot(Place.TEXT):
            return _filter("1unsure", node)
        case Spot(Place.RUN):
            return _filter("1run", node, spot.in_link)
    return _filter(_PRINTERS[spot.place], node)


def _filter(name: str, node: nodes.Expr, *arguments: str | int) -> nodes.Filter:
    constants: list[nodes.Expr] = [nodes.Const(argument, lineno=node.lineno) for argument in arguments]
    return nodes.Filter(node, name, constants, [], None, None, lineno=node.lineno)


def _literal(xml: str) -> str:
    """The template's own XML between two tags, as it is written: its lines joined, its cells closed."""
    xml = xml.replace("\n<w:p>", "<w:p>").replace("\n<w:p ", "<w:p ")
    for typed, meant in _UNDERSCORED.items():
        xml = xml.replace(typed, meant)
    head, *cells = xml.split(_CLOSED_CELL)
    out = [head]
    for number, cell in enumerate(cells):
        before = (head, *cells)[number]
        out.append(f"{_end_of_cell(before)}{cell}")
    return "".join(out)


def _end_of_cell(before: str) -> str:
    """What closes a cell after this content: Word wants a paragraph last in every cell."""
    if _LAST_PARAGRAPH.search(before[-400:]):
        return _CLOSED_CELL
    if not before or before.endswith("?>"):
        return _OPEN_CELL
    return f"<w:p/>{_CLOSED_CELL}"


def _missing_name(error: UndefinedError) -> str:
    names = re.findall(r"'([^']*)'", error.message or "")
    return names[-1] if names else str(error)


def _place(part: str, source: str, number: int) -> str:
    lines = source.split("\n")
    number = number or 0  # Jinja does not place every tag
    return _quoting(part, _ELEMENT.sub("", lines[number - 1]) if 0 < number <= len(lines) else "")


def _quoting(part: str, paragraph: str) -> str:
    words = quoted(paragraph)
    return f"{part}, paragraph “{words}”" if words else part


__all__ = ["EmptyValue", "PartFindings", "Press", "Program", "compiled", "inspected", "inspected_text"]
