"""The manual for template authors, made from the descriptions of `PaperContext`; `docs/templates.md` is its text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.assembly.context import DocumentProperties, PaperContext, Printed
from app.word import Coloured, Narrative
from app.word.language import FILTERS, MAX_CHARACTERS, MAX_DEPTH, MAX_STEPS, TESTS
from app.word.scan import MAX_TAG, MAX_TAGS
from app.word.styles import ROLE_STYLES, Role

INTRODUCTION = Path(__file__).with_name("reference.md")
"""What the manual says before the names; `$filters` and the like stand for what the code knows."""

ONE_OF: Mapping[str, str] = {
    "front_sheet": "row",
    "sections": "section",
    "blocks": "block",
    "lines": "line",
    "objectives": "objective",
    "keys": "key",
    "updates": "update",
    "parts": "part",
    "ratings": "cell",
    "values": "value",
    "dimensions": "dimension",
    "gaps": "gap",
}
"""What one entry of a list is called in loops, here and in the shipped templates."""

Shape: TypeAlias = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Name:
    """One name that a template may use."""

    way: str  # as it is written in a tag: `row.label`
    kind: str
    description: str
    tag: str  # how it is printed; empty where it is not
    must: bool  # whether it is printed wherever a paper has it
    below: Shape | None = None


def reference() -> str:
    """The whole manual in Markdown."""
    return "\n".join([introduction(), "## Every name at a glance\n", "```", *_tree(PaperContext), "```\n", *_groups()])


def introduction() -> str:
    """What the manual says before the names, in Markdown."""
    return Template(INTRODUCTION.read_text(encoding="utf-8")).substitute(
        filters=_listed(FILTERS),
        tests=_listed(TESTS),
        depth=MAX_DEPTH,
        tags=f"{MAX_TAGS:,}",
        tag_length=f"{MAX_TAG:,}",
        steps=f"{MAX_STEPS:,}",
        characters=f"{MAX_CHARACTERS:,}",
        styles="\n".join(_style_row(role, style) for role, style in ROLE_STYLES.items()),
    )


def names_of(shape: Shape, owner: str = "") -> list[Name]:
    """The names of a paper, or of one entry of a list in it that loops call `owner`."""
    names = [_name(name, field, owner) for name, field in shape.model_fields.items()]
    return [replace(name, tag="") for name in names] if shape is DocumentProperties else names


def _name(name: str, field: FieldInfo, owner: str) -> Name:
    way = f"{owner}.{name}" if owner else name
    kinds = _kinds(field.annotation)
    below = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    must = Printed() in field.metadata or not {Narrative, Coloured}.isdisjoint(kinds)
    kind, tag = _kind_and_tag(name, way, field.annotation, kinds)
    return Name(way, kind, field.description or "", tag, must, below)


def _kinds(annotation: Any) -> list[Any]:
    """What a value may be: of a list, its entries; without None."""
    if get_origin(annotation) in (Union, UnionType, list):
        return [inner for kind in get_args(annotation) for inner in _kinds(kind) if inner is not NoneType]
    return [annotation]


def _kind_and_tag(name: str, way: str, annotation: Any, kinds: list[Any]) -> tuple[str, str]:  # noqa: PLR0911 - a table of rules, one line each
    if get_origin(annotation) is list:
        return "list", f"{{%p for {ONE_OF[name]} in {way} %}}"
    if get_origin(annotation) is Literal:
        words = get_args(annotation)
        return "word", f"{{%p if {way} == '{words[0]}' %}}"
    if Narrative in kinds:
        return "prose", f"{{{{p {way} }}}}"
    if Coloured in kinds:
        return "coloured word", f"{{{{r {way} }}}}"
    if name == "background":
        return "colour", f"{{% cellbg {way} %}}"
    if bool in kinds:
        return "yes or no", f"{{%p if {way} %}}"
    if DocumentProperties in kinds or get_origin(annotation) is dict:
        return "group", ""
    return ("number", f"{{%p if {way} == 2 %}}") if int in kinds else ("text", f"{{{{ {way} }}}}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))


def _style_row(role: str, style: Role) -> str:
    return f"| {role} | {style.kind} | {', '.join(f'*{name}*' for name in style.names)} |"


def _tree(shape: Shape, owner: str = "", depth: int = 0) -> Iterator[str]:
    for name in names_of(shape, owner):
        inner = called(name)
        yield "  " * depth + name.way.rpartition(".")[2] + (f", each: {inner}" if inner else "") + " ●" * name.must
        if name.below:
            yield from _tree(name.below, inner, depth + 1)


def called(name: Name) -> str:
    """What loops call an entry of this list; empty where it is none."""
    return ONE_OF[name.way.rpartition(".")[2]] if name.kind == "list" else ""


@dataclass(frozen=True, slots=True)
class Group:
    """The names of the paper, or those of one kind of entry, together."""

    heading: str
    description: str
    loops: tuple[str, ...]  # in which an entry has these names: `row in front_sheet`
    names: tuple[Name, ...]


def groups() -> Iterator[Group]:
    """The names of the paper, then of each kind of entry where a list of them stands first."""
    yield _group("The paper", "", PaperContext, [])
    loops: dict[tuple[Shape, str], list[str]] = {}
    for below, owner, loop in _loops(PaperContext, ""):
        known = loops.setdefault((below, owner), [])
        if loop not in known:
            known.append(loop)
    for (below, owner), ways in loops.items():
        yield _group(f"`{owner}`", owner, below, ways)


def _group(heading: str, owner: str, shape: Shape, loops: list[str]) -> Group:
    described = " ".join((shape.__doc__ or "").split())
    return Group(heading, described, tuple(loops), tuple(names_of(shape, owner)))


def every_name(shape: Shape = PaperContext, owner: str = "", above: str = "") -> Iterator[tuple[str, Name]]:
    """Every name with its place in the paper, each before those below it: `sections`, `sections.key` and so on."""
    for name in names_of(shape, owner):
        place = f"{above}{name.way.rpartition('.')[2]}"
        yield place, name
        if name.below:
            yield from every_name(name.below, called(name) or name.way, f"{place}.")


def _loops(shape: Shape, owner: str) -> Iterator[tuple[Shape, str, str]]:
    for name in names_of(shape, owner):
        if name.below:
            inner = called(name) or name.way
            yield name.below, inner, f"{inner} in {name.way}" if called(name) else ""
            yield from _loops(name.below, inner)


def _groups() -> Iterator[str]:
    for group in groups():
        yield f"## {group.heading}\n"
        yield group.description + "\n"
        if any(group.loops):
            yield "In " + " or ".join(f"`for {loop}`" for loop in group.loops) + ".\n"
        yield "| Name | Holds | | Means | Written |"
        yield "|---|---|---|---|---|"
        for name in group.names:
            written = f"`{name.tag}`" if name.tag else "not for printing"
            yield f"| `{name.way}` | {name.kind} | {'●' if name.must else ''} | {name.description} | {written} |"
        yield ""
