"""The engine room: docxtpl and Jinja, shut in. Nothing outside this module knows of either.

What docxtpl would do with values, and does not do here: lose text after `<` or `&` (everything is escaped), run
tags that stand in a value (`{{ 7*7 }}`, `{_{`), parse damaged XML as well as it goes.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, UndefinedError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from app.errors import Fault
from app.word.container import DOCUMENT
from app.word.refusals import BrokenTemplate, MissingValue, TemplateFails, UnreadableTemplate
from app.word.structure import completed, require_shown

_FILTERS = frozenset(
    {"abs", "batch", "capitalize", "count", "d", "default", "first", "int", "join", "last", "length", "list"}
    | {"lower", "map", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "slice"}
    | {"sort", "string", "sum", "title", "trim", "unique", "upper"}
)
_PARAGRAPH = re.compile(r"<w:p([ >])")
_ELEMENT = re.compile(r"<[^>]*>")
_ENCODING_DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})
_SHOWN = 80


def _printed(value: Any) -> Any:
    """The value as it goes into the XML; braces become references, so that nobody reads them as tags again."""
    if isinstance(value, Undefined):
        return value  # raises when it is printed
    if value is None:
        raise UndefinedError("a value that the template prints is empty")
    plain = value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
    return Markup(str(escape(plain)).translate(_BRACES))  # noqa: S704 - escaped in this line


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja for our context: facts are keys of plain dicts, a name without a value is an error."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_printed)
        self.filters = {name: function for name, function in self.filters.items() if name in _FILTERS}
        self.globals.clear()

    def getattr(self, obj: Any, attribute: str) -> Any:
        # Jinja looks for methods first: `theme.update` or `paper.items` would be a method of dict.
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


# Statements and expressions that templates may not hold.
_REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Call: "calls a function",
    nodes.Import: "imports another template",
    nodes.FromImport: "imports another template",
    nodes.Include: "includes another template",
    nodes.Extends: "extends another template",
    nodes.Macro: "defines a macro",
    nodes.CallBlock: "calls a macro",
}


@dataclass(frozen=True, slots=True)
class PartFindings:
    """What is to be said of the tags of one part: faults with their places, and the names that it uses.

    Each name comes with the place where it is used first.
    """

    broken: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    names: Mapping[str, str]


class _Document(DocxTemplate):  # type: ignore[misc]
    """docxtpl, with its silences made audible."""

    def __init__(self, template: bytes, enter: Callable[[str], None]) -> None:
        super().__init__(io.BytesIO(template))
        self.enter = enter
        self.part = DOCUMENT
        self.source = ""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        self.part = str(part.partname).lstrip("/")
        self.source = src_xml
        self.enter(self.part)
        root = _parsed(super().render_xml_part(src_xml, part, context, jinja_env), self.part)
        require_shown(root, self.part)
        completed(root)
        return etree.tostring(root, encoding="unicode")

    def sources(self) -> Iterator[tuple[str, str]]:
        """Every part that is filled, with its XML as Jinja reads it."""
        self.init_docx()
        yield DOCUMENT, self.patch_xml(self.get_xml())
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield str(part.partname).lstrip("/"), self.patch_xml(self.get_part_xml(part))
        for part in self.docx.part.package.parts:
            if part.content_type.endswith(".footnotes+xml"):
                yield str(part.partname).lstrip("/"), self.patch_xml(part.blob.decode())


def _parsed(xml: str, part: str) -> etree._Element:
    try:
        return etree.fromstring(_ENCODING_DECLARATION.sub("", xml))
    except etree.XMLSyntaxError as error:
        what = "A block tag opens and closes in different places (cell, row, paragraph or run)."
        raise BrokenTemplate([Fault(part, what)]) from error


def inspected(template: bytes) -> dict[str, PartFindings]:
    """For every part of the template that is filled, what is to be said of its tags.

    Raises `UnreadableTemplate` when python-docx cannot open it.
    """
    environment = _Environment()
    document = _Document(template, lambda _: None)
    try:
        return {part: _inspected(environment, part, source) for part, source in document.sources()}
    except (PackageNotFoundError, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise UnreadableTemplate("a part of it is missing or damaged.") from error


def _inspected(environment: _Environment, part: str, source: str) -> PartFindings:
    lined = _PARAGRAPH.sub(r"\n<w:p\1", source)
    try:
        tree = environment.parse(lined)
        undeclared = meta.find_undeclared_variables(tree)
    except TemplateSyntaxError as error:
        fault = Fault(_place(part, lined, error.lineno), error.message or "The tag cannot be understood.")
        return PartFindings((fault,), (), {})
    refused = tuple(
        Fault(_place(part, lined, node.lineno), f"The template {_REFUSED[type(node)]}.")
        for node in tree.find_all(tuple(_REFUSED))
    )
    names: dict[str, str] = {}
    for node in tree.find_all(nodes.Name):
        if node.name in undeclared:
            names.setdefault(node.name, _place(part, lined, node.lineno))
    return PartFindings((), refused, names)


def _place(part: str, lined: str, number: int) -> str:
    lines = lined.split("\n")
    quoted = ""
    if 0 < number <= len(lines):
        quoted = " ".join(_ELEMENT.sub("", lines[number - 1]).split())
    if len(quoted) > _SHOWN:
        quoted = f"{quoted[: _SHOWN - 1]}…"
    return f"{part}, paragraph “{quoted}”" if quoted else part


def filled(template: bytes, context: Mapping[str, Any], enter: Callable[[str], None]) -> bytes:
    """The template with its tags carried out, as python-docx saves it; `enter` hears of every part in turn.

    Raises `MissingValue`, `TemplateFails`, `BrokenTemplate` and `MisplacedValue` with the paragraph's text.
    """
    document = _Document(template, enter)
    try:
        document.render(dict(context), _Environment())
    except UndefinedError as error:
        raise MissingValue(_missing_name(error), _place_of(document, error.__traceback__)) from error
    except (TemplateError, TypeError, ArithmeticError) as error:
        raise TemplateFails(str(error), _place_of(document, error.__traceback__)) from error
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _missing_name(error: UndefinedError) -> str:
    quoted = re.findall(r"'([^']*)'", error.message or "")
    return quoted[-1] if quoted else str(error)


def _place_of(document: _Document, traceback: TracebackType | None) -> str:
    number = 0
    while traceback:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            number = traceback.tb_lineno
        traceback = traceback.tb_next
    return _place(document.part, _PARAGRAPH.sub(r"\n<w:p\1", document.source), number)
