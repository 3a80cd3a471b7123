"""What a template may say: a safe part of Jinja, whose cost is bounded.

An uploaded template is a program. Here it can name facts, go through lists, decide, compare and use a few filters;
it cannot call, import, define or compute, and no object but the facts themselves can be reached from it, even where
the check of its syntax were missing. Every loop and filter spends from one budget.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.runtime import Context, LoopContext, Undefined

from app.errors import Fault
from app.word.refusals import TemplateTooCostly
from app.word.values import made_of

MAX_STEPS = 5_000_000
"""What one rendering may do: items of loops, each counted with the size of the loop's body, and what filters see."""
MAX_CHARACTERS = 64_000_000
"""How much XML one rendering may write, and how much text its filters may make."""
MAX_DEPTH = 8
"""How many loops may stand in one another."""
MAX_NODES = 200_000
"""How many terms the tags of one part may have."""
DEEPEST = 60
"""How many terms may stand within one another."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
_JINJAS_OWN = frozenset({"self", "super", "caller", "varargs", "kwargs"})
_LOOP = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "depth"}
)
_COUNTERS = frozenset({"index", "index0", "revindex", "revindex0", "length"})
_LARGEST_FACTOR = 1000
_MOST_DECIMALS = 10
_DIGITS = 40  # of a number that is printed or rounded


@dataclass(slots=True)
class Budget:
    """What one rendering may still spend."""

    steps: int = MAX_STEPS
    characters: int = MAX_CHARACTERS

    def take(self, steps: int) -> None:
        """Fewer steps are left; raises `TemplateTooCostly` when there are not so many."""
        self.steps -= steps
        if self.steps < 0:
            raise TemplateTooCostly("It goes through lists too often: loops within loops multiply.")

    def write(self, characters: int) -> None:
        """Fewer characters are left; raises `TemplateTooCostly` when there are not so many."""
        self.characters -= characters
        if self.characters < 0:
            raise TemplateTooCostly(f"It writes more than {MAX_CHARACTERS:,} characters.")


class Facts(Context):
    """The names of one rendering, with the budget and the press that belong to it."""

    budget: Budget
    press: Any


class Language(Environment):
    """Jinja for our context: facts are keys of plain dicts, a name without a value is an error."""

    context_class = Facts

    def __init__(self) -> None:
        # Jinja's optimizer folds what is constant; of that, templates have next to nothing.
        super().__init__(undefined=StrictUndefined, cache_size=0, optimized=False)
        self.globals.clear()
        self.filters = dict.fromkeys(FILTERS)  # known to the parser; `engine` binds them to a rendering
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The fact of that name; of a loop one of its counters, of anything else nothing."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        if isinstance(obj, Undefined):
            return getattr(obj, "the undefined name")  # raises, naming it
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=_Opaque, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The fact of that name, or the item at that place of a list."""
        if isinstance(obj, list | tuple | str) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except IndexError:
                return self.undefined(obj=_Opaque, name=str(argument))
        return self.getattr(obj, argument if isinstance(argument, str) else str(argument))


class _Opaque:
    """Stands in messages for whatever has no such fact."""


# Filters; those that look into facts do it as the language does

_LANGUAGE: Language


def _seen(budget: Budget, value: Any) -> list[Any]:
    """The items of a value, as a list of its own, paid for."""
    if isinstance(value, Mapping):
        value = list(value)
    if not isinstance(value, list | tuple | str):
        len(value)  # raises, naming what is undefined
        raise TypeError(f"{_named(value)} is no list")
    budget.take(len(value))
    return list(value)


def _named(value: Any) -> str:
    kinds: dict[type, str] = {str: "a text", list: "a list", dict: "a group of facts"}
    return kinds.get(type(value), "this value")


def text_of_value(value: Any) -> str:
    """A text or number as plain text. Raises what tells the author that it is neither."""
    if type(value) is str:
        return value
    if isinstance(value, Undefined):
        return str(value)  # raises, naming it
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | int | float):
        if isinstance(value, int) and value.bit_length() > 4 * _DIGITS:
            raise TypeError("the number is too long")
        return str(value)
    if value is None:
        raise EmptyValue
    raise TypeError(f"{_named(value)} cannot be printed as words")


class EmptyValue(TypeError):  # noqa: N818 - always translated, with its place
    """A value that the template prints is None."""

    def __init__(self) -> None:
        super().__init__("a value that the template prints is empty")


def _wordy(change: Callable[[str], str]) -> Callable[..., str]:
    def changed(budget: Budget, value: Any) -> str:
        given = text_of_value(value)
        words = change(given)
        budget.write(max(len(given), len(words)))
        return made_of(words, value)

    return changed


