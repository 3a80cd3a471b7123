"""Names that no paper has, values that are printed in a way that does not fit them, comparisons that never hold."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from jinja2 import nodes

from app.word.check_tags import PartRead
from app.word.findings import QUOTED, Finding, error_at, warning_at
from app.word.names import NO_LOOP, Path, Vocabulary, known_part
from app.word.quoting import quoted
from app.word.templates import with_reserved
from app.word.typed import OURS, Tag, single_braces_in
from app.word.values import Chart, Coloured, Narrative, Picture

_EQUAL = frozenset({"eq", "equalto"})


def unknown_names(read: PartRead, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A finding for each name that no paper has, where the part uses it first, with the name that may be meant."""
    known = with_reserved(vocabulary)
    told = set()
    for path, lineno in read.uses:
        depth, there = known_part(path, known)
        wrong = path[: depth + 1]
        # What a refused tag reaches for below a fact was told with it.
        if depth == len(path) or wrong in told or (depth and lineno in read.refused):
            continue
        told.add(wrong)
        owner = f"“{'.'.join(path[:depth])}”" if depth else "a paper"
        meant = _meant(path[depth], there, known)
        hint = f" Did you mean “{meant}”?" if meant else ""
        passage = read.tag(lineno).passage
        if wrong == ("loop",):
            yield error_at(passage, "unknown-name", NO_LOOP)
        else:
            yield error_at(passage, "unknown-name", f"There is no “{path[depth]}” in {owner}.{hint}", meant=meant)


