"""The names of facts: those that a template may use, and those that it uses, through loops and assignments.

`{% for section in sections %}{{ section.heading }}` uses `sections` and `sections.heading`. Nothing is evaluated.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from jinja2 import nodes

Path: TypeAlias = tuple[str, ...]
"""The names that lead to a fact from the context."""

Vocabulary: TypeAlias = "Mapping[str, Vocabulary | None]"
"""A tree of the names that a template may use; None where a name has no names below it."""

_Scope: TypeAlias = dict[str, Path | None]

# Filters whose result holds, or is one of, the items that they were given.
_SAME_ITEMS = frozenset(
    {
        "d",
        "default",
        "first",
        "last",
        "list",
        "reject",
        "rejectattr",
        "reverse",
        "select",
        "selectattr",
        "sort",
        "unique",
    }
)


NO_LOOP = "“loop” stands in no loop: it counts between {% for … %} and {% endfor %}, and {% vm %} and {% hm %} use it."
"""What is to be said of the name `loop` where no loop is."""


class Use(NamedTuple):
    """A fact that is used: the names that lead to it from the context, and the line of the tag."""

    path: Path
    lineno: int


def uses_in(tree: nodes.Template) -> list[Use]:
    """Every use of a fact, in the order of the template."""
    return list(_body(tree.body, {}))


def _body(body: Iterable[nodes.Node], scope: _Scope) -> Iterator[Use]:
    for node in body:
        match node:
            case nodes.For():
                yield from _loop(node, scope)
            case nodes.If():
                yield from _expression(node.test, scope)
                yield from _body([*node.body, *node.elif_, *node.else_], scope)
            case nodes.Assign():
                yield from _expression(node.node, scope)
                _bind(node.target, _path(node.node, scope), scope)
            case nodes.With():
                inner = dict(scope)
                for target, value in zip(node.targets, node.values, strict=True):
                    yield from _expression(value, scope)
                    _bind(target, _path(value, scope), inner)
                yield from _body(node.body, inner)
            case nodes.Output():
                for child in node.nodes:
                    yield from _expression(child, scope)
            case _:
                yield from _expression(node, scope)


def _loop(node: nodes.For, scope: _Scope) -> Iterator[Use]:
    yield from _expression(node.iter, scope)
    inner: _Scope = {**scope, "loop": None}
    _bind(node.target, _path(node.iter, scope), inner)
    if node.test is not None:
        yield from _expression(node.test, inner)
    yield from _body(node.body, inner)
    yield from _body(node.else_, dict(scope))


def _bind(target: nodes.Node, path: Path | None, scope: _Scope) -> None:
    if isinstance(target, nodes.Name):
        scope[target.name] = path
    elif isinstance(target, nodes.Tuple):
        for item in target.items:
            _bind(item, None, scope)


def _expression(node: nodes.Node, scope: _Scope) -> Iterator[Use]:
    """Every use in an expression; of `a.b.c` the whole path only."""
    match node:
        case nodes.TemplateData() | nodes.Const():
            return
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            path = _path(node, scope)
            if path:
                yield Use(path, node.lineno)
            if not isinstance(node, nodes.Name) and not path:
                yield from _expression(node.node, scope)
            if isinstance(node, nodes.Getitem):
                yield from _expression(node.arg, scope)
        case nodes.Filter():
            for child in node.iter_child_nodes():
                yield from _expression(child, scope)
            yield from _by_attribute(node, scope)
        case _:
            for child in node.iter_child_nodes():
                yield from _expression(child, scope)


def _by_attribute(node: nodes.Filter, scope: _Scope) -> Iterator[Use]:
    """The uses in `selectattr('on')`, `map(attribute='name')` and their like."""
    path = _path(node.node, scope) if node.node is not None else None
    named: list[nodes.Expr] = [keyword.value for keyword in node.kwargs if keyword.key == "attribute"]
    named += node.args[:1] if node.name in {"selectattr", "rejectattr"} else []
    for attribute in named:
        if path and isinstance(attribute, nodes.Const):
            yield Use((*path, *str(attribute.value).split(".")), node.lineno)


def _path(node: nodes.Node, scope: _Scope) -> Path | None:  # noqa: PLR0911 - a table of rules, one line each
    """The names that lead to the value of an expression, or to the items of a list; None where they are not known."""
    match node:
        case nodes.Name(name=name):
            return scope.get(name, (name,))
        case nodes.Getattr(node=inner, attr=attribute):
            path = _path(inner, scope)
            return (*path, attribute) if path else None
        case nodes.Getitem(node=inner, arg=nodes.Const(value=str() as attribute)):
            path = _path(inner, scope)
            return (*path, attribute) if path else None
        case nodes.Getitem(node=inner):
            return _path(inner, scope)
        case nodes.Filter(node=nodes.Node() as inner, name="map", kwargs=[keyword]):
            path = _path(inner, scope)
            return (*path, *str(keyword.value.as_const()).split(".")) if path else None
        case nodes.Filter(node=nodes.Node() as inner, name=name) if name in _SAME_ITEMS:
            return _path(inner, scope)
    return None


def known_part(path: Path, vocabulary: Vocabulary) -> tuple[int, tuple[str, ...]]:
    """How many names of the path the vocabulary has, and what it has where it ends.

    Nothing is under a name that the vocabulary has without a tree of its own.
    """
    level: Vocabulary | None = vocabulary
    for number, name in enumerate(path):
        if level is None:
            return number, ()
        if name not in level:
            return number, tuple(level)
        level = level[name]
    return len(path), ()