def _attribute(item: Any, path: str | int | None) -> Any:
    if path is None:
        return item
    for step in str(path).split("."):
        item = _LANGUAGE.getitem(item, int(step)) if step.isdigit() else _LANGUAGE.getattr(item, step)
    return item


def _default(_: Budget, value: Any, otherwise: Any = "", boolean: bool = False) -> Any:
    return otherwise if isinstance(value, Undefined) or (boolean and not value) else value


def _replace(budget: Budget, value: Any, old: Any, new: Any, count: int = -1) -> str:
    words, old, new = text_of_value(value), text_of_value(old), text_of_value(new)
    times = words.count(old) if count < 0 else min(words.count(old), int(count))
    budget.write(len(words) + times * len(new))
    return made_of(words.replace(old, new, count), value)


def _join(budget: Budget, value: Any, separator: Any = "", attribute: str | None = None) -> str:
    items = [_attribute(item, attribute) for item in _seen(budget, value)]
    words = [text_of_value(item) for item in items]
    between = text_of_value(separator)
    budget.write(sum(map(len, words)) + len(words) * len(between))
    return made_of(between.join(words), *items)


def _round(_: Budget, value: Any, precision: int = 0) -> float:
    number = float(_number(value))
    return round(number, max(0, min(int(precision), _MOST_DECIMALS)))


def _int(_: Budget, value: Any, default: int = 0) -> int:
    try:
        return int(float(value)) if isinstance(value, float) else int(text_of_value(value)[:_DIGITS])
    except ValueError:
        return default


def _count(_: Budget, value: Any) -> int:
    return len(value)


def _sum(budget: Budget, value: Any, attribute: str | None = None) -> int | float:
    return sum(_number(_attribute(item, attribute)) for item in _seen(budget, value))


def _number(value: Any) -> int | float:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"{_named(value)} is no number")


def _map(budget: Budget, value: Any, name: str | None = None, attribute: str | None = None) -> list[Any]:
    items = _seen(budget, value)
    if name is None:
        return [_attribute(item, attribute) for item in items]
    return [FILTERS[name](budget, item) for item in items]


def _chosen(*, wanted: bool, by_attribute: bool) -> Callable[..., list[Any]]:
    def choose(budget: Budget, value: Any, *arguments: Any) -> list[Any]:
        attribute, *rest = arguments if by_attribute else (None, *arguments)
        name, *against = rest or ["true"]
        if not rest:
            return [item for item in _seen(budget, value) if bool(_attribute(item, attribute)) is wanted]
        test: Any = _LANGUAGE.tests[name]
        return [item for item in _seen(budget, value) if bool(test(_attribute(item, attribute), *against)) is wanted]

    return choose


def _folded(budget: Budget, value: Any, attribute: str | None) -> Any:
    value = _attribute(value, attribute)
    if not isinstance(value, str):
        return value
    budget.write(len(value))
    return value.lower()


def _sort(budget: Budget, value: Any, reverse: bool = False, attribute: str | None = None) -> list[Any]:
    return sorted(_seen(budget, value), key=lambda item: _folded(budget, item, attribute), reverse=bool(reverse))


def _unique(budget: Budget, value: Any, attribute: str | None = None) -> list[Any]:
    return list({_folded(budget, item, attribute): item for item in reversed(_seen(budget, value))}.values())[::-1]


def _reverse(budget: Budget, value: Any) -> Any:
    items = _seen(budget, value)[::-1]
    return "".join(items) if isinstance(value, str) else items


FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": lambda _, value: abs(_number(value)),
    "capitalize": _wordy(str.capitalize),
    "count": _count,
    "d": _default,
    "default": _default,
    "first": lambda budget, value: _LANGUAGE.getitem(_seen(budget, value), 0),
    "int": _int,
    "join": _join,
    "last": lambda budget, value: _LANGUAGE.getitem(_seen(budget, value), -1),
    "length": _count,
    "list": _seen,
    "lower": _wordy(str.lower),
    "map": _map,
    "reject": _chosen(wanted=False, by_attribute=False),
    "rejectattr": _chosen(wanted=False, by_attribute=True),
    "replace": _replace,
    "reverse": _reverse,
    "round": _round,
    "select": _chosen(wanted=True, by_attribute=False),
    "selectattr": _chosen(wanted=True, by_attribute=True),
    "sort": _sort,
    "string": _wordy(str),
    "sum": _sum,
    "title": _wordy(str.title),
    "trim": _wordy(str.strip),
    "unique": _unique,
    "upper": _wordy(str.upper),
}
"""Every filter of the language, as a function of the budget, the value and the arguments."""