def names_in_single_brackets(read: PartRead, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A warning for each `{title}`: a name of a paper in one bracket, which is printed as it stands."""
    for passage in read.part.passages:
        for name in single_braces_in(passage):
            if known_part(tuple(name.split(".")), vocabulary)[0]:
                meant = f"{{{{ {name} }}}}"
                what = f"“{name}” stands in single brackets and is printed as it is typed: write “{meant}”."
                yield warning_at(passage, "single-brackets", what, meant=meant)


def wrongly_printed(read: PartRead, sample: Mapping[str, Any]) -> Iterator[Finding]:
    """An error for each value that is printed by a tag that does not fit it."""
    for path, lineno in read.uses:
        tag = read.tag(lineno)
        if _prints(tag, path):
            # In a loop over `gaps`, `gap` is one of them: its path is the list's.
            entry = tag.body.strip().isidentifier() and tag.body.strip() != path[-1]
            why = _misfit(tag, _kind_at(path, sample, entry=entry))
            if why:
                yield error_at(tag.passage, "wrong-print", why)


def comparisons_that_never_hold(read: PartRead, choices: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """An error for each comparison of a value with a word that it never has; `choices` are those that it has."""
    for compared in _comparisons(read.tree):
        for path, lineno in read.uses:
            values = choices.get(".".join(path), ())
            if lineno != compared.lineno or path[-1] != compared.name or not values or compared.value in values:
                continue
            meant = next(iter(get_close_matches(compared.value, values, n=1, cutoff=0.5)), "")
            hint = f" Did you mean “{meant}”?" if meant else f" There are: {_listed(values)}."
            yield error_at(
                read.tag(lineno).passage,
                "unknown-choice",
                f"“{'.'.join(path)}” is never “{compared.value}” in a paper of this format.{hint}",
                meant=meant,
            )
            break


def _meant(name: str, there: Sequence[str], known: Vocabulary) -> str:
    """The name beside it that is most like it, else the way to a fact of the same name somewhere else."""
    near = get_close_matches(name, there, n=1)
    return near[0] if near else next(iter(_ways_to(name, known)), "")


def _ways_to(name: str, known: Vocabulary, way: Path = ()) -> Iterator[str]:
    deeper = []
    for key, below in known.items():
        if key == name and way:
            yield ".".join((*way, key))
        if below:
            deeper.append((key, below))
    for key, below in deeper:
        yield from _ways_to(name, below, (*way, key))


def _prints(tag: Tag, path: Path) -> bool:
    """Whether the tag prints the value at the end of this path and nothing else."""
    words = tag.body if tag.kind == "print" else tag.rest if tag.keyword in OURS else ""
    return words.replace(" ", "").isidentifier() or _is_path(words, path[-1])


def _is_path(words: str, last: str) -> bool:
    steps = words.strip().split(".")
    return len(steps) > 1 and all(step.isidentifier() for step in steps) and steps[-1] == last


def _kind_at(path: Path, sample: Any, *, entry: bool = False) -> type | None:
    """The kind of value that stands at this path, in lists in the first item that has one; None where nothing does.

    Of a list at the end of the path it is the list's own, or that of an `entry`.
    """
    if isinstance(sample, list):
        return next((kind for item in sample if (kind := _kind_at(path, item, entry=entry))), None)
    if not path:
        return None if sample is None else type(sample)
    if isinstance(sample, Mapping) and path[0] in sample:
        below = sample[path[0]]
        if len(path) == 1 and isinstance(below, list) and not entry:
            return list
        return _kind_at(path[1:], below, entry=entry)
    return None


def _misfit(tag: Tag, kind: type | None) -> str:  # noqa: PLR0911 - a table of rules, one line each
    """Why a value of this kind cannot be printed by this tag; empty when it can."""
    shown, body = quoted(tag.text, QUOTED), tag.body
    if kind is None or not tag.passage.is_paragraph or tag.keyword in OURS:
        return ""
    if kind is list:
        return f"“{body}” is a list: go through it with “{{% for item in {body} %}} … {{% endfor %}}”."
    if issubclass(kind, Mapping):
        return f"“{body}” is a group of facts: print one of them, such as “{{{{ {body}.… }}}}”."
    if kind is Narrative:
        return "" if tag.prefix in {"p", "r"} else (
            f"“{body}” is prose with paragraphs of its own, and “{shown}” prints words: write “{{{{p {body} }}}}” "
            "alone in its paragraph."
        )  # fmt: skip
    if kind in {Picture, Chart}:
        return "" if tag.prefix in {"p", "r"} else (
            f"“{body}” is a picture or chart: write “{{{{p {body} }}}}” alone in its paragraph, or “{{{{r {body} }}}}” "
            "in a line."
        )  # fmt: skip
    if kind is Coloured:
        return "" if tag.prefix == "r" else f"“{body}” is a coloured word: write “{{{{r {body} }}}}”."
    if tag.prefix in {"p", "r", "tr", "tc"}:
        return f"“{body}” is plain words, and “{shown}” prints something else: write “{{{{ {body} }}}}”."
    return ""


class _Compared(NamedTuple):
    """A value that is compared with a word: the last name of the value, the word, and the line."""

    name: str
    value: str
    lineno: int


def _comparisons(tree: nodes.Template) -> Iterator[_Compared]:
    for compare in tree.find_all(nodes.Compare):
        name = _last_name(compare.expr)
        yield from (_Compared(name, word, compare.lineno) for side in compare.ops for word in _words_of(side))
    for chosen in tree.find_all(nodes.Filter):
        if chosen.name in {"selectattr", "rejectattr"} and len(chosen.args) == 3:
            attribute, test, value = (part.value if isinstance(part, nodes.Const) else None for part in chosen.args)
            if test in _EQUAL and isinstance(value, str):
                yield _Compared(str(attribute).rpartition(".")[2], value, chosen.lineno)


def _last_name(node: nodes.Node) -> str:
    match node:
        case nodes.Getattr(attr=name) | nodes.Name(name=name) | nodes.Getitem(arg=nodes.Const(value=str() as name)):
            return name
    return ""


def _words_of(operand: nodes.Operand) -> Iterator[str]:
    match operand:
        case nodes.Operand(op="eq" | "ne", expr=nodes.Const(value=str() as word)):
            yield word
        case nodes.Operand(op="in" | "notin", expr=nodes.List(items=items) | nodes.Tuple(items=items)):
            yield from (item.value for item in items if isinstance(item, nodes.Const) and isinstance(item.value, str))


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"“{value}”" for value in values)