TESTS = frozenset(
    {"boolean", "defined", "divisibleby", "eq", "equalto", "even", "false", "float", "ge", "greaterthan", "gt"}
    | {"integer", "iterable", "le", "lessthan", "lt", "mapping", "ne", "none", "number", "odd", "sequence"}
    | {"string", "true", "undefined"}
)
"""Every test of the language: what may follow `is`, and `select`."""

_TAKES_NAMES = frozenset({"map", "select", "reject", "selectattr", "rejectattr", "sort", "unique", "sum", "join"})


# What the syntax may be

_CALLS = "calls a function"
_REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Call: _CALLS,
    nodes.Import: "imports another template",
    nodes.FromImport: "imports another template",
    nodes.Include: "includes another template",
    nodes.Extends: "extends another template",
    nodes.Block: "defines a block",
    nodes.Macro: "defines a macro",
    nodes.CallBlock: "calls a macro",
    nodes.FilterBlock: "filters a whole passage",
    nodes.AssignBlock: "gives a name to a whole passage",
    nodes.NSRef: "changes a namespace",
    nodes.Dict: "makes a group of facts of its own",
    nodes.Concat: "joins texts with ~; print them one after another",
    nodes.Scope: "switches the escaping of values",  # around the next one
    nodes.ScopedEvalContextModifier: "switches the escaping of values",
    nodes.EvalContextModifier: "switches the escaping of values",
}
_ALLOWED: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.For, nodes.If, nodes.Assign, nodes.With, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Keyword, nodes.List, nodes.Tuple, nodes.Slice, nodes.Neg),
    *(nodes.Mul, nodes.Add, nodes.Sub),
)
_PLAIN: tuple[type[nodes.Node], ...] = (
    *(nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Compare, nodes.Operand, nodes.And),
    *(nodes.Or, nodes.Not, nodes.CondExpr, nodes.Test, nodes.Neg, nodes.Filter),
)


def refusals_in(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """For everything in the tree that a template may not do: its line, and what it does as the end of a sentence."""
    waiting: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    count = 0
    while waiting:
        node, loops, depth = waiting.pop()
        count += 1
        if count > MAX_NODES or depth > DEEPEST:
            yield _line_of(node), "holds more than can be read: too many tags, or too deep in one another"
            return
        loops += isinstance(node, nodes.For)
        depth += not isinstance(node, nodes.Output | nodes.TemplateData)
        if why := _refusal(node, loops):
            yield _line_of(node), why
            continue
        waiting += [(child, loops, depth) for child in _inside(node)]


def _line_of(node: nodes.Node) -> int:
    """The line of the node, or of the first in it that has one: Jinja does not place every node."""
    return node.lineno or next((inner.lineno for inner in node.find_all(nodes.Node) if inner.lineno), 0)


def _refusal(node: nodes.Node, loops: int) -> str:  # noqa: PLR0911, PLR0912 - a table of rules, one line each
    if type(node) in _REFUSED:
        return _REFUSED[type(node)]
    if not isinstance(node, _ALLOWED):
        return "uses something that the template language does not have"
    match node:
        case nodes.Name(name=name) if name in _JINJAS_OWN or not _NAME.fullmatch(name):
            return f"uses the name “{name}”"
        case nodes.Getattr(attr=name) if not _NAME.fullmatch(name):
            return f"reaches for “{name}”"
        case nodes.Getitem(arg=argument) if not _is_fixed(argument):
            return "looks something up by a name that is not written there"
        case nodes.Mul() | nodes.Add() | nodes.Sub() if not (_is_count(node.left) and _is_count(node.right)):
            return "computes; only the counters of a loop and whole numbers may be added or multiplied"
        case nodes.Neg() if not _is_fixed(node) and not _is_count(node.node):
            return "computes; only the counters of a loop and whole numbers may be added or multiplied"
        case nodes.For() if node.recursive:
            return "loops within itself"
        case nodes.For() if loops > MAX_DEPTH:
            return f"has more than {MAX_DEPTH} loops within one another"
        case nodes.Assign() if not all(_is_plain(part) for part in (node.target, node.node)):
            return "gives a name to more than a plain value"
        case nodes.With() if not all(_is_plain(part) for part in (*node.targets, *node.values)):
            return "gives a name to more than a plain value"
        case nodes.List() | nodes.Tuple() if not all(isinstance(item, nodes.Const | nodes.Name) for item in node.items):
            return "makes a list of more than plain values"
        case nodes.Filter():
            return _filter_refusal(node)
    return ""


def nodes_below(node: nodes.Node) -> list[nodes.Node]:
    """Every node inside this one, each before those inside it: Jinja's own walk goes up and down for each of them."""
    found: list[nodes.Node] = []
    waiting = _inside(node)
    while waiting:
        inner = waiting.pop()
        found.append(inner)
        waiting += _inside(inner)
    return found


_LEAVES = frozenset({nodes.TemplateData, nodes.Const, nodes.Name})  # most nodes are: asking each costs more


def _inside(node: nodes.Node) -> list[nodes.Node]:
    """The nodes directly in this one, the last one first."""
    return [] if type(node) in _LEAVES else list(node.iter_child_nodes())[::-1]


def unknown_words_in(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """For every filter and test that the language does not have: its line, and a sentence."""
    for node in nodes_below(tree):
        if not isinstance(node, nodes.Filter | nodes.Test):
            continue
        kind, known = ("filter", FILTERS.keys()) if isinstance(node, nodes.Filter) else ("test", TESTS)
        if node.name not in known:
            yield node.lineno, f"There is no {kind} “{node.name}”."


def _filter_refusal(node: nodes.Filter) -> str:
    if node.name not in FILTERS:
        return ""  # of `unknown_words_in`
    if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
        return f"gives the filter “{node.name}” arguments that are not written there"
    arguments = [*node.args, *(keyword.value for keyword in node.kwargs)]
    if node.name not in _TAKES_NAMES:
        return ""
    for argument in arguments if node.name != "join" else arguments[1:]:
        if isinstance(argument, nodes.Const) and isinstance(argument.value, str) and argument.value.startswith("_"):
            return f"reaches for “{argument.value}”"
    attributes = [keyword.value for keyword in node.kwargs if keyword.key == "attribute"]
    if node.name.endswith("attr"):
        attributes += node.args[:1]
    if not all(isinstance(name, nodes.Const) and _PATH.fullmatch(str(name.value)) for name in attributes):
        return "looks something up by a name that is not written there"
    return _named_by_filter(node)


def _named_by_filter(node: nodes.Filter) -> str:
    """What is wrong with the filter or test that `map` and `select` use by its name."""
    names = node.args[1:2] if node.name.endswith("attr") else node.args[:1]
    known = {"map": FILTERS.keys() - _TAKES_NAMES, "select": TESTS, "reject": TESTS}
    known |= {"selectattr": TESTS, "rejectattr": TESTS}
    if node.name not in known:
        return ""
    for name in names:
        if not isinstance(name, nodes.Const) or name.value not in known[node.name]:
            shown = name.value if isinstance(name, nodes.Const) else "…"
            return f"uses “{shown}” in the filter “{node.name}”"
    return ""


def _is_fixed(node: nodes.Node | None) -> bool:  # noqa: PLR0911 - a table of rules, one line each
    """Whether it is a name, a whole number or a slice of such, written out."""
    match node:
        case None:
            return True
        case nodes.Const(value=bool()):
            return False
        case nodes.Const(value=str() as name):
            return not name.startswith("_")
        case nodes.Const(value=int()):
            return True
        case nodes.Neg(node=nodes.Const(value=int())):
            return True
        case nodes.Slice(start=start, stop=stop, step=step):
            return _is_fixed(start) and _is_fixed(stop) and _is_fixed(step)
    return False


def _is_count(node: nodes.Node) -> bool:
    match node:
        case nodes.Const(value=bool()):
            return False
        case nodes.Const(value=int() as number):
            return abs(number) <= _LARGEST_FACTOR
        case nodes.Getattr(node=nodes.Name(name="loop"), attr=attribute):
            return attribute in _COUNTERS
    return False


def _is_plain(node: nodes.Node) -> bool:
    return isinstance(node, _PLAIN)


def fault_of(place: str, why: str) -> Fault:
    """The refusal as a sentence about the template, with its place."""
    return Fault(place, f"The template {why}.")


# What a rendering does at loops and searches


def counted(facts: Facts, value: Any, weight: int) -> Sequence[Any]:
    """What a loop goes through, paid for at the size of its body before it begins."""
    if type(value) is not list:
        value = _seen(facts.budget, value)
    facts.budget.take(len(value) * weight)
    return value  # type: ignore[no-any-return]


def searched(facts: Facts, value: Any) -> Any:
    """What `in` looks through, paid for."""
    if isinstance(value, list | tuple | dict):
        facts.budget.take(1 + len(value) // 8)
    elif isinstance(value, str):
        facts.budget.take(1 + len(value) // 1024)
    return value


_LANGUAGE = Language()
